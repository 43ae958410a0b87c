// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/disputing.hpp"

#include <bit>

#include "engine/delivery/money.hpp"
#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

DisputeChanged told_dispute(const Dispute& d, DisputeState state, Side party) {
    DisputeChanged e;
    e.delivery = d.delivery;
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.minutes = d.minutes;
    e.stake = d.stake;
    e.held = d.held;
    e.evidence = d.evidence;
    e.state = state;
    e.claimant = d.claimant;
    e.party = party;
    return e;
}

void tell_both(Step& step, const Dispute& d, DisputeState state) {
    tell_numbered(step, d.seller, told_dispute(d, state, Side::sell));
    tell_numbered(step, d.buyer, told_dispute(d, state, Side::buy));
}

// To both; the claimant's copy is the answer.
void answer_claimant(Step& step, const Dispute& d) {
    for (const Side party : {Side::sell, Side::buy}) {
        DisputeChanged e = told_dispute(d, DisputeState::opened, party);
        const bool claims = party == d.claimant;
        if (claims) e.origin = step.command.origin;
        tell_numbered(step, party == Side::sell ? d.seller : d.buyer, e, claims ? event_flag::reply : 0);
    }
}

void refuse_delivery(Step& step, RejectReason reason, DeliveryId id) {
    refuse(step, refusal(reason, RejectField::delivery, 0, id.value));
}

// Minutes that are over and that may be disputed: from the delivery's first one up to this.
std::int64_t disputable_until(const State& state, const Delivery& d) {
    const std::int64_t running = Window(d.instrument, Product::gpu).running(state.time);
    const std::int64_t end = d.failed() ? d.failed_from : d.end_minute();
    return std::clamp<std::int64_t>(running, d.first_minute, std::max<std::int64_t>(end, d.first_minute));
}

Refused check_minutes(const State& state, const Delivery& d, std::uint64_t minutes) {
    const std::int64_t until = disputable_until(state, d);
    std::uint64_t own = 0;
    for (std::int64_t m = d.first_minute; m < until; ++m) own |= std::uint64_t{1} << m;
    if (minutes != 0 && (minutes & ~own) == 0) return {};
    const std::int64_t got = minutes == 0 ? -1 : std::countr_zero(minutes & ~own);
    Refused r = refusal(RejectReason::format_value, RejectField::minutes, until - 1, got);
    r.limit_low = d.first_minute;
    return r;
}

// What the delivery comes to if the claimant is right: the buyer had nothing in these minutes, the seller
// delivered what it reported.
Shortfall claimed(const State& state, const Delivery& d, const Dispute& dispute) {
    Delivery right = d;
    for (std::uint32_t m = d.first_minute; m < d.end_minute(); ++m) {
        if ((dispute.minutes >> m & 1) == 0) continue;
        right.counted -= d.counts(m);
        if (dispute.claimant == Side::sell && d.by_seller.has(m)) right.counted += d.by_seller.lots[m];
    }
    return shortfall_of(state, right);
}

Money stake_of(const State& state, const Delivery& d, const Dispute& dispute) {
    const Shortfall metered = shortfall_of(state, d), right = claimed(state, d, dispute);
    const Money change = right.refund + right.penalty - metered.refund - metered.penalty;
    return dispute.claimant == Side::sell ? -change : change;
}

void suspend(Step& step, Dispute& dispute, const Delivery& d) {
    State& state = step.state;
    dispute.stake = stake_of(state, d, dispute);
    Account& payer = state.accounts[dispute.payer()];
    dispute.held = Money{std::clamp<std::int64_t>(payer.cash.value, 0, dispute.stake.value)};
    payer.cash -= dispute.held;
    payer.hold += dispute.held;
    dispute.suspended = true;
    tell_both(step, dispute, dispute.stake == Money{} ? DisputeState::settled : DisputeState::suspended);
}

}  // namespace

DisputeChanged dispute_as_it_is(const Dispute& d) {
    return told_dispute(d, d.suspended ? DisputeState::suspended : DisputeState::opened, Side::sell);
}

void open_dispute(Step& step, const OpenDispute& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const std::uint32_t slot = state.deliveries.find(body.delivery);
    if (slot == 0 || (state.deliveries[slot].seller != account && state.deliveries[slot].buyer != account))
        return refuse_delivery(step, RejectReason::delivery_unknown, body.delivery);
    const Delivery& d = state.deliveries[slot];
    if (state.catalogue.family(d.instrument.family).product != Product::gpu)
        return refuse_delivery(step, RejectReason::delivery_state, body.delivery);
    if (const Refused r = check_minutes(state, d, body.minutes); !passed(r)) return refuse(step, r);
    const Side claimant = d.seller == account ? Side::sell : Side::buy;
    Dispute* dispute = state.disputes.find(body.delivery, claimant);
    if (dispute == nullptr) {
        if (state.disputes.full()) return refuse(step, pool_full(Pool::disputes, Disputes::limit));
        Dispute opened;
        opened.delivery = d.id;
        opened.instrument = d.instrument;
        opened.seller = d.seller;
        opened.buyer = d.buyer;
        opened.claimant = claimant;
        dispute = &state.disputes.add(opened);
    }
    dispute->minutes |= body.minutes;
    dispute->evidence = body.evidence;
    answer_claimant(step, *dispute);
}

void decide_dispute(Step& step, const DecideDispute& body) {
    State& state = step.state;
    Dispute* dispute = state.disputes.find(body.delivery, body.claimant);
    if (dispute == nullptr) return refuse_delivery(step, RejectReason::delivery_unknown, body.delivery);
    if (!dispute->suspended) return refuse_delivery(step, RejectReason::delivery_state, body.delivery);
    Account& payer = state.accounts[dispute->payer()];
    payer.hold -= dispute->held;
    if (body.upheld) {
        state.accounts[dispute->receiver()].cash += dispute->stake;
        state.accounts.house.default_fund -= dispute->stake - dispute->held;
    } else {
        payer.cash += dispute->held;
    }
    const DisputeState decided = body.upheld ? DisputeState::upheld : DisputeState::rejected;
    DisputeChanged answer = told_dispute(*dispute, decided, Side::sell);
    answer.origin = step.command.origin;
    tell(step, no_account, answer, event_flag::reply);
    tell_both(step, *dispute, decided);
    state.disputes.remove(*dispute);
}

bool suspend_disputed(Step& step, InstrumentId i) {
    State& state = step.state;
    auto& all = state.disputes.all();
    for (std::size_t n = 0; n < all.size();) {
        Dispute& dispute = all[n];
        const bool due = dispute.instrument == i && !dispute.suspended;
        if (due && step.sink.room() < 2) return false;
        if (due) suspend(step, dispute, state.deliveries[state.deliveries.find(dispute.delivery)]);
        if (dispute.suspended && dispute.stake == Money{})
            state.disputes.remove(dispute);
        else
            ++n;
    }
    return true;
}

}  // namespace gridbook::engine
