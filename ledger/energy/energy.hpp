// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a unit-hour takes of energy and gives off as carbon. Providers declare green share and PUE with their
// resources (market-rules section 3); what a unit of a class draws, and how dirty the grid of a zone is, is
// said by the configuration and may change with it.

#include <map>
#include <string>

#include "engine/units/numbers.hpp"

namespace gridbook::ledger {

// Of some resources taken together: of a family, or of one provider in it.
struct Energy {
    engine::Quantity count{};
    std::uint16_t green_least = 0;  // basis points; holds for every one of them
    std::uint16_t green_mean = 0;   // weighted by count
    std::uint16_t pue_most = 0;     // thousandths
    std::int64_t drawn = 0;         // mean of pue, millionths
    std::int64_t grey = 0;          // mean of pue · (1 − green share), ten-millionths
    friend constexpr bool operator==(const Energy&, const Energy&) = default;
};

struct EnergyRates {
    std::uint16_t pue = 1'500;  // of a resource that declares none, thousandths
    // By name; what is not in it is not known.
    std::map<std::string, std::uint32_t, std::less<>> power_w{};    // of a unit of a class
    std::map<std::string, std::uint32_t, std::less<>> carbon_mg{};  // a kWh in a zone
};

// Grams of CO2 of one unit-hour, in millionths: power · pue · (1 − green share) · intensity, half to even.
std::int64_t carbon_a_unit_hour(std::uint32_t power_w, std::int64_t grey, std::uint32_t carbon_mg);
// Of so many lot-minutes of which each hour of a unit gives off `a_unit_hour`, half to even.
std::int64_t carbon_of(std::int64_t a_unit_hour, std::int64_t lot_minutes);

}  // namespace gridbook::ledger
