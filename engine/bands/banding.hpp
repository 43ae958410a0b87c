// SPDX-License-Identifier: Apache-2.0
#pragma once
// Band changes in the same sequence as the orders: accept, schedule, bring into force, park and wake
// (market-rules section 5). Parked follows from price and side alone, so a change touches only levels between
// the old and new edges.

#include "engine/step.hpp"

namespace gridbook::engine {

void set_band(Step& step, FamilyId family, const SetBand& body);

// A scheduled change is due: puts it in force and leaves park and wake tasks on the agenda.
void bring_into_force(Step& step, FamilyId family);

// Tasks. False: the sink has no more room; they go on where they stopped.
bool park_family(Step& step, Task& task);
bool wake_family(Step& step, Task& task);

}  // namespace gridbook::engine
