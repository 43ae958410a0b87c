// SPDX-License-Identifier: Apache-2.0
// The worked vectors of market-rules sections 4 to 6, as stories: told to the twin, and to the exchange when
// it is ready. Each value here stands in the rules.
#include <catch2/catch.hpp>

#include "tests/twin/story.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::Fill;
using engine::InstrumentId;
using engine::Money;
using engine::OrderEvent;
using engine::OrderState;
using engine::Price;
using engine::ReferenceChanged;
using engine::Side;
using tests::hour_of;
using tests::money;
using tests::noon;

namespace {

template <class Test>
void on_both(Test&& test) {
    test(static_cast<Story<TwinMarket>*>(nullptr));
    test(static_cast<Story<EngineMarket>*>(nullptr));
}

// The hour books of the strip's vector.
template <class S>
void offer_strip_hours(S& s) {
    s.sell(8, "13.50", hour_of(0, 9));
    s.sell(16, "14.20", hour_of(0, 9));
    s.sell(16, "13.80", hour_of(0, 10));
    s.sell(4, "14.00", hour_of(0, 11));
    s.sell(20, "14.60", hour_of(0, 11));
    s.sell(16, "13.90", hour_of(0, 12));
}

Money spent(const std::vector<Fill>& fills, Side side) {
    Money sum;
    for (const Fill& f : fills)
        if (f.side == side) sum += engine::notional(f.price, engine::Quantity{f.qty}, engine::Product::gpu);
    return sum;
}

}  // namespace

TEST_CASE("hold and margin: 16 @ 14.20 holds 227.681664, filled at 13.50 releases 11.223744", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(0);
        const auto sell = all<OrderEvent>(s.sell(16, "13.50", noon));
        CHECK(sell.at(0).hold == money("44.8"));
        const auto told = s.buy(16, "14.20", noon);
        CHECK(all<OrderEvent>(told).at(0).hold == money("227.681664"));
        const Fill taker = all<Fill>(told).at(1);
        CHECK(taker.price == Price{1'350});
        CHECK(taker.fee == money("0.432"));
        CHECK(taker.tax == money("0.02592"));
        CHECK(taker.released == money("11.223744"));
    });
}

TEST_CASE("a strip of 4 hours at 14.00 costs 896.00 in six fills and releases nothing", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(1'000);
        offer_strip_hours(s);
        const auto told = s.strip(9, 4, 16, "14.00");
        const auto strip = all<engine::StripEvent>(told).at(0);
        CHECK(strip.state == OrderState::open);
        CHECK(strip.hold == money("897.89952"));
        const auto fills = all<Fill>(told);
        CHECK(fills.size() == 12);
        CHECK(spent(fills, Side::buy) == money("896"));
        CHECK(fills.back().released == Money{});
        CHECK(fills.back().of == engine::OrderKind::strip);
    });
}

