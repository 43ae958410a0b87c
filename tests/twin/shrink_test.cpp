// SPDX-License-Identifier: Apache-2.0
// The tools of the comparison are tested too: a shrinker that loses the failure, or a comparison that sees
// nothing, would make every flow green.
#include <catch2/catch.hpp>

#include "tests/engine/setup.hpp"
#include "tests/twin/pair.hpp"
#include "tests/twin/shrink.hpp"

namespace gridbook::twin {

namespace {

std::vector<Sent> credits(int count) {
    std::vector<Sent> all;
    for (int i = 0; i < count; ++i) all.push_back({tests::credit(engine::AccountId{0}, i), tests::day_one});
    return all;
}

bool has(const std::vector<Sent>& list, int amount) {
    for (const Sent& s : list)
        if (s.command.as<engine::Credit>().amount.value == amount * engine::decimal_one) return true;
    return false;
}

}  // namespace

TEST_CASE("shrinking leaves the first command and exactly those that the failure needs", "[twin]") {
    const auto fails = [](const auto& list) { return has(list, 17) && has(list, 61); };
    const auto shortest = shrink(credits(100), fails);
    REQUIRE(shortest.size() == 3);
    CHECK(has(shortest, 0));
    CHECK(fails(shortest));
}

TEST_CASE("a try that stops its process counts as a failure", "[twin]") {
    CHECK(fails_apart([](const auto&) -> bool { std::abort(); }, credits(1)));
    CHECK_FALSE(fails_apart([](const auto&) { return false; }, credits(1)));
}

TEST_CASE("the flow without its twin's agreement is noticed", "[twin]") {
    // A twin that missed a command differs at once: here the exchange alone is told of a credit.
    Pair pair;
    Flow flow(3, pair.twin());
    for (int i = 0; i < 200; ++i) REQUIRE_FALSE(pair.send(flow.next()).has_value());
    pair.exchange_alone(tests::credit(engine::AccountId{0}, 1));
    CHECK(pair.ask_everything().has_value());
}

}  // namespace gridbook::twin
