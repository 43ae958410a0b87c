// SPDX-License-Identifier: Apache-2.0
#pragma once
// One side of a book: an array of levels indexed by tick, not a tree, because bands bound the price.
//
//   root: 512 nodes of 4,096 ticks above `base`, 8 words of occupancy ──▶ node: 64 pages of 64 ticks, one
//   word, and the word of each page ──▶ page: 64 levels of 16 bytes (head, tail, total)
//
// So a ladder spans 2^21 ticks, finds the next price in at most three words, and costs memory only where
// prices live: nodes and pages come from pools that all ladders share and go back when they are empty. The
// base moves when a band leaves the span (Book::rebase in book.hpp). Invariant: a bit is set exactly where a
// level has an order.

#include <bit>
#include <utility>
#include <vector>

#include "engine/book/order_pool.hpp"

namespace gridbook::engine {

// The highest price there is: 21 million CNY a unit. Far above what any book spans at once.
inline constexpr Price max_price{(1 << 30) - 1};
// The ticks between the edges of the widest hard band that a book holds wherever the band lies.
inline constexpr std::int32_t ladder_span = 1 << 21;
inline constexpr std::int32_t node_span = 1 << 12;
inline constexpr std::int32_t widest_band = ladder_span - node_span;

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
    // Pages are also kept back for orders that a moved base put aside (book.hpp) and that may come back.
    bool full() const { return full_; }
    void keep_back(std::size_t pages) { kept_back_ += pages, look(); }
    void let_go(std::size_t pages) { kept_back_ -= pages, look(); }
    std::size_t limit() const { return pages_.size() - 1; }
    std::size_t used() const { return limit() - free_pages_.size(); }
    // More pages are in use than stay in the cache: levels are worth asking for ahead of time.
    bool many() const { return many_; }

    std::uint32_t take_page();
    std::uint32_t take_node();
    void give_back_page(std::uint32_t slot) { free_pages_.push_back(slot), look(); }
    void give_back_node(std::uint32_t slot) { free_nodes_.push_back(slot), look(); }
    LevelPage& page(std::uint32_t slot) { return pages_[slot]; }
    LevelNode& node(std::uint32_t slot) { return nodes_[slot]; }
    const LevelPage& page(std::uint32_t slot) const { return pages_[slot]; }
    const LevelNode& node(std::uint32_t slot) const { return nodes_[slot]; }

  private:
    PoolVector<LevelPage> pages_;
    PoolVector<LevelNode> nodes_;
    PoolVector<std::uint32_t> free_pages_;
    PoolVector<std::uint32_t> free_nodes_;
    std::size_t kept_back_ = 0;
    bool full_ = false;  // every order asks, pages seldom come and go
    bool many_ = false;

    void look() {
        full_ = free_pages_.size() <= kept_back_ || free_nodes_.size() <= kept_back_;
        many_ = used() > 64;
    }
};

class Ladder {
  public:
    // The lowest price it holds, a multiple of node_span. Moves only while the ladder is empty.
    Price base() const { return Price{base_}; }
    bool spans(Price price) const { return price.value >= base_ && price.value - base_ < ladder_span; }
    void set_base(Price base) {
        GRIDBOOK_CHECK(empty() && base.value % node_span == 0);
        base_ = base.value;
    }

