// SPDX-License-Identifier: Apache-2.0
// The vectors of market-rules section 7, from events made by hand: 16 units at 13.50 of tier G2.
#include "ledger/billing/lines.hpp"
#include "ledger/snapshots/pack.hpp"
#include "told.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::DeliveryState;
using engine::Liquidity;
using engine::Side;
using tests::money;

namespace {

constexpr engine::AccountId standby{3};
constexpr std::uint32_t lots = 160;

engine::Price ticks(const char* price) {
    return engine::Price{static_cast<std::int32_t>(engine::ticks_of(tests::decimal(price)))};
}

// What an exchange tells of one delivery, right unless a test makes it wrong.
struct Hour {
    Hour() {
        see(told.tier(99'500, 5'000));
        see(told.family());
        see(told.band("9.80", "14.00", "19.60"));
        credit(buyer, "1000");
        credit(seller, "1000");
        credit(standby, "1000");
        see(told.order({2, seller, Side::sell, "13.50", lots, "44.80"}));
        see(told.order({1, buyer, Side::buy, "13.50", lots, "216.45792"}));
        see(told.fill(
            {1, 2, seller, Side::sell, Liquidity::maker, "13.50", lots, 0, "0.108", "0.00648", "0"}));
        see(told.fill({1, 1, buyer, Side::buy, Liquidity::taker, "13.50", lots, 0, "0.432", "0.02592", "0"}));
        change(DeliveryState::gated);
    }
    void see(const engine::Event& event) {
        for (const Entry& entry : postings.of(event)) {
            CHECK(entry.sum() == engine::Money{});
            balances.post(entry);
        }
        if (postings.difference()) differences.push_back(postings.difference()->text);
        CHECK(balances.total() == engine::Money{});
        for (const LineRow& line : lines_of(event, postings)) billed[event.header.account] += line.cost;
    }
    // Invariant: an account's lines sum to what its entries took from it, and what is owed to nobody else is
    // fee, tax and what the default fund advanced.
    void check_bills() {
        engine::Money all{};
        for (const auto& [account, p] : balances.participants()) {
            INFO("account " << account.value);
            const engine::Money left = p.cash + p.hold + p.margin + p.receivable + p.penalty;
            CHECK(billed[account] == credited[account] - left);
            all += billed[account];
        }
        CHECK(all == house(MoneyAccount::fee_income) + house(MoneyAccount::tax_payable) +
                         house(MoneyAccount::default_fund));
    }
    void credit(engine::AccountId account, const char* amount) {
        see(told.credited(account, amount));
        credited[account] += money(amount);
    }
    engine::DeliveryChanged delivery(DeliveryState state) const {
        engine::DeliveryChanged d;
        d.delivery = engine::DeliveryId{1};
        d.instrument = tests::noon;
        d.seller = seller;
        d.buyer = buyer;
        d.price = ticks("13.50");
        d.qty = lots;
        d.delivered = counted;
        d.minutes = 60;
        d.state = state;
        return d;
    }
    void see_both(engine::DeliveryChanged d) {
        see(told.event(d, d.seller, true));
        d.party = Side::buy;
        see(told.event(d, d.buyer, true));
    }
    void change(DeliveryState state) { see_both(delivery(state)); }

