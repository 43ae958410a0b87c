// SPDX-License-Identifier: Apache-2.0
#pragma once
// What time does (market-rules section 1): moves the market from one due instant to the next, and at one
// instant through the kinds of timers in their order. The calendar's timers (gates, windows, widening, whole
// minutes) are computed; only what cannot be is kept in a heap (timer_heap.hpp).

#include "engine/step.hpp"

namespace gridbook::engine {

// When the market next has something to do by itself.
Time next_timer(const State& state);
// Recomputes State::next_due: after anything that sets or moves a timer.
void refresh_timer(State& state);

// Begins to move the market to `target`; `advance` goes on until it is there. False: the sink has no more
// room.
void begin_advance(State& state, Time target, Origin origin);
bool advance(Step& step);

// Tasks of one instant. False: the sink has no more room; they go on where they stopped.
bool bands_due(Step& step, Task& task);
bool gates_due(Step& step, Task& task);
bool begins_due(Step& step, Task& task);
bool expiries_due(Step& step, Task& task);

}  // namespace gridbook::engine
