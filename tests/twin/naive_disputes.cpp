// SPDX-License-Identifier: Apache-2.0
// Disputes in the twin: the hour is settled as it was metered, and what it would have come to otherwise
// waits for a regulator (market-rules section 7; engine/README.md, Disputes).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::DisputeState;
using engine::InstrumentId;
using engine::Money;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;

namespace {
constexpr std::size_t most_disputes = 4'096;
}

void NaiveExchange::open_dispute(const engine::OpenDispute& o) {
    if (const auto refused = report_refusal(o.delivery)) return refuse(*refused);
    const Delivery& d = deliveries_.at(o.delivery);
    if (const auto refused = dispute_refusal(d, o)) return refuse(*refused);
    const Side claimant = d.seller == header().account ? Side::sell : Side::buy;
    const DisputeKey key{d.id, claimant};
    if (disputes_.count(key) == 0 && disputes_.size() >= most_disputes)
        return refuse(pool_full(engine::Pool::disputes, most_disputes));
    Dispute& dispute = disputes_[key];
    dispute.instrument = d.instrument;
    dispute.seller = d.seller;
    dispute.buyer = d.buyer;
    dispute.evidence = o.evidence;
    for (int minute = 0; minute < 64; ++minute)
        if (o.minutes >> minute & 1) dispute.minutes.insert(minute);
    for (const Side party : {Side::sell, Side::buy}) {
        engine::DisputeChanged e = picture(key, dispute, DisputeState::opened, party);
        if (party == claimant) e.origin = header().origin;
        emit(party == Side::sell ? d.seller : d.buyer, e, true,
             party == claimant ? engine::event_flag::reply : std::uint8_t{0});
    }
}

NaiveExchange::Refusal NaiveExchange::dispute_refusal(const Delivery& d, const engine::OpenDispute& o) const {
    if (of_tokens(d)) {
        auto r = refusal(RejectReason::delivery_state, RejectField::delivery);
        r.got = d.id.value;
        return r;
    }
    std::int64_t last = std::min(d.first + d.minutes, running_minute(d)) - 1;
    if (d.failed()) last = std::min(last, *d.failed_from - 1);
    last = std::max(last, d.first - 1);
    std::int64_t wrong = o.minutes == 0 ? -1 : 64;
    for (std::int64_t minute = 63; minute >= 0 && o.minutes != 0; --minute)
        if ((o.minutes >> minute & 1) != 0 && (minute < d.first || minute > last)) wrong = minute;
    if (wrong == 64) return std::nullopt;
    auto r = refusal(RejectReason::format_value, RejectField::minutes);
    r.limit_low = d.first;
    r.limit_high = last;
    r.got = wrong;
    return r;
}

std::int64_t NaiveExchange::stake_of(const Delivery& d, const Dispute& dispute, Side claimant) const {
    const std::int64_t metered = d.delivered() + d.covered;
    std::int64_t claimed = metered;
    for (const int minute : dispute.minutes) {
        const auto said = d.by_seller.find(minute);
        claimed -= d.counted(minute);
        if (claimant == Side::sell && said != d.by_seller.end()) claimed += said->second;
    }
    const std::int64_t change = back_of(d, claimed).sum() - back_of(d, metered).sum();
    return claimant == Side::sell ? -change : change;
}

// All positions of the instrument are settled: `done` are its deliveries as they were.
void NaiveExchange::suspend(InstrumentId i, const std::map<engine::DeliveryId, Delivery>& done) {
    for (auto at = disputes_.begin(); at != disputes_.end();) {
        auto& [key, dispute] = *at;
        if (dispute.instrument != i || dispute.suspended) {
            ++at;
            continue;
        }
        Account& payer = accounts_[(key.second == Side::sell ? dispute.buyer : dispute.seller).value];
        dispute.suspended = true;
        dispute.stake = stake_of(done.at(key.first), dispute, key.second);
        dispute.held = std::min(dispute.stake, payer.cash);
        payer.cash -= dispute.held;
        payer.hold += dispute.held;
        tell(key, dispute, dispute.stake == 0 ? DisputeState::settled : DisputeState::suspended);
        at = dispute.stake == 0 ? disputes_.erase(at) : std::next(at);
    }
}

void NaiveExchange::decide_dispute(const engine::DecideDispute& c) {
    const auto known = disputes_.find({c.delivery, c.claimant});
    if (known == disputes_.end() || !known->second.suspended) {
        auto r =
            refusal(known == disputes_.end() ? RejectReason::delivery_unknown : RejectReason::delivery_state,
                    RejectField::delivery);
        r.got = c.delivery.value;
        return refuse(r);
    }
    const auto [key, dispute] = *known;
    const bool sells = c.claimant == Side::sell;
    Account& payer = accounts_[(sells ? dispute.buyer : dispute.seller).value];
    payer.hold -= dispute.held;
    if (c.upheld) {
        accounts_[(sells ? dispute.seller : dispute.buyer).value].cash += dispute.stake;
        default_fund_ -= dispute.stake - dispute.held;
    } else {
        payer.cash += dispute.held;
    }
    const DisputeState decided = c.upheld ? DisputeState::upheld : DisputeState::rejected;
    engine::DisputeChanged answer = picture(key, dispute, decided, Side::sell);
    answer.origin = header().origin;
    emit(engine::no_account, answer, false, engine::event_flag::reply);
    tell(key, dispute, decided);
    disputes_.erase(known);
}

engine::DisputeChanged NaiveExchange::picture(const DisputeKey& key, const Dispute& dispute,
                                              DisputeState state, Side party) const {
    engine::DisputeChanged e;
    e.delivery = key.first;
    e.claimant = key.second;
    e.instrument = dispute.instrument;
    e.seller = dispute.seller;
    e.buyer = dispute.buyer;
    for (const int minute : dispute.minutes) e.minutes |= std::uint64_t{1} << minute;
    e.evidence = dispute.evidence;
    e.stake = Money{dispute.stake};
    e.held = Money{dispute.held};
    e.state = state;
    e.party = party;
    return e;
}

void NaiveExchange::tell(const DisputeKey& key, const Dispute& dispute, DisputeState state) {
    emit(dispute.seller, picture(key, dispute, state, Side::sell), true);
    emit(dispute.buyer, picture(key, dispute, state, Side::buy), true);
}

}  // namespace gridbook::twin