    engine::Metered report(std::uint32_t id, std::uint32_t minute, Side party, std::uint32_t available,
                           std::uint32_t counts) {
        engine::Metered m;
        m.delivery = engine::DeliveryId{id};
        m.minute = minute;
        m.available = available;
        m.counted = counts;
        m.party = party;
        return m;
    }
    void meter(std::uint32_t id, std::uint32_t minute, Side party, std::uint32_t available,
               std::uint32_t counts) {
        see(told.event(report(id, minute, party, available, counts), engine::no_account));
    }
    // The seller says that all was there from minute `from` up to `to`.
    void whole(std::uint32_t from, std::uint32_t to, std::uint32_t id = 1) {
        for (std::uint32_t m = from; m < to; ++m) meter(id, m, Side::sell, lots, lots);
        counted += std::uint64_t{to - from} * lots;
    }
    engine::DeliverySettled settlement(std::uint64_t delivered, const char* refund, const char* penalty) {
        engine::DeliverySettled s;
        s.delivery = engine::DeliveryId{1};
        s.qty = lots;
        s.instrument = tests::noon;
        s.seller = seller;
        s.buyer = buyer;
        s.promised = 60 * lots;
        s.delivered = delivered;
        s.short_of = money(refund) == engine::Money{} ? 0 : 60 * lots - delivered;
        s.refund = money(refund);
        s.penalty = money(penalty);
        s.price = ticks("13.50");
        s.was = DeliveryState::provisional;
        return s;
    }
    void see_both(engine::DeliverySettled s) {
        see(told.event(s, s.seller, true));
        s.party = Side::buy;
        see(told.event(s, s.buyer, true));
    }
    engine::PositionSettled position(const char* receivable, const char* owed, const char* paid) {
        engine::PositionSettled p;
        p.instrument = tests::noon;
        p.sold = lots;
        p.receivable = money(receivable);
        p.fee = money("0.108");
        p.tax = money("0.00648");
        p.owed = money(owed);
        p.margin = money("44.80");
        p.paid = money(paid);
        return p;
    }
    void settle_seller(const char* receivable, const char* owed, const char* paid) {
        see(told.event(position(receivable, owed, paid), seller, true));
    }
    void settle_buyer() {
        engine::PositionSettled p;
        p.instrument = tests::noon;
        p.bought = lots;
        see(told.event(p, buyer, true));
    }
    Balances::Participant of(engine::AccountId a) const { return balances.of(a); }
    engine::Money house(MoneyAccount a) const { return balances.house(a); }

    Told told;
    Postings postings{tests::small_genesis()};
    Balances balances;
    std::uint64_t counted = 0;  // lot-minutes of delivery 1
    std::vector<std::string> differences;
    std::map<engine::AccountId, engine::Money> billed, credited;
};

// A standby offer of 20 units at 14.60 and the failure of section 7: silent from minute 20, replaced for 37.
// Of another class it covers so many lots.
struct Failure : Hour {
    explicit Failure(std::uint32_t covers = 0) {
        auto offer = told.body({3, standby, Side::sell, "14.60", 200, "58.40"});
        offer.order_flags = engine::order_flag::standby;
        see(told.event(offer, standby, true));
        whole(0, 20);
        change(DeliveryState::failed);
        auto by = delivery(DeliveryState::delivering);
        by.delivery = engine::DeliveryId{2};
        by.replaces = engine::DeliveryId{1};
        by.seller = standby;
        by.price = ticks("14.60");
        by.delivered = 0;
        by.first_minute = 23;
        by.minutes = 37;
        by.covers = covers;
        see_both(by);
    }
    engine::Replaced replaced() const {
        engine::Replaced r;
        r.failed = engine::DeliveryId{1};
        r.by = engine::DeliveryId{2};
        r.order = engine::OrderId{3};
        r.seller = seller;
        r.standby = standby;
        r.qty = lots;
        r.leaves = 40;
        r.price = ticks("14.60");
        r.minutes = 37;
        r.cost = money("144.053333");
        r.fee = money("0.072026");
        r.tax = money("0.004321");
        r.from_receivable = money("144.053333");
        return r;
    }
    void see_both_replaced(engine::Replaced r) {
        see(told.event(r, r.standby, true));
        r.party = Side::buy;
        see(told.event(r, r.seller, true));
    }
};

}  // namespace

TEST_CASE("D 912 of 960: 10.80 back, penalty 5.40, buyer net 200.25792, seller net 199.68552",
          "[postings][delivery]") {
    Hour hour;
    hour.whole(0, 57);
    hour.change(DeliveryState::provisional);
    hour.see_both(hour.settlement(57 * lots, "10.80", "5.40"));
    CHECK(hour.of(seller).penalty == money("-16.20"));
    hour.settle_seller("216", "16.20", "199.68552");
    hour.settle_buyer();
    CHECK(hour.differences.empty());
    CHECK(hour.of(buyer).cash == money("1000") - money("200.25792"));
    CHECK(hour.of(seller).cash == money("1000") + money("199.68552"));
    CHECK(hour.of(seller).margin == money("0"));
    CHECK(hour.of(seller).receivable == money("0"));
    CHECK(hour.of(seller).penalty == money("0"));
    CHECK(hour.house(MoneyAccount::fee_income) == money("0.540"));
    CHECK(hour.house(MoneyAccount::tax_payable) == money("0.0324"));
    CHECK(hour.house(MoneyAccount::clearing) == money("0"));
    hour.check_bills();
    CHECK(hour.postings.positions().empty());
    CHECK(hour.postings.deliveries().empty());
}

