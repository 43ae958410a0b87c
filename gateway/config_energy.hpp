// SPDX-License-Identifier: Apache-2.0
#pragma once
// The keys of the configuration that speak of energy, and of tokens beside hours. They stand in the tables of
// classes and zones beside those of config_keys.hpp, or by themselves, but are no part of the journal: they
// may change between two starts.

#include "gateway/config_keys.hpp"

namespace gridbook::gateway {

const ConfigKeys<Config::Class>& class_energy_keys();
const ConfigKeys<Config::Zone>& zone_energy_keys();
const std::vector<ConfigSection>& energy_sections();
const ConfigKeys<Config::Served>& serving_keys();

// What classes and zones say, by their names, and which classes serve which. Refuses what does not fit.
void complete_energy(Config& config);

}  // namespace gridbook::gateway
