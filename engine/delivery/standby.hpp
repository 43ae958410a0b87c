// SPDX-License-Identifier: Apache-2.0
#pragma once
// Standby offers (market-rules section 7): sells that wait beside the book for deliveries that fail. Until
// the gate they are orders like others; from then on they are firm, until their window ends.

#include "engine/step.hpp"

namespace gridbook::engine {

// A new one whose client order id is not known yet; refused or told.
void place_standby(Step& step, const PlaceOrder& body, const OrderRecords::Place& place);

// The gate of its instrument is closed: nothing but a failed delivery ends it before its window does.
bool firm(const State& state, const OrderRecord& record);

// Ends a live one before it is used up: releases, takes it out of the list, tells its owner.
void cancel_standby(Step& step, std::uint32_t record, CancelReason reason, std::uint8_t flags = 0);

// Takes a used-up one out of the list; `replaced` told its owner.
void finish_standby(State& state, OrderRecord& record, OrderState end, CancelReason reason);

// Cancels those that are not firm, of an instrument or (period 0) a family, by time; counts them / those
// whose window ends now. False: the sink has no more room.
bool cancel_standbys(Step& step, InstrumentId scope, CancelReason reason, std::uint32_t& count);
bool end_standbys(Step& step, FamilyId family);

}  // namespace gridbook::engine
