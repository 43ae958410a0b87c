// SPDX-License-Identifier: Apache-2.0
// Standby offers: what they are refused for, and how they end (market-rules section 7).
#include "tests/engine/standby_story.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr AccountId acme = Market::acme, bert = Market::bert;

}  // namespace

TEST_CASE("a standby offer is a plain sell until the gate", "[delivery]") {
    Delivering d;
    const auto refused = [&](void (*change)(PlaceOrder&)) {
        static int count = 0;
        const Refused r =
            refusal_in(d.send(with(standby(1, "14.00", bert, fmt::format("x-{}", ++count)), change)));
        return std::pair{r.reason, r.field};
    };
    const std::pair form{RejectReason::format_value, RejectField::standby};
    CHECK(refused([](PlaceOrder& o) { o.side = Side::buy; }) == form);
    CHECK(refused([](PlaceOrder& o) { o.type = OrderType::market; }) == form);
    CHECK(refused([](PlaceOrder& o) { o.tif = TimeInForce::gtt; }) == form);
    CHECK(refused([](PlaceOrder& o) { o.post_only = true; }) == form);
    CHECK(refused([](PlaceOrder& o) { o.min_qty = decimal("0.1"); }) == form);
    const auto reason = [&](void (*change)(PlaceOrder&)) { return refused(change).first; };
    CHECK(reason([](PlaceOrder& o) { o.instrument = no_instrument; }) == RejectReason::symbol_unknown);
    CHECK(reason([](PlaceOrder& o) { o.price.value += 1; }) == RejectReason::tick);
    CHECK(reason([](PlaceOrder& o) { o.qty.value += 1; }) == RejectReason::lot);
    CHECK(reason([](PlaceOrder& o) { o.price = decimal("19.61"); }) == RejectReason::price_band_hard);
    CHECK(reason([](PlaceOrder& o) { o.qty = decimal("9001"); }) == RejectReason::capacity);
    const Events entered = d.send(standby(9'000, "14.00", bert, "all"));
    const OrderEvent told = order_in(entered);
    CHECK(entered.size() == 1);
    CHECK(told.state == OrderState::open);
    CHECK(told.order_flags == order_flag::standby);
    CHECK_FALSE(told.moved);
    CHECK(told.hold == money("25200"));
    CHECK((entered[0].header.flags & event_flag::reply) != 0);
    // It takes capacity, meets nobody, and is told again under its client order id.
    CHECK(refusal_in(d.send(sell(1).at("14.00").from(bert).as("more"))).reason == RejectReason::capacity);
    CHECK(d.send(buy(1).at("15.00").from(acme).as("b")).size() == 1);
    const Events again = d.send(standby(9'000, "14.00", bert, "all"));
    CHECK(again.size() == 1);
    CHECK((again[0].header.flags & event_flag::duplicate) != 0);
    CHECK(refusal_in(d.send(replace("all", bert, 1, "14.00"))).reason == RejectReason::format_value);
    QueryOrders q;
    q.limit = 10;
    CHECK(d.m.ask(question(q, bert)).at(0).as<OrderRow>().order.order_flags == order_flag::standby);
    // A trade of strips and other orders leaves it alone; its owner may cancel it.
    const OrderEvent gone = order_in(d.send(cancel("all", bert)));
    CHECK(gone.reason == CancelReason::user);
    CHECK(gone.hold == Money{});
    CHECK(d.m.balance(bert).margin == Money{});
    CHECK(d.m.exchange().state().standbys.used() == 0);
}

TEST_CASE("a market that does not deliver takes no standby offers", "[delivery]") {
    Delivering d(small_genesis());
    const Refused r = refusal_in(d.send(standby(1, "14.00", bert, "s")));
    CHECK(r.reason == RejectReason::format_value);
    CHECK(r.field == RejectField::standby);
}

TEST_CASE("standby offers ask neither the dynamic band, nor a pause, nor a reason", "[delivery]") {
    DefineFamily strict = dynamic_family();
    strict.require_reason = true;
    Market m(delivering_genesis(), strict);
    CHECK(refusal_in(m.send(sell(1).at("10.00").from(bert).as("x"))).reason ==
          RejectReason::price_band_dynamic);
    CHECK(order_in(m.send(standby(1, "10.00", bert, "low"))).order_flags ==
          (order_flag::standby | order_flag::guidance_below));
    m.send(phase(PhaseAction::pause));
    CHECK(order_in(m.send(standby(1, "19.60", bert, "high"))).deviation == 4'000);
}

TEST_CASE("mass cancels and kills take standby offers, but firm ones", "[delivery]") {
    Delivering d;
    const auto offers = [&](int number) {
        d.send(standby(1, "14.00", bert, fmt::format("s-{}", number)));
        d.send(standby(1, "14.00", bert, fmt::format("t-{}", number), hour_of(0, 13)));
    };
    const auto ended = [](const Events& events) {
        Lines lines;
        for (const Event& e : events)
            if (e.kind() == EventKind::order)
                lines.push_back(
                    fmt::format("{} {}", e.as<OrderEvent>().cid.view(), code(e.as<OrderEvent>().reason)));
        return lines;
    };
    offers(1);
    CancelAll at_noon;
    at_noon.scope = noon;
    CHECK(ended(d.send(Command::of(at_noon, bert, no_key, asked))) == Lines{"s-1 USER"});
    CHECK(ended(d.send(Command::of(CancelAll{}, bert, no_key, asked))) == Lines{"t-1 USER"});
    offers(2);
    Kill kill;
    kill.scope = KillScope::instrument;
    kill.instrument = noon;
    const Events killed = d.send(Command::of(kill, no_account, no_key, asked));
    CHECK(ended(killed) == Lines{"s-2 KILLED"});
    CHECK(killed.back().as<Killed>().orders == 1);
    kill.scope = KillScope::market;
    CHECK(ended(d.send(Command::of(kill, no_account, no_key, asked))) == Lines{"t-2 KILLED"});
    CHECK(refusal_in(d.send(standby(1, "14.00", bert, "z"))).reason == RejectReason::killed);
    for (const KillScope scope : {KillScope::instrument, KillScope::market}) {
        kill.scope = scope;
        kill.on = false;
        d.send(Command::of(kill, no_account, no_key, asked));
    }
    offers(3);
    d.at(clock(11, 45));
    CHECK(ended(d.send(Command::of(CancelAll{}, bert, no_key, asked))) == Lines{"t-3 USER"});
    kill.on = true;
    CHECK(ended(d.send(Command::of(kill, no_account, no_key, asked))).empty());
    kill.scope = KillScope::account;
    kill.target = bert;
    CHECK(ended(d.send(Command::of(kill, no_account, no_key, asked))).empty());
    d.send(Command::of(CancelAfter{.ms = 1'000}, bert, no_key, asked));
    CHECK(ended(d.at(clock(11, 46))).empty());
    CHECK(ended(d.at(clock(13))) == Lines{"s-3 GATE_CLOSED"});
    CHECK(d.m.exchange().state().positions.used() == 0);
}

TEST_CASE("a lost session takes its standby offers with it", "[delivery]") {
    Delivering d;
    d.send(Command::of(OpenSession{.grace_ms = 1'000}, bert, KeyIndex{0}, asked));
    d.send(standby(1, "14.00", bert, "s"));
    d.send(Command::of(CloseSession{}, no_account, no_key, asked));
    d.m.at(d.m.now() + second * 2);
    CHECK(d.m.exchange().state().standbys.used() == 0);
}

TEST_CASE("a standby offer keeps the limits of its account", "[delivery]") {
    Delivering d;
    SetLimits own;
    own.limits.qty = decimal("10");
    own.limits.open_orders = 1;
    d.send(Command::of(own, bert, no_key, asked));
    CHECK(refusal_in(d.send(standby("10.1", "14.00", bert, "s-1"))).reason == RejectReason::qty_limit);
    d.send(standby(10, "14.00", bert, "s-2"));
    const Refused more = refusal_in(d.send(standby(1, "14.00", bert, "s-3")));
    CHECK(more.reason == RejectReason::orders_limit);
    CHECK(more.limit_high == 1);
}

TEST_CASE("strips and standby offers share their pool", "[delivery]") {
    Genesis g = delivering_genesis();
    g.strips = 2;
    Delivering d(g);
    d.send(standby(1, "14.00", bert, "s-1"));
    d.send(strip(Side::buy, 1).from_hour(10).at("13.00").from(acme).as("p-1"));
    const Refused full = refusal_in(d.send(standby(1, "14.00", bert, "s-2")));
    CHECK(full.reason == RejectReason::engine_limit);
    CHECK(full.pool == Pool::strips);
    CHECK(refusal_in(d.send(strip(Side::buy, 1).from_hour(10).at("13.00").from(acme).as("p-2"))).pool ==
          Pool::strips);
    d.send(cancel("s-1", bert));
    CHECK(order_in(d.send(standby(1, "14.00", bert, "s-3"))).state == OrderState::open);
}
