// SPDX-License-Identifier: Apache-2.0
#pragma once
// The life of an order between the door and the book: what is held for it, how it rests, how it ends. Every
// change of money and capacity that an order causes outside of a trade is in this file's source.

#include "engine/step.hpp"

namespace gridbook::engine {

// Money held for what is left: buy hold, or margin of the lots that are not resold ones.
Money held(const State& state, const OrderRecord& record);
// The order as its owner is told it.
OrderEvent order_event(const State& state, const OrderRecord& record);

// Takes hold or margin and capacity for the record's leaves / gives them back.
void take_hold(State& state, OrderRecord& record);
void release_hold(State& state, OrderRecord& record);

// Puts the order's leaves at the end of its level / takes it out of the book.
void rest(State& state, std::uint32_t slot);
void unrest(State& state, OrderRecord& record);

// A live order begins / has ended: links, counters, retention. `finish` does not touch holds.
void begin(State& state, std::uint32_t slot);
void finish(State& state, std::uint32_t slot, OrderState end, CancelReason reason);

// Ends a live order before it is filled: releases, takes it out, tells its owner. The origin is told with
// flag reply.
void cancel(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags = 0);

}  // namespace gridbook::engine
