// SPDX-License-Identifier: Apache-2.0
// Deliveries from the gate to their end: who is paired with whom, ready, readings of the meter, the clock
// (market-rules section 7).
#include "tests/engine/delivery_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

std::vector<DeliveryRow> rows_of(Market& m, AccountId who, QueryDeliveries q = {.limit = 1'000}) {
    std::vector<DeliveryRow> rows;
    for (const Event& e : m.ask(question(q, who)))
        if (e.kind() == EventKind::delivery_row) rows.push_back(e.as<DeliveryRow>());
    return rows;
}

}  // namespace

TEST_CASE("at the gate a seller and a buyer are paired and both are told", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    CHECK(d.told_at(clock(11, 44, 59)).empty());
    const Events events = d.at(clock(11, 45));
    CHECK(delivering(events) ==
          Lines{"prov 1 gated prov>acme 16 @ 13.50", "acme 1 gated prov>acme 16 @ 13.50"});
    const auto told = events.back().as<DeliveryChanged>();
    CHECK(told.instrument == noon);
    CHECK(told.first_minute == 0);
    CHECK(told.minutes == 60);
    CHECK(told.party == Side::buy);
    CHECK(told.origin == Origin{});
    CHECK(events.back().header.number.value > 0);
    const auto rows = rows_of(d.m, prov);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].delivery.party == Side::sell);
    CHECK(rows_of(d.m, acme).at(0).delivery.party == Side::buy);
    CHECK(rows_of(d.m, bert).empty());
}

TEST_CASE("where nothing is delivered, nothing happens at the gate", "[delivery]") {
    Delivering d(small_genesis());
    d.trade(prov, acme, 16, "13.50");
    CHECK(d.told_at(clock(15)).empty());
    CHECK(d.told(ready(1, prov)) == Lines{"prov refused DELIVERY_UNKNOWN did"});
    CHECK(d.m.balance(prov).receivable == money("216"));
}

TEST_CASE("P is the seller's receivable over what it sold, to the tick, half to even", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 3, "13.50");
    d.trade(prov, acme, 1, "13.52");  // mean 13.505
    d.trade(bert, carl, 3, "13.51");
    d.trade(bert, carl, 1, "13.53");  // mean 13.515
    // By name and equal quantities.
    CHECK(d.told_at(clock(11, 45)) ==
          Lines{"bert 1 gated bert>acme 4 @ 13.52", "acme 1 gated bert>acme 4 @ 13.52",
                "prov 2 gated prov>carl 4 @ 13.50", "carl 2 gated prov>carl 4 @ 13.50"});
}

