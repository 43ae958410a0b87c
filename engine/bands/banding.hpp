// SPDX-License-Identifier: Apache-2.0
#pragma once
// Band changes in the same sequence as the orders: accept, schedule, bring into force, and move the books of
// a family (market-rules section 5). What a regulator asks for is checked in band_checks.hpp; a change that
// is too large for one regulator becomes a proposal (regulation/changes.hpp).

#include "engine/bands/band_checks.hpp"
#include "engine/regulation/sanction.hpp"

namespace gridbook::engine {

void set_band(Step& step, const SetBand& body, const Sanction& by = {});
void set_guidance(Step& step, const SetGuidance& body, const Sanction& by = {});

// A scheduled change is due: puts it in force and leaves the tasks of move_all on the agenda. Its followers
// are the caller's to tell.
void bring_into_force(Step& step, FamilyId family);

// The band of a family becomes `after`; leaves the tasks of move_all when that moves anything.
void put_in_force(State& state, FamilyId family, const HardBand& after);

// The bands of a family moved: leaves the tasks that tell its orders, all instruments by period, and then
// wake them.
void move_all(State& state, FamilyId family, BandCause cause);

// Tasks. False: the sink has no more room; they go on where they stopped.
bool move_family(Step& step, Task& task);
bool wake_family(Step& step, Task& task);
bool move_book(Step& step, Task& task);

}  // namespace gridbook::engine
