// SPDX-License-Identifier: Apache-2.0
// Properties of the money arithmetic (market-rules sections 1 and 6), for any price, quantity, rates and
// split into fills: a fill never costs more than its hold, so what a hold releases is never negative.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "engine/units/numbers.hpp"

namespace gridbook::twin {

namespace {

using engine::Money;

struct Rates {
    std::int64_t taker, maker, tax;
};

Money hold(std::int64_t price, std::int64_t lots, const Rates& r) {
    const Money notional = engine::notional(engine::Price{static_cast<std::int32_t>(price)},
                                            engine::Quantity{lots}, engine::Product::gpu);
    return engine::share_up(notional, 100'000'000 + r.taker * (10'000 + r.tax), 100'000'000);
}

}  // namespace

TEST_CASE("however an order is filled, no fill costs more than its hold gives up", "[twin]") {
    CHECK(rc::check("released >= 0", [] {
        const auto limit = *rc::gen::inRange<std::int64_t>(1, 200'000);
        auto left = *rc::gen::inRange<std::int64_t>(1, 10'000);
        const auto maker = *rc::gen::inRange<std::int64_t>(0, 500);
        const Rates rates{maker + *rc::gen::inRange<std::int64_t>(0, 500), maker,
                          *rc::gen::inRange<std::int64_t>(0, 3'000)};
        Money held = hold(limit, left, rates);
        while (left > 0) {
            const auto lots = *rc::gen::inRange<std::int64_t>(1, left + 1);
            const auto price = *rc::gen::inRange<std::int64_t>(1, limit + 1);
            const bool taker = *rc::gen::arbitrary<bool>();
            const Money notional = engine::notional(engine::Price{static_cast<std::int32_t>(price)},
                                                    engine::Quantity{lots}, engine::Product::gpu);
            const Money fee = engine::share_down(notional, taker ? rates.taker : rates.maker, 10'000);
            const Money tax = engine::share_down(fee, rates.tax, 10'000);
            left -= lots;
            const Money after = hold(limit, left, rates);
            RC_ASSERT((held - after - notional - fee - tax).value >= 0);
            held = after;
        }
        RC_ASSERT(held.value == 0);
    }));
}

TEST_CASE("rounding up and rounding down differ by at most one micro-CNY", "[twin]") {
    CHECK(rc::check("share_up - share_down is 0 or 1", [] {
        const Money amount{*rc::gen::inRange<std::int64_t>(0, INT64_MAX / 20'000)};
        const auto rate = *rc::gen::inRange<std::int64_t>(0, 10'001);
        const auto gap = engine::share_up(amount, rate, 10'000) - engine::share_down(amount, rate, 10'000);
        RC_ASSERT(gap.value == 0 || gap.value == 1);
    }));
}

}  // namespace gridbook::twin
