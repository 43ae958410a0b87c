// SPDX-License-Identifier: Apache-2.0
#pragma once
// The standby offers, in time order, beside the books. They share the pool of the strips: both together are
// never more than it holds.

#include <vector>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

class StandbyList {
  public:
    void reserve(std::size_t limit) {
        offers_.assign(limit + 1, Offer{});
        free_.resize(limit);
        for (std::size_t i = 0; i < limit; ++i) free_[i] = static_cast<std::uint32_t>(limit - i);
    }
    std::size_t limit() const { return offers_.size() - 1; }
    std::size_t used() const { return limit() - free_.size(); }

    // In time order, slots; 0: no more. What is offered stands in the order's record.
    std::uint32_t first() const { return first_; }
    std::uint32_t next(std::uint32_t slot) const { return offers_[slot].next; }
    std::uint32_t record(std::uint32_t slot) const { return offers_[slot].record; }

    // Behind all others. The caller has checked that there is room.
    std::uint32_t append(std::uint32_t record) {
        GRIDBOOK_CHECK(!free_.empty());
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        offers_[slot] = {.record = record, .next = 0, .previous = last_};
        (last_ == 0 ? first_ : offers_[last_].next) = slot;
        last_ = slot;
        return slot;
    }
    void remove(std::uint32_t slot) {
        const Offer gone = offers_[slot];
        (gone.previous == 0 ? first_ : offers_[gone.previous].next) = gone.next;
        (gone.next == 0 ? last_ : offers_[gone.next].previous) = gone.previous;
        offers_[slot] = Offer{};
        free_.push_back(slot);
    }

  private:
    struct Offer {
        std::uint32_t record = no_slot;
        std::uint32_t next = 0;
        std::uint32_t previous = 0;
    };
    std::vector<Offer> offers_;  // slot 0 is "none"
    std::vector<std::uint32_t> free_;
    std::uint32_t first_ = 0;
    std::uint32_t last_ = 0;
};

}  // namespace gridbook::engine
