// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/energy_members.hpp"

namespace gridbook::gateway {

namespace {

const Directory::Zone& zone_of(engine::FamilyId family, const Directory& directory) {
    return directory.zones()[directory.families()[family.value].defined.zone_id.value];
}

void append_place(engine::FamilyId family, const Directory& directory, Members& m) {
    const Directory::Zone& zone = zone_of(family, directory);
    m.text<"zone">(zone.name).text<"residency">(zone.defined.residency.view());
}

std::uint32_t named(const std::map<std::string, std::uint32_t, std::less<>>& rates, std::string_view name) {
    const auto found = rates.find(name);
    return found == rates.end() ? 0 : found->second;
}

}  // namespace

void append_energy(const std::optional<ledger::Energy>& energy, Members& m) {
    if (!energy) return;
    m.decimal<"green_share">(engine::Decimal{std::int64_t{energy->green_least} * 100})
        .decimal<"pue">(engine::Decimal{std::int64_t{energy->pue_most} * 1'000});
}

std::uint32_t power_of(engine::FamilyId family, const Directory& directory) {
    const engine::ClassId id = directory.families()[family.value].defined.class_id;
    return named(directory.energy_rates().power_w, directory.classes()[id.value].name);
}

std::uint32_t carbon_of_grid(engine::FamilyId family, const Directory& directory) {
    return named(directory.energy_rates().carbon_mg, zone_of(family, directory).name);
}

std::optional<std::int64_t> carbon_a_unit_hour(engine::FamilyId family,
                                               const std::optional<ledger::Energy>& energy,
                                               const Directory& directory) {
    const std::uint32_t power = power_of(family, directory), grid = carbon_of_grid(family, directory);
    if (!energy || power == 0 || grid == 0 || directory.product(family) != engine::Product::gpu)
        return std::nullopt;
    return ledger::carbon_a_unit_hour(power, energy->grey, grid);
}

void append_place_energy(engine::FamilyId family, const Directory& directory, Members& m) {
    append_place(family, directory, m);
    append_energy(directory.energy(family), m);
}

void append_delivered_energy(engine::InstrumentId instrument, engine::AccountId account,
                             std::uint64_t lot_minutes, const Directory& directory, Members& m) {
    const engine::FamilyId family = instrument.family;
    append_place(family, directory, m);
    // The gate comes before every command of its instant.
    const engine::Time gate = engine::gate_time(instrument.period, directory.product(family));
    const auto energy = directory.energy(family, engine::Time{gate.value - 1}, account);
    append_energy(energy, m);
    if (const auto each = carbon_a_unit_hour(family, energy, directory))
        m.decimal<"carbon_g">(
            engine::Decimal{ledger::carbon_of(*each, static_cast<std::int64_t>(lot_minutes))});
}

}  // namespace gridbook::gateway
