// SPDX-License-Identifier: Apache-2.0
#pragma once
// Time moves the market: gates close, windows begin, horizons roll, scheduled bands come into force. All of
// it follows from the calendar and the schedules, so no timer is stored. At one instant: rule changes, then
// gates, then windows (market-rules section 1).

#include "engine/step.hpp"

namespace gridbook::engine {

// When the market next has something to do by itself, after its present time; `never` if nothing.
Time next_timer(const State& state);
// To be called after anything that next_timer depends on has changed.
inline void refresh_timer(State& state) { state.next_due = next_timer(state); }

// Begins to move the market to `target`, timer by timer.
void begin_advance(State& state, Time target, Origin origin);
// Goes on until the target is reached and told. False: the sink has no more room.
bool advance(Step& step);

// Tasks.
bool bands_due(Step& step, Task& task);
bool gates_due(Step& step, Task& task);
bool begins_due(Step& step, Task& task);

}  // namespace gridbook::engine