TEST_CASE("D 957 of 960 is inside the SLA: nothing is refunded, the seller nets 215.88552",
          "[postings][delivery]") {
    Hour hour;
    hour.whole(0, 59);
    hour.meter(1, 59, Side::sell, 130, 130);
    hour.counted += 130;
    hour.see_both(hour.settlement(9'570, "0", "0"));
    hour.settle_seller("216", "0", "215.88552");
    CHECK(hour.differences.empty());
    CHECK(hour.of(seller).cash == money("1215.88552"));
}

TEST_CASE(
    "silent from 09:20, replaced at 14.60 for 37 minutes: the first provider keeps 55.746667 before fees",
    "[postings][delivery]") {
    Failure hour;
    hour.see_both_replaced(hour.replaced());
    CHECK(hour.of(seller).receivable == money("71.946667"));
    CHECK(hour.of(standby).receivable == money("144.053333"));
    CHECK(hour.postings.order(engine::OrderId{3})->leaves == 40);
    hour.whole(23, 60, 2);
    hour.see_both(hour.settlement(57 * lots, "10.80", "5.40"));
    hour.settle_seller("71.946667", "16.20", "55.632187");
    auto second = hour.settlement(37 * lots, "0", "0");
    second.delivery = engine::DeliveryId{2};
    second.seller = standby;
    second.promised = 37 * lots;
    second.price = ticks("14.60");
    hour.see_both(second);
    auto position = hour.position("144.053333", "0", "143.976986");
    position.fee = money("0.072026");
    position.tax = money("0.004321");
    position.margin = money("46.72");
    hour.see(hour.told.event(position, standby, true));
    hour.settle_buyer();
    CHECK(hour.differences.empty());
    CHECK(hour.of(seller).cash == money("1000") + money("55.746667") - money("0.11448"));
    CHECK(hour.of(standby).margin == money("11.68"));  // of the 4 units that nobody needed
    hour.check_bills();
}

TEST_CASE("what another class took over counts as so many lots as it covers", "[postings][delivery]") {
    Failure half(lots / 2);
    half.see_both_replaced(half.replaced());
    // 320 and 296 unit-minutes of 960; 344 of them are 77.40 at 13.50.
    half.see_both(half.settlement(20 * lots + 37 * lots / 2, "77.40", "38.70"));
    CHECK(half.differences.empty());
    Failure more(lots + 1);
    CHECK_FALSE(more.differences.empty());
}

TEST_CASE("what the receivable does not cover comes from margin, cash and the default fund, in this order",
          "[postings][delivery]") {
    Failure hour(lots / 2);          // of another class: each of the two covers a half
    hour.credit(seller, "-945.20");  // 10 are left in cash
    auto first = hour.replaced();
    first.cost = first.from_receivable = money("144.053333");
    hour.see_both_replaced(first);
    // 71.946667 to receive, 44.80 margin, 10 cash; a second one that costs the same takes all and 17.306666
    // more.
    auto offer = hour.told.body({4, standby, Side::sell, "14.60", lots, "46.72"});
    offer.order_flags = engine::order_flag::standby;
    hour.see(hour.told.event(offer, standby, true));
    auto by = hour.delivery(DeliveryState::delivering);
    by.delivery = engine::DeliveryId{3};
    by.replaces = engine::DeliveryId{1};
    by.seller = standby;
    by.price = ticks("14.60");
    by.delivered = 0;
    by.first_minute = 23;
    by.minutes = 37;
    by.covers = lots / 2;
    hour.see_both(by);
    auto second = hour.replaced();
    second.by = engine::DeliveryId{3};
    second.order = engine::OrderId{4};
    second.leaves = 0;
    second.from_receivable = money("71.946667");
    second.from_margin = money("44.80");
    second.from_cash = money("10");
    second.from_fund = money("17.306666");
    hour.see_both_replaced(second);
    CHECK(hour.differences.empty());
    CHECK(hour.of(seller).cash == money("0"));
    CHECK(hour.of(seller).margin == money("0"));
    CHECK(hour.house(MoneyAccount::default_fund) == money("-17.306666"));
    CHECK(hour.postings.order(engine::OrderId{4}) == nullptr);
    hour.check_bills();
}

TEST_CASE("the lesser of both sides counts, the first word of each, and the buyer alone counts nothing",
          "[postings][delivery]") {
    Hour hour;
    hour.meter(1, 0, Side::sell, 160, 160);
    hour.meter(1, 0, Side::buy, 120, 120);
    hour.meter(1, 1, Side::buy, 160, 0);
    hour.meter(1, 2, Side::sell, 50, 50);
    auto again = hour.told.event(hour.report(1, 0, Side::sell, 160, 120), engine::no_account);
    again.header.flags |= engine::event_flag::duplicate;
    hour.see(again);
    hour.counted = 170;
    hour.change(DeliveryState::delivering);
    CHECK(hour.differences.empty());
    hour.meter(1, 3, Side::sell, 160, 100);
    REQUIRE(hour.differences.size() == 1);
    CHECK(hour.differences[0] == "delivery 1: lots counted is 160 by the rules and 100 in the event");
}

TEST_CASE("a settlement of other money than the formula's is named", "[postings][delivery]") {
    const auto differs = [](auto&& wrong) {
        Hour hour;
        hour.whole(0, 57);
        wrong(hour);
        REQUIRE_FALSE(hour.differences.empty());
        return hour.differences[0];
    };
    CHECK(differs([](Hour& h) { h.see_both(h.settlement(57 * lots, "10.80", "5.41")); }) ==
          "delivery 1: penalty is 5400000 by the rules and 5410000 in the event");
    CHECK(differs([](Hour& h) { h.see_both(h.settlement(58 * lots, "7.20", "3.60")); }) ==
          "delivery 1: lot-minutes delivered is 9120 by the rules and 9280 in the event");
    CHECK(differs([](Hour& h) {
              h.see_both(h.settlement(57 * lots, "10.80", "5.40"));
              h.settle_seller("216", "16.20", "199.69552");
          }) == "position of account 1: paid is 199685520 by the rules and 199695520 in the event");
    CHECK(differs([](Hour& h) {
              auto d = h.delivery(DeliveryState::gated);
              d.delivery = engine::DeliveryId{9};
              d.price = ticks("13.51");
              h.see_both(d);
          }) == "delivery 9: price in ticks is 1350 by the rules and 1351 in the event");
    CHECK(differs([](Hour& h) {
              auto d = h.delivery(DeliveryState::gated);
              d.delivery = engine::DeliveryId{9};
              d.qty = 10;
              h.see_both(d);
              h.settle_seller("216", "0", "215.88552");
          }) == "delivery 9: lot-minutes counted is 0 by the rules and 9120 in the event");
}

TEST_CASE("what is paired differs from what was sold: named when the position is settled",
          "[postings][delivery]") {
    Hour hour;
    auto more = hour.delivery(DeliveryState::gated);
    more.delivery = engine::DeliveryId{2};
    more.qty = 10;
    hour.see_both(more);
    hour.settle_seller("216", "0", "215.88552");
    REQUIRE(hour.differences.size() == 1);
    CHECK(
        hour.differences[0] ==
        "position of account 1: lots delivered less lots received is 160 by the rules and 170 in the event");
}

TEST_CASE("deliveries go through a snapshot and settle behind it", "[postings][delivery][snapshots]") {
    Hour hour;
    hour.whole(0, 30);
    hour.meter(1, 30, Side::sell, 40, 40);
    hour.meter(1, 30, Side::buy, 160, 40);
    Packer packed;
    hour.postings.save(packed);
    Postings restored(tests::small_genesis());
    Unpacker in(packed.bytes());
    REQUIRE(restored.load(in));
    CHECK(in.at_end());
    Packer again;
    restored.save(again);
    CHECK(std::ranges::equal(packed.bytes(), again.bytes()));
    hour.postings = restored;
    for (std::uint32_t m = 31; m < 57; ++m) hour.meter(1, m, Side::sell, lots, lots);
    hour.see_both(hour.settlement(56 * lots + 40, "13.50", "6.75"));
    hour.settle_seller("216", "20.25", "195.63552");
    CHECK(hour.differences.empty());
    CHECK(hour.postings.deliveries().empty());
}
