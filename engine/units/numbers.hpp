// SPDX-License-Identifier: Apache-2.0
#pragma once
// The arithmetic of the market as a table; anything else has no meaning (market-rules section 1).
//
//   Money    ± Money     -> Money       micro-CNY, 64 bit
//   Quantity ± Quantity  -> Quantity    lots
//   Price    ± ticks     -> Price       ticks of 0.01 CNY a unit
//   notional(Price, Quantity, Product)  -> Money, always exact
//   share_up / share_down(Money, rate)  -> Money, through 128 bit, rounded up / down
//
// On its way in, a price or a quantity is still a `Decimal` in millionths of a unit, so that the engine
// itself can refuse what is off its step (TICK, LOT). No binary floating point anywhere.

#include <bit>

#include "engine/units/check.hpp"
#include "engine/units/named.hpp"

namespace gridbook::engine {

// A decimal with six places as it came from the wire: 14.20 is 14'200'000.
using Decimal = Named<struct DecimalTag, std::int64_t>;

// Whole ticks. Zero or negative prices do not exist in the market; 0 means "none".
using Price = Named<struct PriceTag, std::int32_t>;
// Whole lots.
using Quantity = Named<struct QuantityTag, std::int64_t>;
// Micro-CNY: 1 CNY = 1'000'000.
using Money = Named<struct MoneyTag, std::int64_t>;
// Hundredths of a percent: 0.20 % is 20.
using BasisPoints = Named<struct BasisPointsTag, std::int32_t>;

// What is sold: a unit-hour of an accelerator, or a block of a million standard tokens.
enum class Product : std::uint8_t { gpu = 0, token = 1 };

inline constexpr std::int64_t decimal_one = 1'000'000;
inline constexpr std::int64_t tick_decimal = 10'000;          // 0.01 CNY, every product
inline constexpr std::int64_t gpu_lot_decimal = 100'000;      // 0.1 unit-hour
inline constexpr std::int64_t token_lot_decimal = 1'000'000;  // 1 block
inline constexpr std::int64_t basis_points_one = 10'000;

constexpr std::int64_t lot_decimal(Product product) {
    return product == Product::gpu ? gpu_lot_decimal : token_lot_decimal;
}

// Micro-CNY of one lot at one tick: 1'000 for a tenth of an hour, 10'000 for a block. Exact by construction.
constexpr std::int64_t micro_per_tick_lot(Product product) {
    return product == Product::gpu ? 1'000 : 10'000;
}

constexpr Money operator+(Money a, Money b) { return Money{a.value + b.value}; }
constexpr Money operator-(Money a, Money b) { return Money{a.value - b.value}; }
constexpr Money operator-(Money a) { return Money{-a.value}; }
constexpr Money& operator+=(Money& a, Money b) { return a = a + b; }
constexpr Money& operator-=(Money& a, Money b) { return a = a - b; }

constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity{a.value + b.value}; }
constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity{a.value - b.value}; }
constexpr Quantity& operator+=(Quantity& a, Quantity b) { return a = a + b; }
constexpr Quantity& operator-=(Quantity& a, Quantity b) { return a = a - b; }
constexpr Quantity least(Quantity a, Quantity b) { return a < b ? a : b; }
constexpr Quantity most(Quantity a, Quantity b) { return a < b ? b : a; }

// Products go through 128 bits.
__extension__ using Wide = __int128;

// Throws away nothing: the product of the largest price (2^31 ticks) and order (2^31 lots) times 10'000 needs
// 76 bits, so the limits QTY_LIMIT and NOTIONAL_LIMIT are tested on the wide product first.
constexpr Wide notional_wide(Price price, Quantity quantity, Product product) {
    return static_cast<Wide>(price.value) * quantity.value * micro_per_tick_lot(product);
}

// What passed those limits fits 64 bits, and so does every part of it.
constexpr Money notional(Price price, Quantity quantity, Product product) {
    return Money{static_cast<std::int64_t>(static_cast<std::uint64_t>(price.value) *
                                           static_cast<std::uint64_t>(quantity.value) *
                                           static_cast<std::uint64_t>(micro_per_tick_lot(product)))};
}

// amount · numerator / denominator, rounded down (fee, tax) / up (holds, margin). All arguments are
// non-negative. What fits 64 bits, as nearly everything does, divides in 64 bits: the outcome is the same and
// costs a tenth.
constexpr Money share_down(Money amount, std::int64_t numerator, std::int64_t denominator) {
    std::int64_t narrow = 0;
    if (!__builtin_mul_overflow(amount.value, numerator, &narrow)) [[likely]]
        return Money{static_cast<std::int64_t>(static_cast<std::uint64_t>(narrow) /
                                               static_cast<std::uint64_t>(denominator))};
    const Wide wide = static_cast<Wide>(amount.value) * numerator;
    return Money{static_cast<std::int64_t>(wide / denominator)};
}
constexpr Money share_up(Money amount, std::int64_t numerator, std::int64_t denominator) {
    std::int64_t narrow = 0;
    if (!__builtin_mul_overflow(amount.value, numerator, &narrow) && narrow < INT64_MAX - denominator)
        [[likely]]
        return Money{static_cast<std::int64_t>(static_cast<std::uint64_t>(narrow + denominator - 1) /
                                               static_cast<std::uint64_t>(denominator))};
    const Wide wide = static_cast<Wide>(amount.value) * numerator;
    return Money{static_cast<std::int64_t>((wide + denominator - 1) / denominator)};
}

// value / divisor where that is exact; otherwise, and below zero, more than any quotient there is: one
// multiplication by the inverse of the divisor's odd part (Warren, Hacker's Delight, 10-17).
template <std::int64_t divisor>
constexpr std::uint64_t exact_quotient(std::int64_t value) {
    constexpr auto wide = static_cast<std::uint64_t>(divisor);
    constexpr int twos = std::countr_zero(wide);
    constexpr std::uint64_t inverse = [] {
        std::uint64_t x = 1;
        // Newton's steps double the bits that are right.
        for (int i = 0; i < 6; ++i) x *= 2 - (wide >> twos) * x;
        return x;
    }();
    return std::rotr(static_cast<std::uint64_t>(value) * inverse, twos);
}

constexpr bool on_tick(Decimal price) { return price.value % tick_decimal == 0; }
constexpr bool on_lot(Decimal quantity, Product product) {
    // Multiplied back: the division is needed anyway, and the compiler makes one of both.
    return product == Product::gpu ? quantity.value / gpu_lot_decimal * gpu_lot_decimal == quantity.value
                                   : quantity.value / token_lot_decimal * token_lot_decimal == quantity.value;
}
constexpr std::int64_t ticks_of(Decimal price) { return price.value / tick_decimal; }
constexpr Quantity lots_of(Decimal quantity, Product product) {
    return Quantity{product == Product::gpu ? quantity.value / gpu_lot_decimal
                                            : quantity.value / token_lot_decimal};
}
constexpr Decimal decimal_of(Price price) { return Decimal{price.value * tick_decimal}; }
constexpr Decimal decimal_of(Quantity quantity, Product product) {
    return Decimal{quantity.value * lot_decimal(product)};
}

}  // namespace gridbook::engine
