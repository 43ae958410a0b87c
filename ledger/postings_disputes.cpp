// SPDX-License-Identifier: Apache-2.0
// Postings of disputes (market-rules section 7): what the disputed minutes would change waits in the hold of
// who would pay it, until it is decided. By formula, from the minutes that both sides reported.
#include <algorithm>

#include "ledger/postings.hpp"

namespace gridbook::ledger {

using engine::DisputeState;
using engine::Money;
using engine::Side;

namespace {
constexpr engine::AccountId house = engine::no_account;
}

// The delivery is settled as metered: what is at stake of each of its disputes follows from it now.
void Postings::put_at_stake(engine::DeliveryId id, const OpenDelivery& d) {
    const std::uint64_t metered = delivered(d);
    for (const Side claimant : {Side::buy, Side::sell}) {
        const auto known = disputes_.find({id, claimant});
        if (known == disputes_.end()) continue;
        std::uint64_t claimed = metered;
        for (std::uint32_t m = 0; m < 64; ++m) {
            if ((known->second.minutes >> m & 1) == 0 || !d.by_seller.has(m)) continue;
            claimed -= d.counted(m);
            if (claimant == Side::sell) claimed += d.by_seller.lots(m, d.qty);
        }
        const Money change = shortfall(d, claimed).sum() - shortfall(d, metered).sum();
        known->second.stake = claimant == Side::sell ? -change : change;
    }
}

// Told to the seller, then to the buyer: the money moves with the first of them. A decision is told to who
// decided before that, in nobody's stream.
void Postings::dispute_told(const engine::Event& event) {
    if (event.header.number.value == 0) return;
    const auto told = event.as<engine::DisputeChanged>();
    const DisputeKey key{told.delivery, told.claimant};
    if (told.state == DisputeState::opened) {
        OpenDispute& dispute = disputes_[key];
        expect(event, told.delivery, "minutes disputed before that are disputed still",
               static_cast<std::int64_t>(dispute.minutes),
               static_cast<std::int64_t>(dispute.minutes & told.minutes));
        dispute.minutes = told.minutes;
        dispute.seller = told.seller;
        dispute.buyer = told.buyer;
        return;
    }
    const auto known = disputes_.find(key);
    if (known == disputes_.end()) return expect(event, told.delivery, "disputes with this id", 1, 0);
    OpenDispute& dispute = known->second;
    if (told.party == Side::sell) {
        if (told.state == DisputeState::suspended)
            hold_stake(event, told, dispute);
        else if (told.state != DisputeState::settled)
            give_stake(event, told, dispute);
    }
    expect(event, told.delivery, "at stake", dispute.stake.value, told.stake.value);
    expect(event, told.delivery, "of it held", dispute.held.value, told.held.value);
    const bool over = told.state != DisputeState::suspended;
    if (over && told.party == Side::buy) disputes_.erase(known);
}

void Postings::hold_stake(const engine::Event& event, const engine::DisputeChanged& told,
                          OpenDispute& dispute) {
    const engine::AccountId payer = dispute.payer(told.claimant);
    dispute.held = std::clamp(cash(payer), Money{}, dispute.stake);
    enter_moved(event, Cause::dispute_suspended, told.delivery,
                {{payer, MoneyAccount::cash, -dispute.held}, {payer, MoneyAccount::hold, dispute.held}});
}

void Postings::give_stake(const engine::Event& event, const engine::DisputeChanged& told,
                          const OpenDispute& dispute) {
    const engine::AccountId payer = dispute.payer(told.claimant);
    if (told.state == DisputeState::rejected)
        return enter_moved(
            event, Cause::dispute_decided, told.delivery,
            {{payer, MoneyAccount::hold, -dispute.held}, {payer, MoneyAccount::cash, dispute.held}});
    enter_moved(
        event, Cause::dispute_decided, told.delivery,
        {{payer, MoneyAccount::hold, -dispute.held},
         {house, MoneyAccount::default_fund, dispute.held - dispute.stake},
         {told.claimant == Side::sell ? dispute.seller : dispute.buyer, MoneyAccount::cash, dispute.stake}});
}

}  // namespace gridbook::ledger
