// SPDX-License-Identifier: Apache-2.0
#pragma once
// Disputes that are not decided, by delivery and claimant. They are few: one table in that order. It outlives
// the deliveries themselves, and knows nothing of money or of events.

#include <algorithm>
#include <vector>

#include "engine/delivery/deliveries.hpp"

namespace gridbook::engine {

struct Dispute {
    DeliveryId delivery{};
    InstrumentId instrument{};
    AccountId seller = no_account;
    AccountId buyer = no_account;
    Side claimant = Side::sell;
    bool suspended = false;     // the delivery is settled but for this
    std::uint64_t minutes = 0;  // bit m: minute m is disputed
    Sha256 evidence{};          // what the claimant said last
    Money stake{};              // what is at stake, once suspended
    Money held{};               // of it out of the other side's cash

    // Who pays if the claimant is right.
    AccountId payer() const { return claimant == Side::sell ? buyer : seller; }
    AccountId receiver() const { return claimant == Side::sell ? seller : buyer; }
};

class Disputes {
  public:
    static constexpr std::size_t limit = 4'096;

    void reserve() { all_.reserve(limit); }
    bool full() const { return all_.size() >= limit; }
    const std::vector<Dispute>& all() const { return all_; }
    std::vector<Dispute>& all() { return all_; }

    Dispute* find(DeliveryId delivery, Side claimant) {
        const auto at = place(delivery, claimant);
        const bool found = at != all_.end() && at->delivery == delivery && at->claimant == claimant;
        return found ? &*at : nullptr;
    }
    Dispute& add(const Dispute& dispute) {
        return *all_.insert(place(dispute.delivery, dispute.claimant), dispute);
    }
    void remove(const Dispute& dispute) { all_.erase(all_.begin() + (&dispute - all_.data())); }

  private:
    std::vector<Dispute>::iterator place(DeliveryId delivery, Side claimant) {
        return std::ranges::lower_bound(all_, std::pair(delivery, claimant), {},
                                        [](const Dispute& d) { return std::pair(d.delivery, d.claimant); });
    }
    std::vector<Dispute> all_;
};

}  // namespace gridbook::engine
