// SPDX-License-Identifier: Apache-2.0
#pragma once
// A grant's life: opened by a purchase, drawn from, noticed, carried over once, expired (engine README,
// Packages). Balances are quarters of a standard token.

#include "engine/refusal.hpp"
#include "engine/step.hpp"

namespace gridbook::engine {

// How long before the end of its period the buyer is told what is left. Of a period that is no longer than
// this it would be told at the sale: such grants have no notice.
inline constexpr Duration grant_notice = day;

// Links a grant of a kept package and counts it with what its issuer owes. There is room.
std::uint32_t open_grant(State& state, const Grant& grant);
// Its next timer: the notice, or the end of its period.
Due grant_due(const Grant& grant);

// The grant as its change is told, to nobody yet.
GrantChanged told_grant(const State& state, const Grant& grant, GrantChange change);
// To the issuer and the buyer. Room for two events.
void tell_both(Step& step, const Grant& grant, GrantChanged told);

// What a use takes of a grant, when it passed.
struct Charge {
    std::uint32_t grant = 0;   // slot
    std::uint64_t excess = 0;  // of the use beyond the balance
    Money cost{};              // of that, to the issuer

    std::uint64_t left(const State& state, std::uint64_t amount) const {
        return state.grants[grant].balance - (amount - excess);
    }
};
// May the buyer draw so much by this grant? PACKAGE_UNKNOWN, QUOTA_EXHAUSTED, FUNDS.
Refused check_charge(const State& state, AccountId buyer, GrantId id, std::uint64_t amount, Charge& charge);
void charge_grant(Step& step, const Charge& charge, std::uint64_t amount, const Text<32>& usage);

// What is due of a grant now: its notice, or its end. Room for two events.
void strike_grant(Step& step, std::uint32_t slot);

GrantRow grant_row(const State& state, const Grant& grant, Side party);

}  // namespace gridbook::engine
