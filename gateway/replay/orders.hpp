// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every order that the replay has sent, and what it has heard of it. An order's number is its place here; its
// client order id ends with that number, so a fill finds its order without a search.

#include <string>
#include <string_view>
#include <vector>

#include "engine/units/side.hpp"
#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

inline constexpr std::uint32_t no_order = 0xFFFFFFFFu;

struct Order {
    enum class Purpose : std::uint8_t { need, offer, resale, standby };

    std::uint64_t oid = 0;  // 0: not yet acknowledged
    std::int64_t paid = 0;  // ticks x lots of what was filled
    std::uint32_t account = 0;
    std::uint32_t owner = 0;        // job of a need or a resale, node of an offer
    std::uint32_t next = no_order;  // the owner's order before this one
    std::uint32_t command = 0;  // count of commands when it was placed or last replaced: its place in time
    std::uint32_t lots = 0;
    std::uint32_t filled = 0;
    engine::Period period{};
    engine::Price price{};
    std::uint16_t family = 0;
    std::uint16_t hours = 1;  // from `period` on; above 1: a strip
    std::uint8_t wish = 0;    // which of the job's classes
    engine::Side side = engine::Side::buy;
    Purpose purpose = Purpose::need;
    engine::Time good_until{};  // a need that waits: its window moves on until then
    bool ended = false;         // filled, cancelled or refused
    bool given_up = false;      // cancelled by its own account

    bool strip() const { return hours > 1; }
    // Lots of all its hours.
    std::uint32_t total() const { return lots * hours; }
    std::uint32_t left() const { return ended || given_up ? 0 : total() - filled; }
};

class Orders {
  public:
    std::uint32_t add(const Order& order) {
        orders_.push_back(order);
        return static_cast<std::uint32_t>(orders_.size() - 1);
    }
    Order& operator[](std::uint32_t number) { return orders_[number]; }
    const Order& operator[](std::uint32_t number) const { return orders_[number]; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(orders_.size()); }
    void reserve(std::size_t count) { orders_.reserve(count); }

    void filled(std::uint32_t number, std::uint32_t lots, engine::Price price) {
        Order& order = orders_[number];
        order.filled += lots;
        order.paid += std::int64_t{lots} * price.value;
        if (order.filled >= order.total()) order.ended = true;
    }

    // The number at the end of a client order id; no_order when there is none that was sent.
    std::uint32_t of_cid(std::string_view cid) const;

  private:
    std::vector<Order> orders_;
};

}  // namespace gridbook::gateway::replay
