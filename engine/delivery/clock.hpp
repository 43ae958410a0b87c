// SPDX-License-Identifier: Apache-2.0
#pragma once
// The clock of deliveries (market-rules section 7): not ready in time, a minute without the seller's report,
// three in a row, the window's beginning and end, the last report, the settlement.

#include "engine/step.hpp"

namespace gridbook::engine {

// Task: what is due at this instant, families by symbol, deliveries by id, then what is settled now. False:
// the sink has no more room.
bool deliveries_due(Step& step, Task& task);

// Recomputes Deliveries::due: after a gate, and when the clock has done what was due.
void refresh_clock(State& state);

}  // namespace gridbook::engine
