// SPDX-License-Identifier: Apache-2.0
// Strips: the vectors of market-rules sections 4 and 6, and what the rules say of their life.
#include <catch2/catch.hpp>

#include "tests/engine/setup.hpp"

using namespace gridbook::engine;
using namespace gridbook::tests;

namespace {

constexpr auto acme = Market::acme, bert = Market::bert, carl = Market::carl, prov = Market::prov;

template <class Body>
std::vector<Body> only(const Events& events) {
    std::vector<Body> found;
    for (const Event& e : events)
        if (e.kind() == Body::kind) found.push_back(e.as<Body>());
    return found;
}
Money cost_of(const std::vector<Fill>& fills, OrderKind of) {
    Money sum;
    for (const Fill& f : fills)
        if (f.of == of) sum += notional(f.price, Quantity{f.qty}, Product::gpu);
    return sum;
}

// 09: 13.50x8, 14.20x16 | 10: 13.80x16 | 11: 14.00x4, 14.60x20 | 12: 13.90x16.
void offer_hours(Market& m) {
    m.send(sell(8).at("13.50").of(hour_of(0, 9)).from(prov).as("9a"));
    m.send(sell(16).at("14.20").of(hour_of(0, 9)).from(prov).as("9b"));
    m.send(sell(16).at("13.80").of(hour_of(0, 10)).from(prov).as("10"));
    m.send(sell(4).at("14.00").of(hour_of(0, 11)).from(prov).as("11a"));
    m.send(sell(20).at("14.60").of(hour_of(0, 11)).from(prov).as("11b"));
    m.send(sell(16).at("13.90").of(hour_of(0, 12)).from(prov).as("12"));
}
StripBuilder morning(Amount price) {
    return strip(Side::buy, 16).from_hour(9).hours(4).at(price).from(acme).as("s");
}
StripEvent row_of(Market& m, AccountId who, std::string_view cid) {
    QueryOrder q;
    q.cid = Cid{cid};
    return m.ask(question(q, who)).at(0).as<StripRow>().strip;
}

}  // namespace

TEST_CASE("a strip of four hours fills at its average limit in six fills") {
    Market m;
    offer_hours(m);
    const Events events = m.send(morning("14.00"));
    const auto told = only<StripEvent>(events);
    REQUIRE(told.size() == 1);
    CHECK(told[0].state == OrderState::open);
    CHECK(told[0].hold == money("897.89952"));
    CHECK(told[0].why == CancelReason::none);
    const auto fills = only<Fill>(events);
    REQUIRE(fills.size() == 12);
    CHECK(cost_of(fills, OrderKind::strip) == money("896"));
    for (std::size_t i = 0; i < fills.size(); i += 2) {
        CHECK(fills[i].of == OrderKind::order);
        CHECK(fills[i].liquidity == Liquidity::maker);
        CHECK(fills[i + 1].of == OrderKind::strip);
        CHECK(fills[i + 1].liquidity == Liquidity::taker);
        CHECK(fills[i + 1].order == told[0].order);
        CHECK(fills[i + 1].trade == fills[i].trade);
        CHECK(fills[i + 1].released == Money{});
    }
    CHECK(fills[1].leaves == 80);
    CHECK(fills[3].leaves == 0);
    CHECK(m.balance(acme).hold == Money{});
    CHECK(m.balance(acme).cash == money("999102.10048"));
    CHECK(row_of(m, acme, "s").state == OrderState::filled);
}

TEST_CASE("a strip a tick below rests, tells what is missing, and fills when an hour improves") {
    Market m;
    offer_hours(m);
    const auto told = only<StripEvent>(m.send(morning("13.99")));
    REQUIRE(told.size() == 1);
    CHECK(told[0].hold == money("897.258164"));
    CHECK(told[0].why == CancelReason::price);
    CHECK(told[0].best_achievable == Price{1400});
    CHECK(told[0].missing_by == Price{1});
    CHECK(told[0].hour == Period{});
    CHECK(m.balance(acme).hold == money("897.258164"));
    const StripEvent row = row_of(m, acme, "s");
    CHECK(row.best_achievable == Price{1400});
    CHECK(row.missing_by == Price{1});

    const auto fills = only<Fill>(m.send(sell(8).at("13.40").of(hour_of(0, 11)).from(bert).as("new")));
    REQUIRE(fills.size() == 14);
    CHECK(cost_of(fills, OrderKind::strip) == money("886.4"));
    Money released;
    for (const Fill& f : fills)
        if (f.of == OrderKind::strip) released += f.released;
    CHECK(fills.back().released == money("8.978996"));
    CHECK(released == money("8.978996"));
    CHECK(m.balance(acme).hold == Money{});
    CHECK(row_of(m, acme, "s").state == OrderState::filled);
    CHECK(row_of(m, acme, "s").why == CancelReason::none);
}

