// SPDX-License-Identifier: Apache-2.0
#pragma once
// Live orders: 32 bytes each, two a cache line, in one pool with 32-bit links. Slots are reused last in,
// first out, so that a busy book stays in the cache however long it runs. What matching does not need lives
// in the order's record (order_records.hpp). An order has its slot from its beginning to its end, so one slot
// more than may rest is there for the order that is being matched.

#include <vector>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

// Where a live order stands: in no book (it is being matched), in its ladder, or outside the ladder's span
// (book.hpp).
enum class Where : std::uint8_t { nowhere = 0, ladder, aside };

struct RestingOrder {
    std::uint32_t next = 0;  // in its level, towards later; 0: none
    std::uint32_t previous = 0;
    std::uint32_t leaves = 0;  // lots
    Price price{};
    std::uint32_t record = no_slot;
    GroupId group{};
    std::uint32_t book = 0;
    Side side = Side::buy;
    bool parked = false;          // what its owner was last told
    bool non_executable = false;  // what its owner was last told
    Where where = Where::nowhere;
};
static_assert(sizeof(RestingOrder) == 32);

class OrderPool {
  public:
    void reserve(std::size_t limit) {
        orders_.assign(limit + 2, RestingOrder{});  // slot 0 is "none"
        free_.resize(limit + 1);
        for (std::size_t i = 0; i <= limit; ++i) free_[i] = static_cast<std::uint32_t>(limit + 1 - i);
    }
    std::uint32_t take() {
        GRIDBOOK_CHECK(!free_.empty());
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        orders_[slot].where = Where::nowhere;
        orders_[slot].non_executable = false;
        return slot;
    }
    void give_back(std::uint32_t slot) { free_.push_back(slot); }
    bool full() const { return free_.size() <= 1; }  // no other may rest
    bool spent() const { return free_.empty(); }
    std::size_t limit() const { return orders_.size() - 2; }
    std::size_t slots() const { return orders_.size() - 1; }
    std::size_t used() const { return slots() - free_.size(); }
    RestingOrder& operator[](std::uint32_t slot) { return orders_[slot]; }
    const RestingOrder& operator[](std::uint32_t slot) const { return orders_[slot]; }
    [[gnu::always_inline]] void prefetch(std::uint32_t slot) const { __builtin_prefetch(&orders_[slot]); }

  private:
    PoolVector<RestingOrder> orders_;
    PoolVector<std::uint32_t> free_;
};

}  // namespace gridbook::engine
