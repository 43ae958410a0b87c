// SPDX-License-Identifier: Apache-2.0
#pragma once
// The limits of the engine and of an account, as strips and any-ofs are asked for them. Each fills in the
// refusal when it is not passed; `told` is the instrument that the refusal names.

#include "engine/strips/sweep.hpp"

namespace gridbook::engine {

// It would meet too many orders for the events of one command.
bool check_makers(const Swept& swept, InstrumentId told, Refused& r);
// Positions in its hours, and a record.
bool check_pools(const State& state, AccountId account, const Sweep& wanted, InstrumentId told, Refused& r);
bool check_open_orders(const State& state, AccountId account, InstrumentId told, Refused& r);

}  // namespace gridbook::engine
