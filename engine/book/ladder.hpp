// SPDX-License-Identifier: Apache-2.0
#pragma once
// One side of a book: an array of levels indexed by tick, not a tree, because bands bound the price.
//
//   root: 256 nodes of 4,096 ticks, 4 words of occupancy ──▶ node: 64 pages of 64 ticks, one word, and the
//   word of each page ──▶ page: 64 levels of 16 bytes (head, tail, total)
//
// So a ladder spans 2^20 ticks (10,485.75 CNY), finds the next price in at most three words, and costs memory
// only where prices live: nodes and pages come from pools that all ladders share and go back when they are
// empty. Invariant: a bit is set exactly where a level has an order.

#include <vector>

#include "engine/book/order_pool.hpp"

namespace gridbook::engine {

// The widest price a book can hold.
inline constexpr Price max_price{(1 << 20) - 1};

struct Level {
    std::uint32_t head = 0;  // first in time; 0: empty
    std::uint32_t tail = 0;
    std::int64_t total = 0;  // lots
};
static_assert(sizeof(Level) == 16);

struct LevelPage {
    Level levels[64];
};

struct LevelNode {
    std::uint64_t pages_used = 0;
    std::uint64_t levels_used[64] = {};
    std::uint32_t page[64] = {};  // slot in the page pool; 0: none
};

// The pools behind all ladders. Slot 0 is "none" in both.
class LevelPool {
  public:
    void reserve(std::size_t pages);
    bool full() const { return free_pages_.empty() || free_nodes_.empty(); }
    std::size_t limit() const { return pages_.size() - 1; }
    std::size_t used() const { return limit() - free_pages_.size(); }

    std::uint32_t take_page();
    std::uint32_t take_node();
    void give_back_page(std::uint32_t slot) { free_pages_.push_back(slot); }
    void give_back_node(std::uint32_t slot) { free_nodes_.push_back(slot); }
    LevelPage& page(std::uint32_t slot) { return pages_[slot]; }
    LevelNode& node(std::uint32_t slot) { return nodes_[slot]; }
    const LevelPage& page(std::uint32_t slot) const { return pages_[slot]; }
    const LevelNode& node(std::uint32_t slot) const { return nodes_[slot]; }

  private:
    std::vector<LevelPage> pages_;
    std::vector<LevelNode> nodes_;
    std::vector<std::uint32_t> free_pages_;
    std::vector<std::uint32_t> free_nodes_;
};

class Ladder {
  public:
    // Appends a resting order to the end of its level. The caller has checked LevelPool::full().
    void append(LevelPool& levels, OrderPool& orders, std::uint32_t slot);
    // Takes a resting order out of its level, wherever it stands.
    void remove(LevelPool& levels, OrderPool& orders, std::uint32_t slot);
    // The order at `slot` has fewer leaves than its level counted.
    void reduce(LevelPool& levels, Price price, std::uint32_t lots) { level(levels, price).total -= lots; }

    // Occupied prices; Price{0}: none.
    Price lowest_at_least(const LevelPool& levels, Price price) const;
    Price highest_at_most(const LevelPool& levels, Price price) const;
    // The level of an occupied price.
    Level& level(LevelPool& levels, Price price) const;
    const Level& level(const LevelPool& levels, Price price) const;
    // A page of levels is there for this price, so an order there needs none from the pool.
    bool has_page(const LevelPool& levels, Price price) const;
    bool empty() const { return (used_[0] | used_[1] | used_[2] | used_[3]) == 0; }

  private:
    static constexpr unsigned none = 256;
    unsigned lowest_node_above(unsigned node) const;
    unsigned highest_node_below(unsigned node) const;

    std::uint64_t used_[4] = {};
    std::uint32_t node_[256] = {};
};

}  // namespace gridbook::engine
