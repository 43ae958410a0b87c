// SPDX-License-Identifier: Apache-2.0
#pragma once
// Orders at the door: the checks in the order of market-rules section 4, then into the book. A refusal
// changes nothing but the memory of its client order id.

#include "engine/step.hpp"

namespace gridbook::engine {

void place_order(Step& step, const PlaceOrder& body);
void replace_order(Step& step, const ReplaceOrder& body);
void cancel_order(Step& step, const CancelOrder& body);

}  // namespace gridbook::engine
