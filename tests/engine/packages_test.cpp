// SPDX-License-Identifier: Apache-2.0
// Token packages: offered, withdrawn, bought, and refused in order (engine README, Packages).
#include "engine/genesis.hpp"
#include "tests/engine/packages_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;
constexpr std::int64_t block = 4'000'000;  // quarters

Command offer(AccountId from, const Terms& terms) { return Packaging::offer(from, terms); }
Command take_back(AccountId from, std::uint32_t package) { return Packaging::withdraw(from, package); }
Command buy(AccountId from, std::uint32_t package, std::uint32_t qty, std::string_view purchase) {
    return Packaging::buy(from, package, qty, purchase);
}

// prov holds `blocks` of tomorrow and offers ten blocks for ten days at 100.
Packaging stocked(int blocks, const Terms& terms = {}) {
    Packaging p;
    p.stock(prov, blocks);
    p.send(offer(prov, terms));
    return p;
}

Kill killing(KillScope scope, AccountId target, bool on) {
    Kill k;
    k.scope = scope;
    k.target = target;
    k.on = on;
    return k;
}

}  // namespace

TEST_CASE("an offer is told to its issuer with a number that counts up", "[packages]") {
    Packaging p;
    const std::uint64_t before = p.state().accounts[prov].number.value;
    const Terms terms{.blocks = 7, .days = 30, .carry = 25, .price = "99.5", .overage = "15.25"};
    const Events events = p.send(offer(prov, terms));
    REQUIRE(events.size() == 1);
    CHECK(events[0].header.account == prov);
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.number.value == before + 1);
    const auto told = events[0].as<PackageChanged>();
    CHECK(told.origin == asked);
    CHECK(told.package == PackageId{1});
    CHECK(told.issuer == prov);
    CHECK(told.class_id == ClassId{1});
    CHECK(told.change == PackageChange::offered);
    CHECK(std::tuple(told.blocks, told.days, told.carry) == std::tuple(7u, 30u, 25u));
    CHECK(told.price == money("99.5"));
    CHECK(told.overage == money("15.25"));
    CHECK(p.told(offer(bert, {})) == Lines{"bert package 2 offered"});
    const auto rows = p.rows<PackageRow>(QueryPackages{.limit = 10});
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].package == PackageId{1});
    CHECK(rows[0].price == money("99.5"));
    CHECK(rows[0].carry == 25);
    CHECK(rows[1].issuer == bert);
    CHECK(rows[1].grants == 0);
}

TEST_CASE("what an offer is refused for, in its order", "[packages]") {
    Packaging p(packages_genesis(1));
    const auto refused = [&](const Terms& terms) { return p.told(offer(prov, terms)).at(0); };
    CHECK(p.told(offer(AccountId{60}, {.class_id = 7})) == Lines{"? refused ACCOUNT_UNKNOWN account"});
    // H100 has no tokens, class 2 does not exist.
    CHECK(refused({.blocks = 0, .class_id = 0}) == "prov refused CLASS_UNKNOWN class");
    CHECK(refused({.blocks = 0, .class_id = 2}) == "prov refused CLASS_UNKNOWN class");
    CHECK(refused({.blocks = 0, .days = 0}) == "prov refused FORMAT_VALUE blocks, at least 1, limit 1000000");
    CHECK(refused({.blocks = 1'000'001}) ==
          "prov refused FORMAT_VALUE blocks, at least 1, limit 1000000, got 1000001");
    CHECK(refused({.days = 0, .carry = 101}) == "prov refused FORMAT_VALUE days, at least 1, limit 366");
    CHECK(refused({.days = 367}) == "prov refused FORMAT_VALUE days, at least 1, limit 366, got 367");
    CHECK(refused({.carry = 101, .price = "0"}) == "prov refused FORMAT_VALUE carry, limit 100, got 101");
    CHECK(refused({.price = "0", .overage = "-1"}) ==
          "prov refused FORMAT_VALUE price, at least 1, limit 10000000000000");
    CHECK(refused({.price = "10000000.000001"}) ==
          "prov refused FORMAT_VALUE price, at least 1, limit 10000000000000, got 10000000000001");
    CHECK(refused({.overage = "-0.000001"}) ==
          "prov refused FORMAT_VALUE overage, limit 10000000000000, got -1");
    CHECK(refused({.overage = "10000000.000001"}) ==
          "prov refused FORMAT_VALUE overage, limit 10000000000000, got 10000000000001");
    CHECK(p.told(offer(prov, {.blocks = 1'000'000, .days = 366, .carry = 100, .price = "10000000"})).at(0) ==
          "prov package 1 offered");
    CHECK(refused({.overage = "-1"}) ==
          "prov refused FORMAT_VALUE overage, limit 10000000000000, got -1000000");
    CHECK(refused({}) == "prov refused ENGINE_LIMIT pool packages, limit 1");
    p.send(take_back(prov, 1));
    CHECK(refused({}) == "prov package 2 offered");
}

