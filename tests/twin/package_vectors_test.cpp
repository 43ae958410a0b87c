// SPDX-License-Identifier: Apache-2.0
// What the engine README says of token packages, as stories with their numbers: told to the twin and to the
// exchange. Acme buys token days from bert and sells packages of them to carl.
#include <catch2/catch.hpp>

#include "tests/twin/story.hpp"

namespace gridbook::twin {

using engine::BuyPackage;
using engine::GrantChange;
using engine::GrantChanged;
using engine::GrantId;
using engine::OfferPackage;
using engine::PackageChanged;
using engine::PackageId;
using engine::Refused;
using engine::RejectField;
using engine::RejectReason;
using engine::TokensDrawn;
using tests::clock;
using tests::money;

namespace {

constexpr engine::FamilyId chat{3};
constexpr engine::ClassId chat_class{3};
constexpr std::uint64_t block = engine::block_quarters;

template <class Test>
void on_both(Test&& test, std::uint16_t packages = 4) {
    Story<TwinMarket> twin(0, "14.00", true, 6, packages);
    twin.list_tokens();
    test(twin);
    Story<EngineMarket> engine(0, "14.00", true, 6, packages);
    engine.list_tokens();
    test(engine);
}

// Of the token day that begins so many days after the first one.
template <class S>
void hold_blocks(S& s, int blocks, int day = 1) {
    const auto i = engine::instrument(chat, engine::period_at(clock(24 * day), engine::Product::token));
    s.sell(blocks, "2.00", i, s.bert);
    s.buy(blocks, "2.00", i, s.acme);
}

OfferPackage terms(std::uint32_t blocks, std::uint32_t days, std::uint32_t carry, const char* price,
                   const char* overage = "0") {
    OfferPackage o;
    o.class_id = chat_class;
    o.blocks = blocks;
    o.days = days;
    o.carry = carry;
    o.price = money(price);
    o.overage = money(overage);
    return o;
}

BuyPackage purchase(std::uint32_t qty, const char* id, std::uint32_t package = 1) {
    BuyPackage b;
    b.package = PackageId{package};
    b.qty = qty;
    b.purchase = engine::Text<32>{id};
    return b;
}

engine::DrawTokens draw(std::uint32_t grant, const char* usage, std::uint64_t quarters) {
    engine::DrawTokens d;
    d.grant = GrantId{grant};
    d.cached = quarters;
    d.usage = engine::Text<32>{usage};
    return d;
}

}  // namespace

TEST_CASE("four fifths of what is sold must be held: ten blocks are enough for twelve", "[vectors]") {
    on_both([](auto& s) {
        hold_blocks(s, 10);
        const auto offered = s.ask_for(terms(4, 2, 50, "30"), s.acme);
        REQUIRE(offered.size() == 1);
        CHECK(offered[0].template as<PackageChanged>().package == PackageId{1});
        CHECK(offered[0].header.flags == engine::event_flag::reply);
        CHECK(offered[0].header.number.value != 0);
        const auto refused = refusal(s.ask_for(purchase(4, "p-1"), s.carl));
        CHECK(refused.reason == RejectReason::reserve);
        CHECK(refused.field == RejectField::package);
        CHECK(refused.limit_high == static_cast<std::int64_t>(10 * block));
        CHECK(refused.got == 51'200'000);  // 80 % of 16 blocks
        const auto before = s.balance(s.carl).cash, issuer = s.balance(s.acme).cash;
        const auto told = s.ask_for(purchase(3, "p-1"), s.carl);
        REQUIRE(told.size() == 2);
        CHECK(told[0].header.account == s.acme);
        CHECK(told[1].header.flags == engine::event_flag::reply);
        const auto bought = told[1].template as<GrantChanged>();
        CHECK(bought.change == GrantChange::bought);
        CHECK(bought.balance == 12 * block);
        CHECK(bought.end == s.now() + engine::day * 2);
        CHECK(before - s.balance(s.carl).cash == money("90"));
        CHECK(s.balance(s.acme).cash - issuer == money("90"));
        CHECK(refusal(s.ask_for(purchase(1, "p-2"), s.carl)).reason == RejectReason::reserve);
        // With three blocks more it is enough.
        hold_blocks(s, 3);
        CHECK(s.ask_for(purchase(1, "p-2"), s.carl).size() == 2);
    });
}

TEST_CASE("a draw by grant takes the issuer's tokens; what is beyond the balance is paid, rounded up",
          "[vectors]") {
    on_both([](auto& s) {
        hold_blocks(s, 4);
        s.ask_for(terms(1, 3, 0, "3", "10"), s.acme);
        s.ask_for(purchase(1, "p-1"), s.carl);
        const auto early = refusal(s.ask_for(draw(1, "u-0", 1), s.carl));
        CHECK(early.reason == RejectReason::quota_exhausted);  // the day has not begun
        CHECK(early.field == RejectField::class_name);
        CHECK(early.limit_high == 0);
        s.at(clock(24));
        const auto told = s.ask_for(draw(1, "u-1", block / 2), s.carl);
        REQUIRE(told.size() == 5);
        const auto drawn = told[0].template as<TokensDrawn>();
        CHECK(drawn.grant == GrantId{1});
        CHECK(drawn.remaining == block / 2);
        CHECK(drawn.class_id == chat_class);
        CHECK(told[1].header.account == s.acme);
        CHECK(told[2].template as<GrantChanged>().amount == block / 2);
        CHECK(told[2].template as<GrantChanged>().cost == engine::Money{});
        CHECK(told[3].header.account == s.bert);
        CHECK(told[4].header.account == s.acme);
        CHECK(told[4].template as<engine::HoldingChanged>().remaining == 4 * block - block / 2);
        // A block, of which half is left: the other half costs 5.00.
        const auto cash = s.balance(s.carl).cash;
        const auto beyond = all<GrantChanged>(s.ask_for(draw(1, "u-2", block), s.carl)).at(1);
        CHECK(beyond.balance == 0);
        CHECK(beyond.excess == block / 2);
        CHECK(beyond.cost == money("5"));
        CHECK(cash - s.balance(s.carl).cash == money("5"));
        // A quarter of a token at 10.00 a block is 2.5 millionths.
        CHECK(all<GrantChanged>(s.ask_for(draw(1, "u-3", 1), s.carl)).at(0).cost == engine::Money{3});
        // The issuer's own draws are from the same holdings.
        const auto left = refusal(s.ask_for(draw(1, "u-4", 4 * block), s.carl));
        CHECK(left.reason == RejectReason::quota_exhausted);
        CHECK(left.limit_high == static_cast<std::int64_t>(4 * block - block / 2 - block - 1));
        const auto again = s.ask_for(draw(1, "u-3", 1), s.carl);
        REQUIRE(again.size() == 1);
        CHECK((again[0].header.flags & engine::event_flag::duplicate) != 0);
        CHECK(refusal(s.ask_for(draw(1, "u-5", 1), s.acme)).reason == RejectReason::package_unknown);
    });
}

TEST_CASE("without overage a grant ends at its balance", "[vectors]") {
    on_both([](auto& s) {
        hold_blocks(s, 4);
        s.ask_for(terms(1, 3, 0, "3"), s.acme);
        s.ask_for(purchase(1, "p-1"), s.carl);
        s.at(clock(24));
        const auto refused = refusal(s.ask_for(draw(1, "u-1", block + 1), s.carl));
        CHECK(refused.reason == RejectReason::quota_exhausted);
        CHECK(refused.field == RejectField::grant);
        CHECK(refused.limit_high == static_cast<std::int64_t>(block));
        CHECK(refused.got == static_cast<std::int64_t>(block + 1));
        CHECK(s.ask_for(draw(1, "u-1", block), s.carl).size() == 5);
        CHECK(refusal(s.ask_for(draw(1, "u-2", 1), s.carl)).limit_high == 0);
    });
}

TEST_CASE("at the end of the first period a third goes on, once; a day before each end there is a notice",
          "[vectors]") {
    on_both([](auto& s) {
        hold_blocks(s, 4);
        s.ask_for(terms(1, 2, 33, "3"), s.acme);
        s.at(clock(10));
        s.ask_for(purchase(1, "p-1"), s.carl);
        s.at(clock(24));
        s.ask_for(draw(1, "u-1", 1), s.carl);
        const auto notice = all<GrantChanged>(s.at(clock(34)));
        REQUIRE(notice.size() == 1);
        CHECK(notice[0].change == GrantChange::notice);
        CHECK(notice[0].party == engine::Side::buy);
        const auto carried = all<GrantChanged>(s.at(clock(58)));
        REQUIRE(carried.size() == 2);
        CHECK(carried[0].change == GrantChange::carried);
        CHECK(carried[0].balance == 1'319'999);  // a third of 3,999,999, cut down
        CHECK(carried[0].amount == 2'680'000);
        CHECK(carried[0].end == clock(106));
        CHECK(all<GrantChanged>(s.at(clock(82))).at(0).change == GrantChange::notice);
        const auto expired = all<GrantChanged>(s.at(clock(106)));
        REQUIRE(expired.size() == 2);
        CHECK(expired[1].change == GrantChange::expired);
        CHECK(expired[1].amount == 1'319'999);
        CHECK(expired[1].balance == 0);
        CHECK(refusal(s.ask_for(draw(1, "u-2", 1), s.carl)).reason == RejectReason::package_unknown);
    });
}

TEST_CASE("a purchase id is known while its grant is open", "[vectors]") {
    on_both([](auto& s) {
        hold_blocks(s, 10);
        hold_blocks(s, 10, 2);
        s.ask_for(terms(1, 1, 50, "3"), s.acme);
        const auto cash = s.balance(s.carl).cash;
        s.ask_for(purchase(2, "p-1"), s.carl);
        const auto again = s.ask_for(purchase(2, "p-1"), s.carl);
        REQUIRE(again.size() == 1);
        CHECK(again[0].header.flags == (engine::event_flag::reply | engine::event_flag::duplicate));
        CHECK(again[0].header.number.value == 0);
        CHECK(again[0].template as<GrantChanged>().amount == 2 * block);
        CHECK(cash - s.balance(s.carl).cash == money("6"));
        for (const BuyPackage& other : {purchase(1, "p-1"), purchase(2, "p-1", 9)}) {
            const auto reused = refusal(s.ask_for(other, s.carl));
            CHECK(reused.reason == RejectReason::cid_reused);
            CHECK(reused.field == RejectField::purchase);
        }
        // A day later half is carried over, and a day after that it is another purchase.
        const auto begin = s.now();
        CHECK(all<GrantChanged>(s.at(begin + engine::day)).at(0).change == GrantChange::carried);
        CHECK(s.ask_for(purchase(2, "p-1"), s.carl).at(0).template as<GrantChanged>().balance == 2 * block);
        s.at(begin + engine::day * 2);
        const auto anew = s.ask_for(purchase(2, "p-1"), s.carl);
        REQUIRE(anew.size() == 2);
        CHECK(anew[1].template as<GrantChanged>().grant == GrantId{2});
    });
}

TEST_CASE("a withdrawn package is kept for its grants, and its place is free after them", "[vectors]") {
    on_both(
        [](auto& s) {
            hold_blocks(s, 10);
            s.ask_for(terms(1, 1, 0, "3"), s.acme);
            s.ask_for(purchase(1, "p-1"), s.carl);
            engine::WithdrawPackage w;
            w.package = PackageId{1};
            CHECK(refusal(s.ask_for(w, s.carl)).reason == RejectReason::package_unknown);
            CHECK(all<PackageChanged>(s.ask_for(w, s.acme)).at(0).change == engine::PackageChange::withdrawn);
            CHECK(refusal(s.ask_for(w, s.acme)).field == RejectField::package);
            CHECK(refusal(s.ask_for(purchase(1, "p-2"), s.carl)).reason == RejectReason::package_unknown);
            CHECK(refusal(s.ask_for(terms(1, 1, 0, "3"), s.acme)).pool == engine::Pool::packages);
            s.after(engine::day);
            CHECK(all<PackageChanged>(s.ask_for(terms(1, 1, 0, "3"), s.acme)).at(0).package == PackageId{2});
        },
        1);
}

TEST_CASE("proof of reserve: what is owed and held, by issuer and class", "[vectors]") {
    on_both([](auto& s) {
        hold_blocks(s, 10);
        s.ask_for(terms(4, 2, 50, "30"), s.acme);
        s.ask_for(purchase(3, "p-1"), s.carl);
        engine::QueryReserves q;
        q.limit = 10;
        const auto ask = [&] {
            const auto rows = s.ask(engine::Command::of(q, engine::no_account, engine::no_key, tests::asked));
            REQUIRE(rows.size() == 2);
            return rows[0].template as<engine::ReserveRow>();
        };
        const auto row = ask();
        CHECK(row.issuer == s.acme);
        CHECK(row.issued == 12 * block);
        CHECK(row.outstanding == 12 * block);
        CHECK(row.held == 10 * block);
        CHECK(row.needed == 38'400'000);
        CHECK(row.ratio == 8'333);
        CHECK_FALSE(row.is_short);
        // The day is over: nothing is held any more.
        s.at(clock(24));
        CHECK(ask().held == 10 * block);
        s.ask_for(draw(1, "u-1", 2 * block), s.carl);
        CHECK(ask().held == 8 * block);
        CHECK(ask().outstanding == 10 * block);
        s.at(clock(48));
        CHECK(ask().held == 0);
        CHECK(ask().is_short);
    });
}

}  // namespace gridbook::twin
