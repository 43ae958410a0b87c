// SPDX-License-Identifier: Apache-2.0
#pragma once
// Disputes (market-rules section 7: DISPUTED): a side names minutes that it says were metered wrongly. All
// else of the delivery is settled; what these minutes would change stays with nobody until a regulator
// decides.

#include "engine/step.hpp"

namespace gridbook::engine {

void open_dispute(Step& step, const OpenDispute& body);
void decide_dispute(Step& step, const DecideDispute& body);

// As an answer tells it.
DisputeChanged dispute_as_it_is(const Dispute& dispute);

// The disputed deliveries of an instrument whose positions are settled; they are still kept. False: the sink
// has no more room.
bool suspend_disputed(Step& step, InstrumentId i);

}  // namespace gridbook::engine
