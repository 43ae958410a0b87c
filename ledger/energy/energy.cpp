// SPDX-License-Identifier: Apache-2.0
#include "ledger/energy/energy.hpp"

namespace gridbook::ledger {

namespace {

constexpr std::int64_t lots_a_unit = engine::decimal_one / engine::gpu_lot_decimal;
constexpr std::int64_t minutes_an_hour = 60;

// Neither is below zero.
std::int64_t half_even(engine::Wide numerator, std::int64_t denominator) {
    const engine::Wide whole = numerator / denominator, twice = 2 * (numerator % denominator);
    const bool up = twice > denominator || (twice == denominator && whole % 2 != 0);
    return static_cast<std::int64_t>(whole + (up ? 1 : 0));
}

}  // namespace

// Watts, ten-millionths and milligrams a kWh: a gram is 10^13 of their product, in millionths 10^7.
std::int64_t carbon_a_unit_hour(std::uint32_t power_w, std::int64_t grey, std::uint32_t carbon_mg) {
    return half_even(engine::Wide{power_w} * grey * carbon_mg, 10'000'000);
}

std::int64_t carbon_of(std::int64_t a_unit_hour, std::int64_t lot_minutes) {
    return half_even(engine::Wide{a_unit_hour} * lot_minutes, lots_a_unit * minutes_an_hour);
}

}  // namespace gridbook::ledger
