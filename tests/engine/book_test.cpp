// SPDX-License-Identifier: Apache-2.0
// The edge cases on which public engines fail, each by name. Whole event lists are compared: one event too
// many fails as loudly as one too few.
#include <catch2/catch.hpp>

#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::tests {

namespace {

// What happened, as short words: "prov -1 @13.50" for a maker's fill, "open", "cancelled SELF_TRADE".
std::vector<std::string> words(const Events& events) {
    std::vector<std::string> all;
    for (const engine::Event& e : events) {
        if (e.kind() == engine::EventKind::fill) {
            const auto f = e.as<engine::Fill>();
            if (f.liquidity == engine::Liquidity::maker)
                all.push_back(
                    fmt::format("{} {} @ {}", f.cid.view(),
                                text_of(engine::decimal_of(engine::Quantity{f.qty}, engine::Product::gpu)),
                                text_of(f.price)));
        } else if (e.kind() == engine::EventKind::order) {
            const auto o = e.as<engine::OrderEvent>();
            std::string word = fmt::format("{} {}", o.cid.view(), gridbook::tests::word(o.state));
            if (o.reason != engine::CancelReason::none) word += fmt::format(" {}", code(o.reason));
            all.push_back(word);
        } else if (e.kind() == engine::EventKind::refused) {
            all.push_back(std::string(code(e.as<engine::Refused>().reason)));
        }
    }
    return all;
}
using Words = std::vector<std::string>;

constexpr auto acme = Market::acme, bert = Market::bert, prov = Market::prov;

// Three offers of one unit at 13.50: head, middle, tail.
void three_offers(Market& m) {
    for (const char* cid : {"head", "middle", "tail"}) m.send(sell(1).at("13.50").from(prov).as(cid));
}

engine::OrderId id_of(const Events& events) { return events.at(0).as<engine::OrderEvent>().order; }

}  // namespace

TEST_CASE("cancel of head, middle or tail, then a sweep takes the others in order", "[book]") {
    const std::vector<std::pair<const char*, Words>> cases{
        {"head", {"b open", "middle 1 @ 13.50", "tail 1 @ 13.50"}},
        {"middle", {"b open", "head 1 @ 13.50", "tail 1 @ 13.50"}},
        {"tail", {"b open", "head 1 @ 13.50", "middle 1 @ 13.50"}},
    };
    for (const auto& [gone, expected] : cases) {
        Market m;
        three_offers(m);
        CHECK(words(m.send(cancel(gone, prov))) == Words{std::string(gone) + " cancelled USER"});
        CHECK(words(m.send(buy(5).at("13.50").from(acme).as("b"))) == expected);
    }
}

TEST_CASE("the whole level cancelled, then the same price again, leaves no ghost", "[book]") {
    Market m;
    three_offers(m);
    for (const char* cid : {"middle", "head", "tail"}) m.send(cancel(cid, prov));
    CHECK(words(m.send(buy(1).at("13.50").from(acme).as("b-1").ioc())) ==
          Words{"b-1 open", "b-1 cancelled IOC"});
    m.send(sell(1).at("13.50").from(prov).as("again"));
    CHECK(words(m.send(buy(1).at("13.50").from(acme).as("b-2"))) == Words{"b-2 open", "again 1 @ 13.50"});
}

TEST_CASE("partial fill, then cancel of the rest gives back exactly its hold", "[book]") {
    Market m;
    const auto before = m.balance(acme);
    m.send(buy(10).at("13.50").from(acme).as("b"));
    m.send(sell(4).at("13.50").from(prov).as("s"));
    const auto events = m.send(cancel("b", acme));
    REQUIRE(events.size() == 1);
    const auto order = events[0].as<engine::OrderEvent>();
    CHECK(order.cum == 40);
    CHECK(order.leaves == 0);
    CHECK(order.hold == engine::Money{});
    const auto after = m.balance(acme);
    CHECK(after.hold == engine::Money{});
    // 54.00, maker fee 0.027, tax 0.00162.
    CHECK(before.cash - after.cash == money("54.02862"));
}

TEST_CASE("cancel and replace after the full fill are told so; after a cancel the order is unknown",
          "[book]") {
    Market m;
    m.send(buy(1).at("13.50").from(acme).as("filled"));
    m.send(sell(1).at("13.50").from(prov).as("s"));
    CHECK(words(m.send(cancel("filled", acme))) == Words{"ALREADY_FILLED"});
    CHECK(words(m.send(replace("filled", acme, 2, "13.50"))) == Words{"ALREADY_FILLED"});
    m.send(buy(1).at("13.50").from(acme).as("gone"));
    m.send(cancel("gone", acme));
    CHECK(words(m.send(cancel("gone", acme))) == Words{"ORDER_UNKNOWN"});
    CHECK(words(m.send(replace("gone", acme, 2, "13.50"))) == Words{"ORDER_UNKNOWN"});
}

TEST_CASE("a replace into a cross trades at the maker's price", "[book]") {
    Market m;
    m.send(sell(2).at("13.50").from(prov).as("s"));
    m.send(buy(1).at("13.00").from(acme).as("b"));
    CHECK(words(m.send(replace("b", acme, 1, "14.00"))) == Words{"b open", "s 1 @ 13.50"});
}

TEST_CASE("a sibling at the level survives a replace of its neighbour", "[book]") {
    Market m;
    three_offers(m);
    m.send(replace("middle", prov, 1, "13.40"));
    CHECK(words(m.send(buy(3).at("13.50").from(acme).as("b"))) ==
          Words{"b open", "middle 1 @ 13.40", "head 1 @ 13.50", "tail 1 @ 13.50"});
}

