// SPDX-License-Identifier: Apache-2.0
#pragma once
// Resting orders: 32 bytes each, two a cache line, in one pool with 32-bit links. Slots are reused last in,
// first out, so that a busy book stays in the cache however long it runs. What matching does not need lives
// in the order's record (order_records.hpp).

#include <vector>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

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
    bool aside = false;           // outside the span of its ladder (book.hpp)
};
static_assert(sizeof(RestingOrder) == 32);

class OrderPool {
  public:
    void reserve(std::size_t limit) {
        orders_.assign(limit + 1, RestingOrder{});  // slot 0 is "none"
        sessions_.assign(limit + 1, 0);
        free_.resize(limit);
        for (std::size_t i = 0; i < limit; ++i) free_[i] = static_cast<std::uint32_t>(limit - i);
    }
    std::uint32_t take() {
        GRIDBOOK_CHECK(!free_.empty());
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        return slot;
    }
    void give_back(std::uint32_t slot) {
        sessions_[slot] = 0;
        free_.push_back(slot);
    }
    bool full() const { return free_.empty(); }
    std::size_t limit() const { return orders_.size() - 1; }
    std::size_t used() const { return limit() - free_.size(); }
    RestingOrder& operator[](std::uint32_t slot) { return orders_[slot]; }
    const RestingOrder& operator[](std::uint32_t slot) const { return orders_[slot]; }
    // The session that the order is cancelled with when its connection is lost; 0: none.
    std::uint32_t& session(std::uint32_t slot) { return sessions_[slot]; }
    std::uint32_t session(std::uint32_t slot) const { return sessions_[slot]; }
    void prefetch(std::uint32_t slot) const { __builtin_prefetch(&orders_[slot]); }

  private:
    PoolVector<RestingOrder> orders_;
    PoolVector<std::uint32_t> sessions_;
    PoolVector<std::uint32_t> free_;
};

}  // namespace gridbook::engine
