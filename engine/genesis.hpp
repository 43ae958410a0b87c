// SPDX-License-Identifier: Apache-2.0
#pragma once
// The genesis command's sizes and rates: may a market begin with them, and the memory they ask for. The same
// for a new journal and for a snapshot.

#include "engine/state.hpp"

namespace gridbook::engine {

// What a genesis command may ask for; the configuration reader checks the same and names the key.
bool sound(const Genesis& g);

// Reserves and touches all memory of a fresh state: nothing is allocated afterwards.
void reserve_all(State& state, const Genesis& g);

}  // namespace gridbook::engine
