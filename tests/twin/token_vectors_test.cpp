// SPDX-License-Identifier: Apache-2.0
// The worked vector of market-rules section 2 and what section 7 says of token holdings, as stories: told to
// the twin and to the exchange. Bert (and carl) sell blocks of the token day 2 December to acme on the 1st.
#include <catch2/catch.hpp>

#include "tests/twin/story.hpp"

namespace gridbook::twin {

using engine::DeliveryChanged;
using engine::DeliveryId;
using engine::DeliveryState;
using engine::DrawTokens;
using engine::HoldingChange;
using engine::HoldingChanged;
using engine::Refused;
using engine::RejectField;
using engine::RejectReason;
using engine::TokensDrawn;
using tests::clock;

namespace {

constexpr engine::FamilyId chat{3};
constexpr engine::ClassId chat_class{3};
constexpr engine::InstrumentId second_of_december =
    engine::instrument(chat, engine::period_at(clock(24), engine::Product::token));
constexpr DeliveryId first{1}, second{2};
constexpr std::uint64_t block = engine::block_quarters;

template <class Test>
void on_both(Test&& test, std::uint8_t draws_log2 = 4) {
    Story<TwinMarket> twin(0, "14.00", true, draws_log2);
    twin.list_tokens();
    test(twin);
    Story<EngineMarket> engine(0, "14.00", true, draws_log2);
    engine.list_tokens();
    test(engine);
}

template <class S>
void sell_blocks(S& s, int blocks, engine::AccountId who) {
    s.sell(blocks, "2.00", second_of_december, who);
    s.buy(blocks, "2.00", second_of_december);
}

DrawTokens use(const char* usage, std::uint64_t uncached, std::uint64_t cached = 0,
               std::uint64_t output = 0) {
    DrawTokens d;
    d.class_id = chat_class;
    d.uncached = uncached;
    d.cached = cached;
    d.output = output;
    d.usage = engine::Text<32>{usage};
    return d;
}
DrawTokens use_of(DeliveryId holding, DrawTokens d) {
    d.holding = holding;
    return d;
}

}  // namespace

TEST_CASE("600k uncached + 300k cached + 150k output are 1.275 M standard tokens", "[vectors]") {
    on_both([](auto& s) {
        sell_blocks(s, 2, s.bert);
        s.at(clock(24));
        const auto told = s.draw(use("u-1", 600'000, 300'000, 150'000));
        REQUIRE(told.size() == 3);
        const auto drawn = told[0].template as<TokensDrawn>();
        CHECK(told[0].header.flags == engine::event_flag::reply);
        CHECK(told[0].header.number.value == 0);
        CHECK(drawn.amount == 5'100'000);  // 1.275 M in quarters
        CHECK(drawn.remaining == 2 * block - 5'100'000);
        CHECK(drawn.holding == first);
        CHECK(drawn.holdings == 1);
        CHECK(drawn.class_id == chat_class);
        const auto holdings = all<HoldingChanged>(told);
        REQUIRE(holdings.size() == 2);
        CHECK(told[1].header.account == s.bert);
        CHECK(told[2].header.account == s.acme);
        CHECK(told[2].header.number.value != 0);
        CHECK(holdings[1].change == HoldingChange::drawn);
        CHECK(holdings[1].drawn == 5'100'000);
        CHECK(holdings[1].remaining == 2'900'000);
        CHECK(holdings[1].qty == 2);
        // Whole or refused: the same once more is not there, and what is there can be had to the last
        // quarter.
        const auto refused = refusal(s.draw(use("u-2", 600'000, 300'000, 150'000)));
        CHECK(refused.reason == RejectReason::quota_exhausted);
        CHECK(refused.field == RejectField::class_name);
        CHECK(refused.limit_high == 2'900'000);
        CHECK(refused.got == 5'100'000);
        const auto one_more = refusal(s.draw(use_of(first, use("u-3", 0, 2'900'001))));
        CHECK(one_more.reason == RejectReason::quota_exhausted);
        CHECK(one_more.field == RejectField::holding);
        CHECK(all<TokensDrawn>(s.draw(use("u-4", 0, 2'900'000))).at(0).remaining == 0);
        CHECK(refusal(s.draw(use("u-5", 0, 1))).limit_high == 0);
    });
}

TEST_CASE("the same usage id draws once: until 01:00 of the day after, and for its account alone",
          "[vectors]") {
    on_both([](auto& s) {
        sell_blocks(s, 3, s.bert);
        s.sell(1, "2.00", second_of_december, s.bert);
        s.buy(1, "2.00", second_of_december, s.carl);
        s.at(clock(24, 30));
        const auto once = all<TokensDrawn>(s.draw(use("u-1", 1'000'000))).at(0);
        s.draw(use("u-2", 500'000));
        const auto again = s.draw(use("u-1", 1'000'000));
        REQUIRE(again.size() == 1);
        CHECK(again[0].header.flags == (engine::event_flag::reply | engine::event_flag::duplicate));
        CHECK(again[0].template as<TokensDrawn>().remaining == once.remaining);
        CHECK(again[0].template as<TokensDrawn>().amount == once.amount);
        // Another body, if only because it names the holding that it would be drawn from.
        for (const DrawTokens& other :
             {use("u-1", 1'000'001), use_of(first, use("u-1", 1'000'000)), use("u-1", 0)}) {
            const auto reused = refusal(s.draw(other));
            CHECK(reused.reason == RejectReason::cid_reused);
            CHECK(reused.field == RejectField::usage);
        }
        // Of another account it is another use.
        CHECK(all<HoldingChanged>(s.draw(use("u-1", 1'000'000), s.carl)).size() == 2);
        // What was refused is not remembered.
        CHECK(refusal(s.draw(use("u-3", 9'000'000))).reason == RejectReason::quota_exhausted);
        CHECK(s.draw(use("u-3", 1)).size() == 3);
        s.at(clock(48, 59, 59));
        CHECK(s.draw(use("u-1", 1'000'000)).size() == 1);
        s.at(clock(49));
        CHECK(refusal(s.draw(use("u-1", 1'000'000))).reason == RejectReason::quota_exhausted);
    });
}

TEST_CASE("a holding can be drawn on its own UTC day; it is announced, ends, and is no more", "[vectors]") {
    on_both([](auto& s) {
        sell_blocks(s, 1, s.bert);
        const auto unknown = refusal(s.draw(use_of(first, use("u", 1))));
        CHECK(unknown.reason == RejectReason::delivery_unknown);  // nothing is paired before the gate
        CHECK(unknown.field == RejectField::holding);
        CHECK(unknown.got == 1);
        s.at(clock(23, 59, 59));
        CHECK(refusal(s.draw(use_of(first, use("u", 1)))).reason == RejectReason::delivery_state);
        CHECK(refusal(s.draw(use("u", 1))).reason == RejectReason::quota_exhausted);
        s.at(clock(24));
        CHECK(refusal(s.draw(use_of(first, use("u", 1)), s.bert)).reason == RejectReason::delivery_unknown);
        CHECK(s.draw(use_of(first, use("u", 250'000))).size() == 3);
        CHECK(all<HoldingChanged>(s.at(clock(45, 59, 59))).empty());
        const auto told = s.at(clock(46));
        const auto notice = all<HoldingChanged>(told);
        REQUIRE(notice.size() == 1);
        CHECK(told.back().kind() == engine::EventKind::holding);
        CHECK(told.back().header.account == s.acme);
        CHECK(notice[0].change == HoldingChange::notice);
        CHECK(notice[0].party == engine::Side::buy);
        CHECK(notice[0].remaining == 3'000'000);
        const auto over = s.at(clock(48));
        const auto expired = all<HoldingChanged>(over);
        REQUIRE(expired.size() == 2);
        CHECK(expired[0].party == engine::Side::sell);
        CHECK(expired[0].amount == 3'000'000);
        CHECK(expired[0].drawn == 1'000'000);
        CHECK(expired[0].remaining == 0);
        CHECK(over.back().kind() == engine::EventKind::holding);
        CHECK(all<DeliveryChanged>(over).at(0).state == DeliveryState::delivered);
        CHECK(refusal(s.draw(use_of(first, use("v", 1)))).reason == RejectReason::delivery_state);
        // Nothing is refunded for what nobody used.
        const auto settled = all<engine::DeliverySettled>(s.at(clock(49)));
        REQUIRE(settled.size() == 2);
        CHECK(settled[0].refund == engine::Money{});
        CHECK(refusal(s.draw(use_of(first, use("v", 1)))).reason == RejectReason::delivery_unknown);
    });
}

TEST_CASE("nobody is told of a holding that is used up", "[twin]") {
    on_both([](auto& s) {
        sell_blocks(s, 1, s.bert);
        s.at(clock(24));
        s.draw(use("u", 1'000'000));
        CHECK(all<HoldingChanged>(s.at(clock(46))).empty());
        CHECK(all<HoldingChanged>(s.at(clock(48))).empty());
    });
}

TEST_CASE("a draw by class takes one holding after the other", "[twin]") {
    on_both([](auto& s) {
        sell_blocks(s, 2, s.bert);
        sell_blocks(s, 1, s.carl);
        s.at(clock(24));
        // Bert has most, so it is paired first.
        const auto told = s.draw(use("u", 2'500'000));
        const auto drawn = told[0].template as<TokensDrawn>();
        CHECK(drawn.holding == first);
        CHECK(drawn.holdings == 2);
        CHECK(drawn.remaining == block / 2);
        const auto holdings = all<HoldingChanged>(told);
        REQUIRE(holdings.size() == 4);
        CHECK(holdings[0].amount == 2 * block);
        CHECK(holdings[0].remaining == 0);
        CHECK(holdings[2].holding == second);
        CHECK(holdings[2].seller == s.carl);
        CHECK(holdings[2].amount == block / 2);
        // The first has nothing left: the next use begins with the second.
        CHECK(all<TokensDrawn>(s.draw(use("v", 0, 1))).at(0).holding == second);
    });
}

TEST_CASE("no draw may be nothing, above 2^40 of a sort, or of a class without tokens", "[twin]") {
    on_both([](auto& s) {
        sell_blocks(s, 1, s.bert);
        s.at(clock(24));
        const auto above = engine::most_drawn + 1;
        for (const auto& [draw, field] : {std::pair{use("u", above, above, above), RejectField::uncached},
                                          std::pair{use("u", 1, above, above), RejectField::cached},
                                          std::pair{use("u", 1, 1, above), RejectField::output}}) {
            const auto r = refusal(s.draw(use_of(DeliveryId{77}, draw)));
            CHECK(r.reason == RejectReason::format_value);
            CHECK(r.field == field);
            CHECK(r.limit_high == std::int64_t{1} << 40);
            CHECK(r.got == (std::int64_t{1} << 40) + 1);
        }
        const auto nothing = refusal(s.draw(use("u", 0)));
        CHECK(nothing.field == RejectField::uncached);
        CHECK(nothing.limit_low == 1);
        for (const std::uint16_t wrong : {std::uint16_t{0}, std::uint16_t{99}}) {
            DrawTokens d = use("u", 1);
            d.class_id = engine::ClassId{wrong};
            CHECK(refusal(s.draw(d)).reason == RejectReason::class_unknown);
        }
        CHECK(refusal(s.draw(use("u", 1), engine::AccountId{50})).reason == RejectReason::account_unknown);
    });
}

TEST_CASE("sixteen usage ids are remembered where genesis says so, until they are forgotten", "[twin]") {
    on_both([](auto& s) {
        sell_blocks(s, 2, s.bert);
        s.sell(1, "2.00", engine::instrument(chat, engine::Period{second_of_december.period.value + 1}));
        s.buy(1, "2.00", engine::instrument(chat, engine::Period{second_of_december.period.value + 1}));
        s.at(clock(24));
        for (int i = 0; i < 16; ++i) CHECK(s.draw(use(std::to_string(i).c_str(), 1'000)).size() == 3);
        const auto full = refusal(s.draw(use("more", 1'000)));
        CHECK(full.reason == RejectReason::engine_limit);
        CHECK(full.pool == engine::Pool::draws);
        CHECK(full.limit_high == 16);
        CHECK(s.draw(use("3", 1'000)).size() == 1);  // known, so told again
        CHECK(refusal(s.draw(use("more", 9'000'000))).reason == RejectReason::quota_exhausted);
        s.at(clock(48, 59));
        CHECK(refusal(s.draw(use("more", 1'000))).reason == RejectReason::engine_limit);
        s.at(clock(49));
        CHECK(s.draw(use("more", 1'000)).size() == 3);
        CHECK(s.draw(use("3", 1'000)).size() == 3);
    });
}

TEST_CASE("a kill switch stops no draw", "[twin]") {
    on_both([](auto& s) {
        sell_blocks(s, 1, s.bert);
        s.at(clock(24));
        engine::Kill kill;
        kill.scope = engine::KillScope::market;
        s.send(engine::Command::of(kill, s.carl, engine::no_key, tests::asked));
        CHECK(s.draw(use("u", 1)).size() == 3);
    });
}

TEST_CASE("where genesis remembers no draws nothing is drawn, and token days end without a word", "[twin]") {
    on_both(
        [](auto& s) {
            sell_blocks(s, 1, s.bert);
            s.at(clock(24));
            const auto r = refusal(s.draw(use("u", 0)));
            CHECK(r.reason == RejectReason::engine_limit);
            CHECK(r.pool == engine::Pool::draws);
            CHECK(r.limit_high == 0);
            CHECK(all<HoldingChanged>(s.at(clock(48))).empty());
        },
        0);
}

}  // namespace gridbook::twin
