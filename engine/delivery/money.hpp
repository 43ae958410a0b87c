// SPDX-License-Identifier: Apache-2.0
#pragma once
// What deliveries cost (market-rules section 7): exact to the end in 128 bits, then rounded once, half to
// even.

#include <algorithm>

#include "engine/state.hpp"

namespace gridbook::engine {

// Both not negative, the divisor above zero.
constexpr std::int64_t half_even(Wide value, Wide divisor) {
    const Wide whole = value / divisor;
    const Wide rest = value % divisor * 2;
    const bool up = rest > divisor || (rest == divisor && whole % 2 != 0);
    return static_cast<std::int64_t>(whole + (up ? 1 : 0));
}

// Lot-minutes at a price of the lot-hour.
constexpr Money cost_of(std::uint64_t lot_minutes, Price price, Product product) {
    return Money{half_even(Wide{price.value} * micro_per_tick_lot(product) * Wide{lot_minutes}, 60)};
}

// What a delivery that is over comes to.
struct Shortfall {
    std::uint64_t delivered = 0;  // lot-minutes, those that others delivered instead included
    std::uint64_t short_of = 0;   // 0 inside the SLA
    Money refund{};
    Money penalty{};
};

// u = (M − D)/60 if D/M < SLA, else 0; refund = u·P; penalty = λ·u·P, at most what was promised costs. A
// token day counts as delivered.
inline Shortfall shortfall_of(const Delivery& d, const DefineTier& tier, Product product) {
    const std::uint64_t promised = d.promised();
    Shortfall s;
    s.delivered = product == Product::gpu ? d.counted + d.replaced : promised;
    constexpr Wide all = 100'000;  // availability is in thousandths of a percent
    if (Wide{s.delivered} * all >= Wide{promised} * tier.availability) return s;
    s.short_of = promised - s.delivered;
    const Wide refund = Wide{d.price.value} * micro_per_tick_lot(product) * Wide{s.short_of};
    const Wide most = Wide{d.price.value} * micro_per_tick_lot(product) * Wide{promised} * basis_points_one;
    s.refund = Money{half_even(refund, 60)};
    s.penalty = Money{half_even(std::min(refund * tier.penalty.value, most), Wide{60} * basis_points_one)};
    return s;
}
inline Shortfall shortfall_of(const State& state, const Delivery& d) {
    const Family& family = state.catalogue.family(d.instrument.family);
    return shortfall_of(d, state.catalogue.tiers()[family.defined.tier_id.value], family.product);
}

}  // namespace gridbook::engine
