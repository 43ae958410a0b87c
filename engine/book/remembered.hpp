// SPDX-License-Identifier: Apache-2.0
#pragma once
// Client order ids are idempotent (market-rules section 4): the same id with the same body is told what is
// known of it again, with another body it is refused. Orders, strips and any-ofs share one space of ids.

#include "engine/step.hpp"

namespace gridbook::engine {

// The same cid again: the order's present state or its first refusal, or CID_REUSED for another body.
void tell_again(Step& step, std::uint32_t record, std::uint64_t body_hash);

// Tells a refusal and keeps it under its cid.
void remember_refusal(Step& step, OrderKind kind, const Cid& cid, const OrderRecords::Place& place,
                      std::uint64_t body_hash, const Refused& refused);

// An any-of as its owner is told it.
AnyOfEvent any_of_event(const OrderRecord& record);

}  // namespace gridbook::engine
