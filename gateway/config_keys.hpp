// SPDX-License-Identifier: Apache-2.0
#pragma once
// The keys of the configuration as lists: each key says how its value is taken, and what is in no list is
// refused. The lists are what config/README.md is tested against. Tables that stand once are in
// config_keys.cpp, those that stand many times in config_entries.cpp.

#include <functional>
#include <vector>

#include "gateway/config_value.hpp"

namespace gridbook::gateway {

template <class T>
struct ConfigKey {
    std::string_view key;
    std::function<void(T&, const ConfigValue&)> take;
    bool required = false;
};
template <class T>
using ConfigKeys = std::vector<ConfigKey<T>>;

// What a [[families]] entry says: the product of its lists is one family each.
struct FamilyEntry {
    std::vector<std::string> classes{}, zones{}, tiers{};
    engine::DefineFamily body{};
    engine::Decimal benchmark{};  // guidance, floor and ceiling are then the benchmark's, converted by factor
    Place place{};
};

// A table that stands once: [server], [data], ...
struct ConfigSection {
    std::string_view name;
    ConfigKeys<Config> keys;
};
const std::vector<ConfigSection>& config_sections();

// Tables that stand many times: [[classes]], [[zones]], ...
const ConfigKeys<Config::Class>& class_keys();
// What the keys of a class say together: its factors, where they are not given. Refuses what does not fit.
void complete(Config::Class& c);
const ConfigKeys<Config::Zone>& zone_keys();
const ConfigKeys<Config::Tier>& tier_keys();
const ConfigKeys<FamilyEntry>& family_keys();
const ConfigKeys<Config::Account>& account_keys();
const ConfigKeys<Config::Key>& key_keys();

}  // namespace gridbook::gateway