TEST_CASE("no phantom best price after the best level goes", "[book]") {
    Market m;
    m.send(sell(1).at("13.40").from(prov).as("best"));
    m.send(sell(1).at("13.50").from(prov).as("next"));
    m.send(buy(1).at("13.40").from(acme).as("b-1"));
    CHECK(words(m.send(buy(1).at("13.40").from(acme).as("b-2"))) == Words{"b-2 open"});
    CHECK(words(m.send(buy(1).at("13.50").from(bert).as("b-3"))) == Words{"b-3 open", "next 1 @ 13.50"});
}

TEST_CASE("a limit stops at its own price", "[book]") {
    Market m;
    m.send(sell(1).at("13.40").from(prov).as("in"));
    m.send(sell(1).at("13.41").from(prov).as("out"));
    CHECK(words(m.send(buy(2).at("13.40").from(acme).as("b"))) == Words{"b open", "in 1 @ 13.40"});
    CHECK(words(m.send(sell(1).at("13.40").from(prov).as("s"))) == Words{"s open", "b 1 @ 13.40"});
}

TEST_CASE("an ioc rest never rests", "[book]") {
    Market m;
    m.send(sell(1).at("13.40").from(prov).as("s-1"));
    CHECK(words(m.send(buy(2).at("13.40").from(acme).as("b").ioc())) ==
          Words{"b open", "s-1 1 @ 13.40", "b cancelled IOC"});
    CHECK(words(m.send(sell(1).at("13.40").from(prov).as("s-2"))) == Words{"s-2 open"});
    CHECK(m.balance(acme).hold == engine::Money{});
}

TEST_CASE("an id is given once: a cancelled order's id never names a later order", "[book]") {
    Market m;
    const auto first = id_of(m.send(buy(1).at("13.00").from(acme).as("b-1")));
    m.send(cancel(first, acme));
    const auto second = id_of(m.send(buy(1).at("13.00").from(acme).as("b-2")));
    CHECK(first != second);
    CHECK(words(m.send(cancel(first, acme))) == Words{"ORDER_UNKNOWN"});
    CHECK(words(m.send(replace(first, acme, 1, "13.10"))) == Words{"ORDER_UNKNOWN"});
    CHECK(words(m.send(cancel(second, acme))) == Words{"b-2 cancelled USER"});
}

TEST_CASE("ids that were never given, and other people's, are unknown", "[book]") {
    Market m;
    const auto mine = id_of(m.send(buy(1).at("13.00").from(acme).as("b-1")));
    for (const std::uint64_t id :
         {mine.value + 1, mine.value + (1u << 16), std::uint64_t{1} << 63, UINT64_MAX})
        CHECK(words(m.send(cancel(engine::OrderId{id}, acme))) == Words{"ORDER_UNKNOWN"});
    CHECK(words(m.send(cancel(mine, bert))) == Words{"ORDER_UNKNOWN"});
    CHECK(words(m.send(replace(mine, bert, 1, "13.00"))) == Words{"ORDER_UNKNOWN"});
    CHECK(words(m.send(cancel(mine, acme))) == Words{"b-1 cancelled USER"});
}

TEST_CASE("the widest prices of a book trade like any other", "[book]") {
    engine::DefineFamily wide = h100_family("5000.00");
    wide.floor = decimal("0.01");
    wide.ceiling = decimal("10485.75");
    Market m(small_genesis(), wide);
    m.send(sell(1).at("10485.75").from(prov).as("top"));
    m.send(buy(1).at("0.01").from(acme).as("bottom"));
    CHECK(words(m.send(buy(1).at("10485.76").from(acme).as("above"))) == Words{"PRICE_BAND_HARD"});
    CHECK(words(m.send(buy(1).at("0.00").from(acme).as("zero"))) == Words{"PRICE_BAND_HARD"});
    CHECK(words(m.send(buy(1).at("-0.01").from(acme).as("minus"))) == Words{"PRICE_BAND_HARD"});
    CHECK(words(m.send(buy(1).at("10485.75").from(acme).as("b"))) == Words{"b open", "top 1 @ 10485.75"});
    CHECK(words(m.send(sell(1).at("0.01").from(prov).as("s"))) == Words{"s open", "bottom 1 @ 0.01"});
}

TEST_CASE("5,000 fills at one price go on in follow-ons and each maker is told once", "[book]") {
    Market m;
    for (int i = 0; i < 5'000; ++i) m.send(sell("0.1").at("13.50").from(prov).as("s-" + std::to_string(i)));
    const auto journal = m.driver().journal().size();
    const auto events = m.send(buy(500).at("13.50").from(acme).as("b"));
    CHECK(events.size() == 1 + 2 * 5'000);
    CHECK(m.driver().journal().size() == journal + 3);  // the order and two follow-ons
    for (int i = 0; i < 5'000; ++i) {
        const auto maker = events[1 + 2 * static_cast<std::size_t>(i)].as<engine::Fill>();
        REQUIRE(maker.cid.view() == "s-" + std::to_string(i));
    }
    CHECK(events.back().as<engine::Fill>().leaves == 0);
    CHECK_FALSE(m.exchange().unfinished());
}

TEST_CASE("a gate with 4,500 resting orders cancels them all, in follow-ons", "[book]") {
    Market m;
    for (int i = 0; i < 4'500; ++i) m.send(buy("0.1").at("13.50").from(acme).as("b-" + std::to_string(i)));
    const auto events = m.at(clock(11, 45));
    std::size_t cancelled = 0;
    for (const engine::Event& e : events)
        cancelled += e.kind() == engine::EventKind::order &&
                     e.as<engine::OrderEvent>().reason == engine::CancelReason::gate_closed;
    CHECK(cancelled == 4'500);
    CHECK(m.balance(acme).hold == engine::Money{});
    CHECK(m.balance(acme).cash == money("1000000"));
}

}  // namespace gridbook::tests