TEST_CASE("equal quantities are paired by name, then the largest with the largest", "[delivery]") {
    Delivering d;
    // Sells: acme 5, bert 9, prov 4. Buys: carl 11, twin 5, zoe 2.
    d.send(Command::of(account("zoe")));
    const AccountId twin = Market::twin, zoe{5};
    d.send(credit(twin, 1'000));
    d.send(credit(zoe, 1'000));
    d.trade(acme, carl, 5, "14.00");
    d.trade(bert, carl, 6, "14.00");
    d.trade(bert, twin, 3, "14.00");
    d.trade(prov, twin, 2, "14.00");
    d.trade(prov, zoe, 2, "14.00");
    const Lines lines = d.told_at(clock(11, 45));
    // acme and twin have 5 each. Then bert 9 with carl 11; prov 4 with carl 2, ties of 2 by name; prov with
    // zoe.
    CHECK(lines == Lines{"acme 1 gated acme>twin 5 @ 14.00", "twin 1 gated acme>twin 5 @ 14.00",
                         "bert 2 gated bert>carl 9 @ 14.00", "carl 2 gated bert>carl 9 @ 14.00",
                         "prov 3 gated prov>carl 2 @ 14.00", "carl 3 gated prov>carl 2 @ 14.00",
                         "prov 4 gated prov>? 2 @ 14.00", "? 4 gated prov>? 2 @ 14.00"});
}

TEST_CASE("the pairs of the hour before come first, by name, with the lesser of both", "[delivery]") {
    Delivering d;
    const InstrumentId one = hour_of(0, 13);
    d.trade(prov, acme, 5, "14.00");
    d.trade(bert, carl, 6, "14.00");
    CHECK(d.told_at(clock(11, 45)).size() == 4);
    // Equal quantities would pair prov with carl and bert with acme.
    d.trade(prov, carl, 7, "14.00", one);
    d.trade(bert, acme, 9, "14.00", one);
    // The deliveries live: a failed one would not count.
    d.run_hour(12, 2, prov, [&](std::uint32_t minute) -> const char* {
        if (minute == 0) d.send(ready(1, bert));
        if (minute < 45) d.send(meter(1, bert, minute, 6));
        return minute < 45 ? "5" : nullptr;
    });
    Lines gated;
    for (const Event& e : d.m.driver().all_events())
        if (e.kind() == EventKind::delivery && e.as<DeliveryChanged>().instrument == one &&
            e.as<DeliveryChanged>().state == DeliveryState::gated &&
            e.as<DeliveryChanged>().party == Side::sell)
            gated.push_back(delivering_line(e));
    CHECK(gated == Lines{"bert 3 gated bert>carl 7 @ 14.00", "prov 4 gated prov>acme 7 @ 14.00",
                         "bert 5 gated bert>acme 2 @ 14.00"});
}

TEST_CASE("pairs of the hour before that failed do not come first", "[delivery]") {
    Delivering d;
    const InstrumentId one = hour_of(0, 13);
    d.trade(prov, acme, 5, "14.00");
    d.trade(prov, carl, 5, "14.00", one);
    d.trade(bert, acme, 5, "14.00", one);
    d.at(clock(12, 30));  // failed at 12:05
    // By name and equal quantities: bert with acme.
    CHECK(d.told_at(clock(12, 45)) ==
          Lines{"bert 2 gated bert>acme 5 @ 14.00", "acme 2 gated bert>acme 5 @ 14.00",
                "prov 3 gated prov>carl 5 @ 14.00", "carl 3 gated prov>carl 5 @ 14.00"});
}

TEST_CASE("who buys back what it sold delivers nothing and is settled", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 5, "14.00");
    d.trade(acme, prov, 5, "14.10");
    CHECK(d.told_at(clock(11, 45)).empty());
    CHECK(d.told_at(clock(13, 59)).empty());
    CHECK(d.told_at(clock(14)) == Lines{"acme sold 5 bought 5: receivable 70.5, fee 0.03525, tax 0.002115, "
                                        "owed 0, paid 70.462635, margin back 0",
                                        "prov sold 5 bought 5: receivable 70, fee 0.035, tax 0.0021, owed 0, "
                                        "paid 69.9629, margin back 14"});
    CHECK(d.m.exchange().state().positions.used() == 0);
    CHECK(d.m.balance(prov).margin == Money{});
}

TEST_CASE("ready, delivering, delivered, provisional, settled", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    const Events answer = d.send(ready(1, prov, "ssh://one"));
    CHECK(delivering(answer) == Lines{"prov 1 ready", "acme 1 ready"});
    CHECK(answer[0].header.flags == event_flag::reply);
    CHECK(answer[0].as<DeliveryChanged>().origin == asked);
    CHECK(answer[0].as<DeliveryChanged>().endpoint.view() == "ssh://one");
    CHECK(answer[1].header.flags == 0);
    CHECK(answer[1].as<DeliveryChanged>().origin == Origin{});
    // The last endpoint counts, the state stays.
    CHECK(d.send(ready(1, prov, "ssh://two"))[1].as<DeliveryChanged>().endpoint.view() == "ssh://two");
    CHECK(d.told_at(clock(11, 55)).empty());
    CHECK(d.told_at(clock(12)) == Lines{"prov 1 delivering", "acme 1 delivering"});
    d.run_hour(12, 1, prov, [](std::uint32_t) { return "16"; });
    CHECK(d.told_at(clock(13)) == Lines{"prov 1 delivered", "acme 1 delivered"});
    CHECK(d.told(ready(1, prov)) == Lines{"prov refused DELIVERY_STATE did"});
    CHECK(d.told_at(clock(13, 5)) == Lines{"prov 1 provisional", "acme 1 provisional"});
    CHECK(rows_of(d.m, acme).at(0).delivery.delivered == 9'600);
    CHECK(d.told_at(clock(14)).size() == 4);
    CHECK(rows_of(d.m, acme).empty());
    CHECK(d.m.exchange().state().deliveries.used() == 0);
}

TEST_CASE("a reading is the lesser of both; duplicates are ignored, gaps named, the future refused",
          "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    CHECK(d.told(meter(1, prov, 0, 16)) == Lines{"prov refused FORMAT_VALUE minute"});
    d.at(clock(12, 0, 10));
    CHECK(d.told(meter(1, prov, 0, 20)) == Lines{"prov minute 0: 16, counts 16"});
    CHECK(d.told(meter(1, acme, 0, 15)) == Lines{"acme minute 0: 15, counts 15"});
    CHECK(d.told(meter(1, acme, 0, 2)) == Lines{"acme minute 0: 15, counts 15, dup"});
    CHECK(d.told(meter(1, prov, 0, 2)) == Lines{"prov minute 0: 16, counts 15, dup"});
    const auto future = d.send(meter(1, prov, 1, 16)).at(0).as<Refused>();
    CHECK(future.reason == RejectReason::format_value);
    CHECK(future.limit_low == 0);
    CHECK(future.limit_high == 0);
    CHECK(future.got == 1);
    CHECK(d.told(meter(1, prov, 60, 16)) == Lines{"prov refused FORMAT_VALUE minute"});
    CHECK(d.told(meter(1, prov, 0, "0.05")) == Lines{"prov refused LOT available"});
    CHECK(d.told(meter(1, prov, 0, "-1")) == Lines{"prov refused LOT available"});
    d.at(clock(12, 2, 10));
    // The buyer alone counts nothing.
    CHECK(d.told(meter(1, acme, 2, 9)) == Lines{"acme minute 2: 9, counts 0, gaps 2"});
    CHECK(d.told(meter(1, prov, 2, 8)).at(0) == "prov minute 2: 8, counts 8, gaps 2");
    CHECK(d.told(meter(1, prov, 1, 16)) == Lines{"prov minute 1: 16, counts 16"});
    CHECK(rows_of(d.m, prov).at(0).delivery.delivered == 150 + 160 + 80);
    for (std::uint32_t minute = 3; minute < 60; ++minute) {
        d.at(clock(12, static_cast<int>(minute), 30));
        d.send(meter(1, prov, minute, 16));
    }
    // Late readings count until it is provisional.
    d.at(clock(13, 4, 59));
    const auto late = d.send(meter(1, acme, 59, 0)).at(0).as<Metered>();
    CHECK(late.gaps == ((std::uint64_t{1} << 60) - 1 - (std::uint64_t{1} << 59) - 5));
    d.at(clock(13, 5));
    CHECK(d.told(meter(1, acme, 58, 0)) == Lines{"acme refused DELIVERY_STATE did"});
}

TEST_CASE("a delivery speaks only to its two sides", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    for (const Command& c : {ready(1, bert), ready(2, prov), meter(1, bert, 0, 1), meter(0, prov, 0, 1)}) {
        const Events events = d.send(c);
        REQUIRE(events.size() == 1);
        CHECK(events[0].as<Refused>().reason == RejectReason::delivery_unknown);
        CHECK(events[0].as<Refused>().field == RejectField::delivery);
    }
    CHECK(d.told(ready(1, acme)) == Lines{"acme refused DELIVERY_STATE did"});
    CHECK(d.send(ready(9, prov)).at(0).as<Refused>().got == 9);
}

TEST_CASE("who is not ready in time is failing, and may still come", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    CHECK(d.told_at(clock(11, 55)) == Lines{"prov 1 failing", "acme 1 failing"});
    CHECK(d.told(ready(1, prov)) == Lines{"prov 1 ready", "acme 1 ready"});
    CHECK(d.told_at(clock(12)) == Lines{"prov 1 delivering", "acme 1 delivering"});
    CHECK(d.told_at(clock(12, 1)) == Lines{"prov 1 failing", "acme 1 failing"});
    CHECK(d.told(ready(1, prov)) == Lines{"prov 1 delivering", "acme 1 delivering"});
    CHECK(d.told_at(clock(12, 4, 59)) == Lines{"prov 1 failing", "acme 1 failing"});
    // G2 starts by +5 minutes.
    CHECK(d.told_at(clock(12, 5)) == Lines{"prov 1 failed", "acme 1 failed"});
    CHECK(d.told(ready(1, prov)) == Lines{"prov refused DELIVERY_STATE did"});
    // The minutes before the failure may still be told.
    CHECK(d.told(meter(1, prov, 5, 16)) == Lines{"prov refused DELIVERY_STATE did"});
    CHECK(d.told(meter(1, prov, 4, 16)) == Lines{"prov minute 4: 16, counts 16, gaps f"});
    CHECK(d.told_at(clock(13, 59)).empty());
}

TEST_CASE("a missed minute is failing, a report brings it back, three in a row fail", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    d.at(clock(12, 0, 1));
    CHECK(d.told(meter(1, prov, 0, 16)).size() == 1);
    CHECK(d.told_at(clock(12, 1)).empty());
    CHECK(d.told_at(clock(12, 2)) == Lines{"prov 1 failing", "acme 1 failing"});
    // The minute before the running one, or the running one, brings it back.
    CHECK(d.told(meter(1, prov, 1, 16)) ==
          Lines{"prov minute 1: 16, counts 16", "prov 1 delivering", "acme 1 delivering"});
    CHECK(d.told_at(clock(12, 4)) == Lines{"prov 1 failing", "acme 1 failing"});  // minute 2
    CHECK(d.told_at(clock(12, 4, 30)).empty());
    CHECK(d.told(meter(1, prov, 2, 16)) == Lines{"prov minute 2: 16, counts 16, gaps 8"});
    const Events back = d.send(meter(1, prov, 4, 0));
    CHECK(delivering(back) ==
          Lines{"prov minute 4: 0, counts 0, gaps 8", "prov 1 delivering", "acme 1 delivering"});
    CHECK(back.at(1).as<DeliveryChanged>().missed == 0);
    CHECK(back.at(1).header.flags == 0);
    CHECK(d.told_at(clock(12, 7)) == Lines{"prov 1 failing", "acme 1 failing"});  // minutes 5 and 6
    const Events failed = d.at(clock(12, 8));
    CHECK(delivering(failed) == Lines{"prov 1 failed", "acme 1 failed"});
    CHECK(failed.at(0).as<DeliveryChanged>().missed == 3);
    CHECK(failed.at(0).as<DeliveryChanged>().delivered == 480);
    CHECK(d.told_at(clock(13, 5)).empty());
}

TEST_CASE("an instant that is struck twice counts its minute once", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    d.at(clock(12, 0, 30));
    d.send(meter(1, prov, 0, 16));
    d.send(Command::of(OpenSession{.grace_ms = 0}, carl, KeyIndex{0}, asked));
    CHECK(d.told_at(clock(12, 2)) == Lines{"prov 1 failing", "acme 1 failing"});
    // A grace period of nothing is due at once: the timers of this instant are asked again.
    d.send(Command::of(CloseSession{}, no_account, no_key, asked));
    CHECK(d.m.exchange().next_timer() == clock(12, 2));
    CHECK(d.told_at(clock(12, 2)).empty());
    CHECK(rows_of(d.m, prov).at(0).delivery.missed == 1);
    CHECK(d.told_at(clock(12, 3)).empty());
    CHECK(rows_of(d.m, prov).at(0).delivery.missed == 2);
}

TEST_CASE("the buyer's report is none of the seller's", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    d.at(clock(12, 0, 30));
    CHECK(d.told(meter(1, acme, 0, 16)) == Lines{"acme minute 0: 16, counts 0"});
    CHECK(d.told_at(clock(12, 1)) == Lines{"prov 1 failing", "acme 1 failing"});
    CHECK(d.told(meter(1, acme, 1, 16)) == Lines{"acme minute 1: 16, counts 0"});
    CHECK(d.told_at(clock(12, 5)) == Lines{"prov 1 failed", "acme 1 failed"});
}

TEST_CASE("each tier has its time to start", "[delivery]") {
    struct Tier {
        const char* name;
        std::uint32_t start_by_s;
        int fails_at;
    };
    // What is no whole minute counts at the next one.
    for (const Tier& tier :
         {Tier{"G0", 0, 10}, Tier{"G1", 600, 10}, Tier{"G3", 120, 2}, Tier{"GX", 121, 3}}) {
        Delivering d;
        DefineTier t = g2_tier();
        t.name = Text<8>{tier.name};
        t.start_by_s = tier.start_by_s;
        d.send(Command::of(t));
        DefineFamily f = h100_family();
        f.tier_id = TierId{1};
        d.send(Command::of(f));
        d.send(resource(prov, 16, FamilyId{1}));
        d.trade(prov, acme, 16, "13.50", hour_of(1, 12));
        d.at(clock(11, 45));
        INFO(tier.name);
        CHECK(d.told_at(clock(12, tier.fails_at - 1, 59)) == Lines{"prov 1 failing", "acme 1 failing"});
        CHECK(d.told_at(clock(12, tier.fails_at)) == Lines{"prov 1 failed", "acme 1 failed"});
    }
}

TEST_CASE("the last minute is asked for before the delivery is delivered", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.run_hour(12, 1, prov, [](std::uint32_t minute) { return minute < 59 ? "16" : nullptr; });
    CHECK(d.told_at(clock(13)) ==
          Lines{"prov 1 failing", "acme 1 failing", "prov 1 delivered", "acme 1 delivered"});
    CHECK(d.told(meter(1, prov, 59, 16)) == Lines{"prov minute 59: 16, counts 16"});
    // Three in a row, the last three: failed, with nothing left to be replaced.
    Delivering other;
    other.trade(prov, acme, 16, "13.50");
    other.at(clock(11, 45));
    other.run_hour(12, 1, prov, [](std::uint32_t minute) { return minute < 57 ? "16" : nullptr; });
    CHECK(other.told_at(clock(13)) == Lines{"prov 1 failed", "acme 1 failed"});
    CHECK(other.told(meter(1, prov, 59, 16)) == Lines{"prov minute 59: 16, counts 16, gaps 600000000000000"});
}

TEST_CASE("a day of tokens is paired, delivers by itself and is settled", "[delivery]") {
    Delivering d;
    DefineTier t = g2_tier();
    t.name = Text<8>{"T1"};
    t.product = Product::token;
    d.send(Command::of(t));
    DefineFamily f = h100_family("14.00", 5);
    f.tier_id = TierId{1};
    f.product = Product::token;
    d.send(Command::of(f));
    d.send(resource(prov, 16, FamilyId{1}));
    const InstrumentId tomorrow =
        instrument(FamilyId{1}, Period{period_at(day_one, Product::token).value + 1});
    d.trade(prov, acme, 10, "14.00", tomorrow);
    CHECK(d.told_at(clock(23, 44)).empty());
    const Events gate = d.at(clock(23, 45));
    CHECK(delivering(gate).size() == 2);
    CHECK(gate.back().as<DeliveryChanged>().minutes == 1'440);
    CHECK(gate.back().as<DeliveryChanged>().price == Price{1'400});
    CHECK(d.m.exchange().next_timer() == clock(24));  // nobody is waited for 5 minutes before it
    CHECK(d.told(ready(1, prov)) == Lines{"prov refused DELIVERY_STATE did"});
    CHECK(d.told_at(clock(24)) == Lines{"prov 1 delivering", "acme 1 delivering"});
    CHECK(d.told(meter(1, prov, 0, 10)) == Lines{"prov refused DELIVERY_STATE did"});
    CHECK(d.told_at(clock(47, 59)).empty());
    CHECK(d.told_at(clock(48)) == Lines{"prov 1 delivered", "acme 1 delivered"});
    CHECK(d.told_at(clock(48, 5)) == Lines{"prov 1 provisional", "acme 1 provisional"});
    const Lines settled = d.told_at(clock(49));
    REQUIRE(settled.size() == 4);
    CHECK(settled[2] == "acme 1 settled 14400 of 14400, refund 0, penalty 0");
    CHECK(d.m.balance(prov).margin == Money{});
    CHECK(d.m.exchange().next_timer() == clock(49, 45));
}

TEST_CASE("an account's deliveries are told in pages, by id", "[delivery]") {
    Delivering d;
    for (int hour = 1; hour < 4; ++hour) d.trade(prov, hour == 2 ? bert : acme, 1, "14.00", hour_of(0, hour));
    d.at(clock(2, 45));
    CHECK(rows_of(d.m, prov).size() == 3);
    CHECK(rows_of(d.m, acme).size() == 2);
    const Events page = d.m.ask(question(QueryDeliveries{.after = DeliveryId{1}, .limit = 1}, prov));
    REQUIRE(page.size() == 2);
    CHECK(page[0].as<DeliveryRow>().delivery.delivery == DeliveryId{2});
    CHECK(page[0].as<DeliveryRow>().delivery.origin == asked);
    CHECK(page[1].as<RowsEnd>().rows == 1);
    CHECK(page[1].as<RowsEnd>().more);
    const Events rest = d.m.ask(question(QueryDeliveries{.after = DeliveryId{2}, .limit = 1}, prov));
    CHECK_FALSE(rest.at(1).as<RowsEnd>().more);
}
