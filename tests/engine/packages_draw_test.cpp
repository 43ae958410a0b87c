// SPDX-License-Identifier: Apache-2.0
// Grants of token packages: drawn from what their issuer holds, beyond the balance for money, noticed,
// carried over once, expired (engine README, Packages).
#include "tests/engine/packages_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;
constexpr std::uint64_t block = 4'000'000;  // quarters
constexpr Use vector{.uncached = 600'000, .cached = 300'000, .output = 150'000};

Command draw(AccountId from, std::uint32_t grant, std::string_view usage, const Use& use) {
    return Packaging::draw(from, grant, usage, use);
}

// Acme has bought a package of prov's, which holds `blocks` of the day that has begun; carl sold them.
Packaging begun(const Terms& terms, int blocks = 100) {
    Packaging p;
    p.stock(prov, blocks);
    p.send(Packaging::offer(prov, terms));
    REQUIRE(p.told(Packaging::buy(acme, 1, 1, "p-1")).size() == 2);
    p.x.d.at(clock(24));
    return p;
}

std::string end_line(const Event& e, AccountId of) {
    if (e.header.account != of) return {};
    if (e.kind() == EventKind::order) return std::string(code(e.as<OrderEvent>().reason));
    return e.kind() == EventKind::grant ? package_event_line(e) : std::string();
}

}  // namespace

TEST_CASE("a draw by a grant takes the tokens of its issuer, soonest end first", "[packages]") {
    Packaging p;
    p.stock(prov, 3);
    p.stock(prov, 2, 1, Drawing::north);
    p.stock(acme, 5);  // its own are not touched
    p.send(Packaging::offer(prov, {.blocks = 4}));
    p.send(Packaging::buy(acme, 1, 1, "p-1"));
    p.x.d.at(clock(24));
    const Money before = p.cash(acme);
    const Events events = p.send(draw(acme, 1, "u-1", {.uncached = 3'500'000, .holding = 77, .class_id = 9}));
    const auto first = events.at(0).as<TokensDrawn>();
    const std::uint32_t east = first.holding.value, north = 3;
    CHECK(packages_told(events) ==
          Lines{fmt::format("acme u-1 drew 3500000 from {} of class 1, 2 in all, left 500000", east),
                "prov grant 1 drawn 3500000, balance 500000", "acme grant 1 drawn 3500000, balance 500000",
                fmt::format("carl {} drawn 3000000, drawn 3000000, left 0", east),
                fmt::format("prov {} drawn 3000000, drawn 3000000, left 0", east),
                fmt::format("carl {} drawn 500000, drawn 500000, left 1500000", north),
                fmt::format("prov {} drawn 500000, drawn 500000, left 1500000", north)});
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.account == acme);
    CHECK(events[0].header.number == StreamNumber{});
    CHECK(first.grant == GrantId{1});
    CHECK(first.origin == asked);
    for (std::size_t i : {1u, 2u}) {
        CHECK(events[i].header.number != StreamNumber{});
        CHECK(events[i].header.flags == 0);
        CHECK(events[i].as<GrantChanged>().reference.view() == "u-1");
        CHECK(events[i].as<GrantChanged>().class_id == ClassId{1});
        CHECK(events[i].as<GrantChanged>().end == clock(240));
    }
    CHECK(p.cash(acme) == before);
    CHECK(p.x.holdings(acme).at(0).drawn == 0);
    CHECK(p.reserve(prov).outstanding == block / 2);
    CHECK(p.reserve(prov).held == 3 * block / 2);
    p.sums_hold();
}

TEST_CASE("the same usage of a grant draws once", "[packages]") {
    Packaging p = begun({});
    p.send(draw(acme, 1, "u-1", vector));
    p.send(draw(acme, 1, "u-2", vector));
    const Events again = p.send(draw(acme, 1, "u-1", vector));
    REQUIRE(again.size() == 1);
    CHECK(package_event_line(again[0]) ==
          "acme u-1 drew 1275000 from 1 of class 1, 1 in all, left 8725000, dup");
    CHECK(again[0].as<TokensDrawn>().grant == GrantId{1});
    CHECK(p.told(draw(acme, 2, "u-1", vector)) == Lines{"acme refused CID_REUSED usage"});
    CHECK(p.x.told(acme, "u-1", vector) == Lines{"acme refused CID_REUSED usage"});
    CHECK(p.state().grants[p.state().grants.find(GrantId{1})].balance == 10 * block - 2 * 5'100'000);
}

