// SPDX-License-Identifier: Apache-2.0
#pragma once
// UTC nanoseconds since the epoch. The engine never reads a clock: time is carried by the command
// (market-rules section 1).

#include "engine/units/named.hpp"

namespace gridbook::engine {

using Time = Named<struct TimeTag, std::int64_t>;
using Duration = Named<struct DurationTag, std::int64_t>;

constexpr Time operator+(Time t, Duration d) { return Time{t.value + d.value}; }
constexpr Time operator-(Time t, Duration d) { return Time{t.value - d.value}; }
constexpr Duration operator-(Time a, Time b) { return Duration{a.value - b.value}; }
constexpr Duration operator*(Duration d, std::int64_t n) { return Duration{d.value * n}; }

inline constexpr Duration nanosecond{1};
inline constexpr Duration millisecond{1'000'000};
inline constexpr Duration second{1'000'000'000};
inline constexpr Duration minute{60 * second.value};
inline constexpr Duration hour{60 * minute.value};
inline constexpr Duration day{24 * hour.value};
inline constexpr Time never{INT64_MAX};

}  // namespace gridbook::engine