TEST_CASE("an hour without enough lots stands in the way of a strip") {
    Market m;
    m.send(sell(16).at("13.80").of(hour_of(0, 12)).from(prov).as("12"));
    m.send(sell(4).at("13.80").of(hour_of(0, 13)).from(prov).as("13"));
    const auto told = only<StripEvent>(m.send(strip(Side::buy, 16).at("14.00").from(acme).as("s")));
    REQUIRE(told.size() == 1);
    CHECK(told[0].state == OrderState::open);
    CHECK(told[0].why == CancelReason::no_liquidity_in_band);
    CHECK(told[0].hour == hour_of(0, 13).period);
    CHECK(told[0].best_achievable == Price{});

    const auto fok = only<StripEvent>(m.send(strip(Side::buy, 16).at("14.00").from(bert).as("f").fok()));
    REQUIRE(fok.size() == 1);
    CHECK(fok[0].state == OrderState::cancelled);
    CHECK(fok[0].reason == CancelReason::no_liquidity_in_band);
    CHECK(fok[0].hold == Money{});
    CHECK(m.balance(bert).hold == Money{});
}

TEST_CASE("a selling strip takes capacity and margin in each hour, and meets bids when they come") {
    Market m;
    const auto told = only<StripEvent>(m.send(strip(Side::sell, 16).at("13.50").from(prov).as("s")));
    REQUIRE(told.size() == 1);
    CHECK(told[0].hold == money("89.6"));  // 20 % of 16 at max(13.50, 14.00), two hours
    CHECK(m.balance(prov).margin == money("89.6"));
    const auto refused = only<Refused>(m.send(sell(8990).of(hour_of(0, 13)).from(prov).as("more")));
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].reason == RejectReason::capacity);

    m.send(buy(16).at("13.40").of(hour_of(0, 12)).from(acme).as("b12"));
    const auto fills = only<Fill>(m.send(buy(16).at("13.60").of(hour_of(0, 13)).from(acme).as("b13")));
    REQUIRE(fills.size() == 4);
    CHECK(fills[1].of == OrderKind::strip);
    CHECK(fills[1].price == Price{1340});
    CHECK(fills[3].price == Price{1360});
    CHECK(m.balance(prov).margin == money("89.6"));
    CHECK(m.balance(prov).receivable == money("432"));
}

TEST_CASE("two strips of one window trade at the limit of the older one") {
    Market m;
    m.send(strip(Side::sell, 16).at("13.60").from(prov).as("dear"));
    m.send(strip(Side::sell, 16).at("13.50").from(prov).as("cheap"));
    m.send(strip(Side::sell, 16).at("13.50").from(bert).as("later"));
    const auto fills = only<Fill>(m.send(strip(Side::buy, 16).at("14.00").from(acme).as("b")));
    REQUIRE(fills.size() == 4);
    CHECK(fills[0].cid == Cid{"cheap"});
    CHECK(fills[0].liquidity == Liquidity::maker);
    CHECK(fills[0].of == OrderKind::strip);
    CHECK(fills[1].cid == Cid{"b"});
    CHECK(fills[1].liquidity == Liquidity::taker);
    for (const Fill& f : fills) CHECK(f.price == Price{1350});
    CHECK(fills[1].released == Money{});
    CHECK(fills[3].released > Money{});
    CHECK(m.balance(acme).hold == Money{});
}

TEST_CASE(
    "a younger strip sweeps where that is better than an older strip, at equal totals it takes the strip") {
    Market m;
    m.send(strip(Side::sell, 16).at("13.50").from(prov).as("strip"));
    m.send(sell(16).at("13.50").of(hour_of(0, 12)).from(bert).as("12"));
    m.send(sell(16).at("13.50").of(hour_of(0, 13)).from(bert).as("13"));
    const auto equal = only<Fill>(m.send(strip(Side::buy, 16).at("14.00").from(acme).as("b1")));
    REQUIRE(equal.size() == 4);
    CHECK(equal[0].cid == Cid{"strip"});
    m.send(strip(Side::sell, 16).at("13.51").from(prov).as("dearer"));
    const auto swept = only<Fill>(m.send(strip(Side::buy, 16).at("14.00").from(acme).as("b2")));
    REQUIRE(swept.size() == 4);
    CHECK(swept[0].of == OrderKind::order);
}

