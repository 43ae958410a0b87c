// SPDX-License-Identifier: Apache-2.0
// When a reference takes over, what it moves, and how the band widens and is suspended.
#include <catch2/catch.hpp>

#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

TEST_CASE("a mean one percent away takes over from a reference of thirty seconds", "[bands]") {
    Market m = dynamic_market();
    m.at(clock(0, 0, 30));
    CHECK(trade_at(m, "14.13", 1) ==
          Story{"ts-1 open", "tb-1 open", "ts-1 fills 1 @ 14.13 maker", "tb-1 fills 1 @ 14.13 taker"});
    Market other = dynamic_market();
    other.at(clock(0, 0, 29));
    CHECK(trade_at(other, "14.14", 1).size() == 4);
    other.at(clock(0, 0, 30));
    CHECK(trade_at(other, "14.14", 2) == Story{"ts-2 open", "tb-2 open", "ts-2 fills 1 @ 14.14 maker",
                                               "tb-2 fills 1 @ 14.14 taker", "R 14.14 takeover 13.44-14.84"});
}

TEST_CASE("a whole minute looks at the references while a trade counts", "[bands]") {
    Market m = dynamic_market();
    m.at(clock(0, 0, 20));
    trade_at(m, "14.20", 1);
    CHECK(m.exchange().next_timer() == clock(0, 1));
    CHECK(story(m.at(clock(0, 1))) == Story{"R 14.20 takeover 13.49-14.91"});
    // The bucket of 00:00 counts for the last time at 00:05; 00:06 is no timer any more.
    m.at(clock(0, 5));
    CHECK(m.exchange().next_timer() == clock(0, 20));
}

TEST_CASE("until the first takeover R is G of the moment, afterwards it stays", "[bands]") {
    Market m = dynamic_market();
    CHECK(story(m.send(band().guidance("12.00").expecting(1))) ==
          Story{"band 2", "R 12.00 guidance 11.40-12.60"});
    m.at(clock(0, 1));
    trade_at(m, "12.50", 1);
    // R 12.50 and 11.88 to 13.12 stay inside 9.10 to 18.20: nothing moves, nothing is told.
    CHECK(story(m.send(band().guidance("13.00").expecting(2))) == Story{"band 3"});
}

TEST_CASE("guidance and ceiling in one message clamp R", "[bands]") {
    Market m = dynamic_market();
    m.at(clock(0, 1));
    // R is 14.00 by trades, not by guidance.
    trade_at(m, "14.20", 1);
    m.at(clock(0, 10));
    trade_at(m, "14.00", 2);
    CHECK(story(m.send(band().guidance("12.00").ceiling("13.00").expecting(1))) ==
          Story{"band 2", "R 14.00 guidance 12.35-13.00"});
}

