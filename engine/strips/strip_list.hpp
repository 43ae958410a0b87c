// SPDX-License-Identifier: Apache-2.0
#pragma once
// The strips that rest, in time order, in a pool of fixed size.

#include <array>
#include <vector>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

inline constexpr std::uint32_t most_hours = 168;
inline constexpr std::uint32_t fewest_hours = 2;

// Lots of one hour that a selling strip bought before and offers again: they carry no margin there.
struct StripLeg {
    std::uint32_t position = no_slot;  // of its account in this hour; a buying strip has none while it rests
    std::uint32_t free = 0;
};

// What trying needs stands in the first cache line.
struct RestingStrip {
    std::uint32_t record = no_slot;
    std::uint32_t next = 0;  // in time; 0: none
    std::uint32_t previous = 0;
    std::uint32_t session = 0;
    FamilyId family = no_family;
    std::uint16_t hours = 0;
    Period start{};
    AccountId account = no_account;
    GroupId group{};
    std::uint32_t lots = 0;  // in each hour
    Price price{};           // limit on the average
    Period short_hour{};     // the hour that was short when it was last tried; 0: none
    Side side = Side::buy;
    bool crowded = false;  // it met too many orders when it was last tried
    std::array<StripLeg, most_hours> legs{};

    bool covers(InstrumentId i) const {
        return i.family == family && i.period >= start && i.period.value - start.value < hours;
    }
};

class StripList {
  public:
    void reserve(std::size_t limit) {
        strips_.assign(limit + 1, RestingStrip{});
        free_.resize(limit);
        for (std::size_t i = 0; i < limit; ++i) free_[i] = static_cast<std::uint32_t>(limit - i);
    }
    bool full() const { return free_.empty(); }
    bool empty() const { return first_ == 0; }
    std::size_t limit() const { return strips_.size() - 1; }
    std::size_t used() const { return limit() - free_.size(); }
    std::uint32_t first() const { return first_; }
    RestingStrip& operator[](std::uint32_t slot) { return strips_[slot]; }
    const RestingStrip& operator[](std::uint32_t slot) const { return strips_[slot]; }

    // Puts a strip at the end of the list.
    std::uint32_t append(const RestingStrip& strip) {
        GRIDBOOK_CHECK(!free_.empty());
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        strips_[slot] = strip;
        strips_[slot].previous = last_;
        strips_[slot].next = 0;
        (last_ == 0 ? first_ : strips_[last_].next) = slot;
        last_ = slot;
        crowded_ += strip.crowded;
        return slot;
    }
    void remove(std::uint32_t slot) {
        const RestingStrip& strip = strips_[slot];
        (strip.previous == 0 ? first_ : strips_[strip.previous].next) = strip.next;
        (strip.next == 0 ? last_ : strips_[strip.next].previous) = strip.previous;
        crowded_ -= strip.crowded;
        strips_[slot] = RestingStrip{};
        free_.push_back(slot);
    }

    // Strips that met too many orders: an order that goes away may be all that they wait for.
    std::uint32_t crowded() const { return crowded_; }
    void set_crowded(std::uint32_t slot, bool crowded) {
        crowded_ += crowded;
        crowded_ -= strips_[slot].crowded;
        strips_[slot].crowded = crowded;
    }

  private:
    std::vector<RestingStrip> strips_;  // slot 0 is "none"
    std::vector<std::uint32_t> free_;
    std::uint32_t first_ = 0;
    std::uint32_t last_ = 0;
    std::uint32_t crowded_ = 0;
};

}  // namespace gridbook::engine
