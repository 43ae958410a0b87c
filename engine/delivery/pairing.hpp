// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who delivers to whom (market-rules section 7): at the gate, net sellers of an instrument are paired with
// its net buyers. First the pairs of the period before, then equal quantities, then the largest with the
// largest.

#include "engine/step.hpp"

namespace gridbook::engine {

// Second part of the task gates_due, when all gates of the instant are closed. False: the sink has no more
// room.
bool pair_gated(Step& step, Task& task);

}  // namespace gridbook::engine
