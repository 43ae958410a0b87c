// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/limits.hpp"

#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

Refused check_limits(const State& state, AccountId id, const AccountLimits& l) {
    if (!state.accounts.known(id)) return refusal(RejectReason::account_unknown, RejectField::account);
    const Genesis& g = state.genesis;
    if (l.qty < Decimal{} || l.qty.value > g.max_qty)
        return refusal(RejectReason::format_value, RejectField::qty, g.max_qty, l.qty.value);
    if (l.notional < Money{} || l.notional.value > g.max_notional)
        return refusal(RejectReason::format_value, RejectField::notional, g.max_notional, l.notional.value);
    if (l.open_orders > g.account_orders)
        return refusal(RejectReason::format_value, RejectField::open_orders, g.account_orders, l.open_orders);
    return {};
}

}  // namespace

void set_limits(Step& step, const SetLimits& body) {
    const AccountId id = step.command.account;
    if (const Refused r = check_limits(step.state, id, body.limits); !passed(r)) return refuse(step, r);
    step.state.accounts.set_limits(id, body.limits);
    LimitsSet& e = next_event<LimitsSet>(step, id, event_flag::reply);
    e.origin = step.command.origin;
    e.limits = body.limits;
    e.blob = body.blob == Sha256{} ? Sequence{} : step.command.sequence;
}

}  // namespace gridbook::engine
