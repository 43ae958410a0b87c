// SPDX-License-Identifier: Apache-2.0
// Books whose hard band moves further than a ladder spans: orders are set aside and keep their time.
#include <catch2/catch.hpp>

#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

namespace {

using engine::Price;

engine::Command far_up(std::uint32_t version) {
    return band().floor(40'000).ceiling(60'000).guidance(50'000).expecting(version);
}
engine::Command home(std::uint32_t version) {
    return band().floor("9.80").ceiling("19.60").guidance("14.00").expecting(version);
}
void enter_some(Market& m) {
    m.send(buy(1).at("10.00").from(Market::acme).as("b-1"));
    m.send(buy(2).at("12.00").from(Market::acme).as("b-2"));
    m.send(buy(3).at("12.00").from(Market::bert).as("b-3"));
    m.send(sell(4).at("16.00").from(Market::prov).as("s-1"));
    m.send(sell(5).at("15.00").from(Market::prov).as("s-2"));
}

}  // namespace

TEST_CASE("a span holds the widest band wherever it lies", "[rebase]") {
    engine::LevelPool levels;
    engine::OrderPool orders;
    levels.reserve(4);
    orders.reserve(4);
    engine::Book book;
    for (std::int32_t low = 1; low < engine::max_price.value - engine::widest_band; low += 1'234'567) {
        for (const std::int32_t width :
             {0, 1, 4'095, 4'096, 1'000'000, engine::widest_band - 1, engine::widest_band}) {
            book.rebase(levels, orders, Price{low}, Price{low + width});
            REQUIRE(book.spans(Price{low}, Price{low + width}));
        }
    }
}

TEST_CASE("a band moves far away and back: orders park and come back in their order", "[rebase]") {
    Market m;
    enter_some(m);
    CHECK(story(m.send(far_up(1))) ==
          Story{"band 2", "b-2 parked", "b-3 parked", "b-1 parked", "s-2 parked", "s-1 parked"});
    CHECK(m.exchange().state().book(noon).aside_first != 0);
    m.send(buy(1).at(45'000).from(Market::acme).as("b-4"));
    m.send(sell(1).at(55'000).from(Market::prov).as("s-4"));
    CHECK(story(m.send(home(2))) == Story{"band 3", "b-4 parked", "b-2 open", "b-3 open", "b-1 open",
                                          "s-2 open", "s-1 open", "s-4 parked"});
    // Those of 12.00 trade by their old times.
    CHECK(story(m.send(sell(4).at("12.00").from(Market::prov).as("s-5"))) ==
          Story{"s-5 open", "b-2 fills 2 @ 12.00 maker", "s-5 fills 2 @ 12.00 taker",
                "b-3 fills 2 @ 12.00 maker", "s-5 fills 2 @ 12.00 taker"});
    // Far away again: what is told already stays as it is, and the ones there wake.
    CHECK(story(m.send(far_up(3))) ==
          Story{"band 4", "b-4 open", "b-3 parked", "b-1 parked", "s-2 parked", "s-1 parked", "s-4 open"});
}

TEST_CASE("an order set aside can be cancelled and replaced", "[rebase]") {
    Market m;
    enter_some(m);
    m.send(far_up(1));
    CHECK(story(m.send(cancel("b-2", Market::acme))) == Story{"b-2 cancelled USER"});
    // A smaller total keeps the place; another price enters the book where the band is.
    CHECK(story(m.send(replace("b-3", Market::bert, 2, "12.00"))) == Story{"b-3 parked"});
    CHECK(story(m.send(replace("s-1", Market::prov, 4, "55000"))) == Story{"s-1 open"});
    CHECK(story(m.send(home(2))) == Story{"band 3", "b-3 open", "b-1 open", "s-2 open", "s-1 parked"});
    CHECK(m.balance(Market::acme).hold == money("10.0212"));
}

TEST_CASE("a gate cancels orders set aside in price-time order with the others", "[rebase]") {
    Market m;
    enter_some(m);
    m.send(far_up(1));
    m.send(buy(1).at(45'000).from(Market::acme).as("b-4"));
    CHECK(story(m.at(clock(11, 45))) == Story{"gated gate", "b-4 cancelled GATE_CLOSED",
                                              "b-2 cancelled GATE_CLOSED", "b-3 cancelled GATE_CLOSED",
                                              "b-1 cancelled GATE_CLOSED", "s-2 cancelled GATE_CLOSED",
                                              "s-1 cancelled GATE_CLOSED"});
    CHECK(m.balance(Market::acme).hold == engine::Money{});
    CHECK(m.exchange().state().levels.used() == 0);
}

TEST_CASE("a band wider than a book can hold is refused with the limit", "[rebase]") {
    Market m;
    const auto refused =
        m.send(band().floor("1.00").ceiling(30'000).expecting(1)).at(0).as<engine::Refused>();
    CHECK(refused.reason == engine::RejectReason::engine_limit);
    CHECK(refused.pool == engine::Pool::price);
    CHECK(refused.limit_high == engine::decimal_of(Price{engine::widest_band}).value);
    // Two changes, each possible by itself, meet later: the band stays as wide as a book can hold.
    m.send(band().floor("1.00").expecting(1).effective(clock(1)));
    m.send(band().ceiling(20'979).expecting(2).effective(clock(2)));
    m.at(clock(2));
    const engine::HardBand& hard = m.exchange().state().catalogue.family(engine::FamilyId{0}).band;
    CHECK(hard.high.value - hard.low.value <= engine::widest_band);
}

TEST_CASE("setting aside survives follow-ons", "[rebase]") {
    Market m;
    for (int i = 0; i < 5'000; ++i)
        m.send(buy(1).at(i % 2 ? "12.00" : "11.00").from(Market::acme).as(fmt::format("b-{}", i)));
    Story expected{"band 2"}, told;
    for (int first : {1, 0})
        for (int i = first; i < 5'000; i += 2) expected.push_back(fmt::format("b-{} parked", i));
    const auto steps = m.driver().steps(far_up(1), m.now());
    CHECK(steps.size() == 2);
    for (const Step& step : steps)
        for (std::string& line : story(step.events)) told.push_back(std::move(line));
    CHECK(told == expected);
}

}  // namespace gridbook::tests
