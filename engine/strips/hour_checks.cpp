// SPDX-License-Identifier: Apache-2.0
#include "engine/strips/hour_checks.hpp"

#include "engine/book/checks.hpp"
#include "engine/refusal.hpp"
#include "engine/strips/hour_fills.hpp"

namespace gridbook::engine {

bool check_makers(const Swept& swept, InstrumentId told, Refused& r) {
    if (!swept.crowded()) return true;
    r = pool_full(Pool::events, most_makers, told);
    r.got = swept.makers;
    return false;
}

bool check_pools(const State& state, AccountId account, const Sweep& wanted, InstrumentId told, Refused& r) {
    if (positions_missing(state, account, wanted) > state.positions.limit() - state.positions.used()) {
        r = pool_full(Pool::positions, state.positions.limit(), told);
        return false;
    }
    // One record must always be left for a refusal or an order that ends at once.
    if (state.open_orders + 1 < state.records.limit()) return true;
    r = pool_full(Pool::records, state.records.limit(), told);
    return false;
}

bool check_open_orders(const State& state, AccountId account, InstrumentId told, Refused& r) {
    const std::uint32_t open = state.accounts[account].open_orders;
    if (open < most_orders(state, account)) return true;
    r = refusal(RejectReason::orders_limit, RejectField::account, told, most_orders(state, account),
                static_cast<std::int64_t>(open) + 1);
    return false;
}

}  // namespace gridbook::engine