TEST_CASE("a strip skips its own group and cancels nothing of it") {
    Market m;
    m.send(sell(16).at("13.00").of(hour_of(0, 12)).from(acme).as("own"));
    m.send(sell(16).at("13.50").of(hour_of(0, 12)).from(prov).as("12"));
    m.send(sell(16).at("13.50").of(hour_of(0, 13)).from(prov).as("13"));
    const auto fills = only<Fill>(m.send(strip(Side::buy, 16).at("14.00").from(acme).as("s")));
    REQUIRE(fills.size() == 4);
    CHECK(fills[0].cid == Cid{"12"});
    QueryOrder q;
    q.cid = Cid{"own"};
    CHECK(m.ask(question(q, acme)).at(0).as<OrderRow>().order.state == OrderState::open);
}

TEST_CASE("a resting strip ends at the gate of its first hour, by cancel, or is told again") {
    Market m;
    m.send(strip(Side::buy, 16).from_hour(2).at("14.00").from(acme).as("gate"));
    const auto first = only<StripEvent>(m.send(strip(Side::sell, 8).from_hour(5).from(prov).as("sell")));
    const Events again = m.send(strip(Side::sell, 8).from_hour(5).from(prov).as("sell"));
    REQUIRE(again.size() == 1);
    CHECK((again[0].header.flags & event_flag::duplicate) != 0);
    CHECK(again[0].as<StripEvent>().order == first[0].order);
    CHECK(only<Refused>(m.send(strip(Side::sell, 9).from_hour(5).from(prov).as("sell"))).at(0).reason ==
          RejectReason::cid_reused);
    const auto ended = only<StripEvent>(m.at(clock(1, 45)));
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].reason == CancelReason::gate_closed);
    CHECK(ended[0].hold == Money{});
    CHECK(m.balance(acme).hold == Money{});
    const auto cancelled = only<StripEvent>(m.send(cancel("sell", prov)));
    REQUIRE(cancelled.size() == 1);
    CHECK(cancelled[0].state == OrderState::cancelled);
    CHECK(m.balance(prov).margin == Money{});
    CHECK(only<Refused>(m.send(replace("sell", prov, 8, "14.00"))).size() == 1);
}

TEST_CASE("open orders list strips by their ids") {
    Market m;
    m.send(buy(1).at("13.00").from(acme).as("o1"));
    m.send(strip(Side::buy, 1).at("13.00").from(acme).as("s1"));
    m.send(buy(1).at("12.00").from(acme).as("o2"));
    QueryOrders q;
    q.limit = 10;
    const Events rows = m.ask(question(q, acme));
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].kind() == EventKind::order_row);
    CHECK(rows[1].kind() == EventKind::strip_row);
    CHECK(rows[2].kind() == EventKind::order_row);
    CHECK(rows[3].as<RowsEnd>().rows == 3);
}

