// SPDX-License-Identifier: Apache-2.0
#include "gateway/config_keys.hpp"

#include <fmt/format.h>

#include <bit>

#include "engine/bands/reference.hpp"
#include "gateway/decimal.hpp"
#include "gateway/ingress/instant.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::int64_t most_price = 1'000'000 * engine::decimal_one;

std::string plain(std::int64_t millionths) {
    std::string out;
    append_decimal(engine::Decimal{millionths}, out);
    return out;
}

}  // namespace

void refuse(const Place& place, const std::string& sentence) {
    throw ConfigRefusal{fmt::format("{}: {}", place.text(), sentence)};
}

// ---- how values are taken ----

void ConfigValue::refuse(const std::string& rule) const {
    throw ConfigRefusal{fmt::format("{}: {}: {}", place.text(), key, rule)};
}

std::int64_t ConfigValue::whole(std::int64_t low, std::int64_t high) const {
    if (type != Type::integer) refuse("must be a whole number, got " + type_name);
    if (number < low || number > high) refuse(fmt::format("must be {} to {}, got {}", low, high, number));
    return number;
}

void ConfigValue::power_of_two(std::uint32_t& out, std::int64_t low, std::int64_t high) const {
    integer(out, low, high);
    if (!std::has_single_bit(out)) refuse(fmt::format("must be a power of two, got {}", out));
}

void ConfigValue::basis_points(engine::BasisPoints& out, std::int64_t high) const {
    integer(out.value, 0, high);
}

void ConfigValue::percent(engine::BasisPoints& out) const {
    constexpr std::int64_t step = engine::decimal_one / 100;
    const std::int64_t v = decimal(0, 100 * engine::decimal_one);
    if (v % step != 0) refuse("must have at most two decimals, got " + string);
    out = engine::BasisPoints{static_cast<std::int32_t>(v / step)};
}

void ConfigValue::flag(bool& out) const {
    if (type != Type::flag) refuse("must be true or false, got " + type_name);
    out = truth;
}

std::string ConfigValue::text(std::size_t longest) const {
    if (type != Type::text) refuse("must be text in quotes, got " + type_name);
    if (string.empty() || string.size() > longest || string.find('\0') != std::string::npos)
        refuse(fmt::format("must have 1 to {} bytes, got {}", longest, string.size()));
    return string;
}

std::string ConfigValue::name(std::size_t longest) const {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    for (const char c : text(longest))
        if (!fits(c)) refuse(fmt::format("must be letters, digits, - and _, got \"{}\"", string));
    return string;
}

std::size_t ConfigValue::word(std::initializer_list<std::string_view> words) const {
    const std::string s = text(64);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (s == words.begin()[i]) return i;
    refuse(fmt::format("must be one of {}, got \"{}\"", fmt::join(words, ", "), s));
}

std::int64_t ConfigValue::decimal(std::int64_t low, std::int64_t high) const {
    if (type != Type::text) refuse("must be a decimal in quotes, for example \"14.00\", got " + type_name);
    const auto d = parse_decimal(string);
    if (!d) refuse(fmt::format("must be a decimal with at most six places, got \"{}\"", string));
    if (d->value < low || d->value > high)
        refuse(fmt::format("must be {} to {}, got {}", plain(low), plain(high), string));
    return d->value;
}

void ConfigValue::price(engine::Decimal& out, std::int64_t step) const {
    out.value = decimal(step, most_price);
    if (out.value % step != 0) refuse(fmt::format("must be a multiple of {}, got {}", plain(step), string));
}