TEST_CASE("a withdrawn package is sold no more and goes with its last grant", "[packages]") {
    Packaging p = stocked(100, {.days = 2});
    p.send(offer(prov, {}));
    p.send(buy(acme, 1, 1, "p-1"));
    for (const AccountId other : {acme, bert})
        CHECK(p.told(take_back(other, 1)).at(0) ==
              fmt::format("{} refused PACKAGE_UNKNOWN package, got 1", who(other)));
    CHECK(p.told(take_back(prov, 9)) == Lines{"prov refused PACKAGE_UNKNOWN package, got 9"});
    const Events events = p.send(take_back(prov, 1));
    CHECK(packages_told(events) == Lines{"prov package 1 withdrawn"});
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.number != StreamNumber{});
    CHECK(events[0].as<PackageChanged>().blocks == 10);
    CHECK(p.told(take_back(prov, 1)) == Lines{"prov refused PACKAGE_UNKNOWN package, got 1"});
    CHECK(p.told(buy(acme, 1, 1, "p-2")) == Lines{"acme refused PACKAGE_UNKNOWN package, got 1"});
    const auto rows = p.rows<PackageRow>(QueryPackages{.limit = 10}, bert);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].withdrawn);
    CHECK(rows[0].grants == 1);
    CHECK_FALSE(rows[1].withdrawn);
    p.sums_hold();
    // One that nobody has is gone at once, the other one after its two days.
    p.send(take_back(prov, 2));
    CHECK(p.state().packages.used() == 1);
    CHECK(p.told_at(clock(48)) == Lines{"acme grant 1 notice, balance 10000000",
                                        "prov grant 1 expired 10000000, balance 0",
                                        "acme grant 1 expired 10000000, balance 0"});
    CHECK(p.state().packages.used() == 0);
    CHECK(p.state().packages.backings().empty());
    CHECK(p.rows<PackageRow>(QueryPackages{.limit = 10}).empty());
    CHECK(p.told(offer(prov, {})) == Lines{"prov package 3 offered"});
}

TEST_CASE("a purchase pays at once, and both sides are told of the grant", "[packages]") {
    Packaging p = stocked(100, {.days = 30, .price = "12.5"});
    const Money before[2] = {p.cash(acme), p.cash(prov)};
    const std::uint64_t numbers[2] = {p.state().accounts[prov].number.value,
                                      p.state().accounts[acme].number.value};
    const Events events = p.send(buy(acme, 1, 4, "p-1"));
    CHECK(packages_told(events) == Lines{"prov grant 1 bought 40000000, cost 50, balance 40000000",
                                         "acme grant 1 bought 40000000, cost 50, balance 40000000"});
    CHECK(p.cash(acme) == before[0] - money("50"));
    CHECK(p.cash(prov) == before[1] + money("50"));
    REQUIRE(events.size() == 2);
    const auto issuers = events[0].as<GrantChanged>(), buyers = events[1].as<GrantChanged>();
    CHECK(events[0].header.number.value == numbers[0] + 1);
    CHECK(events[1].header.number.value == numbers[1] + 1);
    CHECK(events[0].header.flags == 0);
    CHECK(events[1].header.flags == event_flag::reply);
    CHECK(issuers.origin == Origin{});
    CHECK(buyers.origin == asked);
    CHECK(issuers.party == Side::sell);
    CHECK(buyers.party == Side::buy);
    CHECK(issuers.other == acme);
    CHECK(buyers.other == prov);
    CHECK(buyers.class_id == ClassId{1});
    CHECK(buyers.package == PackageId{1});
    CHECK(buyers.end == clock(30 * 24));
    CHECK(buyers.reference.view() == "p-1");
    for (const AccountId side : {acme, prov}) {
        const auto rows = p.rows<GrantRow>(QueryGrants{.limit = 10}, side);
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].party == (side == acme ? Side::buy : Side::sell));
        CHECK(rows[0].buyer == acme);
        CHECK(rows[0].issuer == prov);
        CHECK(rows[0].qty == 4);
        CHECK(rows[0].granted == 40 * block);
        CHECK(rows[0].balance == 40 * block);
        CHECK(rows[0].begin == day_one);
        CHECK(rows[0].end == clock(30 * 24));
        CHECK_FALSE(rows[0].carried);
        CHECK(rows[0].purchase.view() == "p-1");
    }
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 10}, bert).empty());
    p.sums_hold();
}

