// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the benchmark's band to that of another class, by its train factor k (market-rules section 5):
//
//   F_c = ceil_tick(k·F)     C_c = floor_tick(k·C)     G_c = k·G to the nearest tick, half to even
//
// In whole numbers: k in thousandths, prices in ticks. Where k is so small that the edges would cross, they
// meet at the floor, and the guidance stays between them.

#include <algorithm>

#include "engine/bands/hard_band.hpp"

namespace gridbook::engine {

inline constexpr std::int64_t factor_one = 1'000;

constexpr std::int64_t converted_floor(Price floor, std::uint16_t k) {
    return (std::int64_t{floor.value} * k + factor_one - 1) / factor_one;
}
constexpr std::int64_t converted_ceiling(Price ceiling, std::uint16_t k) {
    return std::int64_t{ceiling.value} * k / factor_one;
}
constexpr std::int64_t converted_guidance(Price guidance, std::uint16_t k) {
    const std::int64_t exact = std::int64_t{guidance.value} * k;
    const std::int64_t ticks = exact / factor_one;
    const std::int64_t rest = exact % factor_one * 2;
    return ticks + (rest > factor_one || (rest == factor_one && ticks % 2 == 1) ? 1 : 0);
}

// Edges as far as a price can be told: what is above `max_price` stays above it, for the caller to refuse.
constexpr Price as_price(std::int64_t ticks) {
    return Price{static_cast<std::int32_t>(std::min<std::int64_t>(ticks, INT32_MAX))};
}

// `before` with the values of `benchmark` converted; version and effective time are the caller's.
constexpr HardBand converted(const HardBand& benchmark, std::uint16_t k, const HardBand& before) {
    HardBand after = before;
    after.converted = true;
    after.low = as_price(std::max<std::int64_t>(converted_floor(benchmark.low, k), 1));
    after.high = std::max(as_price(converted_ceiling(benchmark.high, k)), after.low);
    after.guidance = std::clamp(as_price(converted_guidance(benchmark.guidance, k)), after.low, after.high);
    after.floor_set = benchmark.floor_set;
    after.ceiling_set = benchmark.ceiling_set;
    after.proposer = benchmark.proposer;
    after.blob = benchmark.blob;
    after.rationale = benchmark.rationale;
    return after;
}

}  // namespace gridbook::engine
