// SPDX-License-Identifier: Apache-2.0
// The call: its price against a plain search over all ticks, its vector, own pairs, what it costs.
#include <catch2/catch.hpp>

#include "engine/book/call.hpp"
#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

namespace {

using engine::PhaseAction;
using engine::Price;
using engine::Side;

// A book by itself, in a band of 80 to 120 ticks.
struct PlainBook {
    engine::LevelPool levels;
    engine::OrderPool orders;
    engine::Book book;

    PlainBook() {
        levels.reserve(64);
        orders.reserve(64);
        book.band = {Price{80}, Price{120}};
    }
    void rest(Side side, int price, std::uint32_t lots) {
        const std::uint32_t slot = orders.take();
        orders[slot] = engine::RestingOrder{.leaves = lots, .price = Price{price}, .side = side};
        book.append(levels, orders, slot);
    }
    std::int64_t lots(Side side, int from, int to) const {
        std::int64_t sum = 0;
        for (int p = std::max(from, 80); p <= std::min(to, 120); ++p) {
            const engine::Level* level = book.side(side).level_if_any(levels, Price{p});
            if (level != nullptr) sum += level->total;
        }
        return sum;
    }
    // Word by word: all ticks between the lowest ask and the highest bid, the best ones kept.
    engine::CallPrice plain_search(int reference) const {
        const Price ask = book.front_of(Side::sell), bid = book.front_of(Side::buy);
        if (ask == Price{} || bid < ask) return {};
        std::vector<engine::CallPrice> best;
        for (int p = ask.value; p <= bid.value; ++p) {
            const std::int64_t bids = lots(Side::buy, p, 120), asks = lots(Side::sell, 80, p);
            const engine::CallPrice here{Price{p}, std::min(bids, asks), bids - asks};
            const auto rank = [](const engine::CallPrice& c) {
                return std::pair{-c.volume, c.surplus < 0 ? -c.surplus : c.surplus};
            };
            if (!best.empty() && rank(here) > rank(best.front())) continue;
            if (!best.empty() && rank(here) < rank(best.front())) best.clear();
            best.push_back(here);
        }
        if (best.back().surplus > 0) return best.back();
        if (best.front().surplus < 0) return best.front();
        engine::CallPrice nearest = best.front();
        for (const engine::CallPrice& c : best)
            if (std::abs(c.price.value - reference) <= std::abs(nearest.price.value - reference)) nearest = c;
        return nearest;
    }
};

// The orders of the vector, entered in a pause.
void enter_vector(Market& m) {
    m.send(phase(PhaseAction::pause));
    m.send(buy(20).at("14.90").from(Market::acme).as("b-1"));
    m.send(buy(10).at("14.80").from(Market::bert).as("b-2"));
    m.send(buy(15).at("14.60").from(Market::acme).as("b-3"));
    m.send(sell(10).at("14.50").from(Market::prov).as("s-1"));
    m.send(sell(15).at("14.70").from(Market::carl).as("s-2"));
    m.send(sell(25).at("15.00").from(Market::prov).as("s-3"));
}

}  // namespace

