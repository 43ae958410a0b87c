// SPDX-License-Identifier: Apache-2.0
#pragma once
// The usage ids that accounts drew tokens under, so that the same twice draws once (market-rules section 7):
// each until an hour after the end of the UTC day of its draw. They stand in a ring in the order of their
// draws, beside it an index by account and id. Forgetting is no timer and never much at once: an id that is
// too old counts as unknown, and each draw takes two of those out.

#include "engine/book/cid_index.hpp"
#include "engine/units/time.hpp"

namespace gridbook::engine {

inline constexpr Duration usage_kept{60 * minute.value};  // after the end of the day of the draw

// A draw, and what was answered.
struct Usage {
    Text<32> id{};
    AccountId account = no_account;
    std::uint32_t day = 0;  // UTC, since the epoch
    std::uint64_t body_hash = 0;
    DeliveryId holding{};
    ClassId class_id{};
    std::uint16_t holdings = 0;
    std::uint64_t amount = 0;
    std::uint64_t remaining = 0;
};

class Usages {
  public:
    static constexpr std::uint8_t most_log2 = 28;

    // Reserved, and first touched when they are needed: most markets draw little. 0: nothing is drawn here.
    void reserve(std::uint8_t log2);
    bool kept() const { return limit_ != 0; }
    std::size_t limit() const { return limit_; }

    // The account's draw under this id; null: none that is still remembered.
    const Usage* find(AccountId account, const Text<32>& id, Time now) const;
    // Are as many remembered as there may be?
    bool full(Time now) const { return remembered(now) >= limit_; }
    std::size_t remembered(Time now) const;
    // One more, of today; it is not known and there is room. Makes a place first.
    void add(const Usage& usage, Time now);
    // The next one of a snapshot, of a day that is not before the last one's. False: it cannot be.
    bool put_back(const Usage& usage, Time now);

    // Calls f(usage) for those that are remembered, oldest first.
    template <class F>
    void for_each(Time now, F&& f) const {
        for (std::uint64_t n = first_; n != end_; ++n)
            if (lives(at(n), now)) f(at(n));
    }

  private:
    static bool lives(const Usage& u, Time now) {
        return now < Time{(std::int64_t{u.day} + 1) * day.value} + usage_kept;
    }
    const Usage& at(std::uint64_t n) const { return ring_[static_cast<std::size_t>(n & (limit_ - 1))]; }
    void count(std::uint32_t today);
    void forget(Time now);
    void append(const Usage& usage);

    PoolVector<Usage> ring_;
    CidIndex index_;
    std::uint64_t first_ = 0;  // counted from the first draw on: a place is this modulo the limit
    std::uint64_t end_ = 0;
    std::size_t limit_ = 0;
    // Draws of the last day on which something was drawn, and of the day before that one.
    std::uint32_t last_day_ = 0;
    std::size_t of_last_ = 0;
    std::size_t of_before_ = 0;
};

}  // namespace gridbook::engine
