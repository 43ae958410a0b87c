// SPDX-License-Identifier: Apache-2.0
// Proof of reserve: what an issuer of token packages needs and holds, and how it is told (engine README,
// Packages).
#include "engine/packages/reserve.hpp"
#include "tests/engine/packages_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;
constexpr std::int64_t block = 4'000'000;  // quarters

Command offer(AccountId from, const Terms& terms) { return Packaging::offer(from, terms); }
Command buy(AccountId from, std::uint32_t package, std::uint32_t qty, std::string_view purchase) {
    return Packaging::buy(from, package, qty, purchase);
}

}  // namespace

TEST_CASE("a sale needs 80 % of what is owed, and not a quarter of a token more", "[packages]") {
    CHECK(needed_for(0) == 0);
    CHECK(needed_for(1) == 1);
    CHECK(needed_for(5) == 4);
    CHECK(needed_for(6) == 5);
    CHECK(needed_for(9) == 8);
    CHECK(needed_for(10) == 8);
    // Eight blocks held, ten sold: exactly 80 %.
    Packaging p;
    p.stock(prov, 8);
    p.send(offer(prov, {}));
    CHECK(p.told(buy(acme, 1, 1, "p-1")).size() == 2);
    CHECK(p.reserve(prov).held == 8 * block);
    CHECK(p.reserve(prov).needed == 8 * block);
    CHECK(p.reserve(prov).ratio == 8'000);
    CHECK_FALSE(p.reserve(prov).is_short);
    p.send(offer(prov, {.blocks = 1}));
    CHECK(p.told(buy(bert, 2, 1, "p-1")) ==
          Lines{"bert refused RESERVE package, limit 32000000, got 35200000"});
    // Prov draws a quarter of a token itself: it is short by it, and says so.
    p.x.d.at(clock(24));
    p.x.send(prov, "own", {.cached = 1});
    CHECK(p.reserve(prov).held == 8 * block - 1);
    CHECK(p.reserve(prov).ratio == 7'999);
    CHECK(p.reserve(prov).is_short);
    CHECK(p.told(buy(bert, 2, 1, "p-1")) ==
          Lines{"bert refused RESERVE package, limit 31999999, got 35200000"});
    // What acme draws of its grant lowers both; a block less is owed, four fifths of one less is needed.
    p.send(Packaging::draw(acme, 1, "u-1", {.uncached = 1'000'000}));
    CHECK(p.reserve(prov).outstanding == 9 * block);
    CHECK(p.reserve(prov).held == 7 * block - 1);
    CHECK(p.reserve(prov).issued == 10 * block);
}

TEST_CASE("what an issuer holds of a class", "[packages]") {
    Packaging p;
    p.send(offer(prov, {}));
    const auto held = [&] { return p.reserve(prov).held; };
    CHECK(held() == 0);
    p.x.trade(carl, prov, 10, Drawing::east, 1);
    p.x.trade(carl, prov, 5, Drawing::north, 2);
    p.x.d.trade(carl, prov, 50, "14.00");  // hours of H100 are no tokens
    CHECK(held() == 15 * block);
    // Sold again; sold beyond what was bought takes nothing from another day. Offers alone do not count.
    p.x.trade(prov, bert, 3, Drawing::east, 1);
    CHECK(held() == 12 * block);
    p.x.trade(prov, bert, 9, Drawing::north, 2);
    CHECK(held() == 7 * block);
    p.send(sell(2).at("14.00").of(Drawing::token_day(Drawing::east, 1)).from(prov).as("more"));
    CHECK(held() == 7 * block);
    // A paused day counts, a gated one, and what is left of it while it is delivered; then it is gone.
    SetPhase pause;
    pause.scope = Drawing::token_day(Drawing::east, 1);
    p.x.d.send(Command::of(pause));
    REQUIRE(p.state().phase(pause.scope) == Phase::paused);
    CHECK(held() == 7 * block);
    p.x.d.at(clock(23, 50));
    CHECK(held() == 7 * block);
    p.x.d.at(clock(24));
    CHECK(held() == 7 * block);
    p.x.send(prov, "own", {.uncached = 2'000'000});
    CHECK(held() == 5 * block);
    p.x.trade(carl, prov, 1, Drawing::east, 3);
    CHECK(held() == 6 * block);
    p.x.d.at(clock(48));
    CHECK(held() == block);
    CHECK(p.reserve(prov).ratio == 0);
    CHECK(p.reserve(prov).needed == 0);
    CHECK_FALSE(p.reserve(prov).is_short);
}

TEST_CASE("answers come in pages, and a reserve by issuer and class", "[packages]") {
    Packaging p;
    p.stock(prov, 100);
    p.stock(bert, 100);
    for (const AccountId issuer : {prov, bert, prov}) p.send(offer(issuer, {.blocks = 1}));
    for (const std::uint32_t package : {1, 2, 3, 1})
        p.send(buy(acme, package, 1, fmt::format("p-{}", p.state().grants.last_id().value)));
    const auto page = p.x.d.m.ask(question(QueryPackages{.limit = 2}, no_account));
    REQUIRE(page.size() == 3);
    CHECK(page[2].as<RowsEnd>().more);
    CHECK(page[2].as<RowsEnd>().question == CommandKind::query_packages);
    const auto last = p.x.d.m.ask(question(QueryPackages{.after = PackageId{2}, .limit = 2}, no_account));
    REQUIRE(last.size() == 2);
    CHECK(last[0].as<PackageRow>().package == PackageId{3});
    CHECK(last[0].as<PackageRow>().origin == asked);
    CHECK_FALSE(last[1].as<RowsEnd>().more);
    auto grants = p.rows<GrantRow>(QueryGrants{.limit = 3}, acme);
    REQUIRE(grants.size() == 3);
    grants = p.rows<GrantRow>(QueryGrants{.after = grants[2].grant, .limit = 3}, acme);
    REQUIRE(grants.size() == 1);
    CHECK(grants[0].grant == GrantId{4});
    CHECK(p.rows<GrantRow>(QueryGrants{.limit = 10}, bert).size() == 1);
    // Bert's account comes before prov's.
    auto reserves = p.rows<ReserveRow>(QueryReserves{.limit = 1});
    REQUIRE(reserves.size() == 1);
    CHECK(reserves[0].issuer == bert);
    CHECK(reserves[0].packages == 1);
    CHECK(reserves[0].grants == 1);
    QueryReserves next{.after_issuer = bert, .after_class = ClassId{1}, .limit = 9};
    reserves = p.rows<ReserveRow>(next);
    REQUIRE(reserves.size() == 1);
    CHECK(reserves[0].issuer == prov);
    CHECK(reserves[0].packages == 2);
    CHECK(reserves[0].grants == 3);
    CHECK(reserves[0].outstanding == 3 * block);
    CHECK(reserves[0].ratio == 333'333);
    CHECK(p.rows<ReserveRow>(QueryReserves{.limit = 9}, prov).size() == 1);
    CHECK(p.rows<ReserveRow>(QueryReserves{.limit = 9}, acme).empty());
}
