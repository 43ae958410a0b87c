// SPDX-License-Identifier: Apache-2.0
// Money and balances of token packages, from events made by hand: what follows from the terms, and each
// amount told wrong.
#include "ledger/billing/lines.hpp"
#include "ledger/snapshots/pack.hpp"
#include "told.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using engine::Event;
using engine::GrantChange;
using engine::GrantChanged;
using engine::Money;
using engine::Side;

namespace {

constexpr std::uint64_t block = engine::block_quarters;

// `seller` issues four blocks for two days at 40.00, half of what is left carried over, 12.00 a block beyond.
struct Sold {
    Told told;
    Postings postings{tests::small_genesis()};
    Balances balances;
    std::string difference;  // the first one
    std::map<engine::AccountId, Money> billed;

    Sold() {
        see(told.credited(buyer, "1000"));
        see(told.credited(seller, "1000"));
        engine::PackageChanged p;
        p.package = engine::PackageId{1};
        p.issuer = seller;
        p.class_id = engine::ClassId{3};
        p.change = engine::PackageChange::offered;
        p.blocks = 4;
        p.days = 2;
        p.carry = 50;
        p.price = tests::money("40");
        p.overage = tests::money("12");
        see(told.event(p, seller, true));
    }
    void see(const Event& e) {
        for (const Entry& entry : postings.of(e)) {
            CHECK(entry.sum() == Money{});
            balances.post(entry);
        }
        if (postings.difference() && difference.empty()) difference = postings.difference()->text;
        for (const LineRow& line : lines_of(e, postings)) billed[e.header.account] += line.cost;
    }
    GrantChanged change(GrantChange what, std::uint64_t balance, std::uint64_t amount,
                        const char* cost = "0") {
        GrantChanged g;
        g.grant = engine::GrantId{7};
        g.package = engine::PackageId{1};
        g.class_id = engine::ClassId{3};
        g.change = what;
        g.end = tests::day_one + engine::day * (carried ? 4 : 2);
        g.balance = balance;
        g.amount = amount;
        g.cost = tests::money(cost);
        return g;
    }
    // To the issuer, then to the buyer.
    void both(GrantChanged g) {
        g.party = Side::sell;
        g.other = buyer;
        see(told.event(g, seller, true));
        g.party = Side::buy;
        g.other = seller;
        see(told.event(g, buyer, true));
    }
    void buy() { both(change(GrantChange::bought, 12 * block, 12 * block, "120")); }
    void draw(std::uint64_t balance, std::uint64_t amount, std::uint64_t excess, const char* cost) {
        GrantChanged g = change(GrantChange::drawn, balance, amount, cost);
        g.excess = excess;
        both(g);
    }
    void carry(std::uint64_t balance, std::uint64_t lost) {
        carried = true;
        both(change(GrantChange::carried, balance, lost));
    }
    void expire(std::uint64_t lost) { both(change(GrantChange::expired, 0, lost)); }
    Money cash(engine::AccountId account) const { return balances.of(account).cash; }

    bool carried = false;
};

}  // namespace

TEST_CASE("a package is paid from cash to cash, and so is what is drawn beyond its balance",
          "[postings][packages]") {
    Sold x;
    x.buy();
    CHECK(x.cash(buyer) == tests::money("880"));
    CHECK(x.cash(seller) == tests::money("1120"));
    x.draw(1, 12 * block - 1, 0, "0");
    CHECK(x.cash(buyer) == tests::money("880"));
    x.draw(0, block + 1, block, "12");
    x.draw(0, 1, 1, "0.000003");  // 12 CNY · 1 / 4,000,000
    CHECK(x.cash(buyer) == tests::money("867.999997"));
    CHECK(x.cash(seller) == tests::money("1132.000003"));
    x.expire(0);
    CHECK(x.difference == "");
    CHECK(x.postings.grants().empty());
    CHECK(x.postings.packages().size() == 1);
    for (const engine::AccountId who : {buyer, seller})
        CHECK(x.billed[who] == tests::money("1000") - x.cash(who));
    CHECK(x.balances.total() == Money{});
}

TEST_CASE("what is over is rounded up, also where 128 bits are needed", "[postings][packages]") {
    CHECK(overage_cost(0, tests::money("12")) == Money{});
    CHECK(overage_cost(1, Money{1}) == Money{1});
    CHECK(overage_cost(block, Money{1}) == Money{1});
    CHECK(overage_cost(block + 1, Money{1}) == Money{2});
    CHECK(overage_cost(block * 1'000'000, tests::money("1000000")) == Money{1'000'000'000'000'000'000});
}