std::int64_t ConfigValue::thousandth(std::int64_t high) const {
    const std::int64_t v = decimal(1'000, high * engine::decimal_one);
    if (v % 1'000 != 0) refuse("must have at most three decimals, got " + string);
    return v / 1'000;
}

void ConfigValue::time(engine::Time& out) const {
    const auto at = parse_instant(text(40));
    if (!at) refuse(fmt::format("must be a time like 2026-12-01T00:00:00Z, got \"{}\"", string));
    out = *at;
}

void ConfigValue::each(const std::function<void(const ConfigValue&)>& take) const {
    if (type != Type::list) return take(*this);
    if (items.empty()) refuse("must not be an empty list");
    for (const ConfigValue& item : items) take(item);
}

void ConfigValue::names(std::vector<std::string>& out, std::size_t longest) const {
    each([&](const ConfigValue& v) { out.push_back(v.name(longest)); });
}

void ConfigValue::roles(std::uint8_t& out) const {
    each([&](const ConfigValue& v) {
        v.word({"observer", "buyer", "provider", "regulator", "operator"});
        out = static_cast<std::uint8_t>(out | role_bit(v.string));
    });
}

void ConfigValue::public_key(std::array<std::uint8_t, 32>& out) const {
    const auto bytes = from_base64(text(64));
    if (!bytes || bytes->size() != out.size()) refuse("must be an Ed25519 public key: 32 bytes in base64");
    std::copy(bytes->begin(), bytes->end(), out.begin());
}

// ---- the lists ----

using V = ConfigValue;

namespace {

// The numbers of market-rules section 5. The window is kept in buckets of a minute, of which there are few.
ConfigKeys<Config> rule_keys() {
    constexpr std::int64_t day_s = 86'400;
    constexpr std::int64_t window_minutes = engine::Reference::most_buckets - 1;
    return {
        {"reference_window_s",
         [](Config& c, const V& v) {
             v.integer(c.rules.reference_window_s, 60, 60 * window_minutes);
             if (c.rules.reference_window_s % 60 != 0) v.refuse("must be whole minutes");
         }},
        {"reference_age_s", [](Config& c, const V& v) { v.integer(c.rules.reference_age_s, 0, day_s); }},
        {"takeover_bp", [](Config& c, const V& v) { v.basis_points(c.rules.takeover); }},
        {"limit_state_ms",
         [](Config& c, const V& v) { v.integer(c.rules.limit_state_ms, 1, day_s * 1'000); }},
        {"pause_s", [](Config& c, const V& v) { v.integer(c.rules.pause_s, 1, day_s); }},
        {"extensions", [](Config& c, const V& v) { v.integer(c.rules.extensions, 0, 10); }},
        {"collar_step_bp", [](Config& c, const V& v) { v.basis_points(c.rules.collar_step); }},
        {"widen_s", [](Config& c, const V& v) { v.integer(c.rules.widen_s, 0, day_s); }},
        {"soft_range_bp", [](Config& c, const V& v) { v.basis_points(c.rules.soft_range); }},
        {"suspend_s", [](Config& c, const V& v) { v.integer(c.rules.suspend_s, 1, day_s); }},
        {"four_eyes_bp", [](Config& c, const V& v) { v.basis_points(c.rules.four_eyes, 100'000); }},
        {"approval_s", [](Config& c, const V& v) { v.integer(c.rules.approval_s, 1, 30 * day_s); }},
        {"indicative_ms", [](Config& c, const V& v) { v.integer(c.rules.indicative_ms, 1, 60'000); }},
    };
}

// Two keys a pace: how many a second on the long run, and how many at once.
ConfigKeys<Config> rate_keys(Rates& (*rates)(Config&)) {
    constexpr std::int64_t most = 10'000'000;
    const auto per_s = [=](Pace pace) {
        return [=](Config& c, const V& v) { v.integer(rates(c).of(pace).per_s, 0, most); };
    };
    const auto burst = [=](Pace pace) {
        return [=](Config& c, const V& v) { v.integer(rates(c).of(pace).burst, batch_orders_max, most); };
    };
    return {{"orders_per_s", per_s(Pace::orders)},   {"orders_burst", burst(Pace::orders)},
            {"cancels_per_s", per_s(Pace::cancels)}, {"cancels_burst", burst(Pace::cancels)},
            {"queries_per_s", per_s(Pace::queries)}, {"queries_burst", burst(Pace::queries)}};
}

// From when on an alert is worth telling (market-rules sections 5 and 8).
ConfigKeys<Config> surveillance_keys() {
    const auto threshold = [](std::uint32_t ledger::Thresholds::*value, std::int64_t least,
                              std::int64_t most) {
        return [=](Config& c, const V& v) { v.integer(c.surveillance.thresholds.*value, least, most); };
    };
    using T = ledger::Thresholds;
    return {{"enabled", [](Config& c, const V& v) { v.flag(c.surveillance.enabled); }},
            {"names", [](Config& c, const V& v) { v.flag(c.surveillance.names); }},
            {"soon_ms", threshold(&T::soon_ms, 1, 3'600'000)},
            {"cancel_after_fill_bp", threshold(&T::cancel_after_fill_share, 1, 10'000)},
            {"cancel_after_fill_least", threshold(&T::cancel_after_fill_least, 1, 1'000'000'000)},
            {"layering_levels", threshold(&T::layering_levels, 2, 1'000)},
            {"layering_least", threshold(&T::layering_least, 1, 1'000'000'000)},
            {"wash_bp", threshold(&T::wash_share, 0, 9'999)},
            {"wash_least", threshold(&T::wash_least, 1, 1'000'000'000)},
            {"orders_per_trade", threshold(&T::orders_per_trade, 1, 1'000'000'000)},
            {"orders_least", threshold(&T::orders_least, 1, 1'000'000'000)},
            {"withdrawal_minutes", threshold(&T::withdrawal_minutes, 1, 1'440)},
            {"withdrawal_bp", threshold(&T::withdrawal_share, 0, 9'999)},
            {"withdrawal_least_lots", threshold(&T::withdrawal_least, 1, 1'000'000'000)},
            {"ready_missed_bp", threshold(&T::ready_missed_share, 0, 9'999)},
            {"ready_missed_least_lots", threshold(&T::ready_missed_least, 1, 1'000'000'000)},
            {"hoarding_bp", threshold(&T::hoarding_share, 0, 9'999)},
            {"hoarding_least_lots", threshold(&T::hoarding_least, 1, 1'000'000'000)},
            {"drift_bp", threshold(&T::drift, 0, 9'999)},
            {"drift_least_lots", threshold(&T::drift_least, 1, 1'000'000'000)},
            {"near_floor_bp", threshold(&T::near_floor_share, 0, 10'000)},
            {"floor_hugging_bp", threshold(&T::floor_hugging_share, 1, 10'000)},
            {"floor_hugging_least_lots", threshold(&T::floor_hugging_least, 1, 1'000'000'000)},
            {"spiral_days", threshold(&T::spiral_days, 2, 30)},
            {"spiral_fall_bp", threshold(&T::spiral_fall, 1, 10'000)},
            {"spiral_floor_bp", threshold(&T::spiral_floor_share, 1, 10'000)}};
}

}  // namespace

const std::vector<ConfigSection>& config_sections() {
    static const std::vector<ConfigSection> sections{
        {"server",
         {{"address", [](Config& c, const V& v) { c.server.address = v.text(64); }},
          {"port", [](Config& c, const V& v) { v.integer(c.server.port, 0, 65'535); }},
          {"connections", [](Config& c, const V& v) { v.integer(c.server.connections, 1, 65'536); }},
          {"connections_per_address",
           [](Config& c, const V& v) { v.integer(c.server.connections_per_address, 0, 65'536); }},
          {"messages_per_s",
           [](Config& c, const V& v) { v.integer(c.server.messages_per_s, 0, 100'000'000); }},
          {"http_per_s", [](Config& c, const V& v) { v.integer(c.server.http_per_s, 0, 1'000'000); }},
          {"certificate", [](Config& c, const V& v) { c.server.certificate = v.text(4'096); }},
          {"key", [](Config& c, const V& v) { c.server.key = v.text(4'096); }},
          {"plain_address", [](Config& c, const V& v) { c.server.plain_address = v.text(64); }},
          {"plain_port", [](Config& c, const V& v) { v.integer(c.server.plain_port, 0, 65'535); }}}},
        {"data",
         {{"folder", [](Config& c, const V& v) { c.data.folder = v.text(4'096); }},
          {"free_floor_mb",
           [](Config& c, const V& v) { v.integer(c.data.free_floor_mb, 0, 1'000'000'000); }},
          {"segment_mb", [](Config& c, const V& v) { v.integer(c.data.segment_mb, 1, 65'536); }},
          {"segment_minutes", [](Config& c, const V& v) { v.integer(c.data.segment_minutes, 0, 10'080); }}}},
        {"snapshots",
         {{"every_s", [](Config& c, const V& v) { v.integer(c.snapshots.every_s, 0, 86'400); }},
          {"commands", [](Config& c, const V& v) { v.integer(c.snapshots.commands, 1'000, 1'000'000'000); }},
          {"stream_days", [](Config& c, const V& v) { v.integer(c.snapshots.stream_days, 1, 3'650); }},
          {"keep", [](Config& c, const V& v) { v.integer(c.snapshots.keep, 1, 100); }},
          {"projection", [](Config& c, const V& v) { v.flag(c.snapshots.projection); }}}},
        {"threads",
         {{"engine",
           [](Config& c, const V& v) {
               c.threads.engine_own = v.word({"shared", "own"}) == 1;
           }},
          {"wait",
           [](Config& c, const V& v) {
               v.word({"park", "yield", "spin"});
               c.threads.wait = *engine::wait_strategy(v.string);
           }}}},
        // The rings behind the engine must have room for all that one command may cause.
        {"rings",
         {{"commands", [](Config& c, const V& v) { v.power_of_two(c.rings.commands, 1 << 9, 1 << 24); }},
          {"records", [](Config& c, const V& v) { v.power_of_two(c.rings.records, 1 << 14, 1 << 24); }},
          {"durable", [](Config& c, const V& v) { v.power_of_two(c.rings.durable, 1 << 14, 1 << 24); }}}},
        {"pools",
         {{"orders", [](Config& c, const V& v) { v.integer(c.genesis.orders, 16, 1 << 26); }},
          {"records", [](Config& c, const V& v) { v.power_of_two(c.genesis.records, 16, 1 << 26); }},
          {"pages", [](Config& c, const V& v) { v.integer(c.genesis.pages, 16, 1 << 24); }},
          {"accounts", [](Config& c, const V& v) { v.integer(c.genesis.accounts, 1, 1 << 20); }},
          {"keys", [](Config& c, const V& v) { v.integer(c.genesis.keys, 1, 65'534); }},
          {"families", [](Config& c, const V& v) { v.integer(c.genesis.families, 1, 65'534); }},
          {"books", [](Config& c, const V& v) { v.integer(c.genesis.books, 1, 1 << 20); }},
          {"positions", [](Config& c, const V& v) { v.power_of_two(c.genesis.positions, 16, 1 << 26); }},
          {"deliveries", [](Config& c, const V& v) { v.integer(c.genesis.deliveries, 0, 1 << 26); }},
          {"draws",
           [](Config& c, const V& v) {
               std::uint32_t draws = 0;
               v.integer(draws, 0, 1 << 28);
               if (draws == 0) return void(c.genesis.draws_log2 = 0);
               v.power_of_two(draws, 2, 1 << 28);
               c.genesis.draws_log2 = static_cast<std::uint8_t>(std::countr_zero(draws));
           }},
          {"resources", [](Config& c, const V& v) { v.integer(c.genesis.resources, 1, 1 << 24); }},
          {"strips", [](Config& c, const V& v) { v.integer(c.genesis.strips, 1, 1 << 24); }},
          {"sessions", [](Config& c, const V& v) { v.integer(c.genesis.sessions, 1, 1 << 20); }}}},
        {"sessions",
         {{"cancel_grace_ms",
           [](Config& c, const V& v) { v.integer(c.sessions.cancel_grace_ms, 0, 3'600'000); }},
          {"resume_events",
           [](Config& c, const V& v) { v.integer(c.sessions.resume_events, 1'024, 1 << 26); }}}},
        {"key_rates", rate_keys([](Config& c) -> Rates& { return c.rates.key; })},
        {"account_rates", rate_keys([](Config& c) -> Rates& { return c.rates.account; })},
        {"rules", rule_keys()},
        {"surveillance", surveillance_keys()},
        {"fees",
         {{"taker_bp", [](Config& c, const V& v) { v.basis_points(c.genesis.taker_fee); }},
          {"maker_bp", [](Config& c, const V& v) { v.basis_points(c.genesis.maker_fee); }},
          {"tax_bp", [](Config& c, const V& v) { v.basis_points(c.genesis.tax); }},
          {"margin_bp", [](Config& c, const V& v) { v.basis_points(c.genesis.margin, 100'000); }}}},
        {"limits",
         {{"qty",
           [](Config& c, const V& v) {
               c.genesis.max_qty = v.decimal(engine::gpu_lot_decimal, 100'000'000 * engine::decimal_one);
           }},
          {"notional",
           [](Config& c, const V& v) {
               c.genesis.max_notional = v.decimal(engine::decimal_one, 1'000'000'000 * engine::decimal_one);
           }},
          {"open_orders", [](Config& c, const V& v) { v.integer(c.genesis.account_orders, 1, 1 << 26); }},
          {"cid_retention_s",
           [](Config& c, const V& v) { v.integer(c.genesis.retention_s, 1, 2'592'000); }}}},
        {"log",
         {{"level",
           [](Config& c, const V& v) {
               v.word({"trace", "debug", "info", "warn", "error", "off"});
               c.log_level = v.string;
           }}}},
        {"demo",
         {{"seed", [](Config& c, const V& v) { v.integer(c.demo.seed, 0, INT64_MAX); }},
          {"orders_per_s", [](Config& c, const V& v) { v.integer(c.demo.orders_per_s, 1, 100'000); }},
          {"providers", [](Config& c, const V& v) { v.integer(c.demo.providers, 1, 1'000); }},
          {"buyers", [](Config& c, const V& v) { v.integer(c.demo.buyers, 1, 1'000); }}}}};
    return sections;
}

const ConfigKeys<Config::Class>& class_keys() {
    using C = Config::Class;
    static const ConfigKeys<C> keys{
        {"name", [](C& c, const V& v) { v.name(c.body.name); }, true},
        {"tokens", [](C& c, const V& v) { v.flag(c.tokens); }},
        {"tflops", [](C& c, const V& v) { v.thousandths(c.body.tflops, 1'000'000); }},
        {"memory_gb", [](C& c, const V& v) { v.integer(c.body.memory_gb, 1, 100'000); }},
        {"bandwidth", [](C& c, const V& v) { v.thousandths(c.body.bandwidth, 10'000); }},
        {"sparse_tflops", [](C& c, const V& v) { v.thousandths(c.body.sparse_tflops, 1'000'000); }},
        {"k_train", [](C& c, const V& v) { v.thousandths(c.body.k_train, 65); }},
        {"k_infer", [](C& c, const V& v) { v.thousandths(c.body.k_infer, 65); }},
        {"benchmark", [](C& c, const V& v) { v.flag(c.body.benchmark); }}};
    return keys;
}

const ConfigKeys<Config::Zone>& zone_keys() {
    using Z = Config::Zone;
    static const ConfigKeys<Z> keys{
        {"name", [](Z& z, const V& v) { v.name(z.body.name); }, true},
        {"hub", [](Z& z, const V& v) { v.text(z.body.hub); }, true},
        {"residency", [](Z& z, const V& v) { v.name(z.body.residency); }, true},
        {"latency_ms", [](Z& z, const V& v) { v.integer(z.body.latency_ms, 0, 10'000); }}};
    return keys;
}

const ConfigKeys<Config::Tier>& tier_keys() {
    using T = Config::Tier;
    static const ConfigKeys<T> keys{
        {"name", [](T& t, const V& v) { v.name(t.body.name); }, true},
        {"availability", [](T& t, const V& v) { v.thousandths(t.body.availability, 100); }, true},
        {"start_by_s", [](T& t, const V& v) { v.integer(t.body.start_by_s, 0, 3'600); }},
        {"penalty_bp", [](T& t, const V& v) { v.basis_points(t.body.penalty); }},
        {"product", [](T& t, const V& v) {
             t.body.product = v.word({"gpu", "token"}) == 0 ? engine::Product::gpu : engine::Product::token;
         }}};
    return keys;
}

const ConfigKeys<FamilyEntry>& family_keys() {
    using F = FamilyEntry;
    // A floor or ceiling off the tick is rounded inward; a guidance must be on it.
    static const ConfigKeys<F> keys{
        {"classes", [](F& f, const V& v) { v.names(f.classes, 16); }, true},
        {"zones", [](F& f, const V& v) { v.names(f.zones, 16); }, true},
        {"tiers", [](F& f, const V& v) { v.names(f.tiers, 8); }, true},
        {"guidance", [](F& f, const V& v) { v.price(f.body.guidance, engine::tick_decimal); }},
        {"benchmark", [](F& f, const V& v) { v.price(f.benchmark, engine::tick_decimal); }},
        {"floor", [](F& f, const V& v) { v.price(f.body.floor, 1'000); }},
        {"ceiling", [](F& f, const V& v) { v.price(f.body.ceiling, 1'000); }},
        {"dynamic_width", [](F& f, const V& v) { v.percent(f.body.dynamic_width); }},
        {"require_reason", [](F& f, const V& v) { v.flag(f.body.require_reason); }},
        {"horizon", [](F& f, const V& v) { v.integer(f.body.horizon, 1, 2'048); }},
        {"rationale", [](F& f, const V& v) { v.text(f.body.rationale); }}};
    return keys;
}

const ConfigKeys<Config::Account>& account_keys() {
    using A = Config::Account;
    static const ConfigKeys<A> keys{{"name", [](A& a, const V& v) { v.name(a.body.name); }, true},
                                    {"group", [](A& a, const V& v) { v.name(a.body.group); }},
                                    {"roles", [](A& a, const V& v) { v.roles(a.body.roles); }, true}};
    return keys;
}

const ConfigKeys<Config::Key>& key_keys() {
    using K = Config::Key;
    static const ConfigKeys<K> keys{{"name", [](K& k, const V& v) { v.name(k.body.name); }, true},
                                    {"account", [](K& k, const V& v) { k.account = v.name(32); }, true},
                                    {"roles", [](K& k, const V& v) { v.roles(k.body.roles); }, true},
                                    {"public_key", [](K& k, const V& v) { v.public_key(k.body.public_key); }},
                                    {"private_key", [](K& k, const V& v) { k.private_key = v.text(255); }},
                                    {"on_behalf", [](K& k, const V& v) { v.flag(k.body.on_behalf); }}};
    return keys;
}

}  // namespace gridbook::gateway