TEST_CASE("in the last 25 minutes before the gate the width is doubled", "[bands]") {
    Market m = dynamic_market();
    m.at(clock(11, 19, 59));
    CHECK(m.exchange().next_timer() == clock(11, 20));
    CHECK(story(m.at(clock(11, 20))) == Story{"R 14.00 widened 12.60-15.40"});
    Market wide(small_genesis(), dynamic_family(6'000));
    CHECK(story(wide.at(clock(11, 30))).empty());  // the hard band is narrower than both widths
}

TEST_CASE("orders are told bids by falling, asks by rising price, each level by time, then they wake",
          "[bands]") {
    Market m = dynamic_market();
    m.send(buy(1).at("14.70").from(Market::acme).as("b-1"));
    m.send(buy(1).at("14.70").from(Market::bert).as("b-2"));
    m.send(buy(1).at("13.40").from(Market::acme).as("b-3"));
    m.send(sell(1).at("16.00").from(Market::prov).as("s-1"));
    CHECK(story(m.send(band().guidance("12.00").expecting(1))) ==
          Story{"band 2", "R 12.00 guidance 11.40-12.60", "b-1 open non-executable",
                "b-2 open non-executable", "b-3 open non-executable", "limit_up off 14.70"});
    CHECK(story(m.send(sell(1).at("12.00").from(Market::prov).as("s-2"))) == Story{"s-2 open"});
    // All is executable now: the older order's price, the younger one takes. R is too young to move.
    CHECK(story(m.send(suspend(clock(1)))) == Story{"suspended", "R 12.00 suspended 8.40-16.80", "b-1 open",
                                                    "b-2 open", "b-3 open", "b-1 fills 1 @ 14.70 maker",
                                                    "s-2 fills 1 @ 14.70 taker"});
    // In force again: R moved meanwhile, because references go on.
    CHECK(story(m.at(clock(0, 1))) == Story{"R 14.70 takeover 8.40-16.80"});
    CHECK(story(m.at(clock(1))) == Story{"in force", "R 14.70 suspended 13.97-15.43"});
}

TEST_CASE("waking takes the younger's prevention mode, a post-only younger is cancelled first", "[bands]") {
    const auto after_waking = [](std::function<void(engine::PlaceOrder&)> younger, engine::AccountId who) {
        Market m = dynamic_market();
        m.send(buy(3).at("14.70").from(Market::acme).as("old"));
        m.send(band().guidance("12.00").expecting(1));
        m.send(with(sell(2).at("12.00").from(who).as("young"), younger));
        return story(m.send(suspend(clock(1))));
    };
    const Story begin{"suspended", "R 12.00 suspended 8.40-16.80", "old open"};
    const auto plus = [&](Story more) {
        more.insert(more.begin(), begin.begin(), begin.end());
        return more;
    };
    const auto mode = [](engine::SelfTrade s) { return [s](engine::PlaceOrder& o) { o.self_trade = s; }; };
    const auto post_only = [](engine::PlaceOrder& o) { o.post_only = true; };
    CHECK(after_waking([](engine::PlaceOrder&) {}, Market::bert) ==
          plus({"old fills 2 @ 14.70 maker", "young fills 2 @ 14.70 taker"}));
    CHECK(after_waking(post_only, Market::bert) == plus({"young cancelled POST_ONLY"}));
    CHECK(after_waking(post_only, Market::acme) == plus({"young cancelled POST_ONLY"}));
    CHECK(after_waking(mode(engine::SelfTrade::cancel_taker), Market::acme) ==
          plus({"young cancelled SELF_TRADE"}));
    CHECK(after_waking(mode(engine::SelfTrade::cancel_maker), Market::acme) ==
          plus({"old cancelled SELF_TRADE"}));
    CHECK(after_waking(mode(engine::SelfTrade::cancel_both), Market::acme) ==
          plus({"old cancelled SELF_TRADE", "young cancelled SELF_TRADE"}));
    CHECK(after_waking(mode(engine::SelfTrade::decrement), Market::acme) ==
          plus({"old open decremented to 1", "young cancelled SELF_TRADE"}));
}

TEST_CASE("a suspension is at most four hours, and ends by time or by command", "[bands]") {
    Market m = dynamic_market();
    CHECK(story(m.send(suspend(clock(4, 0, 1)))) == Story{"refused FORMAT_VALUE"});
    CHECK(story(m.send(suspend(clock(0)))) == Story{"refused FORMAT_VALUE"});
    CHECK(story(m.send(suspend(clock(4)))) == Story{"suspended", "R 14.00 suspended 9.80-19.60"});
    // R moves on while the layer is suspended.
    m.at(clock(0, 1));
    CHECK(trade_at(m, "18.00", 1).back() == "R 18.00 takeover 9.80-19.60");
    CHECK(story(m.send(suspend(engine::Time{}))) == Story{"in force", "R 18.00 suspended 17.10-18.90"});
    CHECK(m.exchange().next_timer() < clock(4));
}

TEST_CASE("at one instant bands come first, each family moved, then ends of suspensions", "[bands]") {
    Market m = dynamic_market();
    m.send(suspend(clock(1)));
    m.send(band().guidance("12.00").expecting(1).effective(clock(1)));
    m.send(band().ceiling("15.00").expecting(2).effective(clock(1)));
    CHECK(story(m.at(clock(1))) == Story{"band 2", "band 3", "R 12.00 guidance 8.40-15.00", "in force",
                                         "R 12.00 suspended 11.40-12.60"});
}

TEST_CASE("a family without a width has hard limits only", "[bands]") {
    Market m;
    m.at(clock(0, 1));
    CHECK(trade_at(m, "18.00", 1).size() == 4);
    CHECK(story(m.send(band().guidance("12.00").expecting(1))) == Story{"band 2"});
    CHECK(story(m.send(suspend(clock(1)))) == Story{"suspended"});
}

TEST_CASE("the corn example: parked under the limits, open above them, traded when suspended", "[bands]") {
    engine::DefineFamily corn = dynamic_family();
    corn.guidance = decimal("5900");
    corn.floor = decimal("5412");
    corn.ceiling = decimal("6012");
    Market m(small_genesis(), corn);
    m.send(buy(10).at(5600).from(Market::acme).as("b"));
    CHECK(story(m.send(band().floor(5612).ceiling(6212).expecting(1))) ==
          Story{"band 2", "R 5900.00 guidance 5612.00-6195.00", "b parked"});
    CHECK(story(m.send(sell(10).at(5600).from(Market::prov).as("s-1"))) == Story{"refused PRICE_BAND_HARD"});
    CHECK(story(m.send(band().floor(5412).ceiling(6012).expecting(2))) ==
          Story{"band 3", "R 5900.00 guidance 5605.00-6012.00", "b open"});
    CHECK(story(m.send(sell(10).at(5600).from(Market::prov).as("s-2"))) ==
          Story{"refused PRICE_BAND_DYNAMIC"});
    m.send(suspend(clock(1)));
    CHECK(story(m.send(sell(10).at(5600).from(Market::prov).as("s-3"))) ==
          Story{"s-3 open", "b fills 10 @ 5600.00 maker", "s-3 fills 10 @ 5600.00 taker"});
}

TEST_CASE("a move that tells more orders than a command has room for goes on where it stopped", "[bands]") {
    Market m = dynamic_market();
    for (int i = 0; i < 3'000; ++i) {
        m.send(buy(1).at(i % 2 ? "14.60" : "14.50").from(Market::acme).as(fmt::format("b-{}", i)));
        m.send(sell(1).at(i % 2 ? "15.00" : "15.10").from(Market::prov).as(fmt::format("s-{}", i)));
    }
    const auto steps = m.driver().steps(band().guidance("12.00").ceiling("14.90").expecting(1), m.now());
    CHECK(steps.size() == 2);
    Story expected{"band 2", "R 12.00 guidance 11.40-12.60"}, told;
    for (int first : {1, 0})
        for (int i = first; i < 3'000; i += 2) expected.push_back(fmt::format("b-{} open non-executable", i));
    for (int first : {1, 0})
        for (int i = first; i < 3'000; i += 2) expected.push_back(fmt::format("s-{} parked", i));
    for (const Step& step : steps)
        for (std::string& line : story(step.events)) told.push_back(std::move(line));
    CHECK(told == expected);
}

}  // namespace gridbook::tests
