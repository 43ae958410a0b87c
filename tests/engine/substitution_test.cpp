// SPDX-License-Identifier: Apache-2.0
// Offers of other classes stand in for a delivery that fails, by the train factor (market-rules sections 2,
// 7).
#include "engine/delivery/substitution.hpp"

#include "tests/engine/standby_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

// The family of another class in the same zone, with 40 units of bert's; the first one is family 1.
void other_class(Delivering& d, std::uint16_t number, std::uint16_t k_train) {
    DefineClass c = h100_class();
    c.name = Text<16>{fmt::format("X{}", number)};
    c.k_train = k_train;
    d.send(Command::of(c));
    DefineFamily f = h100_family();
    f.class_id = ClassId{number};
    d.send(Command::of(f));
    d.send(resource(bert, 40, FamilyId{number}));
}

// 16 units at 13.50 from prov to acme, silent from 12:20 on: what is told when they fail at 12:23.
Lines failure(Delivering& d, Events* events = nullptr) {
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    for (std::uint32_t m = 0; m < 20; ++m) {
        d.at(clock(12, static_cast<int>(m), 30));
        d.send(meter(1, prov, m, 16));
    }
    d.at(clock(12, 22, 59));
    const Events told = d.at(clock(12, 23));
    if (events != nullptr) *events = told;
    return delivering(told);
}

}  // namespace

