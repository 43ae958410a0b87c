// SPDX-License-Identifier: Apache-2.0
#pragma once
// The canonical hash of the whole state: the same on every machine that applied the same commands, whatever
// pools' slots were used. Tables without an order of their own are summed entry by entry; queues are hashed
// in their order.

#include "engine/state.hpp"

namespace gridbook::engine {

std::uint64_t hash_state(const State& state);

}  // namespace gridbook::engine
