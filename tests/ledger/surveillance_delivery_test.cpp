// SPDX-License-Identifier: Apache-2.0
// Surveillance of what is delivered: capacity that is not there, capacity that nobody uses, and utilisations
// that differ from those of the days before.
#include "ledger/surveillance/surveillance.hpp"
#include "tests/engine/delivery_story.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::tests;
using engine::AccountId;

namespace {

constexpr AccountId acme{0}, bert{1}, carl{2}, prov{3};

Thresholds few() {
    Thresholds t;
    t.ready_missed_least = 100;
    t.hoarding_least = 50;
    t.drift_least = 20;
    return t;
}

// The alerts of one kind that the events show; the last day ends with them.
std::vector<Alert> of(Indicator indicator, const Events& events) {
    std::vector<Alert> some;
    Surveillance surveillance(few(), [&](Alert&& alert) {
        if (alert.indicator == indicator) some.push_back(std::move(alert));
    });
    for (const engine::Event& event : events) surveillance.hear(event);
    surveillance.finish();
    return some;
}
const Events& told(Delivering& d) { return d.m.driver().all_events(); }

engine::Command used(std::uint32_t id, AccountId from, std::uint32_t minute, std::uint16_t utilisation,
                     Amount available = 5) {
    engine::ReportMeter r;
    r.delivery = engine::DeliveryId{id};
    r.minute = minute;
    r.available = available.value;
    r.utilisation = utilisation;
    return engine::Command::of(r, from, engine::no_key, asked);
}

// A minute each of an hour that is delivered, with what the seller says of its use.
void report_hour(Delivering& d, int hour, std::uint32_t id, AccountId seller,
                 const std::function<std::uint16_t(std::uint32_t)>& utilisation) {
    d.send(ready(id, seller));
    for (std::uint32_t minute = 0; minute < 60; ++minute) {
        d.at(clock(hour, static_cast<int>(minute), 30));
        d.send(used(id, seller, minute, utilisation(minute)));
    }
    d.at(clock(hour + 2, 0));  // settled
}

}  // namespace

TEST_CASE("Who is not ready for more than a tenth of what it sold is told, and who is late by less is not") {
    Delivering d;
    d.trade(prov, acme, 9, "13.50");
    d.trade(carl, bert, 1, "13.50");
    d.trade(prov, bert, 1, "13.50", hour_of(0, 13));
    d.at(clock(11, 46));
    d.send(ready(1, carl));  // paired by the seller's name
    d.send(ready(2, prov));
    REQUIRE(of(Indicator::ready_missed, told(d)).empty());
    d.at(clock(12, 46));
    REQUIRE(of(Indicator::ready_missed, told(d)).empty());
    d.at(clock(12, 56));  // 10 of 100 lots: not above a tenth
    REQUIRE(of(Indicator::ready_missed, told(d)).empty());
}

TEST_CASE("A tenth and a little more of what was sold is not ready: told at that moment, once") {
    Delivering d;
    d.trade(prov, acme, "8.8", "13.50");
    d.trade(prov, bert, "1.2", "13.50", hour_of(0, 13));
    d.trade(prov, bert, 5, "13.50", hour_of(0, 14));
    d.at(clock(11, 46));
    d.send(ready(1, prov));
    d.at(clock(12, 56));
    const auto found = of(Indicator::ready_missed, told(d));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].account == prov);
    REQUIRE(found[0].value == 1'200);  // 12 of 100 lots
    REQUIRE(found[0].threshold == 1'000);
    REQUIRE(found[0].evidence.size() == 1);
    d.at(clock(13, 56));
    REQUIRE(of(Indicator::ready_missed, told(d)).size() == 1);
    // Failing inside the window is another matter: the third minute without a report is no missed READY.
    REQUIRE(of(Indicator::ready_missed, told(d))[0].sequence == found[0].sequence);
}

TEST_CASE("What runs for a buyer and is not used for most of the hour is told when the day is over") {
    Delivering d;
    d.trade(prov, acme, 5, "13.50");
    d.at(clock(11, 46));
    report_hour(d, 12, 1, prov, [](std::uint32_t minute) { return minute < 24 ? 6'000 : 0; });
    const auto found = of(Indicator::hoarding, told(d));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].account == acme);
    REQUIRE(found[0].value == 6'000);  // 36 of 60 minutes
    REQUIRE(found[0].evidence.size() == 1);
}

TEST_CASE(
    "Half of the hour in use, a use that the buyer saw, and a seller who does not measure are no hoarding") {
    Delivering d;
    d.trade(prov, acme, 5, "13.50");
    d.at(clock(11, 46));
    SECTION("half of the minutes") {
        report_hour(d, 12, 1, prov, [](std::uint32_t minute) { return minute < 30 ? 6'000 : 0; });
    }
    SECTION("the buyer's own reports") {
        d.send(ready(1, prov));
        d.at(clock(12, 59, 30));
        for (std::uint32_t minute = 0; minute < 60; ++minute) {
            d.send(used(1, prov, minute, minute == 0 ? 9'000 : 0));
            d.send(used(1, acme, minute, 500));
        }
        d.at(clock(14, 0));
    }
    SECTION("nobody measures") {
        report_hour(d, 12, 1, prov, [](std::uint32_t) { return 0; });
    }
    REQUIRE(of(Indicator::hoarding, told(d)).empty());
}

TEST_CASE("Token days that end undrawn are hoarding by the same share") {
    const auto expired = [](std::uint32_t blocks) {
        engine::HoldingChanged h;
        h.change = engine::HoldingChange::expired;
        h.party = engine::Side::buy;
        h.buyer = acme;
        h.amount = blocks * engine::block_quarters;
        engine::Event e;
        e.header.sequence = engine::Sequence{100};
        e.header.time = clock(24, 0);
        e.set(h);
        return e;
    };
    engine::FamilyDefined family;
    family.product = engine::Product::token;
    engine::DeliverySettled settled;
    settled.party = engine::Side::buy;
    settled.buyer = acme;
    settled.qty = 100;
    settled.instrument = engine::instrument(engine::FamilyId{0}, engine::Period{0});
    Events events(3);
    events[0].set(family);
    events[1] = expired(50);
    events[2].set(settled);
    events[2].header.time = clock(25, 0);
    events[2].header.sequence = engine::Sequence{101};
    REQUIRE(of(Indicator::hoarding, events).empty());
    events[1] = expired(51);
    const auto found = of(Indicator::hoarding, events);
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].value == 5'100);
    REQUIRE(found[0].first == engine::Sequence{100});
}

TEST_CASE("A mean utilisation that lies far from that of the days before is told, with the day's reports") {
    Delivering d;
    std::uint32_t id = 0;
    const auto day = [&](int number, std::uint16_t utilisation) {
        const int hour = number * 24 + 12;
        d.trade(prov, acme, 5, "13.50", hour_of(0, hour));
        d.at(clock(hour - 1, 46));
        report_hour(d, hour, ++id, prov, [&](std::uint32_t) { return utilisation; });
    };
    day(0, 8'000);
    day(1, 9'000);
    day(2, 6'500);  // 20 points under the mean of both days: not more than the threshold
    REQUIRE(of(Indicator::utilisation_drift, told(d)).empty());
    day(3, 5'000);  // 28.33 under 78.33
    const auto found = of(Indicator::utilisation_drift, told(d));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].account == prov);
    REQUIRE(found[0].family == engine::FamilyId{0});
    REQUIRE(found[0].value == 2'833);
    REQUIRE(found[0].evidence.size() == Alert::most_evidence);
}
