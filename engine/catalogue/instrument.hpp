// SPDX-License-Identifier: Apache-2.0
#pragma once
// An instrument is a family and a delivery window (market-rules section 2). Its id is that pair, unique for
// ever: books are recycled, ids are not. The window is counted in periods since the epoch: clock hours for
// GPU products, UTC days for tokens.

#include <bit>

#include "engine/units/numbers.hpp"
#include "engine/units/time.hpp"

namespace gridbook::engine {

using Period = Named<struct PeriodTag, std::uint32_t>;

struct InstrumentId {
    FamilyId family = no_family;
    std::uint16_t reserved = 0;  // keeps the pair free of padding; always 0
    Period period{};

    friend constexpr auto operator<=>(const InstrumentId&, const InstrumentId&) = default;
    // As one word.
    friend constexpr bool operator==(const InstrumentId& a, const InstrumentId& b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    }
};
static_assert(sizeof(InstrumentId) == 8);

constexpr InstrumentId instrument(FamilyId family, Period period) { return {family, 0, period}; }
// What a symbol becomes that names no family: the engine refuses it in its turn (SYMBOL_UNKNOWN).
inline constexpr InstrumentId no_instrument{};

// Calendar: windows, gates and the listing horizon.
inline constexpr Duration gate_lead{15 * minute.value};

constexpr Duration period_length(Product product) { return product == Product::gpu ? hour : day; }
constexpr Period period_at(Time t, Product product) {
    return Period{static_cast<std::uint32_t>(t.value / period_length(product).value)};
}
constexpr Time window_start(Period p, Product product) {
    return Time{static_cast<std::int64_t>(p.value) * period_length(product).value};
}
constexpr Time window_end(Period p, Product product) { return window_start(Period{p.value + 1}, product); }
constexpr Time gate_time(Period p, Product product) { return window_start(p, product) - gate_lead; }

// Phase of an instrument in its life: open -> (paused -> call ->) open -> gated -> delivering -> settled.
enum class Phase : std::uint8_t { unlisted = 0, open, paused, call, gated, delivering, settled };

}  // namespace gridbook::engine
