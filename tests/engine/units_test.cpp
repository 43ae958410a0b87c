// SPDX-License-Identifier: Apache-2.0
// The arithmetic of market-rules sections 1 and 6, with its vectors.
#include <catch2/catch.hpp>

#include "engine/catalogue/instrument.hpp"
#include "engine/reject_reason.hpp"
#include "engine/units/side.hpp"
#include "engine/units/text.hpp"
#include "tests/engine/builders.hpp"

namespace gridbook::tests {

using engine::Money;
using engine::Price;
using engine::Product;
using engine::Quantity;

TEST_CASE("a notional is exact: a tenth of an hour at one tick is 1,000 micro-CNY", "[units]") {
    CHECK(engine::notional(Price{1}, Quantity{1}, Product::gpu) == Money{1'000});
    CHECK(engine::notional(Price{1}, Quantity{1}, Product::token) == Money{10'000});
    CHECK(engine::notional(Price{1'350}, Quantity{160}, Product::gpu) == money("216"));
}

TEST_CASE("the widest product of price and quantity does not overflow on its way", "[units]") {
    const auto wide = engine::notional_wide(Price{INT32_MAX}, Quantity{INT32_MAX}, Product::token);
    CHECK(wide == static_cast<engine::Wide>(INT32_MAX) * INT32_MAX * 10'000);
    CHECK(wide > INT64_MAX);
}

TEST_CASE("holds round up, fee and tax round down", "[units]") {
    CHECK(engine::share_up(Money{1}, 1, 10'000) == Money{1});
    CHECK(engine::share_up(Money{0}, 1, 10'000) == Money{0});
    CHECK(engine::share_up(Money{10'000}, 1, 10'000) == Money{1});
    CHECK(engine::share_down(Money{9'999}, 1, 10'000) == Money{0});
    // buy 16 @ 14.20: 227.20 with 0.20 % and 6 % tax on it.
    CHECK(engine::share_up(money("227.2"), 100'000'000 + 20 * 10'600, 100'000'000) == money("227.681664"));
    // filled 16 @ 13.50: fee 0.432, tax 0.02592.
    CHECK(engine::share_down(money("216"), 20, 10'000) == money("0.432"));
    CHECK(engine::share_down(money("0.432"), 600, 10'000) == money("0.02592"));
    // margin of 16 @ G 14.00.
    CHECK(engine::share_up(money("224"), 2'000, 10'000) == money("44.8"));
    // Near the end of 64 bits the product goes through 128.
    CHECK(engine::share_down(Money{INT64_MAX}, 9'999, 10'000) == Money{9'222'449'699'651'090'329});
}

TEST_CASE("steps: 14.205 is off its tick, 0.05 hours off their lot, half a block too", "[units]") {
    CHECK(engine::on_tick(decimal("14.20")));
    CHECK_FALSE(engine::on_tick(decimal("14.205")));
    CHECK(engine::on_lot(decimal("0.1"), Product::gpu));
    CHECK_FALSE(engine::on_lot(decimal("0.05"), Product::gpu));
    CHECK_FALSE(engine::on_lot(decimal("0.5"), Product::token));
    CHECK(engine::ticks_of(decimal("14.20")) == 1'420);
    CHECK(engine::lots_of(decimal("16"), Product::gpu) == Quantity{160});
    CHECK(engine::decimal_of(Price{1'420}) == decimal("14.20"));
    CHECK(engine::decimal_of(Quantity{160}, Product::gpu) == decimal("16"));
}

TEST_CASE("both sides are written once", "[units]") {
    using engine::Side;
    CHECK(engine::opposite(Side::buy) == Side::sell);
    CHECK(engine::better(Side::buy, Price{2}, Price{1}));
    CHECK(engine::better(Side::sell, Price{1}, Price{2}));
    CHECK_FALSE(engine::better(Side::sell, Price{1}, Price{1}));
    CHECK(engine::crosses(Side::buy, Price{10}, Price{10}));
    CHECK_FALSE(engine::crosses(Side::buy, Price{10}, Price{11}));
    CHECK(engine::crosses(Side::sell, Price{10}, Price{11}));
}

TEST_CASE("short text keeps its width, and what does not fit is known before", "[units]") {
    CHECK(engine::Text<4>{"abcd"}.view() == "abcd");
    CHECK(engine::Text<4>{"ab"}.view() == "ab");
    CHECK(engine::Text<4>{}.empty());
    CHECK(engine::Text<4>::fits("abcd"));
    CHECK_FALSE(engine::Text<4>::fits("abcde"));
    CHECK_FALSE(engine::Text<4>::fits(std::string_view("a\0b", 3)));
    CHECK(engine::Text<4>{"ab"} != engine::Text<4>{"abc"});
}

TEST_CASE("hours and days: window, gate and period of an instant", "[units]") {
    const auto noon_period = engine::period_at(clock(12), Product::gpu);
    CHECK(engine::window_start(noon_period, Product::gpu) == clock(12));
    CHECK(engine::window_end(noon_period, Product::gpu) == clock(13));
    CHECK(engine::gate_time(noon_period, Product::gpu) == clock(11, 45));
    CHECK(engine::period_at(clock(12, 59, 59), Product::gpu) == noon_period);
    const auto today = engine::period_at(clock(12), Product::token);
    CHECK(engine::window_start(today, Product::token) == day_one);
    CHECK(engine::window_end(today, Product::token) == clock(24));
}

TEST_CASE("every refusal, field, pool and cancel reason has a word of its own or is none", "[units]") {
    for (int r = 1; r < static_cast<int>(engine::RejectReason::count_); ++r)
        CHECK_FALSE(code(static_cast<engine::RejectReason>(r)).empty());
    for (int f = 1; f < static_cast<int>(engine::RejectField::count_); ++f)
        CHECK_FALSE(name(static_cast<engine::RejectField>(f)).empty());
    for (int p = 1; p < static_cast<int>(engine::Pool::count_); ++p)
        CHECK_FALSE(name(static_cast<engine::Pool>(p)).empty());
    for (int c = 1; c < static_cast<int>(engine::CancelReason::count_); ++c)
        CHECK_FALSE(code(static_cast<engine::CancelReason>(c)).empty());
    CHECK(code(engine::RejectReason::format_value) == "FORMAT_VALUE");
    CHECK(name(engine::RejectField::ts) == "ts");
    CHECK(name(engine::Pool::price) == "price");
}

}  // namespace gridbook::tests
