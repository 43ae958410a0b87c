// SPDX-License-Identifier: Apache-2.0
#pragma once
// The plain book that ours is measured beside: std::map of price levels, std::list of orders,
// std::unordered_map from id to order. Price, then time; no accounts, no bands, no checks, no events. It also
// serves the workload as the market that the messages are made against, and the tests as the obvious answer.

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

namespace gridbook::bench {

class PlainBook {
  public:
    struct Order {
        std::uint64_t id;
        std::int32_t price;
        std::uint32_t leaves;
        bool buy;
    };
    using Queue = std::list<Order>;
    struct Ignore {
        void operator()(std::uint64_t, std::uint64_t, std::int32_t, std::uint32_t) const {}
    };

    // fill(maker, taker, price, lots) is called at each fill, in their order.
    template <class Fill = Ignore>
    void add(std::uint64_t id, bool buy, std::int32_t price, std::uint32_t qty, Fill&& fill = {}) {
        const std::uint32_t left =
            buy ? take(asks_, id, price, qty, fill) : take(bids_, id, -price, qty, fill);
        if (left == 0) return;
        Queue& queue = buy ? bids_[-price] : asks_[price];
        queue.push_back({id, price, left, buy});
        orders_[id] = std::prev(queue.end());
    }
    void cancel(std::uint64_t id) {
        const auto it = orders_.find(id);
        if (it == orders_.end()) return;
        const Queue::iterator order = it->second;
        orders_.erase(it);
        auto& side = order->buy ? bids_ : asks_;
        const auto level = side.find(order->buy ? -order->price : order->price);
        level->second.erase(order);
        if (level->second.empty()) side.erase(level);
    }
    // Takes lots off in place; all that is left or more ends the order.
    void reduce(std::uint64_t id, std::uint32_t lots) {
        const auto it = orders_.find(id);
        if (it == orders_.end()) return;
        if (lots >= it->second->leaves) return cancel(id);
        it->second->leaves -= lots;
    }

    const Order* find(std::uint64_t id) const {
        const auto it = orders_.find(id);
        return it == orders_.end() ? nullptr : &*it->second;
    }
    // Levels of the side that a taker of side `buy` would meet, best first; bids are keyed by the negated
    // price.
    const std::map<std::int32_t, Queue>& facing(bool buy) const { return buy ? asks_ : bids_; }
    std::size_t levels() const { return bids_.size() + asks_.size(); }
    std::size_t resting() const { return orders_.size(); }
    std::uint64_t fills() const { return fills_; }

  private:
    template <class Fill>
    std::uint32_t take(std::map<std::int32_t, Queue>& side, std::uint64_t taker, std::int32_t limit,
                       std::uint32_t qty, Fill& fill) {
        while (qty > 0 && !side.empty() && side.begin()->first <= limit) {
            Queue& queue = side.begin()->second;
            Order& maker = queue.front();
            const std::uint32_t lots = std::min(qty, maker.leaves);
            qty -= lots;
            maker.leaves -= lots;
            ++fills_;
            fill(maker.id, taker, maker.price, lots);
            if (maker.leaves != 0) break;
            orders_.erase(maker.id);
            queue.pop_front();
            if (queue.empty()) side.erase(side.begin());
        }
        return qty;
    }

    std::map<std::int32_t, Queue> bids_, asks_;
    std::unordered_map<std::uint64_t, Queue::iterator> orders_;
    std::uint64_t fills_ = 0;
};

}  // namespace gridbook::bench
