// SPDX-License-Identifier: Apache-2.0
// Token holdings: drawn whole or refused, each usage once, soonest end first; noticed, expired; remembered
// for an hour after the day (market-rules sections 2 and 7).
#include "tests/engine/tokens_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

// The vector of section 2: 1.275 M standard tokens.
constexpr Use vector{.uncached = 600'000, .cached = 300'000, .output = 150'000};

// Ten blocks of prov's are acme's, and the day has begun.
Drawing begun() {
    Drawing x;
    x.trade(prov, acme, 10);
    x.d.at(clock(24));
    return x;
}

}  // namespace

TEST_CASE("600k uncached, 300k cached and 150k output are 1.275 M standard tokens", "[tokens]") {
    Drawing x = begun();
    const std::uint64_t before[2] = {x.d.m.exchange().state().accounts[prov].number.value,
                                     x.d.m.exchange().state().accounts[acme].number.value};
    const Events events = x.send(acme, "u-1", vector);
    CHECK(tokens(events) == Lines{"acme u-1 drew 1275000 from 1 of class 1, 1 in all, left 8725000",
                                  "prov 1 drawn 1275000, drawn 1275000, left 8725000",
                                  "acme 1 drawn 1275000, drawn 1275000, left 8725000"});
    CHECK(events[0].header.flags == event_flag::reply);
    CHECK(events[0].header.number == StreamNumber{});
    CHECK(events[0].as<TokensDrawn>().origin == asked);
    CHECK(events[1].header.number.value == before[0] + 1);
    CHECK(events[2].header.number.value == before[1] + 1);
    CHECK(events[1].as<HoldingChanged>().party == Side::sell);
    CHECK(events[2].as<HoldingChanged>().party == Side::buy);
    CHECK(events[2].as<HoldingChanged>().usage.view() == "u-1");
    CHECK(events[2].as<HoldingChanged>().qty == 10);
    const auto rows = x.holdings(acme);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].drawn == 5'100'000);
    CHECK(rows[0].remaining == 34'900'000);
    CHECK(rows[0].party == Side::buy);
    CHECK(x.holdings(prov).at(0).party == Side::sell);
}

TEST_CASE("a quarter of a token is the least that is drawn", "[tokens]") {
    Drawing x = begun();
    CHECK(x.told(acme, "u-1", {.cached = 1})[0] ==
          "acme u-1 drew 0.25 from 1 of class 1, 1 in all, left 9999999.75");
}

