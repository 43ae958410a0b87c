// SPDX-License-Identifier: Apache-2.0
// The only file that names toml++: it walks the tables of a file against the lists of config_keys.hpp, then
// puts together what several tables say (factors of classes, families as products, names that must exist).
#include "gateway/config.hpp"

#define TOML_HEADER_ONLY 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <filesystem>
#include <sstream>

#include "gateway/config_addresses.hpp"
#include "gateway/config_energy.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 5> role_table{
    {{"observer", engine::role::observer},
     {"buyer", engine::role::buyer},
     {"provider", engine::role::provider},
     {"regulator", engine::role::regulator},
     {"operator", engine::role::operator_}}};

Place place_of(const std::string& file, const toml::node& node) {
    return {file, node.source().begin.line, node.source().begin.column};
}

ConfigValue value_of(const std::string& file, std::string key, const toml::node& node) {
    ConfigValue v;
    v.key = std::move(key);
    v.place = place_of(file, node);
    std::ostringstream type;
    type << node.type();
    v.type_name = "a value of type " + type.str();
    if (const auto* s = node.as_string()) {
        v.type = ConfigValue::Type::text;
        v.string = s->get();
    } else if (const auto* i = node.as_integer()) {
        v.type = ConfigValue::Type::integer;
        v.number = i->get();
    } else if (const auto* b = node.as_boolean()) {
        v.type = ConfigValue::Type::flag;
        v.truth = b->get();
    } else if (const auto* list = node.as_array()) {
        v.type = ConfigValue::Type::list;
        for (const toml::node& item : *list) v.items.push_back(value_of(file, v.key, item));
    }
    return v;
}

template <class T>
ConfigKeys<T> joined(ConfigKeys<T> keys, const ConfigKeys<T>& more) {
    keys.insert(keys.end(), more.begin(), more.end());
    return keys;
}
std::vector<ConfigSection> all_sections() {
    std::vector<ConfigSection> all = config_sections();
    all.insert(all.end(), energy_sections().begin(), energy_sections().end());
    return all;
}

// Reads one file into the configuration; families wait until all classes are known.
class Reader {
  public:
    Reader(Config& config, std::vector<FamilyEntry>& families) : config_(config), families_(families) {}

    void main_file(const std::string& path) {
        const toml::table root = parse(path);
        if (const toml::node* names = root.get("catalogue")) catalogues(path, *names);
        for (const auto& [key, node] : root) {
            if (key == "catalogue" || list_of_tables(path, key.str(), node)) continue;
            top(path, std::string(key.str()), node);
        }
    }