TEST_CASE("at 13.99 it rests, 0.01 short, and a sell at hour 11 fills it at 886.40", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(1'000);
        offer_strip_hours(s);
        const auto strip = all<engine::StripEvent>(s.strip(9, 4, 16, "13.99")).at(0);
        CHECK(strip.best_achievable == Price{1'400});
        CHECK(strip.missing_by == Price{1});
        CHECK(strip.why == CancelReason::price);
        CHECK(strip.hold == money("897.258164"));
        CHECK(s.strip_row(strip.order).missing_by == Price{1});
        const auto fills = all<Fill>(s.sell(8, "13.40", hour_of(0, 11)));
        CHECK(spent(fills, Side::buy) == money("886.4"));
        CHECK(fills.back().released == money("8.978996"));
        CHECK(s.strip_row(strip.order).state == OrderState::filled);
    });
}

TEST_CASE("with R 13.81 at hour 11 the offer at 14.60 lies beyond the edge", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(500);
        // R 14.00 needs a mean 1 % away; 13.81 comes by a call that both sides meet at that price.
        engine::SetPhase pause;
        pause.scope = hour_of(0, 11);
        s.send(engine::Command::of(pause));
        s.buy(1, "13.81", hour_of(0, 11), s.carl);
        s.sell(1, "13.81", hour_of(0, 11));
        pause.action = engine::PhaseAction::call;
        const auto moved = all<ReferenceChanged>(s.send(engine::Command::of(pause)));
        CHECK(moved.back().reference == Price{1'381});
        CHECK(moved.back().high == Price{1'450});
        offer_strip_hours(s);
        const auto strip = all<engine::StripEvent>(s.strip(9, 4, 16, "14.00")).at(0);
        CHECK(strip.why == CancelReason::leg_out_of_band);
        CHECK(strip.hour == hour_of(0, 11).period);
        CHECK(strip.best_achievable == Price{});
    });
}

TEST_CASE("any-of: a need of 16 takes H100, a need of 160 takes 910C", "[vectors]") {
    on_both([](auto* story) {
        const auto ask = [](auto& s, tests::Amount need) {
            s.sell(160, "13.80", hour_of(0, 12));
            s.sell(141, "15.50", hour_of(1, 12));
            s.sell(183, "11.90", hour_of(2, 12));
            engine::PlaceAnyOf p;
            p.cid = engine::Cid{"any"};
            for (std::uint16_t k = 0; k < 3; ++k) p.families[k] = engine::FamilyId{k};
            p.count = 3;
            p.hours = 1;
            p.start = noon.period;
            p.need = need.value;
            p.price = tests::decimal("14.00");
            return s.send(engine::Command::of(p, s.acme, engine::no_key, tests::asked));
        };
        const auto check = [](const auto& told, std::array<std::uint32_t, 3> lots, std::array<Money, 3> costs,
                              engine::FamilyId taken) {
            const auto alternatives = all<engine::Alternative>(told);
            REQUIRE(alternatives.size() == 3);
            for (std::size_t k = 0; k < 3; ++k) {
                CHECK(alternatives[k].qty == lots[k]);
                CHECK(alternatives[k].cost == costs[k]);
            }
            const auto any = all<engine::AnyOfEvent>(told).at(0);
            CHECK(any.instrument.family == taken);
            CHECK(all<Fill>(told).back().of == engine::OrderKind::any_of);
        };
        std::remove_pointer_t<decltype(story)> small(500), large(500);
        check(ask(small, 16), {160, 150, 190}, {money("220.8"), money("232.5"), money("226.1")},
              engine::FamilyId{0});
        check(ask(large, 160), {1'600, 1'410, 1'830}, {money("2208"), money("2185.5"), money("2177.7")},
              engine::FamilyId{2});
    });
}

TEST_CASE("the call trades 25 at 14.80, and 14.80 is the reference", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(500);
        engine::SetPhase pause;
        pause.scope = noon;
        const auto paused = all<engine::PhaseChanged>(s.send(engine::Command::of(pause))).at(0);
        CHECK(paused.low == Price{1'260});
        CHECK(paused.high == Price{1'540});
        s.buy(20, "14.90", noon);
        s.buy(10, "14.80", noon);
        s.buy(15, "14.60", noon);
        s.sell(10, "14.50", noon);
        s.sell(15, "14.70", noon);
        s.sell(25, "15.00", noon);
        const auto indicative = all<engine::Indicative>(s.after(engine::second)).at(0);
        CHECK(indicative.price == Price{1'480});
        CHECK(indicative.qty == engine::Quantity{250});
        const auto told = s.after(engine::second * 299);
        const auto fills = all<Fill>(told);
        Money sold = spent(fills, Side::sell);
        CHECK(sold == money("370"));
        for (const Fill& f : fills) CHECK(f.price == Price{1'480});
        CHECK(fills.back().side == Side::buy);
        CHECK(fills.back().qty == 50);
        CHECK(fills.back().leaves == 50);
        CHECK(all<ReferenceChanged>(told).back().reference == Price{1'480});
    });
}

TEST_CASE("a mean of 14.13 is ignored, 14.14 after 29 s is, after 30 s it takes over", "[vectors]") {
    on_both([](auto* story) {
        const auto trade = [](auto& s, tests::Amount price) {
            s.sell(1, price, noon);
            return all<ReferenceChanged>(s.buy(1, price, noon));
        };
        std::remove_pointer_t<decltype(story)> low(500), young(500), old(500);
        low.after(engine::second * 30);
        CHECK(trade(low, "14.13").empty());
        young.after(engine::second * 29);
        CHECK(trade(young, "14.14").empty());
        old.after(engine::second * 30);
        const auto moved = trade(old, "14.14");
        REQUIRE(moved.size() == 1);
        CHECK(moved[0].reference == Price{1'414});
        CHECK(moved[0].low == Price{1'344});
        CHECK(moved[0].high == Price{1'484});
        CHECK(moved[0].cause == engine::BandCause::takeover);
    });
}

TEST_CASE("effective bands: 13.30 to 14.70; clamped when the hard band passes the reference", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(500), thin(500, "10.00");
        s.buy(1, "14.00", noon);
        CHECK(s.explain(s.acme).low == Price{1'330});
        CHECK(s.explain(s.acme).high == Price{1'470});
        CHECK(s.explain(s.acme).hard_low == Price{980});
        CHECK(s.explain(s.acme).hard_high == Price{1'960});
        // R = 14.00 by a takeover, then G to 12.00 and C to 13.00 in one message.
        engine::SetPhase phase;
        phase.scope = noon;
        s.send(engine::Command::of(phase));
        s.sell(1, "14.00", noon);
        phase.action = engine::PhaseAction::call;
        s.send(engine::Command::of(phase));
        const auto told = s.send(tests::band().guidance("12.00").ceiling("13.00").expecting(1));
        for (const auto& r : all<ReferenceChanged>(told)) {
            if (r.instrument != noon) continue;
            CHECK(r.reference == Price{1'400});
            CHECK(r.low == Price{1'235});
            CHECK(r.high == Price{1'300});
        }
        // R 10.00 below which the hard floor of 9.80 stands.
        thin.send(tests::band().floor("9.80").expecting(1));
        thin.buy(1, "10.00", noon);
        CHECK(thin.explain(thin.acme).low == Price{980});
        CHECK(thin.explain(thin.acme).high == Price{1'050});
    });
}

TEST_CASE("parking: a buy at 5600 parks below 5612, opens again, and trades", "[vectors]") {
    on_both([](auto* story) {
        std::remove_pointer_t<decltype(story)> s(500, "5800.00");
        engine::SuspendDynamic off;
        off.family = engine::FamilyId{0};
        off.until = s.now() + engine::hour;
        s.send(engine::Command::of(off));
        s.buy(10, "5600.00", noon);
        const auto parked =
            s.send(tests::band().floor("5612.00").ceiling("6212.00").guidance("5900.00").expecting(1));
        CHECK(all<OrderEvent>(parked).at(0).state == OrderState::parked);
        const auto open =
            s.send(tests::band().floor("5412.00").ceiling("6012.00").guidance("5700.00").expecting(2));
        CHECK(all<OrderEvent>(open).at(0).state == OrderState::open);
        const auto fills = all<Fill>(s.sell(10, "5600.00", noon));
        REQUIRE(fills.size() == 2);
        CHECK(fills[0].qty == 100);
        CHECK(fills[0].price == Price{560'000});
    });
}

TEST_CASE("converted hard bands: k 0.42 gives 4.12 and 8.23, k 0.79 gives 7.75 and 15.48", "[vectors]") {
    // Values in CNY thousandths of the benchmark's 9.80 and 19.60, rounded inward to the tick.
    const auto floor = [](std::int64_t k) { return (980 * k + 99) / 100; };
    const auto ceiling = [](std::int64_t k) { return 1'960 * k / 100; };
    CHECK(floor(42) == 412);
    CHECK(ceiling(42) == 823);
    CHECK(floor(79) == 775);
    CHECK(ceiling(79) == 1'548);
}

TEST_CASE("the bucketed mean: 100, 110, 120 in buckets of 1 s over 3 s, at 3.6 s, is 112.5", "[vectors]") {
    const auto at = [](std::int64_t tenths) { return engine::Time{tenths * 100'000'000}; };
    const Buckets buckets{{at(0), {100, 1}}, {at(10), {110, 1}}, {at(20), {120, 1}}};
    const Mean mean = mean_of(buckets, at(36), engine::second * 3, engine::second);
    CHECK(mean.sum * 10 == mean.weight * 1'125);
    CHECK(mean.trades == 3);
    // A bucket that the window has left behind does not count.
    CHECK(mean_of(buckets, at(40), engine::second * 3, engine::second).trades == 2);
    CHECK(mean_of(buckets, at(60), engine::second * 3, engine::second).weight == 0);
}

}  // namespace gridbook::twin
