// SPDX-License-Identifier: Apache-2.0
#pragma once
// The open orders and strips of each account, in the order in which they were entered: what a mass cancel, a
// lost session or a list of open orders goes through. They are linked beside the pools in which they live,
// not through their records: the links of all live orders fit a cache, their records do not.

#include <utility>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

class OpenOrders {
  public:
    // A node is a slot of the order pool, or behind all those one of the strip pool, or behind them one of
    // the standby offers; 0: none.
    void reserve(std::size_t orders, std::size_t strips, std::size_t standbys) {
        strips_from_ = static_cast<std::uint32_t>(orders);
        standbys_from_ = static_cast<std::uint32_t>(orders + strips);
        links_.assign(orders + strips + standbys + 1, Link{});
    }
    std::uint32_t strip(std::uint32_t slot) const { return strips_from_ + slot; }
    std::uint32_t standby(std::uint32_t slot) const { return standbys_from_ + slot; }

    void add(Account& account, std::uint32_t node, std::uint32_t record) {
        links_[node] = {.next = 0, .previous = account.last_order, .record = record};
        (account.last_order == 0 ? account.first_order : links_[account.last_order].next) = node;
        account.last_order = node;
    }
    void remove(Account& account, std::uint32_t node) {
        const auto [next, previous] = std::pair(links_[node].next, links_[node].previous);
        // Both neighbours are written always, slot 0 for none: which it is nobody can foresee.
        links_[previous].next = next;
        links_[next].previous = previous;
        account.first_order = previous == 0 ? next : account.first_order;
        account.last_order = next == 0 ? previous : account.last_order;
    }
    // The record of the first one / of the one after a node; no_slot: none.
    std::uint32_t first(const Account& account) const { return record_at(account.first_order); }
    std::uint32_t after(std::uint32_t node) const { return record_at(links_[node].next); }

    // The session that an order is cancelled with when its connection is lost; 0: none. Strips know their
    // own.
    std::uint32_t& session(std::uint32_t node) { return links_[node].session; }
    std::uint32_t session(std::uint32_t node) const { return links_[node].session; }

    [[gnu::always_inline]] void prefetch(std::uint32_t node) const { __builtin_prefetch(&links_[node]); }
    [[gnu::always_inline]] void prefetch_neighbours(std::uint32_t node) const {
        prefetch(links_[node].next);
        prefetch(links_[node].previous);
    }

  private:
    struct Link {
        std::uint32_t next = 0;
        std::uint32_t previous = 0;
        std::uint32_t record = no_slot;
        std::uint32_t session = 0;
    };
    std::uint32_t record_at(std::uint32_t node) const { return node == 0 ? no_slot : links_[node].record; }

    PoolVector<Link> links_;
    std::uint32_t strips_from_ = 0;
    std::uint32_t standbys_from_ = 0;
};

}  // namespace gridbook::engine
