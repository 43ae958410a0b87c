// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a strip is told to its owner: shared by the entry of strips, their later life, and questions.

#include "engine/strips/sweep.hpp"

namespace gridbook::engine {

// All fields but origin, and what tells of an obstacle.
StripEvent told_strip(const OrderRecord& record, Money hold);
// What stands in the way of a strip that does not fill.
void tell_obstacle(const RestingStrip& strip, const Swept& swept, StripEvent& e);

}  // namespace gridbook::engine
