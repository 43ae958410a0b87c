// SPDX-License-Identifier: Apache-2.0
#pragma once
// Both sides written once: matching reads the same for bids and asks.

#include "engine/units/numbers.hpp"

namespace gridbook::engine {

enum class Side : std::uint8_t { buy = 0, sell = 1 };

constexpr Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }

// Would an order of `side` rather have price `a` in front of its own queue than `b`?
constexpr bool better(Side side, Price a, Price b) { return side == Side::buy ? a > b : a < b; }

// Does an incoming order of `side` with limit `limit` accept a resting price of the other side?
constexpr bool crosses(Side side, Price limit, Price resting) {
    return side == Side::buy ? resting <= limit : resting >= limit;
}

}  // namespace gridbook::engine
