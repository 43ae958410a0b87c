// SPDX-License-Identifier: Apache-2.0
#pragma once
// The calendar of a delivery (market-rules section 7): when something is due between its gate and its
// settlement, and which minute of its window runs.

#include <algorithm>

#include "engine/catalogue/instrument.hpp"
#include "engine/delivery_events.hpp"

namespace gridbook::engine {

inline constexpr Duration ready_lead{5 * minute.value};         // READY is due so long before the window
inline constexpr Duration provisional_after{5 * minute.value};  // of the window's end: no report any more
inline constexpr Duration final_after{60 * minute.value};       // of the window's end
inline constexpr Duration notice_before{2 * hour.value};        // of a token day's end, what is left is told
inline constexpr std::uint32_t most_missed = 3;                 // in a row, after a first report
inline constexpr std::uint32_t start_by_default_s = 600;        // of a tier that names none

// The window of an instrument.
struct Window {
    Time start{};
    Time end{};

    Window(InstrumentId i, Product product)
        : start(window_start(i.period, product)), end(window_end(i.period, product)) {}

    std::uint16_t minutes() const { return static_cast<std::uint16_t>((end - start).value / minute.value); }
    bool begun(Time now) const { return now >= start; }
    bool ended(Time now) const { return now >= end; }
    // The minute that runs, counted from 0; before the window -1, behind it one more than the last.
    std::int64_t running(Time now) const {
        if (now < start) return -1;
        return (std::min(now, end) - start).value / minute.value;
    }
    // The next instant after `now` at which the clock asks what became of its deliveries; never: it is over.
    // `drawn`: are tokens drawn in this market?
    Time next(Time now, Product product, bool drawn) const {
        // Nobody says ready for a token day.
        if (now < start - ready_lead && product == Product::gpu) return start - ready_lead;
        if (now < start) return start;
        if (now < end && product == Product::gpu) return Time{(now.value / minute.value + 1) * minute.value};
        if (now < end - notice_before && drawn) return end - notice_before;
        if (now < end) return end;
        if (now < end + provisional_after) return end + provisional_after;
        return now < end + final_after ? end + final_after : never;
    }
};

}  // namespace gridbook::engine