TEST_CASE("a strip is refused in the order of its checks") {
    Market m;
    const auto reason = [&](const Command& c) { return only<Refused>(m.send(c)).at(0); };
    CHECK(reason(strip(Side::buy, 1).hours(1).as("a")).field == RejectField::hours);
    CHECK(reason(strip(Side::buy, 1).hours(169).as("b")).reason == RejectReason::format_value);
    const Refused far = reason(strip(Side::buy, 1).from_hour(23).hours(3).as("c"));
    CHECK(far.reason == RejectReason::symbol_unknown);
    CHECK(far.instrument == hour_of(0, 25));
    CHECK(reason(strip(Side::buy, 1).from_hour(0).hours(2).as("d")).reason == RejectReason::gate_closed);
    CHECK(reason(strip(Side::buy, 1).at("14.005").as("e")).reason == RejectReason::tick);
    CHECK(reason(strip(Side::buy, "0.05").as("f")).reason == RejectReason::lot);
    CHECK(reason(strip(Side::buy, 10'001).as("g")).reason == RejectReason::qty_limit);
    CHECK(reason(strip(Side::buy, 9'999).hours(12).from_hour(9).at("100").as("h")).reason ==
          RejectReason::notional_limit);
    const Refused band = reason(strip(Side::buy, 1).at("19.61").as("i"));
    CHECK(band.reason == RejectReason::price_band_hard);
    CHECK(band.limit_low == millionths("9.80"));
    CHECK(band.limit_high == millionths("19.60"));
    CHECK(reason(strip(Side::buy, 9'999).hours(12).from_hour(9).as("j")).reason == RejectReason::funds);
    const Refused capacity = reason(strip(Side::sell, 9'001).as("k"));
    CHECK(capacity.reason == RejectReason::capacity);
    CHECK(capacity.instrument == noon);
}

TEST_CASE("a leg beyond its hour's dynamic band stands in the way of a strip") {
    DefineFamily family = h100_family();
    family.dynamic_width = BasisPoints{500};
    Market m(small_genesis(), family);
    m.at(clock(0, 1));
    // R of hour 11 becomes 13.81, its upper edge 14.50.
    m.send(sell(1).at("13.81").of(hour_of(0, 11)).from(prov).as("r1"));
    m.send(buy(1).at("13.81").of(hour_of(0, 11)).from(bert).as("r2"));
    offer_hours(m);
    const auto told = only<StripEvent>(m.send(morning("14.00")));
    REQUIRE(told.size() == 1);
    CHECK(told[0].why == CancelReason::leg_out_of_band);
    CHECK(told[0].hour == hour_of(0, 11).period);
    CHECK(told[0].best_achievable == Price{});

    // Why an order stands as it stands: the same reference, with its one bucket.
    QueryExplain q;
    q.cid = Cid{"11b"};
    const Events why = m.ask(question(q, prov));
    REQUIRE(why.size() == 3);
    const auto row = why[0].as<ExplainRow>();
    CHECK(row.reference == Price{1381});
    CHECK(row.high == Price{1450});
    CHECK(row.taken_over);
    CHECK(row.phase == Phase::open);
    CHECK(row.guidance_then == Price{1400});
    CHECK(why[1].as<BucketRow>().trades == 1);
    CHECK(why[1].as<BucketRow>().sum == 1381);
    CHECK(why[1].as<BucketRow>().minute == clock(0, 1));

    // The window has passed when the band widens before the gate; then the leg may trade.
    const auto fills = only<Fill>(m.at(clock(10, 20)));
    CHECK(fills.empty());
    q.cid = Cid{"s"};
    CHECK(m.ask(question(q, acme)).at(0).as<ExplainRow>().of == OrderKind::strip);
}

TEST_CASE("a resting strip fills when a band lets its leg trade") {
    DefineFamily family = h100_family();
    family.dynamic_width = BasisPoints{500};
    Market m(small_genesis(), family);
    m.send(sell(16).at("14.80").of(hour_of(0, 12)).from(prov).as("12"));
    m.send(sell(16).at("13.40").of(hour_of(0, 13)).from(prov).as("13"));
    const auto told = only<StripEvent>(m.send(strip(Side::buy, 16).at("14.10").from(acme).as("s")));
    CHECK(told.at(0).why == CancelReason::leg_out_of_band);
    SuspendDynamic suspend;
    suspend.family = FamilyId{0};
    suspend.until = clock(1);
    const auto fills = only<Fill>(m.send(Command::of(suspend, no_account, no_key, asked)));
    REQUIRE(fills.size() == 4);
    CHECK(fills[1].of == OrderKind::strip);
}

TEST_CASE("two resting strips trade when a band reaches the older one's limit") {
    DefineFamily family = h100_family();
    family.dynamic_width = BasisPoints{500};
    Market m(small_genesis(), family);
    // 14.80 lies above the band of 14.70 in each hour.
    m.send(strip(Side::sell, 16).at("14.80").from(prov).as("sell"));
    CHECK(only<Fill>(m.send(strip(Side::buy, 16).at("14.90").from(acme).as("buy"))).empty());
    SuspendDynamic suspend;
    suspend.family = FamilyId{0};
    suspend.until = clock(1);
    const auto fills = only<Fill>(m.send(Command::of(suspend, no_account, no_key, asked)));
    REQUIRE(fills.size() == 4);
    CHECK(fills[0].cid == Cid{"sell"});
    CHECK(fills[0].price == Price{1480});
}