TEST_CASE("how many lots of another class cover so many, and back", "[delivery]") {
    const Substitution h200{.failed = 1'000, .offered = 1'137, .same_class = false};
    CHECK(h200.needed(160) == 141);
    CHECK(h200.covered(141) == 160);
    CHECK(h200.covered(140) == 159);
    const Substitution a100{.failed = 1'000, .offered = 420, .same_class = false};
    CHECK(a100.needed(1) == 3);
    CHECK(a100.covered(2) == 0);
    CHECK(a100.covered(3) == 1);
    for (const Substitution& s : {h200, a100, Substitution{}})
        for (std::uint32_t lots = 0; lots < 500; ++lots) CHECK(s.needed(s.covered(lots)) <= lots);
    CHECK_FALSE(Substitution{.failed = 0, .offered = 1, .same_class = false}.possible());
    CHECK_FALSE(Substitution{.failed = 1, .offered = 0, .same_class = false}.possible());
}

TEST_CASE("fewer units of a stronger class stand in, cheaper by the work they do", "[delivery]") {
    Delivering d;
    other_class(d, 1, 1'137);
    const Money first = d.cash(prov), second = d.cash(bert), buyer = d.cash(acme);
    // 16.00 / 1.137 is 14.0721.
    d.send(standby(16, "14.08", carl, "same"));
    d.send(standby(20, "16.00", bert, "other", hour_of(1, 12)));
    Events events;
    CHECK(failure(d, &events) ==
          Lines{"prov 1 failed", "acme 1 failed",
                "bert 2 delivering bert>acme 14.1 @ 16.00 for 1 from 23, 37 min",
                "acme 2 delivering bert>acme 14.1 @ 16.00 for 1 from 23, 37 min",
                "bert 1 replaced by 2: 14.1 @ 16.00 for 37 min, cost 139.12, leaves 5.9",
                "prov 1 replaced by 2: 14.1 @ 16.00 for 37 min, cost 139.12, leaves 5.9", "prov 1 replaced",
                "acme 1 replaced"});
    CHECK(events.at(2).as<DeliveryChanged>().covers == 160);
    CHECK(events.at(3).as<DeliveryChanged>().covers == 160);
    CHECK(events.at(6).as<DeliveryChanged>().covers == 0);
    for (std::uint32_t m = 23; m < 60; ++m) {
        d.at(clock(12, static_cast<int>(m), 30));
        d.send(meter(2, bert, m, "14.1"));
    }
    d.at(clock(13, 59));
    const Lines settled = d.told_at(clock(14));
    // The gap of three minutes, as if the same class had taken over; what took over delivered all it sold.
    CHECK(settled.at(1) == "prov 1 settled 9120 of 9600, refund 10.8, penalty 5.4");
    CHECK(settled.at(4) == "bert 2 settled 5217 of 5217, refund 0, penalty 0");
    CHECK(d.cash(prov) - first == money("216") - money("139.12") - money("16.2") - money("0.11448"));
    CHECK(d.cash(bert) - second == money("139.12") - money("0.06956") - money("0.004173"));
    CHECK(buyer - d.cash(acme) == money("216.45792") - money("16.2"));
    CHECK(d.m.exchange().state().positions.used() == 0);
}

TEST_CASE("what a substitute does not deliver is refunded once, at its own price", "[delivery]") {
    Delivering d;
    other_class(d, 1, 800);
    d.send(standby(40, "11.20", bert, "other", hour_of(1, 12)));
    CHECK(failure(d).at(4) == "bert 1 replaced by 2: 20 @ 11.20 for 37 min, cost 138.133333, leaves 20");
    const Money buyer = d.cash(acme);
    d.at(clock(13, 59));
    const Lines settled = d.told_at(clock(14));
    // The first seller owes for its gap alone; the other for 37 minutes of 20 units at 11.20, and half of it.
    CHECK(settled.at(1) == "prov 1 settled 9120 of 9600, refund 10.8, penalty 5.4");
    CHECK(settled.at(4) == "bert 2 settled 0 of 7400, refund 138.133333, penalty 69.066667");
    CHECK(d.cash(acme) - buyer == money("138.133333") + money("69.066667") + money("16.2"));
}

TEST_CASE("among offers as dear the same class goes first, then the oldest", "[delivery]") {
    Delivering d;
    other_class(d, 1, 800);
    other_class(d, 2, 900);
    d.send(standby(5, "11.20", bert, "b-1", hour_of(1, 12)));
    d.send(standby(9, "12.60", bert, "b-2", hour_of(2, 12)));
    d.send(standby(4, "14.00", carl, "c-1"));
    const Lines lines = failure(d);
    REQUIRE(lines.size() == 2 + 3 * 4 + 2);
    CHECK(lines[4] == "carl 1 replaced by 2: 4 @ 14.00 for 37 min, cost 34.533333, leaves 0");
    CHECK(lines[8] == "bert 1 replaced by 3: 5 @ 11.20 for 37 min, cost 34.533333, leaves 0");
    // 9 units of the last one would cover 8.1: 8 are left.
    CHECK(lines[12] == "bert 1 replaced by 4: 8.9 @ 12.60 for 37 min, cost 69.153, leaves 0.1");
}

TEST_CASE("the cap holds for what a unit of the failed class costs", "[delivery]") {
    Delivering d;
    other_class(d, 1, 800);
    other_class(d, 2, 0);
    // The ceiling is 19.60, 15.68 for 0.8 of the work.
    d.send(standby(20, "15.69", bert, "dear", hour_of(1, 12)));
    d.send(standby(20, "13.00", bert, "no-measure", hour_of(2, 12)));
    d.send(standby("0.1", "10.00", bert, "less than a lot", hour_of(1, 12)));
    const Lines lines = failure(d);
    CHECK(lines == Lines{"prov 1 failed", "acme 1 failed"});
}

TEST_CASE("at the cap an offer of another class is taken", "[delivery]") {
    Delivering d;
    other_class(d, 1, 800);
    d.send(standby(20, "15.68", bert, "b", hour_of(1, 12)));
    CHECK(failure(d).at(4) == "bert 1 replaced by 2: 20 @ 15.68 for 37 min, cost 193.386667, leaves 0");
}

TEST_CASE("a substitute that fails is replaced by what does its own work", "[delivery]") {
    Delivering d;
    other_class(d, 1, 1'137);
    d.send(standby(20, "15.00", bert, "b", hour_of(1, 12)));
    d.send(standby(20, "14.00", carl, "c"));
    CHECK(failure(d).at(2) == "bert 2 delivering bert>acme 14.1 @ 15.00 for 1 from 23, 37 min");
    d.at(clock(12, 27, 59));
    const Events events = d.at(clock(12, 28));
    const Lines lines = delivering(events);
    // 14.1 units of 1.137 are 16.0317 units.
    REQUIRE(lines.size() == 8);
    CHECK(lines[2] == "carl 3 delivering carl>acme 16.1 @ 14.00 for 2 from 28, 32 min");
    CHECK(events.at(2).as<DeliveryChanged>().covers == 141);
    CHECK(lines[6].starts_with("bert 2 replaced"));
}
