// SPDX-License-Identifier: Apache-2.0
// The same commands give the same events and the same state hash, whatever build made the exchange: a seeded
// flow over everything ends where it ended when this file was written (by g++, optimised and under the
// sanitizers; `config/test.sh --matrix` asks the other builds). Whoever changes a rule, an event or the state
// changes these numbers, and says so; nobody else may.
#include <catch2/catch.hpp>

#include "engine/units/hash.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {
namespace {

constexpr std::size_t commands = 5'000;
constexpr std::uint64_t golden_events = 0xe73380f27357a473;
constexpr std::uint64_t golden_state = 0x93fc87e59f5f1333;

struct Outcome {
    std::uint64_t events = 0;
    std::uint64_t state = 0;
};

Outcome outcome() {
    Pair pair;
    Flow flow(1, pair.twin());
    Outcome o;
    for (std::size_t i = 0; i < commands; ++i) {
        REQUIRE_FALSE(pair.send(flow.next()).has_value());
        for (const engine::Event& e : pair.told()) o.events = engine::pair_hash(o.events, engine::hash_of(e));
    }
    o.state = pair.driver().exchange().state_hash();
    return o;
}

}  // namespace

TEST_CASE("a seeded flow ends with the same events and the same state in every build", "[golden]") {
    const Outcome o = outcome();
    CAPTURE(o.events, o.state);
    CHECK(o.events == golden_events);
    CHECK(o.state == golden_state);
}

}  // namespace gridbook::twin
