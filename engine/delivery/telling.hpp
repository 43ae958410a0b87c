// SPDX-License-Identifier: Apache-2.0
#pragma once
// A delivery as its seller and its buyer are told it.

#include "engine/step.hpp"

namespace gridbook::engine {

DeliveryChanged told_delivery(const Delivery& d, Side party);

// Tells both, the seller first. Room for two events.
void tell_both(Step& step, const Delivery& d);
// The same of a replacement that is made now, with the lots of another class that it stands in for; 0: as
// many as it has.
void tell_replacement(Step& step, const Delivery& d, std::uint32_t covers);
// The same, as the answer to the seller's report.
void answer_both(Step& step, const Delivery& d);

}  // namespace gridbook::engine
