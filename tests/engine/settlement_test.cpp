// SPDX-License-Identifier: Apache-2.0
// What deliveries come to: the vectors of market-rules section 7, to the micro-CNY.
#include "tests/engine/delivery_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

// Another tier of the same class and zone: family 1, with 16 units of prov.
void second_tier(Delivering& d, std::uint32_t availability, int penalty_bp) {
    DefineTier t = g2_tier();
    t.name = Text<8>{"GX"};
    t.availability = availability;
    t.penalty = BasisPoints{penalty_bp};
    d.send(Command::of(t));
    DefineFamily f = h100_family();
    f.tier_id = TierId{1};
    d.send(Command::of(f));
    d.send(resource(prov, 16, FamilyId{1}));
}

// 16 units at 13.50 in noon's hour, delivered as `units` says, up to the settlement; its lines.
Lines delivered(Delivering& d, const Minutes& units, std::uint16_t family = 0) {
    d.trade(prov, acme, 16, "13.50", hour_of(family, 12));
    d.at(clock(11, 45));
    d.run_hour(12, 1, prov, units);
    d.at(clock(13, 59, 59));
    return d.told_at(clock(14));
}

}  // namespace

TEST_CASE("D 912 of 960: refund 10.80, penalty 5.40", "[delivery]") {
    Delivering d;
    const Money buyer = d.cash(acme), seller = d.cash(prov);
    const Lines lines =
        delivered(d, [](std::uint32_t m) { return m == 5 || m == 15 || m == 25 ? nullptr : "16"; });
    CHECK(lines ==
          Lines{"acme sold 0 bought 16: receivable 0, fee 0, tax 0, owed 0, paid 0, margin back 0",
                "prov 1 settled 9120 of 9600, refund 10.8, penalty 5.4",
                "acme 1 settled 9120 of 9600, refund 10.8, penalty 5.4",
                "prov sold 16 bought 0: receivable 216, fee 0.108, tax 0.00648, owed 16.2, paid 199.68552, "
                "margin back 44.8"});
    CHECK(buyer - d.cash(acme) == money("200.25792"));
    CHECK(d.cash(prov) - seller == money("199.68552"));
    const House& house = d.m.exchange().state().accounts.house;
    CHECK(house.fee_income == money("0.54"));
    CHECK(house.tax_payable == money("0.0324"));
    CHECK(house.default_fund == Money{});
    CHECK(d.m.balance(prov).penalty == Money{});
    CHECK(d.m.balance(prov).receivable == Money{});
    CHECK(d.m.balance(prov).margin == Money{});
    CHECK(d.m.exchange().state().positions.used() == 0);
}

TEST_CASE("D 957 is inside the SLA: nothing, seller net 215.88552", "[delivery]") {
    Delivering d;
    const Money seller = d.cash(prov);
    const Lines lines = delivered(d, [](std::uint32_t m) { return m == 7 ? "13" : "16"; });
    CHECK(lines[2] == "acme 1 settled 9570 of 9600, refund 0, penalty 0");
    CHECK(d.cash(prov) - seller == money("215.88552"));
}

TEST_CASE("the edge of the SLA itself is inside, one lot-minute less is all that is missing", "[delivery]") {
    // 99.5 % of 9,600 lot-minutes are 9,552.
    Delivering inside;
    CHECK(delivered(inside, [](std::uint32_t m) { return m == 7 ? "11.2" : "16"; })[2] ==
          "acme 1 settled 9552 of 9600, refund 0, penalty 0");
    Delivering outside;
    CHECK(delivered(outside, [](std::uint32_t m) { return m == 7 ? "11.1" : "16"; })[2] ==
          "acme 1 settled 9551 of 9600, refund 1.1025, penalty 0.55125");
}

TEST_CASE("refund and penalty are rounded half to even, each from the exact value", "[delivery]") {
    Delivering d;
    // Short 49 lot-minutes at 13.51: 1.10331(6 repeated) and half of it, 0.55165(8).
    d.trade(prov, acme, 16, "13.51");
    d.at(clock(11, 45));
    d.run_hour(12, 1, prov, [](std::uint32_t m) { return m == 7 ? "11.1" : "16"; });
    CHECK(d.told_at(clock(14)).at(6) == "acme 1 settled 9551 of 9600, refund 1.103317, penalty 0.551658");
}

TEST_CASE("the buyer's lesser reading counts, a silent buyer accepts", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    d.at(clock(11, 45));
    d.run_hour(12, 1, prov, [&](std::uint32_t m) {
        if (m >= 10 && m < 13) d.send(meter(1, acme, m, 0));
        return "16";
    });
    const Lines lines = d.told_at(clock(14));
    CHECK(lines.at(5) == "prov 1 settled 9120 of 9600, refund 10.8, penalty 5.4");
}