TEST_CASE("a share is carried over once, and the rest of it is lost at the end", "[postings][packages]") {
    Sold x;
    x.buy();
    x.draw(3, 12 * block - 3, 0, "0");
    x.carry(1, 2);
    x.expire(1);
    CHECK(x.difference == "");
    CHECK(x.cash(buyer) == tests::money("880"));

    Sold twice;
    twice.buy();
    twice.carry(6 * block, 6 * block);
    twice.carry(3 * block, 3 * block);
    CHECK(twice.difference == "grant 7: carried before is 0 by the rules and 1 in the event");
}

TEST_CASE("a withdrawn package is kept while a grant of it is open", "[postings][packages]") {
    Sold x;
    x.buy();
    engine::PackageChanged p;
    p.package = engine::PackageId{1};
    p.issuer = seller;
    p.change = engine::PackageChange::withdrawn;
    x.see(x.told.event(p, seller, true));
    REQUIRE(x.postings.package(engine::PackageId{1}) != nullptr);
    CHECK_FALSE(x.postings.package(engine::PackageId{1})->sold);
    x.expire(12 * block);
    CHECK(x.difference == "");
    CHECK(x.postings.packages().empty());
    x.see(x.told.event(p, seller, true));
    CHECK(x.difference != "");
}

TEST_CASE("each amount of a grant that is told wrong is named", "[postings][packages]") {
    const auto wrong = [](auto&& tell) {
        Sold x;
        x.buy();
        tell(x);
        return x.difference;
    };
    CHECK(wrong([](Sold&) {}) == "");
    Sold dear;
    dear.both(dear.change(GrantChange::bought, 12 * block, 12 * block, "119"));
    CHECK(dear.difference == "grant 7: cost is 120000000 by the rules and 119000000 in the event");
    Sold odd;
    odd.both(odd.change(GrantChange::bought, 4 * block + 1, 4 * block + 1, "40"));
    CHECK(odd.difference == "grant 7: quarters granted is 16000000 by the rules and 16000001 in the event");
    CHECK(wrong([](Sold& x) { x.draw(11 * block, block + 1, 0, "0"); }) ==
          "grant 7: quarters left is 43999999 by the rules and 44000000 in the event");
    CHECK(wrong([](Sold& x) { x.draw(0, 13 * block, block - 1, "12"); }) ==
          "grant 7: quarters beyond the balance is 4000000 by the rules and 3999999 in the event");
    CHECK(wrong([](Sold& x) { x.draw(0, 13 * block, block, "11.999999"); }) ==
          "grant 7: cost of what is over is 12000000 by the rules and 11999999 in the event");
    CHECK(wrong([](Sold& x) { x.carry(6 * block, 6 * block - 1); }) ==
          "grant 7: quarters lost is 24000000 by the rules and 23999999 in the event");
    CHECK(wrong([](Sold& x) { x.expire(1); }) ==
          "grant 7: quarters gone at its end is 48000000 by the rules and 1 in the event");
    CHECK(wrong([](Sold& x) {
              auto g = x.change(GrantChange::drawn, 11 * block, block);
              g.end = g.end + engine::nanosecond;
              x.both(g);
          }).starts_with("grant 7: end of its period"));
    CHECK(wrong([](Sold& x) {
              auto g = x.change(GrantChange::drawn, 11 * block, block);
              g.grant = engine::GrantId{8};
              x.both(g);
          }) == "grant 8: grants with this id is 1 by the rules and 0 in the event");
}

TEST_CASE("packages and grants go through a snapshot", "[postings][packages]") {
    Sold x;
    x.buy();
    x.draw(12 * block - 5, 5, 0, "0");
    Packer packed, again;
    x.postings.save(packed);
    Postings restored(tests::small_genesis());
    Unpacker in(packed.bytes());
    REQUIRE(restored.load(in));
    restored.save(again);
    CHECK(std::ranges::equal(packed.bytes(), again.bytes()));
    REQUIRE(restored.grants().size() == 1);
    CHECK(restored.grants().at(engine::GrantId{7}).balance == 12 * block - 5);
    CHECK(restored.packages().at(engine::PackageId{1}).overage == tests::money("12"));
}
