// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/paying_out.hpp"

#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

PayoutChanged told_payout(const State& state, const Payout& p, PayoutState what) {
    PayoutChanged e;
    e.payout = p.id;
    e.account = p.account;
    e.amount = p.amount;
    e.cash = state.accounts[p.account].cash;
    e.requested = p.requested;
    e.reference = p.reference;
    e.state = what;
    return e;
}

void tell_again(Step& step, const Payout& known, Money amount) {
    if (known.amount != amount)
        return refuse(step, refusal(RejectReason::cid_reused, RejectField::reference));
    PayoutChanged e = told_payout(step.state, known, PayoutState::requested);
    e.origin = step.command.origin;
    tell(step, known.account, e, event_flag::reply | event_flag::duplicate);
}

Refused check(const State& state, AccountId account, Money amount) {
    if (amount <= Money{}) {
        Refused r = refusal(RejectReason::format_value, RejectField::amount, 0, amount.value);
        r.limit_low = 1;
        return r;
    }
    if (state.payouts.full()) return pool_full(Pool::payouts, Payouts::limit);
    const Money cash = state.accounts[account].cash;
    if (amount > cash) return refusal(RejectReason::funds, RejectField::cash, cash.value, amount.value);
    return {};
}

}  // namespace

void request_payout(Step& step, const RequestPayout& body) {
    State& state = step.state;
    const AccountId id = step.command.account;
    if (const Payout* known = state.payouts.find(id, body.reference))
        return tell_again(step, *known, body.amount);
    if (const Refused r = check(state, id, body.amount); !passed(r)) return refuse(step, r);
    const Payout& payout = state.payouts.add({.id = {},
                                              .account = id,
                                              .amount = body.amount,
                                              .requested = state.time,
                                              .reference = body.reference});
    state.accounts[id].cash -= body.amount;
    state.accounts[id].hold += body.amount;
    PayoutChanged e = told_payout(state, payout, PayoutState::requested);
    e.origin = step.command.origin;
    tell_numbered(step, id, e, event_flag::reply);
}

void decide_payout(Step& step, const DecidePayout& body) {
    State& state = step.state;
    const Payout* payout = state.payouts.find(body.payout);
    if (payout == nullptr)
        return refuse(step, refusal(RejectReason::payout_unknown, RejectField::payout, 0, body.payout.value));
    Account& account = state.accounts[payout->account];
    account.hold -= payout->amount;
    (body.paid ? state.accounts.house.bank : account.cash) += payout->amount;
    PayoutChanged e = told_payout(state, *payout, body.paid ? PayoutState::paid : PayoutState::refused);
    e.origin = step.command.origin;
    tell(step, no_account, e, event_flag::reply);
    e.origin = {};
    tell_numbered(step, payout->account, e);
    state.payouts.remove(body.payout);
}

void answer_payouts(const State& state, Answer& answer, const QueryPayouts& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    std::uint32_t rows = 0;
    for (const Payout& payout : state.payouts.all()) {
        const bool asked = answer.account() == no_account || payout.account == answer.account();
        if (!asked || payout.id <= q.after) continue;
        if (rows++ == limit) return answer.end(true);
        PayoutRow row{told_payout(state, payout, PayoutState::requested)};
        row.payout.origin = answer.origin();
        answer.row(row);
    }
    answer.end(false);
}

}  // namespace gridbook::engine
