// SPDX-License-Identifier: Apache-2.0
// The door of the twin, and the catalogue.
#include "tests/twin/naive_exchange.hpp"

#include <algorithm>

namespace gridbook::twin {

using engine::CommandKind;
using engine::RejectField;
using engine::RejectReason;

void NaiveExchange::apply(const engine::Command& command, Events& out) {
    command_ = command;
    out_ = &out;
    sequence_ = command.header.sequence;
    if (command.kind() == CommandKind::advance_time) return advance(command.header.time);
    now_ = std::max(now_, command.header.time);
    carry_out(command);
    follow();
}

void NaiveExchange::carry_out(const engine::Command& command) {
    switch (command.kind()) {
        case CommandKind::genesis: return start(command.as<engine::Genesis>());
        case CommandKind::checkpoint: {
            engine::StateHashed hashed;
            hashed.origin = header().origin;
            hashed.open_orders = live_.size();
            hashed.trades = trades_;
            return emit(engine::no_account, hashed, false, engine::event_flag::reply);
        }
        case CommandKind::set_rules: return set_rules(command.as<engine::SetRules>());
        case CommandKind::define_class: return define_class(command.as<engine::DefineClass>());
        case CommandKind::define_zone: return define_zone(command.as<engine::DefineZone>());
        case CommandKind::define_tier: return define_tier(command.as<engine::DefineTier>());
        case CommandKind::define_family: return define_family(command.as<engine::DefineFamily>());
        case CommandKind::open_account: return open_account(command.as<engine::OpenAccount>());
        case CommandKind::set_key: return set_key(command.as<engine::SetKey>());
        case CommandKind::credit: return credit(command.as<engine::Credit>());
        case CommandKind::register_resource: return register_resource(command.as<engine::RegisterResource>());
        case CommandKind::withdraw_resource: return withdraw_resource(command.as<engine::WithdrawResource>());
        case CommandKind::declare_maintenance:
            return declare_maintenance(command.as<engine::DeclareMaintenance>());
        case CommandKind::cancel_maintenance:
            return cancel_maintenance(command.as<engine::CancelMaintenance>());
        case CommandKind::open_session: return open_session(command.as<engine::OpenSession>());
        case CommandKind::close_session: return close_session();
        case CommandKind::place_order: return place(command.as<engine::PlaceOrder>());
        case CommandKind::replace_order: return replace(command.as<engine::ReplaceOrder>());
        case CommandKind::cancel_order: return cancel(command.as<engine::CancelOrder>());
        case CommandKind::place_strip: return place_strip(command.as<engine::PlaceStrip>());
        case CommandKind::place_any_of: return place_any_of(command.as<engine::PlaceAnyOf>());
        case CommandKind::cancel_all: return cancel_all(command.as<engine::CancelAll>());
        case CommandKind::cancel_after: return cancel_after(command.as<engine::CancelAfter>());
        case CommandKind::set_band: return set_band(command.as<engine::SetBand>());
        case CommandKind::set_guidance: return set_guidance(command.as<engine::SetGuidance>());
        case CommandKind::set_factors: return set_factors(command.as<engine::SetFactors>());
        case CommandKind::decide_change: return decide(command.as<engine::DecideChange>());
        case CommandKind::set_phase: return set_phase(command.as<engine::SetPhase>());
        case CommandKind::suspend_dynamic: return suspend(command.as<engine::SuspendDynamic>());
        case CommandKind::report_ready: return ready(command.as<engine::ReportReady>());
        case CommandKind::report_meter: return meter(command.as<engine::ReportMeter>());
        case CommandKind::open_dispute: return open_dispute(command.as<engine::OpenDispute>());
        case CommandKind::decide_dispute: return decide_dispute(command.as<engine::DecideDispute>());
        case CommandKind::request_payout: return request_payout(command.as<engine::RequestPayout>());
        case CommandKind::decide_payout: return decide_payout(command.as<engine::DecidePayout>());
        case CommandKind::draw_tokens: return draw(command.as<engine::DrawTokens>());
        case CommandKind::offer_package: return offer_package(command.as<engine::OfferPackage>());
        case CommandKind::withdraw_package: return withdraw_package(command.as<engine::WithdrawPackage>());
        case CommandKind::buy_package: return buy_package(command.as<engine::BuyPackage>());
        case CommandKind::kill: return kill(command.as<engine::Kill>());
        case CommandKind::set_limits: return set_limits(command.as<engine::SetLimits>());
        default: return;  // follow-ons: the work was done at once
    }
}

// In force from now on; it moves nothing by itself.
void NaiveExchange::set_rules(const engine::SetRules& r) {
    rules_ = r;
    emit(engine::no_account, engine::RulesSet{r}, false, engine::event_flag::reply);
}

engine::Refused NaiveExchange::refusal(RejectReason reason, RejectField field) const {
    engine::Refused refused;
    refused.reason = reason;
    refused.field = field;
    return refused;
}

void NaiveExchange::refuse(engine::Refused refused) {
    refused.origin = header().origin;
    refused.command = command_.kind();
    emit(header().account, refused, false, engine::event_flag::reply);
}

void NaiveExchange::start(const engine::Genesis& g) {
    genesis_ = g;
    started_ = true;
    engine::Started s;
    s.origin = header().origin;
    s.schema = g.schema;
    s.clock = g.clock;
    emit(engine::no_account, s, false, engine::event_flag::reply);
}

engine::Refused NaiveExchange::pool_full(engine::Pool pool, std::int64_t limit) const {
    engine::Refused r = refusal(RejectReason::engine_limit, RejectField::pool);
    r.pool = pool;
    r.limit_high = limit;
    return r;
}

void NaiveExchange::define_class(const engine::DefineClass& d) {
    if (d.name.empty() ||
        std::any_of(classes_.begin(), classes_.end(), [&](const auto& x) { return x.name == d.name; }))
        return refuse(refusal(RejectReason::format_value, RejectField::class_name));
    classes_.push_back(d);
    Factors factors;
    factors.own_train = d.k_train;
    factors.own_infer = d.k_infer;
    factors_.push_back(factors);
    engine::ClassDefined c;
    c.id = engine::ClassId{static_cast<std::uint16_t>(classes_.size() - 1)};
    c.version = 1;
    c.name = d.name;
    c.tflops = d.tflops;
    c.memory_gb = d.memory_gb;
    c.bandwidth = d.bandwidth;
    c.k_train = d.k_train;
    c.k_infer = d.k_infer;
    c.sparse_tflops = d.sparse_tflops;
    c.benchmark = d.benchmark;
    emit(engine::no_account, c);
}

void NaiveExchange::define_zone(const engine::DefineZone& d) {
    if (d.name.empty() ||
        std::any_of(zones_.begin(), zones_.end(), [&](const auto& x) { return x.name == d.name; }))
        return refuse(refusal(RejectReason::format_value, RejectField::zone));
    zones_.push_back(d);
    engine::ZoneDefined z;
    z.id = engine::ZoneId{static_cast<std::uint16_t>(zones_.size() - 1)};
    z.latency_ms = d.latency_ms;
    z.name = d.name;
    z.hub = d.hub;
    z.residency = d.residency;
    emit(engine::no_account, z);
}

void NaiveExchange::define_tier(const engine::DefineTier& d) {
    if (d.name.empty() ||
        std::any_of(tiers_.begin(), tiers_.end(), [&](const auto& x) { return x.name == d.name; }))
        return refuse(refusal(RejectReason::format_value, RejectField::tier));
    tiers_.push_back(d);
    engine::TierDefined t;
    t.id = engine::TierId{static_cast<std::uint16_t>(tiers_.size() - 1)};
    t.product = d.product;
    t.name = d.name;
    t.availability = d.availability;
    t.start_by_s = d.start_by_s;
    t.penalty = d.penalty;
    emit(engine::no_account, t);
}

NaiveExchange::Refusal NaiveExchange::family_refusal(const engine::DefineFamily& d) const {
    if (d.class_id.value >= classes_.size())
        return refusal(RejectReason::class_unknown, RejectField::class_name);
    if (d.zone_id.value >= zones_.size()) return refusal(RejectReason::class_unknown, RejectField::zone);
    if (d.tier_id.value >= tiers_.size()) return refusal(RejectReason::class_unknown, RejectField::tier);
    for (const Family& f : families_)
        if (f.defined.class_id == d.class_id && f.defined.zone_id == d.zone_id &&
            f.defined.tier_id == d.tier_id)
            return refusal(RejectReason::format_value, RejectField::family);
    if (families_.size() >= genesis_.families) return pool_full(engine::Pool::families, genesis_.families);
    std::int64_t books = 0;
    for (const Family& f : families_) books += f.defined.horizon;
    if (d.horizon == 0 || books + d.horizon > genesis_.books)
        return pool_full(engine::Pool::books, genesis_.books);
    if (d.guidance.value == 0 && (d.floor.value != 0 || d.ceiling.value != 0 || !benchmark_of(d))) {
        auto r = refusal(RejectReason::format_value, RejectField::guidance);
        r.limit_high = ((1 << 30) - 1) * engine::tick_decimal;
        return r;
    }
    for (const auto& [value, field] :
         {std::pair{d.guidance, RejectField::guidance}, std::pair{d.floor, RejectField::floor},
          std::pair{d.ceiling, RejectField::ceiling}})
        if (const auto r = band_value_refusal(value, field)) return r;
    return std::nullopt;
}

// A family comes with its first band, and with every period whose gate lies ahead, up to the horizon.
void NaiveExchange::define_family(const engine::DefineFamily& d) {
    if (const auto refused = family_refusal(d)) return refuse(*refused);
    const engine::FamilyId id{static_cast<std::uint16_t>(families_.size())};
    Family family;
    family.defined = d;
    for (const auto part : {classes_[d.class_id.value].name.view(), zones_[d.zone_id.value].name.view(),
                            tiers_[d.tier_id.value].name.view()})
        family.symbol += (family.symbol.empty() ? "" : ".") + std::string(part);
    engine::SetBand first;
    first.guidance = d.guidance;
    first.floor = d.floor;
    first.ceiling = d.ceiling;
    first.rationale = d.rationale;
    family.band = changed(Band{}, {1, first, now_, {}, 0});
    if (d.guidance.value == 0)
        family.band = converted(families_[benchmark_of(d)->value].band, classes_[d.class_id.value].k_train,
                                family.band);
    family.last_version = 1;
    if (family.band.lo > family.band.hi || !family.band.inside(family.band.guidance)) {
        auto r = refusal(RejectReason::format_value, RejectField::guidance);
        r.limit_low = family.band.lo * engine::tick_decimal;
        r.limit_high = family.band.hi * engine::tick_decimal;
        r.got = d.guidance.value;
        return refuse(r);
    }
    families_.push_back(family);
    engine::FamilyDefined f;
    f.id = id;
    f.class_id = d.class_id;
    f.zone_id = d.zone_id;
    f.tier_id = d.tier_id;
    f.horizon = d.horizon;
    f.product = d.product;
    f.dynamic_width = d.dynamic_width;
    emit(engine::no_account, f);
    emit(engine::no_account, told(id, family.band, engine::BandStatus::applied));
    const std::uint32_t now = engine::period_at(now_, d.product).value;
    for (std::uint32_t p = now; p <= now + d.horizon; ++p)
        if (engine::gate_time(engine::Period{p}, d.product) > now_)
            list(engine::instrument(id, engine::Period{p}));
}

}  // namespace gridbook::twin