TEST_CASE("beyond the balance each block costs its overage, rounded up", "[packages]") {
    Packaging p = begun({.overage = "15"});
    p.send(draw(acme, 1, "u-1", {.uncached = 9'500'000}));
    const Money before[2] = {p.cash(acme), p.cash(prov)};
    const Events events = p.send(draw(acme, 1, "u-2", {.uncached = 750'000}));
    CHECK(package_event_line(events.at(0)) == "acme u-2 drew 750000 from 1 of class 1, 1 in all, left 0");
    CHECK(package_event_line(events.at(1)) ==
          "prov grant 1 drawn 750000, 250000 beyond, cost 3.75, balance 0");
    CHECK(package_event_line(events.at(2)) ==
          "acme grant 1 drawn 750000, 250000 beyond, cost 3.75, balance 0");
    CHECK(p.cash(acme) == before[0] - money("3.75"));
    CHECK(p.cash(prov) == before[1] + money("3.75"));
    // A quarter of a token: 3.75 millionths of a yuan.
    CHECK(p.told(draw(acme, 1, "u-3", {.cached = 1})).at(2) ==
          "acme grant 1 drawn 0.25, 0.25 beyond, cost 0.000004, balance 0");
    CHECK(p.reserve(prov).outstanding == 0);
    p.sums_hold();
}

TEST_CASE("what a draw by a grant is refused for, in its order", "[packages]") {
    Packaging p = begun({.blocks = 20}, 25);
    p.send(Packaging::offer(prov, {.blocks = 1, .price = "1", .overage = "10000000"}));
    p.send(Packaging::buy(acme, 2, 1, "p-2"));
    const auto refused = [&](const Command& c) {
        const Lines lines = p.told(c);
        REQUIRE(lines.size() == 1);
        return lines[0];
    };
    const std::uint64_t most = std::uint64_t{1} << 40;
    CHECK(refused(draw(AccountId{60}, 9, "u", {})) == "? refused ACCOUNT_UNKNOWN account");
    CHECK(refused(draw(acme, 9, "u", {.cached = most + 1})) ==
          "acme refused FORMAT_VALUE cached, limit 1099511627776, got 1099511627777");
    CHECK(refused(draw(acme, 9, "u", {})) == "acme refused FORMAT_VALUE uncached, at least 1");
    CHECK(refused(draw(acme, 9, "u", vector)) == "acme refused PACKAGE_UNKNOWN grant, got 9");
    for (const AccountId other : {bert, prov})
        CHECK(refused(draw(other, 1, "u", vector)) ==
              fmt::format("{} refused PACKAGE_UNKNOWN grant, got 1", who(other)));
    CHECK(refused(draw(acme, 1, "u", {.uncached = 20'000'000, .cached = 1})) ==
          "acme refused QUOTA_EXHAUSTED grant, limit 80000000, got 80000001");
    CHECK(refused(draw(acme, 2, "u", {.uncached = 2'000'000})) ==
          fmt::format("acme refused FUNDS cash, limit {}, got 10000000000000", p.cash(acme).value));
    CHECK(refused(draw(acme, 2, "u", {.output = most})) ==
          fmt::format("acme refused FUNDS cash, limit {}, got {}", p.cash(acme).value, INT64_MAX));
    // Prov has used up most of its own.
    p.x.send(prov, "own", {.uncached = 24'000'000});
    CHECK(refused(draw(acme, 1, "u", {.uncached = 1'000'000, .cached = 1})) ==
          "acme refused QUOTA_EXHAUSTED class, limit 4000000, got 4000001");
    CHECK(refused(draw(acme, 2, "u", {.uncached = 1'050'000})) ==
          "acme refused QUOTA_EXHAUSTED class, limit 4000000, got 4200000");
    CHECK(p.told(draw(acme, 1, "u", {.uncached = 1'000'000})).size() == 5);
    CHECK(refused(draw(acme, 1, "u-2", {.cached = 1})) == "acme refused QUOTA_EXHAUSTED class, got 1");
    p.x.d.at(clock(240));
    CHECK(refused(draw(acme, 1, "u-3", {.cached = 1})) == "acme refused PACKAGE_UNKNOWN grant, got 1");
    p.sums_hold();
}

TEST_CASE("a draw whose whole cost is there, and not a millionth more", "[packages]") {
    Packaging p = begun({.blocks = 1, .overage = "4"});
    p.send(draw(acme, 1, "u-1", {.uncached = 1'000'000}));
    p.send(credit(acme, Decimal{-p.cash(acme).value + 8'000'000}));
    REQUIRE(p.cash(acme) == money("8"));
    CHECK(p.told(draw(acme, 1, "u-2", {.uncached = 2'000'000, .cached = 1})) ==
          Lines{"acme refused FUNDS cash, limit 8000000, got 8000001"});
    CHECK(p.told(draw(acme, 1, "u-2", {.uncached = 2'000'000})).size() == 5);
    CHECK(p.cash(acme) == Money{});
}

TEST_CASE("as many usages are remembered as genesis says, by grants too", "[packages]") {
    Genesis g = packages_genesis();
    g.draws_log2 = 1;
    Packaging p(g);
    p.stock(prov, 10);
    p.send(Packaging::offer(prov, {.blocks = 5}));
    p.send(Packaging::buy(acme, 1, 1, "p-1"));
    p.x.d.at(clock(24));
    for (const char* id : {"u-1", "u-2"}) CHECK(p.told(draw(acme, 1, id, {.cached = 1})).size() == 5);
    CHECK(p.told(draw(acme, 1, "u-3", {.cached = 1})) ==
          Lines{"acme refused ENGINE_LIMIT pool draws, limit 2"});
    CHECK(p.told(draw(acme, 1, "u-3", {.uncached = 6'000'000})).at(0) ==
          "acme refused QUOTA_EXHAUSTED grant, limit 19999998, got 24000000");
}

TEST_CASE("a part of what is left is carried over once", "[packages]") {
    Packaging p = begun({.days = 3, .carry = 30});
    p.send(draw(acme, 1, "u-1", {.uncached = 1'000'001}));
    CHECK(p.told_at(clock(47, 59, 59)).empty());
    CHECK(p.told_at(clock(48)) == Lines{"acme grant 1 notice, balance 8999999"});
    CHECK(p.told_at(clock(71, 59, 59)).empty());
    // 30 % of 35,999,996 quarters, cut down.
    const Events over = p.x.d.at(clock(72));
    Lines lines = packages_told(over);
    std::erase_if(lines, [](const std::string& l) { return l.find(" grant ") == std::string::npos; });
    CHECK(lines == Lines{"prov grant 1 carried 6299999.5, balance 2699999.5",
                         "acme grant 1 carried 6299999.5, balance 2699999.5"});
    for (const Event& e : over)
        if (e.kind() == EventKind::grant) CHECK(e.as<GrantChanged>().end == clock(144));
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 1}, acme).at(0).carried);
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 1}, acme).at(0).end == clock(144));
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 1}, acme).at(0).granted == 10 * block);
    CHECK(p.reserve(prov).outstanding == 10'799'998);
    CHECK(p.reserve(prov).issued == 10 * block);
    p.sums_hold();
    CHECK(p.told_at(clock(119, 59, 59)).empty());
    CHECK(p.told_at(clock(120)) == Lines{"acme grant 1 notice, balance 2699999.5"});
    CHECK(p.told_at(clock(143, 59, 59)).empty());
    CHECK(p.told_at(clock(144)) ==
          Lines{"prov grant 1 expired 2699999.5, balance 0", "acme grant 1 expired 2699999.5, balance 0"});
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 1}, acme).empty());
    CHECK(p.reserve(prov).outstanding == 0);
    CHECK(p.reserve(prov).issued == 0);
    p.sums_hold();
}

