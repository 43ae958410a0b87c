// SPDX-License-Identifier: Apache-2.0
#pragma once
// Payouts that are not decided, by id. They are few: one table. It knows nothing of money or of events.

#include <algorithm>
#include <vector>

#include "engine/payout_commands.hpp"

namespace gridbook::engine {

struct Payout {
    PayoutId id{};
    AccountId account = no_account;
    Money amount{};
    Time requested{};
    Text<32> reference{};
};

class Payouts {
  public:
    static constexpr std::size_t limit = 4'096;

    void reserve() { all_.reserve(limit); }
    bool full() const { return all_.size() >= limit; }
    const std::vector<Payout>& all() const { return all_; }
    PayoutId last_id() const { return last_; }
    void set_last_id(PayoutId id) { last_ = id; }

    // Null: it is decided, or never was.
    const Payout* find(PayoutId id) const {
        const auto at = std::ranges::lower_bound(all_, id, {}, &Payout::id);
        return at != all_.end() && at->id == id ? &*at : nullptr;
    }
    const Payout* find(AccountId account, const Text<32>& reference) const {
        const auto at = std::ranges::find_if(
            all_, [&](const Payout& p) { return p.account == account && p.reference == reference; });
        return at != all_.end() ? &*at : nullptr;
    }
    // Gives it the next id.
    const Payout& add(Payout payout) {
        payout.id = last_ = PayoutId{last_.value + 1};
        return all_.emplace_back(payout);
    }
    // For restoring: with the id it had; the caller goes by rising ids.
    void put_back(const Payout& payout) { all_.push_back(payout); }
    void remove(PayoutId id) { all_.erase(std::ranges::lower_bound(all_, id, {}, &Payout::id)); }

  private:
    std::vector<Payout> all_;
    PayoutId last_{};
};

}  // namespace gridbook::engine
