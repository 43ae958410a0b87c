// SPDX-License-Identifier: Apache-2.0
#include "gateway/config_energy.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    static const std::vector<ConfigSection> sections{
        {"energy",
         {{"pue",
           [](Config& c, const V& v) {
               v.thousandths(c.energy.pue, 10);
               if (c.energy.pue < 1'000) v.refuse("must be 1 to 10, got " + v.string);
           }}}},
        {"spread",
         {{"alert_bp",
           [](Config& c, const V& v) {
               v.integer(c.surveillance.thresholds.spread_share, 0, 1'000'000'000);
           }},
          {"least_lots", [](Config& c, const V& v) {
               v.integer(c.surveillance.thresholds.spread_least, 1, 1'000'000'000);
           }}}}};
    return sections;
}

const ConfigKeys<Config::Served>& serving_keys() {
    using S = Config::Served;
    static const ConfigKeys<S> keys{
        {"class", [](S& s, const V& v) { s.body.gpu = v.name(16); }, true},
        {"tokens", [](S& s, const V& v) { s.body.tokens = v.name(16); }, true},
        {"tokens_per_second", [](S& s, const V& v) { v.thousandths(s.body.tokens_per_second, 1'000'000); },
         true}};
    return keys;
}

namespace {

void check_class(const Config& config, const Config::Served& served, const std::string& name, bool tokens,
                 std::string_view key) {
    const auto found = std::ranges::find_if(
        config.classes, [&](const Config::Class& c) { return c.body.name.view() == name; });
    if (found == config.classes.end())
        refuse(served.place, fmt::format("serving.{}: there is no class {}", key, name));
    if (found->tokens != tokens)
        refuse(served.place,
               fmt::format("serving.{}: {} is {} class of tokens", key, name, tokens ? "no" : "a"));
}

}  // namespace

void complete_energy(Config& config) {
    for (const Config::Served& served : config.serving) {
        check_class(config, served, served.body.gpu, false, "class");
        check_class(config, served, served.body.tokens, true, "tokens");
        for (const ledger::Serving& other : config.surveillance.thresholds.serving)
            if (other.gpu == served.body.gpu && other.tokens == served.body.tokens)
                refuse(served.place,
                       fmt::format("serving: {} and {} stand there twice", other.gpu, other.tokens));
        config.surveillance.thresholds.serving.push_back(served.body);
    }
    for (const Config::Class& c : config.classes)
        if (c.power_w != 0) config.energy.power_w.emplace(c.body.name.view(), c.power_w);
    for (const Config::Zone& z : config.zones)
        if (z.carbon_mg != 0) config.energy.carbon_mg.emplace(z.body.name.view(), z.carbon_mg);
}

}  // namespace gridbook::gateway
