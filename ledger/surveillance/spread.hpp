// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tokens by the block against tokens by the hour (market-rules section 8): what a million standard tokens
// cost when one buys unit-hours of a class that serves them, beside the price of the block.

#include <cstdint>
#include <string>

#include "engine/units/numbers.hpp"

namespace gridbook::ledger {

// A unit of class `gpu` serves so many standard tokens of class `tokens` a second, thousandths.
struct Serving {
    std::string gpu{};
    std::string tokens{};
    std::uint32_t tokens_per_second = 0;
};

// A million standard tokens from unit-hours at `unit_hour`, rounded half to even.
engine::Money tokens_by_hours(engine::Money unit_hour, std::uint32_t tokens_per_second);

// By how much the block is dearer than the hours, in basis points of the hours; below zero it is cheaper.
// Towards zero; 0 without a price of the hours.
std::int64_t spread_of(engine::Money block, engine::Money by_hours);

}  // namespace gridbook::ledger