  private:
    static toml::table parse(const std::string& path) {
        if (!std::filesystem::is_regular_file(path)) throw ConfigRefusal{path + ": there is no such file"};
        try {
            return toml::parse_file(path);
        } catch (const toml::parse_error& e) {
            const Place at{path, e.source().begin.line, e.source().begin.column};
            throw ConfigRefusal{fmt::format("{}: {}", at.text(), e.description())};
        }
    }
    // One file name or a list of them, relative to the file that names them.
    void catalogues(const std::string& path, const toml::node& names) {
        std::vector<ConfigValue> files{value_of(path, "catalogue", names)};
        if (files[0].type == ConfigValue::Type::list) files = std::vector<ConfigValue>(files[0].items);
        for (const ConfigValue& file : files) {
            const auto full = std::filesystem::path(path).parent_path() / file.text(4'096);
            if (!std::filesystem::is_regular_file(full)) file.refuse("there is no file " + full.string());
            catalogue_file(full.string());
        }
    }
    void catalogue_file(const std::string& path) {
        for (const auto& [key, node] : parse(path)) {
            const bool catalogue =
                key == "classes" || key == "zones" || key == "tiers" || key == "families" || key == "serving";
            if (!catalogue || !list_of_tables(path, key.str(), node))
                unknown(path, std::string(key.str()), node,
                        "a catalogue holds classes, serving, zones, tiers and families");
        }
    }
    void top(const std::string& path, const std::string& key, const toml::node& node) {
        if (key == "clock") {
            config_.genesis.clock = value_of(path, key, node).word({"real", "replay"}) == 0
                                        ? engine::ClockMode::real
                                        : engine::ClockMode::replay;
            return;
        }
        if (key == "clock_start") return value_of(path, key, node).time(config_.clock_start);
        for (const ConfigSection& section : all_sections())
            if (section.name == key) return table(path, key, node, section.keys, config_);
        unknown(path, key, node, "there is no such key");
    }
    bool list_of_tables(const std::string& path, std::string_view key, const toml::node& node) {
        const std::string name(key);
        if (name == "classes")
            each(path, name, node, joined(class_keys(), class_energy_keys()), config_.classes);
        else if (name == "zones")
            each(path, name, node, joined(zone_keys(), zone_energy_keys()), config_.zones);
        else if (name == "serving")
            each(path, name, node, serving_keys(), config_.serving);
        else if (name == "tiers")
            each(path, name, node, tier_keys(), config_.tiers);
        else if (name == "families")
            each(path, name, node, family_keys(), families_);
        else if (name == "accounts")
            each(path, name, node, account_keys(), config_.accounts);
        else if (name == "keys")
            each(path, name, node, joined(key_keys(), key_address_keys()), config_.keys);
        else
            return false;
        return true;
    }
    template <class T>
    void each(const std::string& path, const std::string& key, const toml::node& node,
              const ConfigKeys<T>& keys, std::vector<T>& out) {
        const toml::array* list = node.as_array();
        if (list == nullptr || !list->is_homogeneous(toml::node_type::table))
            unknown(path, key, node, fmt::format("must be written as [[{}]]", key));
        for (const toml::node& item : *list) {
            T entry;
            entry.place = place_of(path, item);
            table(path, key, item, keys, entry);
            out.push_back(std::move(entry));
        }
    }
    template <class T>
    static void table(const std::string& path, const std::string& name, const toml::node& node,
                      const ConfigKeys<T>& keys, T& out) {
        const toml::table* t = node.as_table();
        if (t == nullptr) unknown(path, name, node, fmt::format("must be written as [{}]", name));
        for (const auto& [found, value] : *t) {
            const std::string_view key = found.str();
            const std::string full = fmt::format("{}.{}", name, key);
            const auto known = std::ranges::find(keys, key, &ConfigKey<T>::key);
            if (known == keys.end()) unknown(path, full, value, "there is no such key");
            known->take(out, value_of(path, full, value));
        }
        for (const auto& key : keys)
            if (key.required && !t->contains(key.key))
                unknown(path, fmt::format("{}.{}", name, key.key), node, "is missing");
    }
    [[noreturn]] static void unknown(const std::string& path, const std::string& key, const toml::node& node,
                                     const std::string& rule) {
        throw ConfigRefusal{fmt::format("{}: {}: {}", place_of(path, node).text(), key, rule)};
    }

    Config& config_;
    std::vector<FamilyEntry>& families_;
};

// Names are given once, and what refers to a name finds it.
template <class Entries>
auto named(const Entries& entries, std::string_view name) {
    return std::ranges::find_if(entries, [&](const auto& e) { return e.body.name.view() == name; });
}
template <class Entries>
void once(const Entries& entries, std::string_view kind) {
    for (auto e = entries.begin(); e != entries.end(); ++e)
        if (const auto first = named(entries, e->body.name.view()); first != e)
            refuse(e->place, fmt::format("{}.name: {} is already defined at {}", kind, e->body.name.view(),
                                         first->place.text()));
}

// Thousandths times millionths to the nearest tick, half to even (market-rules section 5).
engine::Decimal nearest_tick(std::int64_t k, engine::Decimal price) {
    const std::int64_t step = engine::tick_decimal * 1'000;
    const std::int64_t exact = k * price.value;
    std::int64_t ticks = exact / step;
    const std::int64_t rest = exact % step * 2;
    if (rest > step || (rest == step && ticks % 2 == 1)) ++ticks;
    return engine::Decimal{ticks * engine::tick_decimal};
}

// Band edges round inward to the tick. `k` converts them from the benchmark, in thousandths.
engine::Decimal floor_edge(std::int64_t k, engine::Decimal floor) {
    const std::int64_t step = engine::tick_decimal * 1'000;
    return engine::Decimal{(k * floor.value + step - 1) / step * engine::tick_decimal};
}
engine::Decimal ceiling_edge(std::int64_t k, engine::Decimal ceiling) {
    const std::int64_t step = engine::tick_decimal * 1'000;
    return engine::Decimal{k * ceiling.value / step * engine::tick_decimal};
}

// An edge that is not given stays 0: the engine lets it follow the guidance.
void set_band(engine::DefineFamily& body, engine::Decimal benchmark, std::int64_t k_train) {
    const bool converted = benchmark.value != 0;
    const std::int64_t k = converted ? k_train : 1'000;
    if (converted) body.guidance = nearest_tick(k, benchmark);
    body.floor = floor_edge(k, body.floor);
    body.ceiling = ceiling_edge(k, body.ceiling);
}

// A family that was given the benchmark's price follows the benchmark's own family where the market has one
// in its zone and tier; elsewhere it begins with the converted price, and that is its own.
bool follows(const Config& config, const Config::Family& family, const FamilyEntry& entry,
             const Config::Class& of) {
    if (entry.benchmark.value == 0 || of.body.benchmark) return false;
    return std::ranges::any_of(config.families, [&](const Config::Family& other) {
        return other.zone == family.zone && other.tier == family.tier &&
               named(config.classes, other.class_name)->body.benchmark;
    });
}

void expand(Config& config, const FamilyEntry& entry, const std::string& class_name, const std::string& zone,
            const std::string& tier) {
    const auto c = named(config.classes, class_name);
    if (c == config.classes.end()) refuse(entry.place, "families.classes: there is no class " + class_name);
    if (named(config.zones, zone) == config.zones.end())
        refuse(entry.place, "families.zones: there is no zone " + zone);
    const auto t = named(config.tiers, tier);
    if (t == config.tiers.end()) refuse(entry.place, "families.tiers: there is no tier " + tier);
    if (c->tokens && t->body.product != engine::Product::token)
        refuse(entry.place, fmt::format("families.tiers: {} is a class of tokens, {} is a tier of hours",
                                        class_name, tier));
    Config::Family family{class_name, zone, tier, entry.body, entry.place};
    for (const Config::Family& other : config.families)
        if (other.name() == family.name())
            refuse(entry.place,
                   fmt::format("families: {} is already defined at {}", family.name(), other.place.text()));
    family.body.product = t->body.product;
    if (family.body.horizon == 0)
        family.body.horizon = family.body.product == engine::Product::gpu ? 192 : 30;
    if (follows(config, family, entry, *c))
        family.body.guidance = family.body.floor = family.body.ceiling = {};
    else
        set_band(family.body, entry.benchmark, c->body.k_train);
    if (family.body.rationale.empty()) family.body.rationale = engine::Text<24>("configuration");
    config.families.push_back(std::move(family));
}

void expand(Config& config, const FamilyEntry& entry) {
    if ((entry.body.guidance.value != 0) == (entry.benchmark.value != 0))
        refuse(entry.place, "families: needs either guidance or benchmark");
    const auto& [floor, ceiling] = std::pair(entry.body.floor, entry.body.ceiling);
    if (floor.value != 0 && ceiling.value != 0 && floor > ceiling)
        refuse(entry.place, "families.floor: must not be above families.ceiling");
    for (const std::string& class_name : entry.classes)
        for (const std::string& zone : entry.zones)
            for (const std::string& tier : entry.tiers) expand(config, entry, class_name, zone, tier);
}

bool on_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

// Beside TLS, without it, is for programs on this machine only.
void complete(const Config::Server& server, const Place& place) {
    if (server.certificate.empty() != server.key.empty())
        refuse(place, "server.key: goes together with server.certificate");
    if (server.plain_address.empty()) return;
    if (server.certificate.empty())
        refuse(place,
               "server.plain_address: is for an exchange with TLS; this one has no server.certificate");
    if (!on_loopback(server.plain_address))
        refuse(place, fmt::format("server.plain_address: must be on loopback (127.0.0.1, ::1), got {}",
                                  server.plain_address));
}

void complete(Config& config, const std::vector<FamilyEntry>& families) {
    complete(config.server, config.place);
    once(config.classes, "classes");
    once(config.zones, "zones");
    once(config.tiers, "tiers");
    once(config.accounts, "accounts");
    once(config.keys, "keys");
    const engine::Genesis& g = config.genesis;
    if (g.records <= g.orders)
        refuse(config.place, fmt::format("pools.records: must be more than pools.orders ({}), got {}",
                                         g.orders, g.records));
    if (g.deliveries != 0 && g.deliveries < g.positions)
        refuse(config.place,
               fmt::format("pools.deliveries: must be at least pools.positions ({}), or 0 for a "
                           "market in which nothing is delivered, got {}",
                           g.positions, g.deliveries));
    if (g.packages != 0 && g.draws_log2 == 0)
        refuse(config.place, fmt::format("pools.packages: without pools.draws nothing is drawn, so it must "
                                         "be 0, got {}",
                                         g.packages));
    if (g.taker_fee < g.maker_fee)
        refuse(config.place, fmt::format("fees.taker_bp: must be at least fees.maker_bp ({}), got {}",
                                         g.maker_fee.value, g.taker_fee.value));
    if ((g.clock == engine::ClockMode::replay) != (config.clock_start.value != 0))
        refuse(config.place, "clock_start: is needed with clock = \"replay\", and only there");
    for (Config::Class& c : config.classes) complete(c);
    complete_energy(config);
    for (const FamilyEntry& entry : families) expand(config, entry);
    for (const Config::Key& key : config.keys)
        if ((key.body.public_key != std::array<std::uint8_t, 32>{}) == !key.private_key.empty())
            refuse(key.place,
                   fmt::format("keys: {} needs either public_key or private_key", key.body.name.view()));
}

}  // namespace

