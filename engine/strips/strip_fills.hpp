// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a strip could have now, and taking it: from the hour books, or from an older strip (market-rules
// section 4). The description of a strip is the same whether it just arrived or rests.

#include "engine/strips/hour_fills.hpp"

namespace gridbook::engine {

// What the strip would get.
struct Chance {
    Swept swept;
    bool sweeps = false;        // the hour books serve it within its limit
    std::uint32_t partner = 0;  // an older strip that serves it, and not worse; 0: none

    bool fills() const { return partner != 0 || sweeps; }
};

// Older strips are those before `end` in the list; 0: all of them.
Chance chance(const State& state, const RestingStrip& strip, std::uint32_t end);

// Would an older strip serve it?
bool has_partner(const State& state, const RestingStrip& strip, std::uint32_t end);

// Events that filling needs at most.
std::size_t fill_events(const RestingStrip& strip, const Chance& chance);

// Fills the strip, which ends with it, and its partner. Its hold is taken already.
void fill_strip(Step& step, RestingStrip& strip, const Chance& chance);

// The strip's hold: a buyer's money, or a seller's margin of all hours.
Money strip_hold(const State& state, const RestingStrip& strip, const OrderRecord& record);
// Takes hold, and a seller's capacity in each hour / gives them back, of a strip without any fill.
void take_strip_hold(State& state, RestingStrip& strip, const OrderRecord& record, Money hold);
void release_strip_hold(State& state, const RestingStrip& strip, const OrderRecord& record);

// Puts the strip at the end of the list / takes it out.
void rest_strip(State& state, const RestingStrip& strip);
void unrest_strip(State& state, OrderRecord& record);

inline Sweep sweep_of(const RestingStrip& s) {
    return {.family = s.family,
            .start = s.start,
            .hours = s.hours,
            .side = s.side,
            .lots = s.lots,
            .group = s.group};
}
inline InstrumentId hour_of(const RestingStrip& s, std::uint32_t h) {
    return instrument(s.family, Period{s.start.value + h});
}
// Its limit for all lots of all hours, in ticks times lots.
inline Wide limit_of(const RestingStrip& s) { return static_cast<Wide>(s.price.value) * s.lots * s.hours; }

}  // namespace gridbook::engine
