// SPDX-License-Identifier: Apache-2.0
// Any-of orders: the vectors of market-rules section 4.
#include <catch2/catch.hpp>

#include "engine/strips/any_of.hpp"
#include "tests/engine/setup.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr auto acme = Market::acme, bert = Market::bert, prov = Market::prov;

template <class Body>
std::vector<Body> only(const Events& events) {
    std::vector<Body> found;
    for (const Event& e : events)
        if (e.kind() == Body::kind) found.push_back(e.as<Body>());
    return found;
}

// A class of its own with one family in the same zone and tier, and capacity for the provider.
void add_family(Market& m, std::string_view name, std::uint16_t k, Amount guidance, std::uint16_t family) {
    DefineClass c = h100_class();
    c.name = Text<16>{name};
    c.k_train = c.k_infer = k;
    c.sparse_tflops = 0;
    m.send(Command::of(c));
    DefineFamily f = h100_family(guidance);
    f.class_id = ClassId{family};
    m.send(Command::of(f));
    m.send(resource(prov, 9'000, FamilyId{family}));
}

// H100 13.80, H200 15.50 (k 1.137), 910C 11.90 (k 0.879).
struct ThreeClasses : Market {
    ThreeClasses() {
        add_family(*this, "H200", 1'137, "15.50", 1);
        add_family(*this, "910C", 879, "11.90", 2);
        send(sell(300).at("13.80").of(hour_of(0, 12)).from(prov).as("h100"));
        send(sell(300).at("15.50").of(hour_of(1, 12)).from(prov).as("h200"));
        send(sell(300).at("11.90").of(hour_of(2, 12)).from(prov).as("910c"));
    }
};

}  // namespace

TEST_CASE("units of a family are the need over its factor in whole units") {
    CHECK(lots_for(decimal("16"), 1'000) == 160);
    CHECK(lots_for(decimal("16"), 1'137) == 150);
    CHECK(lots_for(decimal("16"), 879) == 190);
    CHECK(lots_for(decimal("160"), 1'137) == 1'410);
    CHECK(lots_for(decimal("160"), 879) == 1'830);
    CHECK(lots_for(decimal("16"), 0) == 0);
}

TEST_CASE("a need of 16 buys H100, with all alternatives told") {
    ThreeClasses m;
    const Events events = m.send(any_of(16).among({0, 1, 2}).at("14.00").from(acme).as("a"));
    const auto told = only<Alternative>(events);
    REQUIRE(told.size() == 3);
    CHECK(told[0].cost == money("220.8"));
    CHECK(told[1].cost == money("232.5"));
    CHECK(told[2].cost == money("226.1"));
    CHECK(told[0].qty == 160);
    CHECK(told[1].qty == 150);
    CHECK(told[2].qty == 190);
    CHECK(told[2].factor == 879);
    const auto order = only<AnyOfEvent>(events);
    REQUIRE(order.size() == 1);
    CHECK(order[0].state == OrderState::open);
    CHECK(order[0].instrument == hour_of(0, 12));
    CHECK(order[0].cost == money("220.8"));
    CHECK(order[0].hold == money("221.268096"));
    const auto fills = only<Fill>(events);
    REQUIRE(fills.size() == 2);
    CHECK(fills[1].of == OrderKind::any_of);
    CHECK(fills[1].liquidity == Liquidity::taker);
    CHECK(m.balance(acme).hold == Money{});
    CHECK(events[0].kind() == EventKind::alternative);
    CHECK(events[3].kind() == EventKind::any_of);

    const Events again = m.send(any_of(16).among({0, 1, 2}).at("14.00").from(acme).as("a"));
    REQUIRE(again.size() == 1);
    CHECK(again[0].as<AnyOfEvent>().state == OrderState::filled);
    CHECK(again[0].as<AnyOfEvent>().need == decimal("16"));
}

TEST_CASE("a need of 160 buys 910C") {
    ThreeClasses m;
    const Events events = m.send(any_of(160).among({0, 1, 2}).at("14.00").from(acme).as("a"));
    const auto told = only<Alternative>(events);
    REQUIRE(told.size() == 3);
    CHECK(told[0].cost == money("2208"));
    CHECK(told[1].cost == money("2185.5"));
    CHECK(told[2].cost == money("2177.7"));
    CHECK(only<AnyOfEvent>(events).at(0).instrument == hour_of(2, 12));
}

TEST_CASE("an any-of beyond its limit is cancelled with all alternatives, without a hold") {
    ThreeClasses m;
    const Events events = m.send(any_of(160).among({0, 1, 2}).at("13.62").from(acme).as("a"));
    CHECK(only<AnyOfEvent>(events).at(0).state == OrderState::open);
    const Events dear = m.send(any_of(16).among({0, 1}).at("13.79").from(acme).as("b"));
    const auto order = only<AnyOfEvent>(dear);
    REQUIRE(order.size() == 1);
    CHECK(order[0].state == OrderState::cancelled);
    CHECK(order[0].reason == CancelReason::price);
    CHECK(order[0].instrument == no_instrument);
    CHECK(only<Alternative>(dear).at(0).why == CancelReason::none);
    CHECK(m.balance(acme).hold == Money{});
}

TEST_CASE("an any-of that no family can serve tells what is in the way of the first") {
    ThreeClasses m;
    const Events events = m.send(any_of(16).among({1, 0}).hours(2).at("14.00").from(acme).as("a"));
    const auto told = only<Alternative>(events);
    REQUIRE(told.size() == 2);
    CHECK(told[0].why == CancelReason::no_liquidity_in_band);
    CHECK(told[0].hour == hour_of(0, 13).period);
    CHECK(only<AnyOfEvent>(events).at(0).reason == CancelReason::no_liquidity_in_band);
}

TEST_CASE("an any-of needs money for its cheapest family only") {
    ThreeClasses m;
    Credit out;
    out.amount = money("-999778");
    m.send(Command::of(out, bert, no_key, asked));
    CHECK(m.balance(bert).cash == money("222"));
    CHECK(only<AnyOfEvent>(m.send(any_of(16).among({0, 1, 2}).from(bert).as("a"))).at(0).state ==
          OrderState::open);
    CHECK(only<Refused>(m.send(any_of(16).among({0, 1, 2}).from(bert).as("b"))).at(0).reason ==
          RejectReason::funds);
}

TEST_CASE("an any-of is refused in the order of its checks") {
    ThreeClasses m;
    const auto refused = [&](const Command& c) { return only<Refused>(m.send(c)).at(0); };
    CHECK(refused(any_of(16).among({0}).hours(0).as("a")).field == RejectField::hours);
    CHECK(refused(any_of(16).as("b")).field == RejectField::family);
    CHECK(refused(any_of(16).among({0, 9}).as("c")).reason == RejectReason::symbol_unknown);
    CHECK(refused(any_of(16).among({0}).from_hour(0).as("d")).reason == RejectReason::gate_closed);
    CHECK(refused(any_of(16).among({0}).at("14.005").as("e")).reason == RejectReason::tick);
    CHECK(refused(any_of("0.05").among({0}).as("f")).field == RejectField::need);
    CHECK(refused(any_of(10'001).among({0}).as("g")).reason == RejectReason::qty_limit);
    CHECK(refused(any_of(9'999).among({0}).hours(12).at("100").as("h")).reason ==
          RejectReason::notional_limit);
}
