// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/public_rows.hpp"

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/energy_members.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/market_encoder.hpp"
#include "gateway/egress/regulator_encoder.hpp"

namespace gridbook::gateway {

namespace {

engine::Decimal thousandths(std::uint32_t value) { return engine::Decimal{std::int64_t{value} * 1'000}; }
engine::Decimal basis_points(engine::BasisPoints bp) { return engine::Decimal{std::int64_t{bp.value} * 100}; }

void append_lot(engine::Product product, std::string& out) {
    Members(out).price<"tick">(engine::Price{1}).qty<"lot">(engine::Quantity{1}, product);
}

void append_band_members(const engine::BandChanged& band, std::string& out) {
    Members(out)
        .number<"band">(band.version)
        .price<"floor">(band.floor)
        .price<"ceiling">(band.ceiling)
        .price<"guidance">(band.guidance);
}

void append_best(const Depth& depth, engine::Product product, bool bid, std::string& out) {
    if (depth.empty()) return;
    Members m(out);
    if (bid)
        m.price<"bid">(depth.at(0).price).qty<"bid_qty">(depth.at(0).lots, product);
    else
        m.price<"ask">(depth.at(0).price).qty<"ask_qty">(depth.at(0).lots, product);
}

void append_product_rules(engine::Product product, std::string& out) {
    out += "{\"product\":\"";
    out += wire_name(product);
    out += '"';
    append_lot(product, out);
    const auto seconds = [](engine::Duration d) {
        return static_cast<std::uint64_t>(d.value / engine::second.value);
    };
    Members(out)
        .number<"window_s">(seconds(engine::period_length(product)))
        .number<"gate_lead_s">(seconds(engine::gate_lead))
        .raw("}");
}

}  // namespace

void append_class_row(const Directory::Class& c, std::string& out) {
    out += "{\"class\":";
    append_quoted(c.name, out);
    Members(out)
        .number<"version">(c.version())
        .decimal<"tflops">(thousandths(c.defined.tflops))
        .number<"memory_gb">(c.defined.memory_gb)
        .decimal<"bandwidth">(thousandths(c.defined.bandwidth))
        .decimal<"k_train">(thousandths(c.k_train()))
        .decimal<"k_infer">(thousandths(c.k_infer()));
    if (c.defined.benchmark) Members(out).truth<"benchmark">(true);
    append_factor_members(c, out);
    out += '}';
}

void append_family_row(const Directory::Family& f, const Bands::Version* band, const Directory& directory,
                       std::string& out) {
    const Directory::Zone& zone = directory.zones()[f.defined.zone_id.value];
    const Directory::Tier& tier = directory.tiers()[f.defined.tier_id.value];
    out += "{\"family\":";
    append_quoted(f.name, out);
    Members(out)
        .word<"product">(wire_name(f.defined.product))
        .text<"class">(directory.classes()[f.defined.class_id.value].name)
        .text<"zone">(zone.name)
        .text<"hub">(zone.defined.hub.view())
        .text<"residency">(zone.defined.residency.view())
        .number<"latency_ms">(zone.defined.latency_ms)
        .text<"tier">(tier.name)
        .decimal<"availability">(thousandths(tier.defined.availability))
        .decimal<"penalty">(basis_points(tier.defined.penalty))
        .number<"horizon">(f.defined.horizon);
    Members energy(out);
    append_energy(directory.energy(f.defined.id), energy);
    if (const std::uint32_t grid = carbon_of_grid(f.defined.id, directory))
        energy.decimal<"grid_carbon_g">(thousandths(grid));
    if (f.defined.dynamic_width.value != 0)
        Members(out).decimal<"dynamic_width">(basis_points(f.defined.dynamic_width));
    append_lot(f.defined.product, out);
    if (band != nullptr) append_band_members(band->band, out);
    out += '}';
}

void append_instrument_row(const Market& m, const Directory& directory, std::string& out) {
    const engine::Product product = directory.product(m.instrument.family);
    const engine::Time start = engine::window_start(m.instrument.period, product);
    const engine::Time end = engine::window_end(m.instrument.period, product);
    const engine::Time gate = engine::gate_time(m.instrument.period, product);
    out += "{\"symbol\":\"";
    directory.append_symbol(m.instrument, out);
    out += '"';
    Members(out)
        .text<"family">(directory.families()[m.instrument.family.value].name)
        .word<"phase">(wire_name(m.phase))
        .rfc3339<"start">(start)
        .time<"start_ts">(start)
        .rfc3339<"end">(end)
        .time<"end_ts">(end)
        .rfc3339<"gate">(gate)
        .time<"gate_ts">(gate);
    append_best(m.bids, product, true, out);
    append_best(m.asks, product, false, out);
    if (m.reference.value != 0) Members(out).price<"reference">(m.reference);
    const auto& family = directory.families()[m.instrument.family.value].defined;
    if (family.dynamic_width.value != 0 && m.low.value != 0)
        Members(out).price<"low">(m.low).price<"high">(m.high);
    if (m.last_price.value != 0) Members(out).price<"last">(m.last_price);
    Members(out).qty<"traded">(m.traded, product).number<"trades">(m.trades).raw("}");
}

void append_trade_row(const Trade& t, const Directory& directory, std::string& out) {
    out += "{\"symbol\":\"";
    directory.append_symbol(t.instrument, out);
    out += '"';
    Members(out)
        .number<"seq">(t.sequence.value)
        .id<"tid">(t.trade.value)
        .price<"price">(t.price)
        .qty<"qty">(engine::Quantity{t.qty}, directory.product(t.instrument.family))
        .word<"aggressor">(t.call ? "none" : wire_name(t.aggressor))
        .time<"ts">(t.time)
        .rfc3339<"time">(t.time)
        .raw("}");
}

void append_candle_row(const Candle& c, engine::Product product, std::string& out) {
    out += "{\"start\":\"";
    append_rfc3339(c.start, out);
    out += '"';
    Members(out)
        .price<"open">(c.open)
        .price<"high">(c.high)
        .price<"low">(c.low)
        .price<"close">(c.close)
        .qty<"volume">(engine::Quantity{static_cast<std::int64_t>(c.qty)}, product)
        .number<"trades">(c.trades)
        .time<"ts">(c.start)
        .raw("}");
}

void append_band_row(const Bands::Version& version, const Directory& directory, std::string& out) {
    const bool in_force = version.band.status != engine::BandStatus::scheduled;
    append_band(version, version.sequence, directory, out);
    out.pop_back();  // its closing brace: a row says more than the message
    Members(out)
        .word<"status">(in_force ? "in_force" : "scheduled")
        .time<"effective_ts">(version.band.effective)
        .raw("}");
}

// The numbers of the dynamic band (market-rules section 5).
void append_dynamic_rules(const engine::SetRules& rules, std::string& out) {
    out += ",\"dynamic\":{\"window_s\":";
    append_number(rules.reference_window_s, out);
    Members(out)
        .number<"age_s">(rules.reference_age_s)
        .decimal<"takeover">(basis_points(rules.takeover))
        .number<"limit_state_ms">(rules.limit_state_ms)
        .number<"pause_s">(rules.pause_s)
        .number<"extensions">(rules.extensions)
        .decimal<"collar_step">(basis_points(rules.collar_step))
        .number<"widen_s">(rules.widen_s)
        .number<"suspend_s">(rules.suspend_s)
        .raw("}");
}

void append_rules(const engine::Genesis& genesis, const engine::SetRules& rules, std::string& out) {
    out += "\"products\":[";
    append_product_rules(engine::Product::gpu, out);
    out += ',';
    append_product_rules(engine::Product::token, out);
    out += "],\"fees\":{\"taker\":\"";
    append_decimal(basis_points(genesis.taker_fee), out);
    out += '"';
    Members(out)
        .decimal<"maker">(basis_points(genesis.maker_fee))
        .decimal<"tax">(basis_points(genesis.tax))
        .raw("}")
        .decimal<"margin">(basis_points(genesis.margin))
        .raw(R"(,"band":{"floor":"0.70","ceiling":"1.40","soft":")");
    append_decimal(basis_points(rules.soft_range), out);
    out += "\"}";
    append_dynamic_rules(rules, out);
    out += ",\"limits\":{\"qty\":\"";
    append_decimal(engine::Decimal{genesis.max_qty}, out);
    out += '"';
    Members(out)
        .money<"notional">(engine::Money{genesis.max_notional})
        .number<"open_orders">(genesis.account_orders)
        .raw("}")
        .number<"cid_retention_s">(genesis.retention_s)
        .word<"clock">(genesis.clock == engine::ClockMode::real ? "real" : "replay")
        .raw(R"(,"order_types":["limit","market"],"time_in_force":["gate","gtt","ioc","fok"])");
}

}  // namespace gridbook::gateway