TEST_CASE("the call price is what a search over all ticks finds", "[call]") {
    std::uint64_t seed = 20'261'121;
    const auto random = [&](std::uint64_t below) {
        seed = seed * 6'364'136'223'846'793'005ull + 1'442'695'040'888'963'407ull;
        return static_cast<int>((seed >> 33) % below);
    };
    std::size_t executable = 0;
    for (int round = 0; round < 20'000; ++round) {
        PlainBook b;
        // Few prices and sizes, so that ties are common; some orders beyond the band.
        const int spread = 2 + random(24), orders = 1 + random(12);
        for (int i = 0; i < orders; ++i)
            b.rest(random(2) ? Side::buy : Side::sell,
                   (round % 5 ? 100 : 115) + random(static_cast<std::uint64_t>(spread)) - spread / 2,
                   static_cast<std::uint32_t>(1 + random(3)));
        const int reference = 90 + random(20);
        const auto expected = b.plain_search(reference);
        const auto found = engine::find_call_price(b.levels, b.book, Price{reference});
        REQUIRE(found == expected);
        executable += found.volume > 0;
    }
    CHECK(executable > 10'000);
}

TEST_CASE("ties go by the sign of the surplus, then the nearest to R, then the higher", "[call]") {
    PlainBook none;  // no surplus from 98 to 104
    none.rest(Side::sell, 98, 5);
    none.rest(Side::buy, 104, 5);
    CHECK(engine::find_call_price(none.levels, none.book, Price{100}).price == Price{100});
    CHECK(engine::find_call_price(none.levels, none.book, Price{90}).price == Price{98});
    CHECK(engine::find_call_price(none.levels, none.book, Price{110}).price == Price{104});
    PlainBook both;  // volume 5: surplus +2 up to 100, -2 from 103
    both.rest(Side::sell, 98, 5);
    both.rest(Side::buy, 103, 5);
    both.rest(Side::buy, 100, 2);
    both.rest(Side::sell, 101, 2);
    CHECK(engine::find_call_price(both.levels, both.book, Price{90}).price == Price{98});
    CHECK(engine::find_call_price(both.levels, both.book, Price{102}).price == Price{102});
}

TEST_CASE("the vector: 25 at 14.80", "[call]") {
    Market m = dynamic_market();
    enter_vector(m);
    const Events called = m.send(phase(PhaseAction::call));
    CHECK(story(called) == Story{"call called", "s-1 fills 10 @ 14.80 call", "b-1 fills 10 @ 14.80 call",
                                 "s-2 fills 10 @ 14.80 call", "b-1 fills 10 @ 14.80 call",
                                 "s-2 fills 5 @ 14.80 call", "b-2 fills 5 @ 14.80 call", "open called",
                                 "R 14.80 call 14.06-15.54"});
    // Both sides pay the maker fee: 0.05 % of 148.00.
    for (const std::size_t at : {1u, 2u}) {
        const auto fill = called[at].as<engine::Fill>();
        CHECK(fill.fee == money("0.074"));
        CHECK(fill.liquidity == engine::Liquidity::maker);
    }
    CHECK(m.balance(Market::acme).hold.value > 0);
    // Its trades entered no bucket: the whole minute has nothing to look at.
    CHECK(m.exchange().next_timer() > clock(0, 1));
}

TEST_CASE("own pairs are prevented one by one, and the price is taken anew", "[call]") {
    Market m = dynamic_market();
    m.send(phase(PhaseAction::pause));
    m.send(buy(10).at("14.90").from(Market::acme).as("b-1"));
    m.send(buy(10).at("14.20").from(Market::bert).as("b-2"));
    m.send(sell(10).at("14.00").from(Market::acme).as("s-1"));
    m.send(sell(10).at("14.10").from(Market::prov).as("s-2"));
    // b-1 and s-1 would meet; the younger one, s-1, goes. Then 10 trade without a surplus from
    // 14.21 to 14.90: nearest to R.
    CHECK(story(m.send(phase(PhaseAction::call))) ==
          Story{"call called", "s-1 cancelled SELF_TRADE", "s-2 fills 10 @ 14.21 call",
                "b-1 fills 10 @ 14.21 call", "open called", "R 14.21 call 13.50-14.92"});
}

TEST_CASE("a call whose pairs were all own ends the pause as if it had not been", "[call]") {
    Market m = dynamic_market();
    const auto decrement = [](engine::PlaceOrder& o) { o.self_trade = engine::SelfTrade::decrement; };
    m.send(phase(PhaseAction::pause, noon, clock(0, 5)));
    m.send(buy(10).at("14.90").from(Market::acme).as("b"));
    m.send(with(sell(4).at("14.00").from(Market::acme).as("s"), decrement));
    m.send(sell(1).at("15.10").from(Market::prov).as("s-2"));
    // What is left presses against the old edge: extended.
    CHECK(story(m.at(clock(0, 5))) == Story{"call called", "b open decremented to 6",
                                            "s cancelled SELF_TRADE", "paused extended 1",
                                            "R 14.00 paused 11.90-16.10"});
    m.send(sell(2).at("14.00").from(Market::acme).as("s-3"));
    CHECK(story(m.send(phase(PhaseAction::call))) == Story{"call called", "s-3 cancelled SELF_TRADE",
                                                           "open operator", "R 14.00 resumed 13.30-14.70",
                                                           "b open non-executable"});
}

TEST_CASE("a call with more trades than a command has room for goes on where it stopped", "[call]") {
    Market m = dynamic_market();
    m.send(phase(PhaseAction::pause, noon, clock(0, 10)));
    for (int i = 0; i < 3'000; ++i) {
        m.send(buy(1).at("14.00").from(Market::acme).as(fmt::format("b-{}", i)));
        m.send(sell(1).at("14.00").from(Market::prov).as(fmt::format("s-{}", i)));
    }
    const auto steps = m.driver().steps(phase(PhaseAction::call), m.now());
    CHECK(steps.size() == 2);
    Story told, expected{"call called"};
    for (int i = 0; i < 3'000; ++i) {
        expected.push_back(fmt::format("s-{} fills 1 @ 14.00 call", i));
        expected.push_back(fmt::format("b-{} fills 1 @ 14.00 call", i));
    }
    expected.push_back("open called");
    expected.push_back("R 14.00 call 13.30-14.70");
    for (const Step& step : steps)
        for (std::string& line : story(step.events)) told.push_back(std::move(line));
    CHECK(told == expected);
}

}  // namespace gridbook::tests
