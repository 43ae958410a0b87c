// SPDX-License-Identifier: Apache-2.0
#pragma once
// Proof of reserve: an issuer holds at least 80 % of what it owes of a class whenever it sells more of it
// (engine README, Packages). Amounts are quarters of a standard token.

#include "engine/state.hpp"

namespace gridbook::engine {

// What the account holds of the class: what is left of its token days, and what it bought beyond what it
// sold of those that are still traded. At most INT64_MAX.
std::uint64_t held_of(const State& state, AccountId account, ClassId class_id);

// 80 % of it, rounded up.
constexpr std::uint64_t needed_for(std::uint64_t outstanding) { return outstanding - outstanding / 5; }

ReserveRow reserve_row(const State& state, const Backing& backing);

}  // namespace gridbook::engine
