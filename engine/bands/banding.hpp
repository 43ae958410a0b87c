// SPDX-License-Identifier: Apache-2.0
#pragma once
// Band changes in the same sequence as the orders: accept, schedule, bring into force, and move the books of
// a family (market-rules section 5).

#include "engine/step.hpp"

namespace gridbook::engine {

void set_band(Step& step, FamilyId family, const SetBand& body);

// A scheduled change is due: puts it in force and leaves the tasks of move_all on the agenda.
void bring_into_force(Step& step, FamilyId family);

// The bands of a family moved: leaves the tasks that tell its orders, all instruments by period, and then
// wake them.
void move_all(State& state, FamilyId family, BandCause cause);

// Tasks. False: the sink has no more room; they go on where they stopped.
bool move_family(Step& step, Task& task);
bool wake_family(Step& step, Task& task);
bool move_book(Step& step, Task& task);

}  // namespace gridbook::engine
