// SPDX-License-Identifier: Apache-2.0
// The replacement of deliveries that fail, from those who stand by (market-rules section 7).
#include "tests/engine/standby_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

// 16 units at 13.50 from prov to acme, silent from 12:20 on; up to just after the failure at 12:23.
void silent_from_twenty(Delivering& d) {
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    for (std::uint32_t m = 0; m < 24; ++m) {
        d.at(clock(12, static_cast<int>(m), 30));
        if (m < 20) d.send(meter(1, prov, m, 16));
    }
}

// The lines that were told at this time.
Lines at_time(Delivering& d, Time time) {
    Lines lines;
    for (const Event& e : d.m.driver().all_events())
        if (e.header.time == time)
            if (std::string line = delivering_line(e); !line.empty()) lines.push_back(std::move(line));
    return lines;
}

}  // namespace

TEST_CASE("the vector: silent from 12:20, replaced at 12:23 for 37 minutes at 14.60", "[delivery]") {
    Delivering d;
    const Money first = d.cash(prov), second = d.cash(bert), buyer = d.cash(acme);
    CHECK(order_in(d.send(standby(16, "14.60", bert, "s"))).hold == money("46.72"));
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.send(ready(1, prov));
    for (int m = 0; m < 20; ++m) {
        d.at(clock(12, m, 30));
        d.send(meter(1, prov, static_cast<std::uint32_t>(m), 16));
    }
    CHECK(d.told_at(clock(12, 21)) == Lines{"prov 1 failing", "acme 1 failing"});
    d.at(clock(12, 22, 59));
    const Events failure = d.at(clock(12, 23));
    CHECK(delivering(failure) ==
          Lines{"prov 1 failed", "acme 1 failed",
                "bert 2 delivering bert>acme 16 @ 14.60 for 1 from 23, 37 min",
                "acme 2 delivering bert>acme 16 @ 14.60 for 1 from 23, 37 min",
                "bert 1 replaced by 2: 16 @ 14.60 for 37 min, cost 144.053333, leaves 0",
                "prov 1 replaced by 2: 16 @ 14.60 for 37 min, cost 144.053333, leaves 0", "prov 1 replaced",
                "acme 1 replaced"});
    const auto replaced = failure.at(5).as<Replaced>();
    CHECK(replaced.from_receivable == money("144.053333"));
    CHECK(replaced.from_margin == Money{});
    CHECK(replaced.fee == money("0.072026"));
    CHECK(replaced.tax == money("0.004321"));
    CHECK(replaced.party == Side::buy);
    // What it costs above the contract: 144.053333 less 37 minutes at 13.50.
    CHECK(replaced.cost - money("133.2") == money("10.853333"));
    // The offer is used up; its margin stays until the settlement.
    CHECK(d.m.balance(bert).margin == money("46.72"));
    CHECK(d.m.balance(bert).receivable == money("144.053333"));
    CHECK(d.m.balance(prov).receivable == money("71.946667"));
    CHECK(d.m.exchange().state().standbys.used() == 0);
    d.send(ready(2, bert, "ssh://b"));
    for (int m = 23; m < 60; ++m) {
        d.at(clock(12, m, 30));
        d.send(meter(2, bert, static_cast<std::uint32_t>(m), 16));
    }
    CHECK(d.told_at(clock(13)) == Lines{"bert 2 delivered bert>acme 16 @ 14.60 for 1 from 23, 37 min",
                                        "acme 2 delivered bert>acme 16 @ 14.60 for 1 from 23, 37 min"});
    d.at(clock(13, 59));
    CHECK(
        d.told_at(clock(14)) ==
        Lines{
            "acme sold 0 bought 16: receivable 0, fee 0, tax 0, owed 0, paid 0, margin back 0",
            "bert 2 settled 5920 of 5920, refund 0, penalty 0",
            "acme 2 settled 5920 of 5920, refund 0, penalty 0",
            "bert sold 16 bought 0: receivable 144.053333, fee 0.072026, tax 0.004321, owed 0, paid "
            "143.976986, margin back 46.72",
            "prov 1 settled 9120 of 9600, refund 10.8, penalty 5.4",
            "acme 1 settled 9120 of 9600, refund 10.8, penalty 5.4",
            // 55.746667 before fee and tax.
            "prov sold 16 bought 0: receivable 71.946667, fee 0.108, tax 0.00648, owed 16.2, paid 55.632187, "
            "margin back 44.8"});
    CHECK(d.cash(prov) - first == money("55.746667") - money("0.11448"));
    CHECK(d.cash(bert) - second == money("143.976986"));
    CHECK(buyer - d.cash(acme) == money("216.45792") - money("16.2"));
    CHECK(d.fund() == Money{});
}

