// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a delivery comes to (market-rules section 7): an hour after its window, refunds and penalties, then
// what the seller had to receive, its fee, tax and margin.

#include "engine/step.hpp"

namespace gridbook::engine {

// Part of the task deliveries_due: instruments by symbol, accounts by id. False: the sink has no more room.
bool settle_due(Step& step, Task& task);

}  // namespace gridbook::engine
