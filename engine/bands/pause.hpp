// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pause of an instrument (market-rules section 5): how it begins, is extended, and ends in a call or a
// reopening. Each of these leaves the task in the middle of what follows for the orders: `go_on` finishes it.

#include "engine/step.hpp"

namespace gridbook::engine {

// Events that a step of a pause emits at once, before its orders are told.
inline constexpr std::size_t pause_events = 2;

// Does this side hold an order inside the hard band?
bool has_unparked(const State& state, const Book& book, Side side);

// `until` 0: the rules' length.
void begin_pause(Step& step, Task& task, Book& book, Time until, PhaseReason reason);
// The pause ends: a call when something is executable, else an extension (never one that the operator asked
// for), else the instrument is open again.
void end_pause(Step& step, Task& task, Book& book);
// Open again, R unchanged, without a call; what crosses wakes.
void resume(Step& step, Task& task, Book& book);

// Goes on with the call of the task's book, then with telling and waking its orders; the task is idle then.
// False: the sink has no more room.
bool go_on(Step& step, Task& task);

}  // namespace gridbook::engine