TEST_CASE("the same purchase buys once, as long as its grant is open", "[packages]") {
    Packaging p = stocked(100, {.days = 2, .carry = 50});
    p.send(offer(prov, {.days = 2}));
    p.send(buy(acme, 1, 2, "p-1"));
    p.x.d.at(clock(24));
    p.send(Packaging::draw(acme, 1, "u-1", {.uncached = 1'000'000}));
    const Money before = p.cash(acme);
    // As it was told first, though less is left now; also once it was carried over.
    for (const Time time : {clock(25), clock(49)}) {
        p.x.d.at(time);
        const Events again = p.send(buy(acme, 1, 2, "p-1"));
        REQUIRE(again.size() == 1);
        CHECK(package_event_line(again[0]) ==
              "acme grant 1 bought 20000000, cost 200, balance 20000000, dup");
        CHECK(again[0].header.flags == (event_flag::reply | event_flag::duplicate));
        CHECK(again[0].header.number == StreamNumber{});
        CHECK(again[0].as<GrantChanged>().origin == asked);
        CHECK(again[0].as<GrantChanged>().end == clock(48));
        CHECK(again[0].as<GrantChanged>().reference.view() == "p-1");
    }
    CHECK(p.told(buy(acme, 1, 3, "p-1")) == Lines{"acme refused CID_REUSED purchase"});
    CHECK(p.told(buy(acme, 2, 2, "p-1")) == Lines{"acme refused CID_REUSED purchase"});
    CHECK(p.told(buy(acme, 9, 2, "p-1")) == Lines{"acme refused CID_REUSED purchase"});
    CHECK(p.cash(acme) == before);
    // Known also when it is withdrawn and everybody is killed.
    p.send(take_back(prov, 1));
    p.x.d.send(Command::of(killing(KillScope::market, no_account, true)));
    CHECK(p.send(buy(acme, 1, 2, "p-1")).size() == 1);
    p.x.d.send(Command::of(killing(KillScope::market, no_account, false)));
    CHECK(p.told(buy(bert, 1, 2, "p-1")) == Lines{"bert refused PACKAGE_UNKNOWN package, got 1"});
    p.x.d.at(clock(96));
    CHECK(p.told(buy(acme, 1, 2, "p-1")) == Lines{"acme refused PACKAGE_UNKNOWN package, got 1"});
}

TEST_CASE("a purchase id is the account's own, and free when it bought nothing", "[packages]") {
    Packaging p = stocked(16);
    CHECK(p.told(buy(acme, 1, 3, "p-1")).at(0) ==
          "acme refused RESERVE package, limit 64000000, got 96000000");
    CHECK(p.told(buy(acme, 1, 1, "p-1")).size() == 2);
    CHECK(p.told(buy(bert, 1, 1, "p-1")).size() == 2);
    CHECK(p.told(buy(bert, 1, 1, "")) == Lines{"bert refused RESERVE package, limit 64000000, got 96000000"});
    p.stock(prov, 100, 2);
    CHECK(p.told(buy(bert, 1, 1, "")).size() == 2);
    CHECK(p.told(buy(bert, 1, 1, "")).size() == 1);
}

