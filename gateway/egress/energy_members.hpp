// SPDX-License-Identifier: Apache-2.0
#pragma once
// Energy and carbon as members of a message: what a family, a provider or a delivery takes and gives off
// (market-rules section 3). Shares are told as the least and PUE as the most among the resources, so that
// they hold for every one of them; carbon is their mean.

#include "gateway/directory.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

// ,"green_share":"0.4","pue":"1.25"; nothing without resources.
void append_energy(const std::optional<ledger::Energy>& energy, Members& m);

// Watts of a unit of the family's class, milligrams of CO2 a kWh in its zone; 0: not configured.
std::uint32_t power_of(engine::FamilyId family, const Directory& directory);
std::uint32_t carbon_of_grid(engine::FamilyId family, const Directory& directory);

// Millionths of a gram of CO2 of one unit-hour; nullopt: the power, the grid or the resources are not known,
// or it is a family of tokens.
std::optional<std::int64_t> carbon_a_unit_hour(engine::FamilyId family,
                                               const std::optional<ledger::Energy>& energy,
                                               const Directory& directory);

// ,"zone":…,"residency":… of a family, then energy as above: of what is registered now.
void append_place_energy(engine::FamilyId family, const Directory& directory, Members& m);

// The same, and ,"carbon_g":… of so many lot-minutes: what `account`
// had registered at the gate of the instrument.
void append_delivered_energy(engine::InstrumentId instrument, engine::AccountId account,
                             std::uint64_t lot_minutes, const Directory& directory, Members& m);

}  // namespace gridbook::gateway
