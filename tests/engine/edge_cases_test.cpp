// SPDX-License-Identifier: Apache-2.0
// More edge cases on which public engines fail, each by name, as whole stories. These stand in book_test.cpp
// and are not repeated here: cancel of an untouched head, middle or tail; a level emptied and used again;
// what a partial fill and a cancel give back; cancel and replace by cid after a fill; a buy replaced into a
// cross; a sibling of an order replaced to another price; a best price gone by a fill; a limit that stops;
// an ioc rest; ids never given to anyone; a book of 2^20 ticks; a sweep of 5,000 makers; a gate of 4,500.
#include <catch2/catch.hpp>

#include "tests/engine/bands_story.hpp"

namespace gridbook::tests {

namespace {

using engine::Price;
using engine::Side;

constexpr auto acme = Market::acme, bert = Market::bert, prov = Market::prov;

engine::OrderId id_of(const Events& events) { return events.at(0).as<engine::OrderEvent>().order; }
Price front(Market& m, Side side) { return m.exchange().state().book(noon).front_of(side); }
Amount ticks(std::int64_t count) { return engine::Decimal{count * engine::tick_decimal}; }

engine::Command market(const engine::Command& order) {
    return with(order, [](engine::PlaceOrder& p) {
        p.type = engine::OrderType::market;
        p.price = {};
    });
}
engine::Command fok(const engine::Command& order) {
    return with(order, [](engine::PlaceOrder& p) { p.tif = engine::TimeInForce::fok; });
}
// Three offers of two units at 13.50: head, middle, tail.
void three_offers(Market& m) {
    for (const char* cid : {"head", "middle", "tail"}) m.send(sell(2).at("13.50").from(prov).as(cid));
}

}  // namespace

TEST_CASE("a head that is partly filled and then cancelled leaves exactly its siblings to a sweep",
          "[edge]") {
    Market m;
    three_offers(m);
    CHECK(story(m.send(buy(1).at("13.50").from(acme).as("b-1"))) ==
          Story{"b-1 open", "head fills 1 @ 13.50 maker", "b-1 fills 1 @ 13.50 taker"});
    CHECK(story(m.send(cancel("head", prov))) == Story{"head cancelled USER"});
    CHECK(story(m.send(buy(5).at("13.50").from(acme).as("b-2"))) ==
          Story{"b-2 open", "middle fills 2 @ 13.50 maker", "b-2 fills 2 @ 13.50 taker",
                "tail fills 2 @ 13.50 maker", "b-2 fills 2 @ 13.50 taker"});
    CHECK(front(m, Side::sell) == Price{});
    CHECK(front(m, Side::buy) == Price{1'350});
    // The order that swept rests with its last unit, and nothing else is there.
    CHECK(story(m.send(sell(2).at("13.50").from(prov).as("s"))) ==
          Story{"s open", "b-2 fills 1 @ 13.50 maker", "s fills 1 @ 13.50 taker"});
    CHECK(front(m, Side::buy) == Price{});
}

TEST_CASE("stale cancels and replaces by id after the full fill change nothing", "[edge]") {
    Market m;
    const auto id = id_of(m.send(buy(1).at("13.00").from(acme).as("b")));
    CHECK(story(m.send(replace(id, acme, 2, "13.50"))) == Story{"b open"});
    CHECK(story(m.send(sell(2).at("13.50").from(prov).as("s"))) ==
          Story{"s open", "b fills 2 @ 13.50 maker", "s fills 2 @ 13.50 taker"});
    const auto balance = [&] { return line_of(m.ask(question(engine::QueryBalance{}, acme)).at(0)); };
    const std::string before = balance();
    for (const auto& stale : {cancel(id, acme), replace(id, acme, 3, "13.50"), replace(id, acme, 1, "13.00"),
                              replace("b", acme, 2, "13.50")})
        CHECK(story(m.send(stale)) == Story{"refused ALREADY_FILLED"});
    CHECK(balance() == before);
    CHECK(front(m, Side::buy) == Price{});
}

TEST_CASE("a sell replaced into a cross trades at each maker's price and rests at its own", "[edge]") {
    Market m;
    m.send(buy(1).at("13.60").from(acme).as("best"));
    m.send(buy(1).at("13.50").from(bert).as("next"));
    m.send(buy(1).at("13.40").from(acme).as("below"));
    m.send(sell(3).at("15.00").from(prov).as("s"));
    CHECK(story(m.send(replace("s", prov, 3, "13.45"))) ==
          Story{"s open", "best fills 1 @ 13.60 maker", "s fills 1 @ 13.60 taker",
                "next fills 1 @ 13.50 maker", "s fills 1 @ 13.50 taker"});
    CHECK(front(m, Side::sell) == Price{1'345});
    CHECK(front(m, Side::buy) == Price{1'340});
}

TEST_CASE("a replace to less keeps the place, a replace to more goes behind its siblings", "[edge]") {
    Market m;
    three_offers(m);
    m.send(replace("middle", prov, 1, "13.50"));
    m.send(replace("head", prov, 3, "13.50"));
    CHECK(story(m.send(buy(6).at("13.50").from(acme).as("b"))) ==
          Story{"b open", "middle fills 1 @ 13.50 maker", "b fills 1 @ 13.50 taker",
                "tail fills 2 @ 13.50 maker", "b fills 2 @ 13.50 taker", "head fills 3 @ 13.50 maker",
                "b fills 3 @ 13.50 taker"});
}

TEST_CASE("no phantom best price after the best is cancelled or replaced away, on either side", "[edge]") {
    Market m;
    m.send(sell(1).at("13.40").from(prov).as("ask"));
    m.send(sell(1).at("13.50").from(prov).as("next-ask"));
    m.send(buy(1).at("13.30").from(acme).as("bid"));
    m.send(buy(1).at("13.20").from(acme).as("next-bid"));
    m.send(cancel("ask", prov));
    CHECK(front(m, Side::sell) == Price{1'350});
    CHECK(story(m.send(market(buy(1).from(bert).as("m-1")))) ==
          Story{"m-1 open", "next-ask fills 1 @ 13.50 maker", "m-1 fills 1 @ 13.50 taker"});
    CHECK(front(m, Side::sell) == Price{});
    m.send(replace("bid", acme, 1, "13.10"));
    CHECK(front(m, Side::buy) == Price{1'320});
    CHECK(story(m.send(market(sell(1).from(prov).as("m-2")))) ==
          Story{"m-2 open", "next-bid fills 1 @ 13.20 maker", "m-2 fills 1 @ 13.20 taker"});
    CHECK(front(m, Side::buy) == Price{1'310});
    m.send(cancel("bid", acme));
    CHECK(front(m, Side::buy) == Price{});
    CHECK(story(m.send(sell(1).at("13.10").from(prov).as("last").ioc())) ==
          Story{"last open", "last cancelled IOC"});
}

TEST_CASE("no phantom best price after the gate, nor in the next day's hour that takes the same book",
          "[edge]") {
    Market m;
    m.send(sell(1).at("13.40").from(prov).as("ask"));
    m.send(buy(1).at("13.30").from(acme).as("bid"));
    CHECK(story(m.at(clock(11, 45))) ==
          Story{"gated gate", "bid cancelled GATE_CLOSED", "ask cancelled GATE_CLOSED"});
    CHECK(front(m, Side::buy) == Price{});
    CHECK(front(m, Side::sell) == Price{});
    CHECK(story(m.send(buy(1).at("13.40").from(bert).as("late"))) == Story{"refused GATE_CLOSED"});
    m.at(clock(12));
    const engine::InstrumentId tomorrow = hour_of(0, 36);
    CHECK(story(m.send(buy(1).at("13.40").of(tomorrow).from(bert).as("b").ioc()), {tomorrow}) ==
          Story{"b open", "b cancelled IOC"});
    CHECK(story(m.send(sell(1).at("13.30").of(tomorrow).from(prov).as("s")), {tomorrow}) == Story{"s open"});
}

TEST_CASE("what may not rest leaves neither a price nor a hold behind", "[edge]") {
    Market m;
    m.send(sell(1).at("13.50").from(prov).as("s"));
    CHECK(story(m.send(fok(buy(2).at("13.50").from(acme).as("all")))) == Story{"all cancelled FOK"});
    CHECK(story(m.send(buy(1).at("13.40").from(acme).as("short").ioc())) ==
          Story{"short open", "short cancelled IOC"});
    CHECK(story(m.send(market(buy(2).from(acme).as("m-1")))) ==
          Story{"m-1 open", "s fills 1 @ 13.50 maker", "m-1 fills 1 @ 13.50 taker", "m-1 cancelled IOC"});
    CHECK(story(m.send(market(buy(2).from(acme).as("m-2")))) ==
          Story{"m-2 open", "m-2 cancelled NO_LIQUIDITY_IN_BAND"});
    CHECK(front(m, Side::buy) == Price{});
    CHECK(m.balance(acme).hold == engine::Money{});
}

TEST_CASE("a client order id is known until its retention is over, to the nanosecond", "[edge]") {
    const bool filled = GENERATE(false, true);
    engine::Genesis genesis = small_genesis();
    genesis.retention_s = 60;
    Market m(genesis);
    const engine::Command body = buy(1).at("13.50").from(acme).as("again");
    const auto id = id_of(m.send(body));
    m.at(clock(9));  // while it is open no time makes it forgotten
    CHECK(id_of(m.send(body)) == id);
    m.send(filled ? sell(1).at("13.50").from(prov).as("s").command() : cancel("again", acme));
    for (const engine::Time now : {clock(9), clock(9, 1) - engine::nanosecond}) {
        m.at(now);
        const auto before = m.exchange().state().records.last_id();
        const auto told = m.send(body);
        REQUIRE(told.size() == 1);
        CHECK(told[0].header.flags == (engine::event_flag::reply | engine::event_flag::duplicate));
        CHECK(story(told) == Story{filled ? "again filled" : "again cancelled USER"});
        CHECK(id_of(told) == id);
        CHECK(story(m.send(buy(2).at("13.50").from(acme).as("again"))) == Story{"refused CID_REUSED"});
        CHECK(m.exchange().state().records.last_id() == before);
    }
    m.at(clock(9, 1));
    const auto fresh = m.send(buy(2).at("13.50").from(acme).as("again"));
    REQUIRE(fresh.size() == 1);
    CHECK(story(fresh) == Story{"again open"});
    CHECK(fresh[0].header.flags == engine::event_flag::reply);
    CHECK(id_of(fresh) != id);
    CHECK(story(m.send(body)) == Story{"refused CID_REUSED"});
    // The same word of another account is another id.
    CHECK(story(m.send(buy(1).at("13.40").from(bert).as("again"))) == Story{"again open"});
}

TEST_CASE("the id of a refused order and no id at all name no order", "[edge]") {
    Market m;
    const auto mine = id_of(m.send(buy(1).at("13.00").from(acme).as("mine")));
    CHECK(story(m.send(buy(1).at("99.00").from(acme).as("never"))) == Story{"refused PRICE_BAND_HARD"});
    const auto refused = m.exchange().state().records.last_id();
    REQUIRE(refused != mine);
    for (const engine::OrderId id : {refused, engine::OrderId{refused.value + 1}, engine::OrderId{}}) {
        CHECK(story(m.send(cancel(id, acme))) == Story{"refused ORDER_UNKNOWN"});
        CHECK(story(m.send(replace(id, acme, 1, "13.00"))) == Story{"refused ORDER_UNKNOWN"});
    }
    CHECK(story(m.send(cancel("never", acme))) == Story{"refused ORDER_UNKNOWN"});
    CHECK(story(m.send(cancel(mine, acme))) == Story{"mine cancelled USER"});
}

TEST_CASE("the widest band trades at its first and last tick, at the bottom and at the top of all prices",
          "[edge]") {
    const std::int64_t low = GENERATE(std::int64_t{1}, engine::max_price.value - engine::widest_band);
    const std::int64_t high = low + engine::widest_band;
    engine::DefineFamily family = h100_family(ticks(low + engine::widest_band / 2));
    family.floor = ticks(low).value;
    family.ceiling = ticks(high).value;
    Market m(small_genesis(), family);
    for (const auto who : {acme, prov}) m.send(credit(who, 100'000'000));
    CHECK(story(m.send(buy("0.1").at(ticks(low)).from(acme).as("bottom"))) == Story{"bottom open"});
    CHECK(story(m.send(sell("0.1").at(ticks(high)).from(prov).as("top"))) == Story{"top open"});
    CHECK(front(m, Side::buy).value == low);
    CHECK(front(m, Side::sell).value == high);
    // One tick beyond, and prices that a narrower number would take for one inside.
    int n = 0;
    for (const std::int64_t beyond : {low - 1, high + 1, (std::int64_t{1} << 32) + low, low - 2 * high})
        CHECK(story(m.send(buy("0.1").at(ticks(beyond)).from(acme).as(fmt::format("x-{}", ++n)))) ==
              Story{"refused PRICE_BAND_HARD"});
    const std::string first = text_of(Price{static_cast<std::int32_t>(low)});
    const std::string last = text_of(Price{static_cast<std::int32_t>(high)});
    CHECK(story(m.send(buy("0.1").at(ticks(high)).from(acme).as("b"))) ==
          Story{"b open", "top fills 0.1 @ " + last + " maker", "b fills 0.1 @ " + last + " taker"});
    CHECK(story(m.send(sell("0.1").at(ticks(low)).from(prov).as("s"))) ==
          Story{"s open", "bottom fills 0.1 @ " + first + " maker", "s fills 0.1 @ " + first + " taker"});
    CHECK(m.balance(acme).hold == engine::Money{});
}

TEST_CASE("one resting order is filled 5,000 times and counts down by one each time", "[edge]") {
    Market m;
    m.send(sell(500).at("13.50").from(prov).as("one"));
    for (std::uint32_t i = 1; i <= 5'000; ++i) {
        const auto events = m.send(buy("0.1").at("13.50").from(acme).as(fmt::format("b-{}", i)));
        REQUIRE(events.size() == 3);
        REQUIRE(events[1].as<engine::Fill>().cid.view() == "one");
        REQUIRE(events[1].as<engine::Fill>().leaves == 5'000 - i);
        REQUIRE(events[2].as<engine::Fill>().leaves == 0);
    }
    CHECK(front(m, Side::sell) == Price{});
    CHECK(story(m.send(cancel("one", prov))) == Story{"refused ALREADY_FILLED"});
}

TEST_CASE("an order that cancels 5,000 of its owner's at one price goes on in follow-ons and meets the next",
          "[edge]") {
    Market m;
    for (int i = 0; i < 5'000; ++i) m.send(sell("0.1").at("13.50").from(acme).as(fmt::format("own-{}", i)));
    m.send(sell("0.1").at("13.50").from(prov).as("other"));
    const auto journal = m.driver().journal().size();
    const auto taker = with(buy(1).at("13.50").from(acme).as("b"),
                            [](engine::PlaceOrder& p) { p.self_trade = engine::SelfTrade::cancel_maker; });
    Story expected{"b open"};
    for (int i = 0; i < 5'000; ++i) expected.push_back(fmt::format("own-{} cancelled SELF_TRADE", i));
    expected.insert(expected.end(), {"other fills 0.1 @ 13.50 maker", "b fills 0.1 @ 13.50 taker"});
    CHECK(story(m.send(taker)) == expected);
    CHECK(m.driver().journal().size() == journal + 2);  // the order and one follow-on
    CHECK(front(m, Side::sell) == Price{});
    CHECK(front(m, Side::buy) == Price{1'350});
}

}  // namespace gridbook::tests