TEST_CASE("what a purchase is refused for, in its order", "[packages]") {
    Packaging p(packages_genesis(1));
    const auto refused = [&](const Command& c) { return p.told(c).at(0); };
    CHECK(refused(buy(AccountId{60}, 9, 0, "p")) == "? refused ACCOUNT_UNKNOWN account");
    CHECK(refused(buy(acme, 1, 0, "p")) == "acme refused PACKAGE_UNKNOWN package, got 1");
    p.stock(prov, 40);
    p.send(offer(prov, {.blocks = 10, .price = "60000"}));
    for (const AccountId killed : {acme, prov})
        for (const KillScope scope : {KillScope::account, KillScope::group}) {
            p.x.d.send(Command::of(killing(scope, killed, true)));
            CHECK(refused(buy(acme, 1, 0, "p")) == "acme refused KILLED account");
            p.x.d.send(Command::of(killing(scope, killed, false)));
        }
    p.x.d.send(Command::of(killing(KillScope::market, no_account, true)));
    CHECK(refused(buy(acme, 1, 0, "p")) == "acme refused KILLED ");
    p.x.d.send(Command::of(killing(KillScope::market, no_account, false)));
    CHECK(refused(buy(prov, 1, 0, "p")) == "prov refused FORMAT_VALUE package, got 1");
    CHECK(refused(buy(acme, 1, 0, "p")) == "acme refused QTY_LIMIT qty, at least 1000000, limit 1000000000");
    CHECK(refused(buy(acme, 1, 1'001, "p")) ==
          "acme refused QTY_LIMIT qty, at least 1000000, limit 1000000000, got 1001000000");
    CHECK(refused(buy(acme, 1, 1'000, "p")) ==
          "acme refused NOTIONAL_LIMIT notional, limit 10000000000000, got 60000000000000");
    CHECK(refused(buy(acme, 1, 20, "p")) ==
          fmt::format("acme refused FUNDS cash, limit {}, got 1200000000000", p.cash(acme).value));
    CHECK(refused(buy(acme, 1, 6, "p")) == "acme refused RESERVE package, limit 160000000, got 192000000");
    CHECK(p.state().grants.used() == 0);
    CHECK(p.told(buy(acme, 1, 5, "p")).size() == 2);
    p.sums_hold();
}

TEST_CASE("an account's own limit of notional counts, and its group may not buy", "[packages]") {
    Packaging p = stocked(100);
    SetLimits limits;
    limits.limits.notional = money("199");
    REQUIRE(p.x.d.send(Command::of(limits, acme, no_key, asked)).size() == 1);
    CHECK(p.told(buy(acme, 1, 2, "p")) ==
          Lines{"acme refused NOTIONAL_LIMIT notional, limit 199000000, got 200000000"});
    CHECK(p.told(buy(acme, 1, 1, "p")).size() == 2);
    // Two accounts of one owner group.
    p.x.d.send(Command::of(account("west-1", "west")));
    p.x.d.send(Command::of(account("west-2", "west")));
    const AccountId sells{5}, buys{6};
    p.send(offer(sells, {}));
    CHECK(p.told(buy(buys, 2, 1, "p")) == Lines{"? refused FORMAT_VALUE package, got 2"});
}

TEST_CASE("so many packages and sixteen times as many grants", "[packages]") {
    Packaging p(packages_genesis(2));
    p.stock(prov, 500);
    p.send(offer(prov, {.blocks = 1, .days = 1, .price = "1"}));
    p.send(offer(prov, {.blocks = 1, .days = 3, .price = "1"}));
    for (int n = 0; n < 32; ++n)
        REQUIRE(p.told(buy(acme, n % 2 == 0 ? 1 : 2, 1, fmt::format("p-{}", n))).size() == 2);
    CHECK(p.told(buy(acme, 1, 1, "more")) == Lines{"acme refused ENGINE_LIMIT pool grants, limit 32"});
    CHECK(p.told(buy(acme, 1, 1, "p-0")).size() == 1);
    p.sums_hold();
    CHECK(p.told_at(clock(24)).size() == 32);  // each of the sixteen of a day, to both
    CHECK(p.state().grants.used() == 16);
    CHECK(p.told(buy(acme, 1, 1, "more")).size() == 2);
    CHECK(p.told(buy(acme, 1, 1, "p-0")).size() == 2);
    p.sums_hold();
}

TEST_CASE("without a pool there are no packages, and without draws there is no pool", "[packages]") {
    Packaging p(drawing_genesis());
    p.stock(prov, 10);
    for (const Command& c : {offer(prov, {.class_id = 7}), take_back(prov, 1), buy(prov, 1, 1, "p")})
        CHECK(p.told(c) == Lines{"prov refused ENGINE_LIMIT pool packages"});
    CHECK(p.told(offer(AccountId{60}, {})) == Lines{"? refused ACCOUNT_UNKNOWN account"});
    p.x.d.at(clock(24));
    CHECK(p.told(Packaging::draw(acme, 1, "u", {.uncached = 1})) ==
          Lines{"acme refused PACKAGE_UNKNOWN grant, got 1"});
    CHECK(p.rows<PackageRow>(QueryPackages{.limit = 10}).empty());
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 10}, acme).empty());
    CHECK(p.rows<ReserveRow>(QueryReserves{.limit = 10}).empty());
    Genesis g = packages_genesis();
    CHECK(sound(g));
    g.draws_log2 = 0;
    CHECK_FALSE(sound(g));
    g.packages = 0;
    CHECK(sound(g));
}
