// SPDX-License-Identifier: Apache-2.0
// What a band change answers, and the dates of changes. How orders park and wake is told by the scenarios.
#include <catch2/catch.hpp>

#include "tests/engine/setup.hpp"

namespace gridbook::tests {

namespace {

engine::BandChanged band_of(const Events& events) { return events.at(0).as<engine::BandChanged>(); }

}  // namespace

TEST_CASE("a band change tells which orders park, how much, and of how many participants", "[band]") {
    Market m;
    m.send(buy(5).at("10.00").from(Market::acme).as("a-1"));
    m.send(buy("2.5").at("10.50").from(Market::acme).as("a-2"));
    m.send(buy(1).at("10.00").of(hour_of(0, 13)).from(Market::bert).as("b-1"));
    m.send(buy(1).at("11.00").from(Market::carl).as("c-1"));
    const auto told = band_of(m.send(band().floor("11.00").expecting(1)));
    CHECK(told.status == engine::BandStatus::applied);
    CHECK(told.version == 2);
    CHECK(told.orders_parked == 3);
    CHECK(told.qty_parked == engine::Quantity{85});
    CHECK(told.participants == 2);
    // What is parked already does not park again.
    CHECK(band_of(m.send(band().floor("11.50").expecting(2))).orders_parked == 1);
}

TEST_CASE("edges given by the regulator stay when guidance moves, the others follow it", "[band]") {
    Market m;
    const auto floor = band_of(m.send(band().floor("9.00").expecting(1)));
    CHECK(floor.floor == engine::Price{900});
    CHECK(floor.ceiling == engine::Price{1'960});
    const auto moved = band_of(m.send(band().guidance("12.00").expecting(2)));
    CHECK(moved.floor == engine::Price{900});
    CHECK(moved.ceiling == engine::Price{1'680});
    // Vector: G to 12.00 and C to 13.00 in one message.
    const auto both = band_of(m.send(band().guidance("12.00").ceiling("13.00").expecting(3)));
    CHECK(both.ceiling == engine::Price{1'300});
    CHECK(both.guidance == engine::Price{1'200});
}

TEST_CASE("a change of now is applied at once, one of the past is refused, one of later waits", "[band]") {
    Market m;
    m.at(clock(9));
    CHECK(band_of(m.send(band().floor("9.90").expecting(1).effective(clock(9)))).status ==
          engine::BandStatus::applied);
    const auto refused =
        m.send(band().floor("9.95").expecting(2).effective(clock(8, 59))).at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::effective);
    CHECK(refused.limit_low == clock(9).value);
    CHECK(band_of(m.send(band().floor("10.00").expecting(2).effective(clock(9, 30)))).status ==
          engine::BandStatus::scheduled);
    CHECK(m.exchange().next_timer() == clock(9, 30));
    const auto due = band_of(m.at(clock(9, 30)));
    CHECK(due.status == engine::BandStatus::in_force);
    CHECK(due.version == 3);
    CHECK(due.floor == engine::Price{1'000});
}

TEST_CASE("so many changes may wait, the next is refused with the limit", "[band]") {
    Market m;
    std::uint32_t version = 1;
    engine::Refused refused;
    for (int i = 1; refused.reason == engine::RejectReason::none && i < 100; ++i) {
        const auto events =
            m.send(band().floor("9.90").expecting(version).effective(clock(20) + engine::minute * i));
        if (events.at(0).kind() == engine::EventKind::refused)
            refused = events[0].as<engine::Refused>();
        else
            ++version;
    }
    CHECK(refused.reason == engine::RejectReason::engine_limit);
    CHECK(refused.pool == engine::Pool::agenda);
    CHECK(refused.limit_high == version - 1);
}

}  // namespace gridbook::tests
