// SPDX-License-Identifier: Apache-2.0
// The same commands give the same events and the same state hash, whatever build made the exchange: a seeded
// flow over everything ends where it ended when this file was written. Whoever changes a rule, an event or
// the state changes these numbers, and says so; nobody else may. The flow draws several numbers in one call,
// whose order is the compiler's own, so another compiler than g++ makes other commands of the same seed;
// there, exchange and twin still have to agree on them.
#include <catch2/catch.hpp>

#include "engine/units/hash.hpp"
#include "tests/twin/pair.hpp"

namespace gridbook::twin {
namespace {

constexpr std::size_t commands = 5'000;
[[maybe_unused]] constexpr std::uint64_t golden_events = 0xacfc72fab455a818;
[[maybe_unused]] constexpr std::uint64_t golden_state = 0x7c728b5b0f6901e3;

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
#ifndef __clang__
    CHECK(o.events == golden_events);
    CHECK(o.state == golden_state);
#endif
}

}  // namespace gridbook::twin
