// SPDX-License-Identifier: Apache-2.0
// Payouts in the twin: what an account asks back is held until an operator says that it is paid, or refused
// (engine/README.md, Payouts).
#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::Money;
using engine::PayoutState;
using engine::RejectField;
using engine::RejectReason;

namespace {
constexpr std::size_t most_payouts = 4'096;
}

void NaiveExchange::request_payout(const engine::RequestPayout& r) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    Account& account = accounts_[header().account.value];
    for (const auto& [id, known] : payouts_) {
        if (known.account != header().account || known.reference != r.reference) continue;
        if (known.amount != r.amount.value)
            return refuse(refusal(RejectReason::cid_reused, RejectField::reference));
        engine::PayoutChanged e = picture(id, known, PayoutState::requested);
        e.origin = header().origin;
        return emit(header().account, e, false, engine::event_flag::reply | engine::event_flag::duplicate);
    }
    if (r.amount.value <= 0) {
        auto refused = refusal(RejectReason::format_value, RejectField::amount);
        refused.limit_low = 1;
        refused.got = r.amount.value;
        return refuse(refused);
    }
    if (payouts_.size() >= most_payouts) return refuse(pool_full(engine::Pool::payouts, most_payouts));
    if (r.amount.value > account.cash) {
        auto refused = refusal(RejectReason::funds, RejectField::cash);
        refused.limit_high = account.cash;
        refused.got = r.amount.value;
        return refuse(refused);
    }
    const engine::PayoutId id{++last_payout_};
    const Payout payout{header().account, r.amount.value, now_, r.reference};
    payouts_[id] = payout;
    account.cash -= payout.amount;
    account.hold += payout.amount;
    engine::PayoutChanged e = picture(id, payout, PayoutState::requested);
    e.origin = header().origin;
    emit(header().account, e, true, engine::event_flag::reply);
}

void NaiveExchange::decide_payout(const engine::DecidePayout& d) {
    const auto known = payouts_.find(d.payout);
    if (known == payouts_.end()) {
        auto refused = refusal(RejectReason::payout_unknown, RejectField::payout);
        refused.got = d.payout.value;
        return refuse(refused);
    }
    const Payout payout = known->second;
    payouts_.erase(known);
    Account& account = accounts_[payout.account.value];
    account.hold -= payout.amount;
    (d.paid ? bank_ : account.cash) += payout.amount;
    engine::PayoutChanged e = picture(d.payout, payout, d.paid ? PayoutState::paid : PayoutState::refused);
    e.origin = header().origin;
    emit(engine::no_account, e, false, engine::event_flag::reply);
    e.origin = {};
    emit(payout.account, e, true);
}

engine::PayoutChanged NaiveExchange::picture(engine::PayoutId id, const Payout& payout,
                                             PayoutState state) const {
    engine::PayoutChanged e;
    e.payout = id;
    e.account = payout.account;
    e.amount = Money{payout.amount};
    e.cash = Money{accounts_[payout.account.value].cash};
    e.requested = payout.requested;
    e.reference = payout.reference;
    e.state = state;
    return e;
}

}  // namespace gridbook::twin
