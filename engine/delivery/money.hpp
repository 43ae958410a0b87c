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

// Is so much of it inside the SLA? Availability is in thousandths of a percent.
constexpr bool inside(Wide delivered, Wide promised, const DefineTier& tier) {
    return delivered * 100'000 >= promised * tier.availability;
}

// What `missing` of `promised` parts give back, of which `unit` make up what costs `price`: refund = u·P,
// penalty = λ·u·P, at most what was promised costs.
inline void give_back(Shortfall& s, Wide price, Wide missing, Wide promised, Wide unit,
                      const DefineTier& tier) {
    const Wide owed = price * missing * tier.penalty.value, most = price * promised * basis_points_one;
    s.refund = Money{half_even(price * missing, unit)};
    s.penalty = Money{half_even(std::min(owed, most), unit * basis_points_one)};
}

// u = (M − D)/60 if D/M < SLA, else 0.
inline Shortfall hour_shortfall(const Delivery& d, const DefineTier& tier) {
    const std::uint64_t promised = d.promised();
    Shortfall s;
    s.delivered = d.counted + d.replaced;
    if (inside(s.delivered, promised, tier)) return s;
    s.short_of = promised - s.delivered;
    const Wide lot = Wide{d.price.value} * micro_per_tick_lot(Product::gpu);
    give_back(s, lot, s.short_of, promised, 60, tier);
    return s;
}

// D/M is the share of the day's requests that were served; a day of which nobody reported any is whole.
inline Shortfall day_shortfall(const Delivery& d, const DefineTier& tier) {
    const Requests& requests = d.requests();
    const std::uint64_t promised = d.promised();
    Shortfall s;
    s.delivered = promised;
    if (!requests.said()) return s;
    s.delivered = static_cast<std::uint64_t>(Wide{promised} * requests.served / requests.all);
    if (inside(requests.served, requests.all, tier)) return s;
    s.short_of = promised - s.delivered;
    const Wide price = Wide{d.price.value} * micro_per_tick_lot(Product::token) * d.qty;
    give_back(s, price, requests.all - requests.served, requests.all, requests.all, tier);
    return s;
}

inline Shortfall shortfall_of(const Delivery& d, const DefineTier& tier, Product product) {
    return product == Product::gpu ? hour_shortfall(d, tier) : day_shortfall(d, tier);
}
inline Shortfall shortfall_of(const State& state, const Delivery& d) {
    const Family& family = state.catalogue.family(d.instrument.family);
    return shortfall_of(d, state.catalogue.tiers()[family.defined.tier_id.value], family.product);
}

}  // namespace gridbook::engine
