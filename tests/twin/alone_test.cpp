// SPDX-License-Identifier: Apache-2.0
// The twin by itself: what must always hold, over seeded flows and over flows that rapidcheck draws; and that
// the flows make everything happen. Cheap, and green before the exchange is.
#include <fmt/format.h>
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/twin/alone.hpp"
#include "tests/twin/coverage.hpp"
#include "tests/twin/invariants.hpp"

namespace gridbook::twin {

namespace {

constexpr std::uint64_t seeds = 16;
constexpr std::size_t flow_length = 10'000;

Difference flow_breaks(std::uint64_t seed, std::size_t length, Coverage* coverage = nullptr) {
    Alone alone;
    Flow flow(seed, alone.twin(), regulated(seed), delivering(seed));
    Witness witness;
    for (std::size_t k = 0; k < length; ++k) {
        const Sent sent = flow.next();
        const auto& told = alone.send(sent);
        if (coverage != nullptr) coverage->count(sent.command, told);
        auto broken = witness.see(told);
        if (!broken) broken = broken_invariant(alone.twin());
        if (broken) return fmt::format("seed {} command {}: {}", seed, k, *broken);
    }
    if (coverage != nullptr) coverage->count(alone.twin().prevented());
    return std::nullopt;
}

}  // namespace

TEST_CASE("over seeded flows everything happens, and what must hold holds after every command", "[twin]") {
    Coverage coverage;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Difference broken = flow_breaks(seed, flow_length, &coverage);
        INFO(broken.value_or(""));
        REQUIRE_FALSE(broken.has_value());
    }
    for (const auto& word : coverage.missing()) fmt::print("never happened: {}\n", word);
    CHECK(coverage.missing().empty());
    if (std::getenv("GRIDBOOK_TWIN_COVERAGE") != nullptr) coverage.print();
}

TEST_CASE("whatever flow is drawn, what must hold holds after every command", "[twin]") {
    CHECK(rc::check("invariants", [] {
        const auto seed = *rc::gen::inRange<std::uint64_t>(1'000, 1'000'000'000);
        const auto length = *rc::gen::inRange<std::size_t>(100, 600);
        const Difference broken = flow_breaks(seed, length);
        if (broken) RC_FAIL(*broken);
    }));
}

}  // namespace gridbook::twin