std::string Place::text() const { return fmt::format("{}:{}:{}", file, line, column); }

engine::Genesis Config::default_genesis() {
    engine::Genesis g;
    g.orders = 1u << 20;
    g.records = 1u << 22;
    g.pages = 1u << 18;
    g.accounts = 1u << 12;
    g.keys = 1u << 13;
    g.families = 1u << 9;
    g.books = 1u << 14;
    g.positions = 1u << 18;
    g.deliveries = 1u << 18;
    g.draws_log2 = 20;
    g.packages = 4'096;
    g.resources = 1u << 16;
    g.strips = 1u << 14;
    g.sessions = 1u << 12;
    g.account_orders = 100'000;
    g.retention_s = 86'400;
    g.taker_fee = engine::BasisPoints{20};
    g.maker_fee = engine::BasisPoints{5};
    g.tax = engine::BasisPoints{600};
    g.margin = engine::BasisPoints{2'000};
    g.max_qty = 100'000 * engine::decimal_one;
    g.max_notional = 10'000'000 * engine::decimal_one;
    return g;
}

std::optional<Config> read_config(const std::string& path, std::string& error) {
    try {
        Config config;
        std::vector<FamilyEntry> families;
        config.place = {path, 1, 1};
        Reader(config, families).main_file(path);
        complete(config, families);
        return config;
    } catch (const ConfigRefusal& refusal) {
        error = refusal.sentence;
        return std::nullopt;
    }
}

std::vector<std::string> config_keys() {
    std::vector<std::string> all{"clock", "clock_start", "catalogue"};
    const auto add = [&](std::string_view name, const auto& keys) {
        for (const auto& key : keys) all.push_back(fmt::format("{}.{}", name, key.key));
    };
    for (const ConfigSection& section : all_sections()) add(section.name, section.keys);
    add("classes", joined(class_keys(), class_energy_keys()));
    add("zones", joined(zone_keys(), zone_energy_keys()));
    add("serving", serving_keys());
    add("tiers", tier_keys());
    add("families", family_keys());
    add("accounts", account_keys());
    add("keys", joined(key_keys(), key_address_keys()));
    return all;
}

std::uint8_t role_bit(std::string_view word) {
    for (const auto& [name, bit] : role_table)
        if (name == word) return bit;
    return 0;
}

std::string role_words(std::uint8_t roles) {
    std::string out;
    for (const auto& [name, bit] : role_table)
        if ((roles & bit) != 0) out += (out.empty() ? "" : ", ") + std::string(name);
    return out.empty() ? "none" : out;
}

}  // namespace gridbook::gateway
