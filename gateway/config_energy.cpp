// SPDX-License-Identifier: Apache-2.0
#include "gateway/config_energy.hpp"

namespace gridbook::gateway {

using V = ConfigValue;

const ConfigKeys<Config::Class>& class_energy_keys() {
    using C = Config::Class;
    static const ConfigKeys<C> keys{{"power_kw", [](C& c, const V& v) { v.thousandths(c.power_w, 1'000); }}};
    return keys;
}

const ConfigKeys<Config::Zone>& zone_energy_keys() {
    using Z = Config::Zone;
    static const ConfigKeys<Z> keys{
        {"carbon_g", [](Z& z, const V& v) { v.thousandths(z.carbon_mg, 10'000); }}};
    return keys;
}

const std::vector<ConfigSection>& energy_sections() {
    static const std::vector<ConfigSection> sections{{"energy", {{"pue", [](Config& c, const V& v) {
                                                                      v.thousandths(c.energy.pue, 10);
                                                                      if (c.energy.pue < 1'000)
                                                                          v.refuse("must be 1 to 10, got " +
                                                                                   v.string);
                                                                  }}}}};
    return sections;
}

void complete_energy(Config& config) {
    for (const Config::Class& c : config.classes)
        if (c.power_w != 0) config.energy.power_w.emplace(c.body.name.view(), c.power_w);
    for (const Config::Zone& z : config.zones)
        if (z.carbon_mg != 0) config.energy.carbon_mg.emplace(z.body.name.view(), z.carbon_mg);
}

}  // namespace gridbook::gateway
