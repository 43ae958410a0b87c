// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an account may send (market-rules section 8): the market's own limits, or narrower ones that an
// operator set for it. Orders of an account with limits of its own never go the short way, so nobody else
// pays for them.

#include "engine/state.hpp"
#include "engine/step.hpp"
#include "engine/units/likely.hpp"

namespace gridbook::engine {

inline Decimal most_qty(const State& state, AccountId id) {
    const Decimal own = seldom(state.accounts[id].limited()) ? state.accounts.limits(id).qty : Decimal{};
    return own == Decimal{} ? Decimal{state.genesis.max_qty} : own;
}
inline Money most_notional(const State& state, AccountId id) {
    const Money own = seldom(state.accounts[id].limited()) ? state.accounts.limits(id).notional : Money{};
    return own == Money{} ? Money{state.genesis.max_notional} : own;
}
inline std::uint32_t most_orders(const State& state, AccountId id) {
    const std::uint32_t own =
        seldom(state.accounts[id].limited()) ? state.accounts.limits(id).open_orders : 0;
    return own == 0 ? state.genesis.account_orders : own;
}

// ACCOUNT_UNKNOWN, or FORMAT_VALUE naming the first limit that is below 0 or wider than the market's.
void set_limits(Step& step, const SetLimits& body);

}  // namespace gridbook::engine
