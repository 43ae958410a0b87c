// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the public book has to remember of every order that is not done: where it stands and how much of it is
// left. A table with open addressing and linear probing, at most half full, 32 bytes an entry and no
// allocation an order: it doubles when it must, so reserve what the engine's pool of orders holds. Knows
// nothing of levels.

#include <bit>
#include <vector>

#include "engine/event.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::gateway {

struct MirroredOrder {
    engine::OrderId order{};  // 0: a free place
    engine::InstrumentId instrument{};
    engine::Price price{};
    std::uint32_t leaves = 0;
    std::uint32_t cum = 0;
    engine::Side side = engine::Side::buy;
    bool shown = false;  // open; a parked order is not shown
};
static_assert(sizeof(MirroredOrder) == 32);

class OrderMirror {
  public:
    explicit OrderMirror(std::size_t expected = 1024)
        : places_(std::bit_ceil(2 * expected + 2)), mask_(places_.size() - 1) {}

    MirroredOrder* find(engine::OrderId order) {
        MirroredOrder& place = places_[place_of(order)];
        return place.order == order ? &place : nullptr;
    }
    const MirroredOrder* find(engine::OrderId order) const {
        const MirroredOrder& place = places_[place_of(order)];
        return place.order == order ? &place : nullptr;
    }
    // Adds the order, or overwrites what was known of it.
    void put(const MirroredOrder& order) {
        if (2 * (size_ + 1) > places_.size()) grow();
        MirroredOrder& place = places_[place_of(order.order)];
        if (place.order.value == 0) ++size_;
        place = order;
    }
    void erase(engine::OrderId order) {
        std::size_t hole = place_of(order);
        if (places_[hole].order != order) return;
        --size_;
        // Whatever stands behind the hole and was pushed past it moves up, so that no search stops too early.
        for (std::size_t next = (hole + 1) & mask_; places_[next].order.value != 0;
             next = (next + 1) & mask_) {
            const std::size_t home = home_of(places_[next].order);
            if (((next - home) & mask_) < ((next - hole) & mask_)) continue;
            places_[hole] = places_[next];
            hole = next;
        }
        places_[hole] = {};
    }
    std::size_t size() const { return size_; }

  private:
    std::size_t home_of(engine::OrderId order) const { return engine::mix(order.value) & mask_; }
    // Where the order is, or the free place where it would be put.
    std::size_t place_of(engine::OrderId order) const {
        std::size_t i = home_of(order);
        while (places_[i].order.value != 0 && places_[i].order != order) i = (i + 1) & mask_;
        return i;
    }
    void grow() {
        std::vector<MirroredOrder> old(places_.size() * 2);
        old.swap(places_);
        mask_ = places_.size() - 1;
        for (const MirroredOrder& order : old)
            if (order.order.value != 0) places_[place_of(order.order)] = order;
    }

    std::vector<MirroredOrder> places_;
    std::size_t mask_;
    std::size_t size_ = 0;
};

}  // namespace gridbook::gateway