TEST_CASE("nothing is carried of nothing, and a day has no notice", "[packages]") {
    // Three quarters of a token of 33 %: nothing is left of it.
    Packaging p;
    p.stock(prov, 20);
    p.send(Packaging::offer(prov, {.blocks = 1, .days = 2, .carry = 33}));
    p.send(Packaging::offer(prov, {.blocks = 1, .days = 1, .carry = 100}));
    for (int n = 0; n < 2; ++n) p.send(Packaging::buy(acme, 1, 1, fmt::format("p-{}", n)));
    const Lines day = {"prov grant 3 bought 1000000, cost 100, balance 1000000",
                       "acme grant 3 bought 1000000, cost 100, balance 1000000"};
    CHECK(p.told(Packaging::buy(acme, 2, 1, "p-2")) == day);
    CHECK(p.told_at(clock(23)).empty());
    CHECK(p.told_at(clock(24)) ==
          Lines{"acme grant 1 notice, balance 1000000", "acme grant 2 notice, balance 1000000",
                "prov grant 3 carried, balance 1000000", "acme grant 3 carried, balance 1000000"});
    p.send(draw(acme, 1, "u-1", {.uncached = 999'999, .cached = 1}));
    p.send(draw(acme, 2, "u-2", {.uncached = 1'000'000}));
    CHECK(p.told_at(clock(47, 59)).empty());
    CHECK(p.told_at(clock(48)) ==
          Lines{"prov grant 1 expired 0.75, balance 0", "acme grant 1 expired 0.75, balance 0",
                "prov grant 2 expired, balance 0", "acme grant 2 expired, balance 0",
                "prov grant 3 expired 1000000, balance 0", "acme grant 3 expired 1000000, balance 0"});
    CHECK(p.state().grants.used() == 0);
}

TEST_CASE("who has nothing left is not noticed", "[packages]") {
    Packaging p = begun({.blocks = 1, .days = 3, .overage = "1"});
    p.send(draw(acme, 1, "u-1", {.uncached = 1'000'000}));
    CHECK(p.x.d.m.exchange().next_timer() < clock(48));
    CHECK(p.told_at(clock(48)).empty());
    // It is open until its end, for its overage.
    p.stock(prov, 5, 3);
    CHECK(p.told_at(clock(71, 59, 59)).empty());
    CHECK(p.told_at(clock(72)) ==
          Lines{"prov grant 1 expired, balance 0", "acme grant 1 expired, balance 0"});
}

TEST_CASE("grants end behind the orders that expire and before those that are switched off", "[packages]") {
    Packaging p;
    p.stock(prov, 50);
    p.send(Packaging::offer(prov, {.blocks = 1, .days = 2}));
    CancelAfter after;
    after.ms = 48 * 3'600'000;
    p.send(Command::of(after, acme, no_key, asked));
    const InstrumentId later = Drawing::token_day(Drawing::east, 4);
    p.send(buy(1).at("13.00").of(later).from(acme).as("switched"));
    for (int n = 0; n < 2; ++n) p.send(Packaging::buy(acme, 1, 1, fmt::format("p-{}", n)));
    Command gtt = buy(1).at("13.00").of(later).from(acme).as("expires");
    auto body = gtt.as<PlaceOrder>();
    body.tif = TimeInForce::gtt;
    body.expire = clock(48);
    p.send(Command::of(body, acme, no_key, asked));
    // A family that comes later moves the ranks of symbols, and no grant.
    DefineZone z = east_zone();
    z.name = Text<16>{"CN-AAAA"};
    p.x.d.send(Command::of(z));
    DefineFamily f = h100_family("14.00", 5);
    f.zone_id = ZoneId{2};
    p.x.d.send(Command::of(f));
    p.x.d.at(clock(47, 59));
    Lines lines;
    for (const Event& e : p.x.d.at(clock(48)))
        if (std::string line = end_line(e, acme); !line.empty()) lines.push_back(line);
    CHECK(lines == Lines{"EXPIRED", "acme grant 1 expired 1000000, balance 0",
                         "acme grant 2 expired 1000000, balance 0", "CANCEL_AFTER"});
}
