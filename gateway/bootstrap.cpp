// SPDX-License-Identifier: Apache-2.0
#include "gateway/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "gateway/decimal.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

struct Difference {
    std::string sentence;
};

// Where it is configured, which key, and both values; what to do about it is the reader's decision.
template <class A, class B>
void same(const Place& place, const std::string& key, const A& recorded, const B& configured) {
    if (recorded == configured) return;
    throw Difference{
        fmt::format("{}: {}: the journal has {}, the configuration says {}; put the configuration back "
                    "or start with an empty data folder",
                    place.text(), key, recorded, configured)};
}

std::string thousandths(std::uint32_t value) {
    std::string out;
    append_decimal(engine::Decimal{std::int64_t{value} * 1'000}, out);
    return out;
}

std::string percent(engine::BasisPoints value) {
    std::string out;
    append_decimal(engine::Decimal{std::int64_t{value.value} * (engine::decimal_one / 100)}, out);
    return out;
}

std::string_view word(engine::ClockMode clock) {
    return clock == engine::ClockMode::real ? "real" : "replay";
}
std::string_view word(engine::Product product) { return product == engine::Product::gpu ? "gpu" : "token"; }

// Pool sizes, rates and limits are part of the state machine: a journal replays only under its own.
void compare(const Place& place, const engine::Genesis& was, const engine::Genesis& is) {
    same(place, "clock", word(was.clock), word(is.clock));
    same(place, "pools.orders", was.orders, is.orders);
    same(place, "pools.records", was.records, is.records);
    same(place, "pools.pages", was.pages, is.pages);
    same(place, "pools.accounts", was.accounts, is.accounts);
    same(place, "pools.keys", was.keys, is.keys);
    same(place, "pools.families", was.families, is.families);
    same(place, "pools.books", was.books, is.books);
    same(place, "pools.positions", was.positions, is.positions);
    same(place, "pools.deliveries", was.deliveries, is.deliveries);
    const auto draws = [](const engine::Genesis& g) { return g.draws_log2 == 0 ? 0 : 1u << g.draws_log2; };
    same(place, "pools.draws", draws(was), draws(is));
    same(place, "pools.packages", was.packages, is.packages);
    same(place, "pools.resources", was.resources, is.resources);
    same(place, "pools.strips", was.strips, is.strips);
    same(place, "pools.sessions", was.sessions, is.sessions);
    same(place, "fees.taker_bp", was.taker_fee.value, is.taker_fee.value);
    same(place, "fees.maker_bp", was.maker_fee.value, is.maker_fee.value);
    same(place, "fees.tax_bp", was.tax.value, is.tax.value);
    same(place, "fees.margin_bp", was.margin.value, is.margin.value);
    const auto decimal = [](std::int64_t value) {
        std::string out;
        append_decimal(engine::Decimal{value}, out);
        return out;
    };
    same(place, "limits.qty", decimal(was.max_qty), decimal(is.max_qty));
    same(place, "limits.notional", decimal(was.max_notional), decimal(is.max_notional));
    same(place, "limits.open_orders", was.account_orders, is.account_orders);
    same(place, "limits.cid_retention_s", was.retention_s, is.retention_s);
}

std::string at(std::string_view kind, std::string_view name, std::string_view key) {
    return fmt::format("{} {}: {}", kind, name, key);
}

void compare(const Config::Class& c, const engine::ClassDefined& was) {
    const auto name = c.body.name.view();
    same(c.place, at("class", name, "tflops"), thousandths(was.tflops), thousandths(c.body.tflops));
    same(c.place, at("class", name, "memory_gb"), was.memory_gb, c.body.memory_gb);
    same(c.place, at("class", name, "bandwidth"), thousandths(was.bandwidth), thousandths(c.body.bandwidth));
    same(c.place, at("class", name, "sparse_tflops"), thousandths(was.sparse_tflops),
         thousandths(c.body.sparse_tflops));
    same(c.place, at("class", name, "k_train"), thousandths(was.k_train), thousandths(c.body.k_train));
    same(c.place, at("class", name, "k_infer"), thousandths(was.k_infer), thousandths(c.body.k_infer));
}

void compare(const Config::Zone& z, const engine::ZoneDefined& was) {
    const auto name = z.body.name.view();
    same(z.place, at("zone", name, "hub"), was.hub.view(), z.body.hub.view());
    same(z.place, at("zone", name, "residency"), was.residency.view(), z.body.residency.view());
    same(z.place, at("zone", name, "latency_ms"), was.latency_ms, z.body.latency_ms);
}

void compare(const Config::Tier& t, const engine::TierDefined& was) {
    const auto name = t.body.name.view();
    same(t.place, at("tier", name, "availability"), thousandths(was.availability),
         thousandths(t.body.availability));
    same(t.place, at("tier", name, "start_by_s"), was.start_by_s, t.body.start_by_s);
    same(t.place, at("tier", name, "penalty_bp"), was.penalty.value, t.body.penalty.value);
    same(t.place, at("tier", name, "product"), word(was.product), word(t.body.product));
}

// Guidance, floor and ceiling move by the regulator's hand and are not compared.
void compare(const Config::Family& f, const engine::FamilyDefined& was) {
    same(f.place, at("family", f.name(), "horizon"), was.horizon, f.body.horizon);
    same(f.place, at("family", f.name(), "dynamic_width"), percent(was.dynamic_width),
         percent(f.body.dynamic_width));
}

void compare(const Config::Account& a, const Directory::Account& was) {
    const auto name = a.body.name.view();
    same(a.place, at("account", name, "group"), was.group, a.body.group.view());
    same(a.place, at("account", name, "roles"), role_words(was.roles), role_words(a.body.roles));
}

// The public key of a configured key; a private key file that is missing is made, readable by its owner only.
PublicKey public_key(const Config::Key& key, const std::string& data_folder) {
    if (key.private_key.empty()) return key.body.public_key;
    const std::filesystem::path file = std::filesystem::path(data_folder) / key.private_key;
    try {
        if (!std::filesystem::exists(file)) {
            std::filesystem::create_directories(file.parent_path());
            SigningKey::generate().save(file.string());
        }
        return SigningKey::load(file.string()).public_key();
    } catch (const std::runtime_error& e) {
        throw Difference{
            fmt::format("{}: key {}: private_key: {}", key.place.text(), key.body.name.view(), e.what())};
    }
}

// A key that an operator revoked stays revoked, whatever the configuration says.
void compare(const Config::Key& k, const PublicKey& configured, const Directory& directory,
             const Directory::Key& was) {
    if (was.roles == 0) return;
    const auto name = k.body.name.view();
    same(k.place, at("key", name, "account"), directory.accounts()[was.account.value].name, k.account);
    same(k.place, at("key", name, "public_key"), base64(was.public_key), base64(configured));
    same(k.place, at("key", name, "roles"), role_words(was.roles), role_words(k.body.roles));
    same(k.place, at("key", name, "on_behalf"), was.on_behalf, k.body.on_behalf);
}

// Gathers the commands. Ids continue where the directory ends, so a later command can name an earlier one.
class Bootstrap {
  public:
    Bootstrap(const Config& config, const Directory& directory) : config_(config), directory_(directory) {}

    std::vector<engine::Command> run(const engine::Genesis* recorded) {
        if (recorded == nullptr)
            enter(config_.genesis);
        else
            compare(config_.place, *recorded, config_.genesis);
        set_rules();
        set_clock();
        for (const auto& c : config_.classes)
            named(c, directory_.class_id(c.body.name.view()), directory_.classes());
        for (const auto& z : config_.zones)
            named(z, directory_.zone_id(z.body.name.view()), directory_.zones());
        for (const auto& t : config_.tiers)
            named(t, directory_.tier_id(t.body.name.view()), directory_.tiers());
        for (const auto& f : config_.families) family(f);
        for (const auto& a : config_.accounts) account(a);
        for (const auto& k : config_.keys) key(k);
        return std::move(commands_);
    }

  private:
    // An operator may change the rules between two starts; the journal then tells from where on.
    void set_rules() {
        const engine::SetRules &was = directory_.rules(), &is = config_.rules;
        if (std::memcmp(&was, &is, sizeof is) != 0) enter(is);
    }
    // A replay's market begins at its own time, before there is anything that could be listed; also when the
    // process was killed between its genesis and this.
    void set_clock() {
        if (config_.genesis.clock == engine::ClockMode::replay && directory_.families().empty() &&
            directory_.time() < config_.clock_start)
            enter(engine::AdvanceTime{.to = config_.clock_start});
    }
    template <class Body>
    void enter(const Body& body, engine::AccountId account = engine::no_account) {
        commands_.push_back(engine::Command::of(body, account));
    }
    template <class Entry, class Id, class Known>
    void named(const Entry& entry, const std::optional<Id>& id, const std::vector<Known>& known) {
        if (id)
            compare(entry, known[id->value].defined);
        else
            enter(entry.body);
    }
    // The id of a name: the journal's, or the place it will get behind the journal's.
    template <class Id, class Entries, class Find>
    static Id id_of(std::string_view name, const Entries& entries, std::size_t recorded, Find&& find) {
        if (const std::optional<Id> id = find(name)) return *id;
        std::size_t next = recorded;
        for (const auto& entry : entries) {
            if (entry.body.name.view() == name) break;
            if (!find(entry.body.name.view())) ++next;
        }
        return Id{static_cast<typename Id::Value>(next)};
    }
    void family(const Config::Family& f) {
        if (const auto id = directory_.family_id(f.name()))
            return compare(f, directory_.families()[id->value].defined);
        engine::DefineFamily body = f.body;
        body.class_id = id_of<engine::ClassId>(f.class_name, config_.classes, directory_.classes().size(),
                                               [&](std::string_view n) { return directory_.class_id(n); });
        body.zone_id = id_of<engine::ZoneId>(f.zone, config_.zones, directory_.zones().size(),
                                             [&](std::string_view n) { return directory_.zone_id(n); });
        body.tier_id = id_of<engine::TierId>(f.tier, config_.tiers, directory_.tiers().size(),
                                             [&](std::string_view n) { return directory_.tier_id(n); });
        enter(body);
    }
    void account(const Config::Account& a) {
        if (const auto id = directory_.account_id(a.body.name.view()))
            return compare(a, directory_.accounts()[id->value]);
        enter(a.body);
    }
    void key(const Config::Key& k) {
        engine::SetKey body = k.body;
        body.public_key = public_key(k, config_.data.folder);
        if (const auto id = directory_.key_index(k.body.name.view()))
            return compare(k, body.public_key, directory_, directory_.keys()[id->value]);
        const bool configured = std::ranges::any_of(
            config_.accounts, [&](const Config::Account& a) { return a.body.name.view() == k.account; });
        if (!configured && !directory_.account_id(k.account))
            throw Difference{fmt::format("{}: key {}: there is no account {}", k.place.text(),
                                         k.body.name.view(), k.account)};
        enter(body, id_of<engine::AccountId>(k.account, config_.accounts, directory_.accounts().size(),
                                             [&](std::string_view n) { return directory_.account_id(n); }));
    }

    const Config& config_;
    const Directory& directory_;
    std::vector<engine::Command> commands_;
};

}  // namespace

std::vector<engine::Command> bootstrap(const Config& config, const Directory& directory,
                                       const engine::Genesis* recorded, std::string& error) {
    try {
        return Bootstrap(config, directory).run(recorded);
    } catch (const Difference& difference) {
        error = difference.sentence;
        return {};
    }
}

}  // namespace gridbook::gateway
