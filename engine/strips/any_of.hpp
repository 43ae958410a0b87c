// SPDX-License-Identifier: Apache-2.0
#pragma once
// Any-of orders: a need in benchmark units and a list of acceptable families, whole units, all or none, one
// family for all hours: the family with the least total cost (market-rules section 4).

#include "engine/step.hpp"

namespace gridbook::engine {

void place_any_of(Step& step, const PlaceAnyOf& body);

// Lots of an hour that serve a need with a factor k in thousandths: ceil(need / k) whole units. 0: the factor
// is none, or it is more than an order can be.
std::uint32_t lots_for(Decimal need, std::uint16_t factor);

// The sequence of the command that entered it. Its record has no place in a queue to keep it in.
Sequence entered_any_of(const OrderRecord& record);

}  // namespace gridbook::engine
