// SPDX-License-Identifier: Apache-2.0
// The keys of the tables that stand once: the process, the pools, the market's numbers, the demo.
#include <bit>

#include "engine/bands/reference.hpp"
#include "gateway/config_keys.hpp"

namespace gridbook::gateway {

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
          {"packages", [](Config& c, const V& v) { v.integer(c.genesis.packages, 0, 65'535); }},
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

}  // namespace gridbook::gateway