TEST_CASE("the same usage draws once; with another body it is refused", "[tokens]") {
    Drawing x = begun();
    x.send(acme, "u-1", vector);
    x.send(acme, "u-2", {.uncached = 10});
    // As it was answered first, though less is left now.
    const Events again = x.send(acme, "u-1", vector);
    REQUIRE(again.size() == 1);
    CHECK(token_line(again[0]) == "acme u-1 drew 1275000 from 1 of class 1, 1 in all, left 8725000, dup");
    CHECK(again[0].header.flags == (event_flag::reply | event_flag::duplicate));
    CHECK(x.told(acme, "u-1", {.uncached = 600'000}) == Lines{"acme refused CID_REUSED usage"});
    CHECK(x.told(acme, "u-1", {.uncached = 600'000, .cached = 300'000, .output = 150'000, .holding = 1}) ==
          Lines{"acme refused CID_REUSED usage"});
    CHECK(x.holdings(acme)[0].drawn == 5'100'040);
    // The id is the account's own.
    CHECK(x.told(bert, "u-1", vector) == Lines{"bert refused QUOTA_EXHAUSTED class, got 5100000"});
}

TEST_CASE("a draw beyond what is left is refused whole and not remembered", "[tokens]") {
    Drawing x = begun();
    x.send(acme, "u-1", {.uncached = 9'999'999});
    CHECK(x.told(acme, "u-2", {.uncached = 1, .cached = 1}) ==
          Lines{"acme refused QUOTA_EXHAUSTED class, limit 4, got 5"});
    CHECK(x.told(acme, "u-2", {.uncached = 1, .cached = 1, .holding = 1}) ==
          Lines{"acme refused QUOTA_EXHAUSTED holding, limit 4, got 5"});
    CHECK(x.told(acme, "u-2", {.uncached = 1})[0] == "acme u-2 drew 1 from 1 of class 1, 1 in all, left 0");
    CHECK(x.told(acme, "u-3", {.cached = 1, .holding = 1}) ==
          Lines{"acme refused QUOTA_EXHAUSTED holding, got 1"});
    CHECK(x.told(acme, "u-3", {.cached = 1}) == Lines{"acme refused QUOTA_EXHAUSTED class, got 1"});
    CHECK(x.told_at(clock(46)).empty());  // nothing is left to be told of
    CHECK(x.told_at(clock(48)) == Lines{"prov 1 delivered", "acme 1 delivered"});
}

TEST_CASE("a draw by class goes through the holdings by id, each as far as it goes", "[tokens]") {
    Drawing x;
    x.trade(prov, acme, 1, Drawing::north);
    x.trade(bert, carl, 4, Drawing::north);
    x.trade(prov, acme, 2);
    x.trade(bert, acme, 3);
    x.d.at(clock(24));
    // East before north, the largest first, then equal ones: 1 of bert's, 2 of prov's, 3 is carl's, 4 of
    // prov's.
    CHECK(x.holdings(acme).size() == 3);
    CHECK(x.told(acme, "u-1", {.uncached = 2'500'000}).size() == 3);
    CHECK(x.told(acme, "u-2", {.uncached = 3'000'000}) ==
          Lines{"acme u-2 drew 3000000 from 1 of class 1, 3 in all, left 500000",
                "bert 1 drawn 500000, drawn 3000000, left 0", "acme 1 drawn 500000, drawn 3000000, left 0",
                "prov 2 drawn 2000000, drawn 2000000, left 0", "acme 2 drawn 2000000, drawn 2000000, left 0",
                "prov 4 drawn 500000, drawn 500000, left 500000",
                "acme 4 drawn 500000, drawn 500000, left 500000"});
    CHECK(x.told(acme, "u-3", {.uncached = 1})[0] ==
          "acme u-3 drew 1 from 4 of class 1, 1 in all, left 499999");
    CHECK(x.told(carl, "u-3", {.uncached = 1})[0] ==
          "carl u-3 drew 1 from 3 of class 1, 1 in all, left 3999999");
}

TEST_CASE("what a draw is refused for, in its order", "[tokens]") {
    Drawing x;
    x.trade(prov, acme, 10);
    x.d.trade(prov, acme, 1, "14.00", hour_of(0, 24));
    x.d.at(clock(23, 45));
    CHECK(x.told(AccountId{60}, "u", vector) == Lines{"? refused ACCOUNT_UNKNOWN account"});
    const std::uint64_t most = std::uint64_t{1} << 40;
    CHECK(x.told(acme, "u", {.uncached = most + 1, .output = most + 1}) ==
          Lines{"acme refused FORMAT_VALUE uncached, limit 1099511627776, got 1099511627777"});
    CHECK(x.told(acme, "u", {.cached = most + 1, .output = most + 1}) ==
          Lines{"acme refused FORMAT_VALUE cached, limit 1099511627776, got 1099511627777"});
    CHECK(x.told(acme, "u", {.output = most + 1, .holding = 77}) ==
          Lines{"acme refused FORMAT_VALUE output, limit 1099511627776, got 1099511627777"});
    CHECK(x.told(acme, "u", {.holding = 77}) == Lines{"acme refused FORMAT_VALUE uncached, at least 1"});
    CHECK(x.told(acme, "u", {.cached = 1, .holding = 77}) ==
          Lines{"acme refused DELIVERY_UNKNOWN holding, got 77"});
    const bool hour_first = x.holdings(acme).at(0).holding != DeliveryId{1};
    const std::uint32_t hour = hour_first ? 1 : 2, holding = hour_first ? 2 : 1;
    for (const AccountId other : {prov, bert})
        CHECK(x.told(other, "u", {.cached = 1, .holding = holding}).at(0) ==
              fmt::format("{} refused DELIVERY_UNKNOWN holding, got {}", who(other), holding));
    CHECK(x.told(acme, "u", {.cached = 1, .holding = hour}) ==
          Lines{fmt::format("acme refused DELIVERY_UNKNOWN holding, got {}", hour)});
    CHECK(x.told(acme, "u", {.cached = 1, .holding = holding}) ==
          Lines{fmt::format("acme refused DELIVERY_STATE holding, got {}", holding)});
    CHECK(x.told(acme, "u", {.cached = 1}) == Lines{"acme refused QUOTA_EXHAUSTED class, got 1"});
    for (const std::uint16_t other : {std::uint16_t{0}, std::uint16_t{2}})
        CHECK(x.told(acme, "u", {.cached = 1, .class_id = other}) ==
              Lines{"acme refused CLASS_UNKNOWN class"});
    x.d.at(clock(48));
    CHECK(x.told(acme, "u", {.cached = 1, .holding = holding}) ==
          Lines{fmt::format("acme refused DELIVERY_STATE holding, got {}", holding)});
    CHECK(x.told(acme, "u", {.cached = 1}) == Lines{"acme refused QUOTA_EXHAUSTED class, got 1"});
    x.d.at(clock(49));
    CHECK(x.told(acme, "u", {.cached = 1, .holding = holding}) ==
          Lines{fmt::format("acme refused DELIVERY_UNKNOWN holding, got {}", holding)});
}

TEST_CASE("what is left is told two hours before the end and gone at it", "[tokens]") {
    Drawing x = begun();
    x.send(acme, "u-1", vector);
    CHECK(x.told_at(clock(45, 59, 59)).empty());
    CHECK(x.d.m.exchange().next_timer() == clock(46));
    CHECK(x.told_at(clock(46)) == Lines{"acme 1 notice 0, drawn 1275000, left 8725000"});
    CHECK(x.told(acme, "u-2", {.uncached = 1}).size() == 3);
    CHECK(x.told_at(clock(48)) == Lines{"prov 1 delivered", "acme 1 delivered",
                                        "prov 1 expired 8724999, drawn 1275001, left 0",
                                        "acme 1 expired 8724999, drawn 1275001, left 0"});
    CHECK(x.holdings(acme).at(0).remaining == 0);
    CHECK(x.holdings(acme).at(0).drawn == 5'100'004);
    // Nothing is refunded for it.
    x.told_at(clock(48, 59));
    CHECK(x.told_at(clock(49)).at(2) == "acme 1 settled 14400 of 14400, refund 0, penalty 0");
    CHECK(x.holdings(acme).empty());
}

TEST_CASE("a usage is remembered until an hour after the day of its draw", "[tokens]") {
    Drawing x;
    x.trade(prov, acme, 10, Drawing::east, 1);
    x.trade(prov, acme, 10, Drawing::east, 2);
    x.d.at(clock(24, 5));
    x.send(acme, "morning", {.uncached = 1});
    x.d.at(clock(47, 59));
    x.send(acme, "night", {.uncached = 1});
    x.d.at(clock(48, 59, 59));
    x.send(acme, "next", {.uncached = 1});
    CHECK(x.d.m.exchange().state().usages.remembered(x.d.m.now()) == 3);
    for (const char* id : {"morning", "night"}) CHECK(x.told(acme, id, {.uncached = 1}).size() == 1);
    x.d.at(clock(49));
    CHECK(x.d.m.exchange().state().usages.remembered(x.d.m.now()) == 1);
    for (const char* id : {"morning", "night"}) CHECK(x.told(acme, id, {.uncached = 1}).size() == 3);
    CHECK(x.told(acme, "next", {.uncached = 1}).size() == 1);
    CHECK(x.holdings(acme).at(0).drawn == 12);
}

TEST_CASE("as many usages are remembered as genesis says", "[tokens]") {
    Drawing x(drawing_genesis(1));
    x.trade(prov, acme, 10, Drawing::east, 1);
    x.trade(prov, acme, 10, Drawing::east, 2);
    x.d.at(clock(24));
    x.send(acme, "u-1", {.uncached = 1});
    x.send(acme, "u-2", {.uncached = 1});
    CHECK(x.told(acme, "u-3", {.uncached = 1}) == Lines{"acme refused ENGINE_LIMIT pool draws, limit 2"});
    CHECK(x.told(acme, "u-3", {.uncached = 20'000'000})[0] ==
          "acme refused QUOTA_EXHAUSTED class, limit 39999992, got 80000000");
    CHECK(x.told(acme, "u-2", {.uncached = 1}).size() == 1);  // known: no place is needed
    x.d.at(clock(48, 59));
    CHECK(x.told(acme, "u-3", {.uncached = 1}) == Lines{"acme refused ENGINE_LIMIT pool draws, limit 2"});
    x.d.at(clock(49));
    CHECK(x.told(acme, "u-3", {.uncached = 1}).size() == 3);
    CHECK(x.told(acme, "u-1", {.uncached = 1}).size() == 3);
    CHECK(x.told(acme, "u-2", {.uncached = 1}) == Lines{"acme refused ENGINE_LIMIT pool draws, limit 2"});
}

TEST_CASE("without a pool nothing is drawn and nothing told of it", "[tokens]") {
    Drawing x(delivering_genesis());
    x.trade(prov, acme, 10);
    x.d.at(clock(24));
    CHECK(x.told(acme, "u", vector) == Lines{"acme refused ENGINE_LIMIT pool draws"});
    CHECK(x.holdings(acme).empty());
    CHECK(x.told_at(clock(46)).empty());
    CHECK(x.told_at(clock(48)) == Lines{"prov 1 delivered", "acme 1 delivered"});
}

TEST_CASE("a kill switch does not stop draws", "[tokens]") {
    Drawing x = begun();
    Kill k;
    k.scope = KillScope::market;
    k.on = true;
    x.d.send(Command::of(k, no_account, no_key, asked));
    CHECK(x.told(acme, "u-1", {.uncached = 1}).size() == 3);
}

TEST_CASE("a draw by class sees the first 256 holdings", "[tokens]") {
    Genesis g = drawing_genesis();
    g.accounts = 400;
    g.resources = 1'000;
    Drawing x(g);
    const auto day = Drawing::token_day(Drawing::east, 1);
    for (std::uint32_t n = 0; n < 258; ++n) {
        const AccountId seller{5 + n};
        x.d.send(Command::of(account(fmt::format("s-{:03}", n))));
        x.d.send(credit(seller, 1'000));
        x.d.send(resource(seller, 1, Drawing::east));
        x.d.send(sell(1).at("14.00").of(day).from(seller).as("s"));
    }
    x.d.send(buy(258).at("14.00").of(day).from(acme).as("b"));
    x.d.at(clock(24));
    CHECK(x.told(acme, "u-1", {.uncached = 256'000'001}) ==
          Lines{"acme refused QUOTA_EXHAUSTED class, limit 1024000000, got 1024000004"});
    const Events all = x.send(acme, "u-2", {.uncached = 256'000'000});
    CHECK(all.size() == 1 + 2 * 256);
    CHECK(token_line(all[0]) == "acme u-2 drew 256000000 from 1 of class 1, 256 in all, left 0");
    CHECK(x.told(acme, "u-3", {.uncached = 1})[0] ==
          "acme u-3 drew 1 from 257 of class 1, 1 in all, left 1999999");
}
