// SPDX-License-Identifier: Apache-2.0
#pragma once
// One side of a public book: price -> total open lots. A sorted vector with the best price at its end,
// because most changes happen near the best and an hour book has tens of levels; ten thousand empty ones cost
// 24 bytes each.

#include <algorithm>
#include <vector>

#include "engine/units/check.hpp"
#include "engine/units/side.hpp"

namespace gridbook::gateway {

struct Level {
    engine::Price price{};
    engine::Quantity lots{};
    friend constexpr bool operator==(const Level&, const Level&) = default;
};

class Depth {
  public:
    explicit Depth(engine::Side side) : side_(side) {}

    // Invariant: no level is empty or negative.
    void change(engine::Price price, std::int64_t lots) {
        const auto it = place_of(price);
        if (it == levels_.end() || it->price != price) {
            GRIDBOOK_CHECK(lots > 0);
            levels_.insert(it, Level{price, engine::Quantity{lots}});
            return;
        }
        it->lots.value += lots;
        GRIDBOOK_CHECK(it->lots.value >= 0);
        if (it->lots.value == 0) levels_.erase(it);
    }
    void give_back() { std::vector<Level>(levels_).swap(levels_); }

    engine::Quantity lots_at(engine::Price price) const {
        const auto it = place_of(price);
        return it == levels_.end() || it->price != price ? engine::Quantity{} : it->lots;
    }
    bool empty() const { return levels_.empty(); }
    std::size_t size() const { return levels_.size(); }
    // The level `rank` places behind the best; rank < size().
    const Level& at(std::size_t rank) const { return levels_[levels_.size() - 1 - rank]; }

  private:
    auto worse() const {
        return [this](const Level& level, engine::Price price) { return better(side_, price, level.price); };
    }
    std::vector<Level>::iterator place_of(engine::Price price) {
        return std::lower_bound(levels_.begin(), levels_.end(), price, worse());
    }
    std::vector<Level>::const_iterator place_of(engine::Price price) const {
        return std::lower_bound(levels_.begin(), levels_.end(), price, worse());
    }

    engine::Side side_;
    std::vector<Level> levels_;
};

}  // namespace gridbook::gateway
