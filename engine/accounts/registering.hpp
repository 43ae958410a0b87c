// SPDX-License-Identifier: Apache-2.0
#pragma once
// Capacity comes and goes: resources are registered and withdrawn (market-rules section 3).

#include "engine/refusal.hpp"
#include "engine/step.hpp"

namespace gridbook::engine {

void register_resource(Step& step, const RegisterResource& body);
void withdraw_resource(Step& step, const WithdrawResource& body);
ResourceRegistered told_resource(const State& state, const Resource& resource);

// Capacity is to shrink: what `left_in(instrument)` gives is what would be left of it. Passed, or OBLIGATION
// with the first window in which more is owed: none is final before it is settled.
template <class LeftIn>
Refused check_obligations(const State& state, AccountId account, FamilyId family, LeftIn&& left_in) {
    const Position* worst = nullptr;
    for (std::uint32_t slot = state.accounts[account].first_position; slot != no_slot;
         slot = state.positions[slot].next_of_account) {
        const Position& p = state.positions[slot];
        if (p.instrument.family != family || p.committed() <= left_in(p.instrument)) continue;
        if (worst == nullptr || p.instrument < worst->instrument) worst = &p;
    }
    if (worst == nullptr) return {};
    const Product product = state.catalogue.family(family).product;
    return refusal(RejectReason::obligation, RejectField::count, worst->instrument,
                   decimal_of(left_in(worst->instrument), product).value,
                   decimal_of(worst->committed(), product).value);
}

}  // namespace gridbook::engine
