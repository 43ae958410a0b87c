// SPDX-License-Identifier: Apache-2.0
#pragma once
// Strips: consecutive hours of one family, the same quantity in each, all or none, with a limit on the
// average price (market-rules section 4). They stand beside the books in a list of their own, in time order,
// and never in the depth of an hour.

#include "engine/step.hpp"

namespace gridbook::engine {

void place_strip(Step& step, const PlaceStrip& body);

// Tries the resting strips that an improved hour may serve, in time order, from the first again after each
// fill. False: the sink has no more room; the rest goes on in a follow-on command.
bool try_strips(Step& step);

// Ends a live strip: releases what it holds, takes it out of the list, tells its owner.
void cancel_strip(Step& step, std::uint32_t record, CancelReason reason, std::uint8_t flags = 0);

// Cancels the strips whose first hour this is / that cover this hour (period 0: any of the family), in time
// order; the second counts them. False: the sink has no more room.
bool cancel_strips_starting(Step& step, InstrumentId first_hour, CancelReason reason);
bool cancel_strips_covering(Step& step, InstrumentId scope, CancelReason reason, std::uint32_t& count);

// The strip as its owner is told it, with what stands in its way now while it rests.
StripEvent strip_event(const State& state, const OrderRecord& record);

}  // namespace gridbook::engine
