// SPDX-License-Identifier: Apache-2.0
// What ended a stage is said once, whoever reads it meanwhile.
#include "gateway/fault.hpp"

#include <catch2/catch.hpp>

using gridbook::gateway::Fault;

TEST_CASE("the fault of a stage: the first one stays where it is, however often it is set", "[pipeline]") {
    const std::string first =
        "cannot commit to a journal whose name is too long for a small string: Input/output error";
    Fault fault;
    CHECK_FALSE(fault.is_set());
    fault.set(first);
    REQUIRE(fault.is_set());
    const char* bytes = fault.text().data();
    fault.set(first);
    fault.set("another one");
    CHECK(fault.text() == first);
    CHECK(fault.text().data() == bytes);
}
