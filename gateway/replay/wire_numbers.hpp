// SPDX-License-Identifier: Apache-2.0
#pragma once
// Prices and quantities of GPU products as the exchange writes them, read into ticks and lots. Whatever else
// they are is told by an exception: then the exchange does not speak this protocol.

#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/units/numbers.hpp"

namespace gridbook::gateway::replay {

// A decimal with at most `places` digits after the point, in units of its last place.
inline std::int64_t scaled_decimal(std::string_view text, int places) {
    std::int64_t value = 0;
    int after = -1;
    for (const char c : text) {
        if (c == '.' && after < 0) {
            after = 0;
            continue;
        }
        if (c < '0' || c > '9' || after == places)
            throw std::runtime_error("not a price or quantity: " + std::string(text));
        value = value * 10 + (c - '0');
        if (after >= 0) ++after;
    }
    for (int i = after < 0 ? 0 : after; i < places; ++i) value *= 10;
    return value;
}

// Money in micro-CNY; what is owed has a minus.
inline engine::Money money(std::string_view text) {
    const bool negative = text.starts_with('-');
    const std::int64_t micros = scaled_decimal(text.substr(negative ? 1 : 0), 6);
    return engine::Money{negative ? -micros : micros};
}

inline engine::Price ticks(std::string_view price) {
    return engine::Price{static_cast<std::int32_t>(scaled_decimal(price, 2))};
}
inline std::uint32_t lots(std::string_view qty) { return static_cast<std::uint32_t>(scaled_decimal(qty, 1)); }

}  // namespace gridbook::gateway::replay
