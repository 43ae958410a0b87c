// SPDX-License-Identifier: Apache-2.0
#pragma once
// Limit states and walls, and the pause that follows a limit state: its collar, extensions, the call or the
// reopening at its end (market-rules section 5).

#include "engine/step.hpp"

namespace gridbook::engine {

// Events that update_limit emits at most: one state ends, another begins.
inline constexpr std::size_t limit_events = 2;

// Follow-up (c): compares the fronts of a book with its edges; tells what begins and ends.
void update_limit(Step& step, Book& book);

// Timers of limit states and pauses. False: the sink has no more room.
bool limits_due(Step& step, Task& task);

// The operator or regulator pauses, resumes or calls.
void set_phase(Step& step, const SetPhase& body);
// Task: goes through the instruments of a SetPhase, each whole before the next.
bool set_phases(Step& step, Task& task);

// A book leaves its pause or limit state because its gate closes: timers and flags end without a word.
void forget_limit(State& state, Book& book);

}  // namespace gridbook::engine
