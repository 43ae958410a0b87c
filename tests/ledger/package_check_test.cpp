// SPDX-License-Identifier: Apache-2.0
// What the audit says of token packages: nothing of what the exchange tells, and each of its checks of what
// it would have told wrong.
#include <set>

#include "forged.hpp"
#include "tests/engine/packages_flow.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using namespace gridbook::tests;
using engine::Event;
using engine::EventKind;
using engine::GrantChange;
using engine::GrantChanged;
using engine::PackageChanged;

namespace {

constexpr engine::AccountId buyer = Market::acme, issuer = Market::bert, seller = Market::prov;

// `issuer` sells packages of four blocks for two days on blocks of two days that it bought.
struct Issued : Packaging {
    Issued() {
        stock(issuer, 10, 1, Drawing::east);
        stock(issuer, 10, 2, Drawing::north);
        send(offer(issuer, {.blocks = 4, .days = 2, .carry = 50, .price = "40", .overage = "12"}));
    }
    void buys(engine::AccountId who, std::uint32_t qty, std::string_view purchase) {
        send(buy(who, 1, qty, purchase));
    }
    void uses(engine::AccountId who, std::uint32_t grant, std::string_view usage, std::uint64_t uncached) {
        send(draw(who, grant, usage, {.uncached = uncached}));
    }
};

// Two grants: one is drawn beyond its balance, of the other a half goes on once.
Issued two_grants() {
    Issued x;
    x.buys(buyer, 3, "p-1");
    x.buys(buyer, 3, "p-1");
    x.buys(seller, 1, "p-1");
    x.x.d.at(clock(25));
    x.uses(buyer, 1, "u-1", 9'000'000);
    x.uses(buyer, 1, "u-1", 9'000'000);
    x.x.d.at(clock(47));
    x.x.d.at(clock(49));
    x.uses(seller, 2, "u-1", 1'000'000);
    return x;
}

Issued all_over() {
    Issued x = two_grants();
    x.x.d.at(clock(24 * 8));
    return x;
}

Forge change(GrantChange which, int n, const std::function<void(GrantChanged&)>& wrong) {
    return nth<GrantChanged>(
        n, [which](const GrantChanged& g) { return g.change == which; }, wrong);
}

Forge unsaid(GrantChange which, engine::Side party) {
    return [=](Event& e) {
        if (e.kind() != EventKind::grant) return true;
        const auto g = e.as<GrantChanged>();
        return g.change != which || g.party != party;
    };
}

}  // namespace

TEST_CASE("packages as the exchange tells them fail nothing", "[checks][packages]") {
    Issued x = two_grants();
    CHECK(failed(x.x, [](Event&) { return true; }) == "");
    x.uses(buyer, 1, "u-2", 9'000'000);
    CHECK(failed(x.x, [](Event&) { return true; }) == "");
    Issued over = all_over();
    CHECK(failed(over.x, [](Event&) { return true; }) == "");
    // Every kind of change was told.
    std::set<GrantChange> told;
    for (const Event& e : over.x.d.m.driver().all_events())
        if (e.kind() == EventKind::grant) told.insert(e.as<GrantChanged>().change);
    CHECK(told.size() == 5);
}

TEST_CASE("terms that were not asked for are named", "[checks][packages]") {
    Issued x = two_grants();
    const auto any = [](const PackageChanged&) { return true; };
    CHECK(failed(x.x, nth<PackageChanged>(0, any, [](PackageChanged& p) { p.days += 1; }))
              .find("grants_told ") != std::string::npos);
    CHECK(failed(x.x, nth<PackageChanged>(0, any, [](PackageChanged& p) { p.overage = money("11"); })) ==
          "grants_told ");
}

TEST_CASE("a grant that is told wrong, or to one side only, is named", "[checks][packages]") {
    Issued x = all_over();
    CHECK(failed(x.x, change(GrantChange::drawn, 0, [](GrantChanged& g) { g.amount -= 1; })) ==
          "formulas grants_told ");
    CHECK(failed(x.x, change(GrantChange::drawn, 1, [](GrantChanged& g) { g.cost = money("1"); })) ==
          "grants_told ");
    CHECK(failed(x.x, change(GrantChange::drawn, 1, [](GrantChanged& g) {
                     g.reference = engine::Text<32>{"u"};
                 })) == "grants_told ");
    CHECK(failed(x.x, change(GrantChange::carried, 0, [](GrantChanged& g) { g.amount += 1; })) ==
          "formulas grants_told ");
    CHECK(failed(x.x, change(GrantChange::notice, 0, [](GrantChanged& g) { g.balance += 1; })) ==
          "formulas ");
    CHECK(failed(x.x, unsaid(GrantChange::bought, engine::Side::buy)).find("grants_told ") !=
          std::string::npos);
    CHECK(failed(x.x, unsaid(GrantChange::drawn, engine::Side::sell)).find("grants_told ") !=
          std::string::npos);
}

TEST_CASE("a grant that does not end, or is carried over at another time, is named", "[checks][packages]") {
    Issued x = all_over();
    const auto endless = [](Event& e) {
        return e.kind() != EventKind::grant || e.as<GrantChanged>().change != GrantChange::expired;
    };
    CHECK(failed(x.x, endless).find("grants_told ") != std::string::npos);
    const auto late = [](Event& e) {
        if (e.kind() == EventKind::grant && e.as<GrantChanged>().change == GrantChange::carried)
            e.header.time = e.header.time + engine::second;
        return true;
    };
    CHECK(failed(x.x, late) == "grants_told ");
}

TEST_CASE("a purchase that buys twice is named, and one that is answered otherwise", "[checks][packages]") {
    Issued x = two_grants();
    const auto again = [](const GrantChanged& g) { return g.change == GrantChange::bought; };
    // The first purchase is told twice, the duplicate of it is the third.
    CHECK(failed(x.x, nth<GrantChanged>(2, again, [](GrantChanged& g) { g.balance -= 1; })) ==
          "purchase_once ");
    Issued twice;
    twice.buys(buyer, 1, "p-1");
    twice.buys(buyer, 1, "p-2");
    const auto same_id = [](Event& e) {
        if (e.kind() == EventKind::grant) {
            auto g = e.as<GrantChanged>();
            g.reference = engine::Text<32>{"p-1"};
            e.set(g);
        }
        return true;
    };
    CHECK(failed(twice.x, same_id).find("purchase_once ") != std::string::npos);
}

TEST_CASE("a sale beyond the reserve is named", "[checks][packages]") {
    Issued x = two_grants();
    // Had the issuer bought fewer blocks than it said: the gate of the second day has not closed.
    const auto fewer = [](Event& e) {
        if (e.kind() != EventKind::fill) return true;
        auto f = e.as<engine::Fill>();
        if (f.instrument.family != Drawing::north) return true;
        f.qty = 1;
        e.set(f);
        return true;
    };
    CHECK(failed(x.x, fewer).find("reserve ") != std::string::npos);
}

TEST_CASE("packages in a seeded flow of days fail nothing", "[checks][packages]") {
    for (const std::uint32_t seed : {1u, 2u}) {
        INFO("seed " << seed);
        Packaging p(packages_genesis(4));
        PackagesFlow flow(p, seed);
        for (int n = 0; n < 700; ++n) flow.step();
        CHECK(p.state().grants.used() > 0);
        CHECK(failed(p.x, [](Event&) { return true; }) == "");
    }
}
