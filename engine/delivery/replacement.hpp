// SPDX-License-Identifier: Apache-2.0
#pragma once
// A failed delivery turns into an order (market-rules section 7): standby offers take over what is left of
// its window, and the seller that failed pays what they cost.

#include "engine/step.hpp"

namespace gridbook::engine {

// Takes offers while there are any and something is left to replace. False: the sink has no more room; it may
// be asked again and goes on where it stopped.
bool replace_failed(Step& step, Delivery& failed);

}  // namespace gridbook::engine