TEST_CASE("no offer: the minutes that are left are a gap too", "[delivery]") {
    Delivering d;
    silent_from_twenty(d);
    CHECK(at_time(d, clock(12, 23)) == Lines{"prov 1 failed", "acme 1 failed"});
    d.at(clock(13, 59));
    // 40 minutes of 16 units: 144.00 and half of it.
    CHECK(d.told_at(clock(14)).at(1) == "prov 1 settled 3200 of 9600, refund 144, penalty 72");
}

TEST_CASE("offers are taken by price, then time, as far as they go and as far as it may cost", "[delivery]") {
    Delivering d;
    // 1.5 · 13.50 is 20.25, the ceiling 19.60.
    d.send(standby(4, "15.00", bert, "b-1"));
    d.send(standby(4, "14.00", carl, "c-1"));
    d.send(standby(4, "14.00", bert, "b-2"));
    d.send(standby(10, "19.60", carl, "c-2"));
    silent_from_twenty(d);
    const Lines lines = at_time(d, clock(12, 23));
    REQUIRE(lines.size() == 2 + 4 * 4 + 2);
    CHECK(lines[4] == "carl 1 replaced by 2: 4 @ 14.00 for 37 min, cost 34.533333, leaves 0");
    CHECK(lines[8] == "bert 1 replaced by 3: 4 @ 14.00 for 37 min, cost 34.533333, leaves 0");
    CHECK(lines[12] == "bert 1 replaced by 4: 4 @ 15.00 for 37 min, cost 37, leaves 0");
    CHECK(lines[16] == "carl 1 replaced by 5: 4 @ 19.60 for 37 min, cost 48.346667, leaves 6");
    CHECK(lines.back() == "acme 1 replaced");
    // What is left of the last one is firm until the window ends.
    CHECK(refusal_in(d.send(cancel("c-2", carl))).reason == RejectReason::gate_closed);
    for (std::uint32_t m = 23; m < 60; ++m) {
        d.at(clock(12, static_cast<int>(m), 30));
        for (const std::uint32_t id : {2u, 5u}) d.send(meter(id, carl, m, 4));
        for (const std::uint32_t id : {3u, 4u}) d.send(meter(id, bert, m, 4));
    }
    const OrderEvent end = order_in(d.at(clock(13)));
    CHECK(end.cid == Cid{"c-2"});
    CHECK(end.reason == CancelReason::gate_closed);
    CHECK(end.cum == 40);
    CHECK(end.order_flags == order_flag::standby + order_flag::guidance_above);
    d.at(clock(14));
    CHECK(d.m.balance(carl).margin == Money{});
    CHECK(d.m.exchange().state().positions.used() == 0);
}

TEST_CASE("an offer above one and a half times the contract is not taken", "[delivery]") {
    Delivering d;
    d.send(standby(16, "15.02", bert, "b"));
    d.trade(prov, acme, 16, "10.01");  // 15.015, cut: 15.01
    d.at(clock(11, 45));
    d.at(clock(12, 5));
    CHECK(at_time(d, clock(12, 5)) == Lines{"prov 1 failed", "acme 1 failed"});
}