    // Appends a resting order to the end of its level. The caller has checked LevelPool::full().
    [[gnu::always_inline]] void append(LevelPool& levels, OrderPool& orders, std::uint32_t slot) {
        RestingOrder& order = orders[slot];
        const Path at = path(order.price);
        if (!has_page(levels, at)) [[unlikely]]
            make_page(levels, at);
        LevelNode& node = levels.node(node_[at.node]);
        Level& l = levels.page(node.page[at.page]).levels[at.level];
        order.previous = l.tail;
        order.next = 0;
        order.where = Where::ladder;
        l.total += order.leaves;
        if (l.tail != 0) {
            orders[l.tail].next = slot;
            l.tail = slot;
            return;
        }
        l.head = l.tail = slot;
        used_[at.node >> 6] |= 1ull << (at.node & 63);
        node.pages_used |= 1ull << at.page;
        node.levels_used[at.page] |= 1ull << at.level;
    }
    // Takes a resting order out of its level, wherever it stands. True: the level is empty now.
    [[gnu::always_inline]] bool remove(LevelPool& levels, OrderPool& orders, std::uint32_t slot) {
        RestingOrder& order = orders[slot];
        order.where = Where::nowhere;
        const Path at = path(order.price);
        LevelNode& node = levels.node(node_[at.node]);
        Level& l = levels.page(node.page[at.page]).levels[at.level];
        // Both neighbours are written always, slot 0 for none: which it is nobody can foresee.
        const auto [next, previous] = std::pair(order.next, order.previous);
        orders[previous].next = next;
        orders[next].previous = previous;
        l.head = previous == 0 ? next : l.head;
        l.tail = next == 0 ? previous : l.tail;
        l.total -= order.leaves;
        if (l.head != 0) return false;
        node.levels_used[at.page] &= ~(1ull << at.level);
        if (node.levels_used[at.page] == 0) let_page_go(levels, at);
        return true;
    }
    // The order at `slot` has fewer leaves than its level counted.
    void reduce(LevelPool& levels, Price price, std::uint32_t lots) { level(levels, price).total -= lots; }

    // Occupied prices; Price{0}: none.
    Price lowest_at_least(const LevelPool& levels, Price price) const;
    Price highest_at_most(const LevelPool& levels, Price price) const;
    // The level of an occupied price.
    Level& level(LevelPool& levels, Price price) const {
        const Path at = path(price);
        return levels.page(levels.node(node_[at.node]).page[at.page]).levels[at.level];
    }
    const Level& level(const LevelPool& levels, Price price) const {
        const Path at = path(price);
        return levels.page(levels.node(node_[at.node]).page[at.page]).levels[at.level];
    }
    // The level of any price in the span, for looking ahead; null: nothing rests near it.
    const Level* level_if_any(const LevelPool& levels, Price price) const {
        if (!spans(price)) return nullptr;
        const Path at = path(price);
        const std::uint32_t page = node_[at.node] == 0 ? 0 : levels.node(node_[at.node]).page[at.page];
        return page == 0 ? nullptr : &levels.page(page).levels[at.level];
    }
    // A page of levels is there for this price, so an order there needs none from the pool.
    bool has_page(const LevelPool& levels, Price price) const { return has_page(levels, path(price)); }
    bool empty() const {
        std::uint64_t any = 0;
        for (const std::uint64_t word : used_) any |= word;
        return any == 0;
    }

  private:
    // A price as the path to its level: 9 bits of node, 6 of page, 6 of level.
    struct Path {
        unsigned node;
        unsigned page;
        unsigned level;
    };
    Path path(Price price) const {
        const auto ticks = static_cast<unsigned>(price.value - base_);
        return {ticks >> 12, (ticks >> 6) & 63, ticks & 63};
    }
    Price price_at(unsigned node, unsigned page, unsigned level) const {
        return Price{base_ + static_cast<std::int32_t>(node << 12 | page << 6 | level)};
    }
    bool has_page(const LevelPool& levels, const Path& at) const {
        return node_[at.node] != 0 && levels.node(node_[at.node]).page[at.page] != 0;
    }
    void make_page(LevelPool& levels, const Path& at);
    // The last order of a page is gone.
    void let_page_go(LevelPool& levels, const Path& at);
    static constexpr unsigned nodes = ladder_span / node_span;
    static constexpr unsigned none = nodes;
    unsigned lowest_node_above(unsigned node) const;
    unsigned highest_node_below(unsigned node) const;

    std::int32_t base_ = 0;
    std::uint64_t used_[nodes / 64] = {};
    std::uint32_t node_[nodes] = {};
};

}  // namespace gridbook::engine