TEST_CASE("G0 counts as a hundred percent and knows no penalty", "[delivery]") {
    Delivering d;
    second_tier(d, 100'000, 0);
    const Lines lines = delivered(
        d, [](std::uint32_t m) { return m == 7 ? "15.9" : "16"; }, 1);
    // One lot-minute: 0.1 · 13.50 / 60.
    CHECK(lines.at(2) == "acme 1 settled 9599 of 9600, refund 0.0225, penalty 0");
}

TEST_CASE("what never came is refunded whole, and the penalty is at most the hour's notional", "[delivery]") {
    Delivering d;
    second_tier(d, 99'900, 20'000);
    const Money buyer = d.cash(acme), seller = d.cash(prov);
    d.trade(prov, acme, 16, "13.50", hour_of(1, 12));
    const Lines lines = d.told_at(clock(14));
    CHECK(lines[lines.size() - 2] == "acme 1 settled 0 of 9600, refund 216, penalty 216");
    // Receivable, then margin, then cash.
    CHECK(lines.back() ==
          "prov sold 16 bought 0: receivable 216, fee 0.108, tax 0.00648, owed 432, paid 0, from "
          "margin 44.8, from cash 171.31448, margin back 0");
    CHECK(d.cash(acme) - buyer == money("432") - money("216.45792"));
    CHECK(seller - d.cash(prov) == money("216.11448"));
}

TEST_CASE("the default fund advances what the seller does not have", "[delivery]") {
    Delivering d;
    second_tier(d, 99'900, 10'000);
    const AccountId poor = Market::twin;
    d.send(credit(poor, "50"));
    d.send(resource(poor, 16, FamilyId{1}));
    d.trade(poor, acme, 16, "13.50", hour_of(1, 12));
    const Lines lines = d.told_at(clock(14));
    CHECK(lines.back() ==
          "twin sold 16 bought 0: receivable 216, fee 0.108, tax 0.00648, owed 432, paid 0, from "
          "margin 44.8, from cash 5.2, from fund 166.11448, margin back 0");
    CHECK(d.cash(poor) == Money{});
    CHECK(d.fund() == -money("166.11448"));
}

TEST_CASE("several deliveries of one seller are settled one by one, then its position", "[delivery]") {
    Delivering d;
    const Money seller = d.cash(prov);
    d.trade(prov, acme, 10, "13.50");
    d.trade(prov, bert, 6, "13.50");
    d.at(clock(11, 45));
    d.send(ready(2, prov));
    d.run_hour(12, 1, prov, [&](std::uint32_t m) {
        if (m % 10 != 3) d.send(meter(2, prov, m, 6));  // 6 minutes missed
        return "10";
    });
    d.at(clock(13, 59));
    CHECK(d.told_at(clock(14)) ==
          Lines{"acme sold 0 bought 10: receivable 0, fee 0, tax 0, owed 0, paid 0, margin back 0",
                "bert sold 0 bought 6: receivable 0, fee 0, tax 0, owed 0, paid 0, margin back 0",
                "prov 1 settled 6000 of 6000, refund 0, penalty 0",
                "acme 1 settled 6000 of 6000, refund 0, penalty 0",
                "prov 2 settled 3240 of 3600, refund 8.1, penalty 4.05",
                "bert 2 settled 3240 of 3600, refund 8.1, penalty 4.05",
                "prov sold 16 bought 0: receivable 216, fee 0.108, tax 0.00648, owed 12.15, paid 203.73552, "
                "margin "
                "back 44.8"});
    CHECK(d.cash(prov) - seller == money("203.73552"));
}

TEST_CASE("a buyer that resold all it bought has no delivery and gets what it sold for", "[delivery]") {
    Delivering d;
    const Money before = d.cash(acme);
    d.trade(prov, acme, 16, "13.50");
    d.trade(acme, carl, 16, "14.00");
    CHECK(d.told_at(clock(11, 45)) ==
          Lines{"prov 1 gated prov>carl 16 @ 13.50", "carl 1 gated prov>carl 16 @ 13.50"});
    d.run_hour(12, 1, prov, [](std::uint32_t) { return "16"; });
    d.at(clock(13, 59));
    const Lines lines = d.told_at(clock(14));
    REQUIRE(lines.size() == 5);
    CHECK(lines[0] ==
          "acme sold 16 bought 16: receivable 224, fee 0.112, tax 0.00672, owed 0, paid 223.88128, margin "
          "back 0");
    CHECK(d.cash(acme) - before == money("223.88128") - money("216.45792"));
}

TEST_CASE("capacity of an hour that is settled is free again", "[delivery]") {
    Delivering d;
    d.trade(prov, acme, 16, "13.50");
    CHECK(d.told(withdraw(prov, 4)) == Lines{"prov refused OBLIGATION count"});
    d.at(clock(13, 59));
    CHECK(d.told(withdraw(prov, 4)) == Lines{"prov refused OBLIGATION count"});
    d.at(clock(14));
    CHECK(d.told(withdraw(prov, 4)).empty());
}