TEST_CASE("an offer of the seller's own group is not taken", "[delivery]") {
    Delivering d;
    d.send(Command::of(account("west-1", "west")));
    d.send(Command::of(account("west-2", "west")));
    const AccountId one{5}, two{6};
    for (const AccountId a : {one, two}) d.send(credit(a, 1'000)), d.send(resource(a, 16));
    d.send(standby(16, "14.00", two, "s"));
    d.trade(one, acme, 16, "13.50");
    d.at(clock(12, 4));
    CHECK(d.told_at(clock(12, 5)) == Lines{"? 1 failed", "acme 1 failed"});
}

TEST_CASE("offers of other zones stand in where residency, class and tier are the same", "[delivery]") {
    Delivering d;
    const auto family = [&](const char* zone, const char* residency, bool other_class, std::uint16_t number) {
        DefineZone z = east_zone();
        z.name = Text<16>{zone};
        z.residency = Text<16>{residency};
        d.send(Command::of(z));
        DefineFamily f = h100_family();
        if (other_class) {
            DefineClass c = h100_class();
            c.name = Text<16>{"H20"};
            c.k_train = 0;  // no measure of another class
            d.send(Command::of(c));
            f.class_id = ClassId{1};
        }
        f.zone_id = ZoneId{number};
        d.send(Command::of(f));
        d.send(resource(bert, 16, FamilyId{number}));
    };
    family("SG", "SG", false, 1);
    family("CN-NORTH", "CN", false, 2);
    family("CN-WEST", "CN", true, 3);
    d.send(standby(16, "13.60", bert, "sg", hour_of(1, 12)));
    d.send(standby(16, "14.00", bert, "north", hour_of(2, 12)));
    d.send(standby(16, "13.70", bert, "h20", hour_of(3, 12)));
    d.send(standby(16, "13.50", bert, "later", hour_of(2, 13)));
    silent_from_twenty(d);
    const Lines lines = at_time(d, clock(12, 23));
    REQUIRE(lines.size() == 8);
    CHECK(lines[4] == "bert 1 replaced by 2: 16 @ 14.00 for 37 min, cost 138.133333, leaves 0");
    const State& state = d.m.exchange().state();
    CHECK(state.deliveries[state.deliveries.find(DeliveryId{2})].instrument == hour_of(2, 12));
    d.at(clock(14));
    CHECK(state.deliveries.used() == 0);
}

TEST_CASE("a buyer may stand in for its own seller: it reports as a seller, and is told its row once",
          "[delivery]") {
    Delivering d;
    d.send(standby(16, "14.00", acme, "s"));
    silent_from_twenty(d);
    const Events rows = d.m.ask(question(QueryDeliveries{.after = DeliveryId{1}, .limit = 9}, acme));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].as<DeliveryRow>().delivery.seller == acme);
    CHECK(rows[0].as<DeliveryRow>().delivery.buyer == acme);
    CHECK(rows[0].as<DeliveryRow>().delivery.party == Side::sell);
    const auto metered = d.send(meter(2, acme, 23, 16)).at(0).as<Metered>();
    CHECK(metered.party == Side::sell);
    CHECK(metered.counted == 160);
    d.at(clock(13, 59));
    const Lines settled = d.told_at(clock(14));
    // One position of both its sides, one delivery told twice.
    REQUIRE(settled.size() == 6);
    CHECK(settled[0] == settled[1]);
    CHECK(settled[2].starts_with("acme sold 16 bought 16: receivable 138.133333"));
    CHECK(d.m.exchange().state().deliveries.used() == 0);
}

TEST_CASE("a replacement that fails is replaced itself; its start counts from its first minute",
          "[delivery]") {
    Delivering d;
    d.send(standby(16, "14.60", bert, "b"));
    d.send(standby(16, "15.00", carl, "c"));
    silent_from_twenty(d);
    d.at(clock(12, 28));
    CHECK(at_time(d, clock(12, 24)).size() == 2);
    CHECK(at_time(d, clock(12, 27)).empty());
    const Lines lines = at_time(d, clock(12, 28));
    REQUIRE(lines.size() == 8);
    CHECK(lines[0] == "bert 2 failed bert>acme 16 @ 14.60 for 1 from 23, 37 min");
    CHECK(lines[2] == "carl 3 delivering carl>acme 16 @ 15.00 for 2 from 28, 32 min");
    CHECK(lines[4] == "carl 2 replaced by 3: 16 @ 15.00 for 32 min, cost 128, leaves 0");
    d.at(clock(13, 59));
    const Lines settled = d.told_at(clock(14));
    // carl said nothing either. The first seller owes for its gap alone; the second for five minutes.
    CHECK(settled.size() == 10);
    CHECK(settled[1] == "bert 2 settled 5120 of 5920, refund 19.466667, penalty 9.733333");
    CHECK(settled[4] == "carl 3 settled 0 of 5120, refund 128, penalty 64");
    CHECK(settled[7] == "prov 1 settled 9120 of 9600, refund 10.8, penalty 5.4");
}

TEST_CASE("the fund advances what a replacement costs beyond all that the seller has", "[delivery]") {
    Delivering d;
    const AccountId poor = Market::twin;
    d.send(credit(poor, "50"));
    d.send(resource(poor, 16));
    d.send(standby(16, "19.60", bert, "b"));
    d.trade(poor, acme, 16, "13.50");
    d.at(clock(12, 4));
    const Events failure = d.at(clock(12, 5));
    const auto r = failure.at(5).as<Replaced>();
    // 16 units for 55 minutes at 19.60.
    CHECK(r.cost == money("287.466667"));
    CHECK(r.from_receivable == money("216"));
    CHECK(r.from_margin == money("44.8"));
    CHECK(r.from_cash == money("5.2"));
    CHECK(r.from_fund == money("21.466667"));
    CHECK(d.fund() == -money("21.466667"));
    d.at(clock(13, 59));
    const Lines settled = d.told_at(clock(14));
    CHECK(settled.back() ==
          "twin sold 16 bought 0: receivable 0, fee 0.108, tax 0.00648, owed 27, paid 0, from fund "
          "27.11448, margin back 0");
}
