// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/regulator_encoder.hpp"

#include "engine/regulation/factors.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/market_encoder.hpp"
#include "gateway/egress/refusal.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventKind;

engine::Decimal thousandths(std::uint32_t value) { return engine::Decimal{std::int64_t{value} * 1'000}; }

std::string_view wire_name(engine::Provenance provenance) {
    constexpr std::string_view words[] = {"nameplate", "measured", "regulator"};
    return words[static_cast<std::size_t>(provenance)];
}

std::string_view wire_name(engine::ChangeState state) {
    constexpr std::string_view words[] = {"none", "proposed", "approved", "rejected", "expired", "refused"};
    return words[static_cast<std::size_t>(state)];
}

// The call that asked for it.
std::string_view call_name(engine::CommandKind kind) {
    return kind == engine::CommandKind::set_factors    ? "factors"
           : kind == engine::CommandKind::set_guidance ? "guidance"
                                                       : "bands";
}

void append_factors(std::uint16_t train, std::uint16_t infer, Members& m) {
    m.decimal<"k_train">(thousandths(train)).decimal<"k_infer">(thousandths(infer));
}

void append_key(std::string_view member, engine::KeyIndex key, const Directory& directory, std::string& out) {
    if (key.value >= directory.keys().size()) return;
    Members m(out);
    m.raw(",\"").raw(member).raw("\":");
    append_quoted(directory.keys()[key.value].name, out);
}

// What it is about and what it would be; starts with a comma.
void append_subject(const engine::Change& change, const Directory& directory, std::string& out) {
    Members m(out);
    m.word<"what">(call_name(change.what));
    engine::Product product = engine::Product::gpu;
    if (change.family != engine::no_family) {
        product = directory.product(change.family);
        m.text<"family">(directory.families()[change.family.value].name)
            .price<"floor">(change.floor)
            .price<"ceiling">(change.ceiling)
            .price<"guidance">(change.guidance);
    } else {
        m.text<"class">(directory.classes()[change.class_id.value].name);
        append_factors(change.k_train, change.k_infer, m);
    }
    if (change.effective != engine::Time{}) m.rfc3339<"effective">(change.effective);
    append_impact({change.orders_parked, change.qty_parked, change.participants}, product, out);
}

void append_family_impact(const engine::BandChanged& band, const Directory& directory, std::string& out) {
    out += "{\"family\":";
    append_quoted(directory.families()[band.family.value].name, out);
    Members m(out);
    m.price<"floor">(band.floor).price<"ceiling">(band.ceiling).price<"guidance">(band.guidance);
    if (band.converted) m.truth<"converted">(true);
    append_impact({band.orders_parked, band.qty_parked, band.participants}, directory.product(band.family),
                  out);
    out += '}';
}

}  // namespace

void append_impact(const ToldImpact& impact, engine::Product product, std::string& out) {
    Members m(out);
    m.raw(R"(,"impact":{"orders_parked":)").raw(std::to_string(impact.orders));
    m.qty<"qty_parked">(impact.qty, product).number<"participants">(impact.participants).raw("}");
}

void append_rationale(const Bands::Version& version, std::string& out) {
    const engine::GuidanceSet& g = *version.guidance;
    Members m(out);
    m.word<"formula">("cost-1").money<"cost">(g.cost).raw(R"(,"inputs":{"capex":")");
    append_money(g.capex, out);
    out += '"';
    m.number<"life_h">(g.life_h)
        .decimal<"util">(engine::Decimal{std::int64_t{g.utilisation.value} * 100})
        .decimal<"power_kw">(thousandths(g.power_w))
        .decimal<"pue">(thousandths(g.pue))
        .money<"tariff">(engine::Money{g.tariff})
        .money<"opex_h">(engine::Money{g.opex_h});
    if (g.index != 0) m.decimal<"index">(thousandths(g.index));
    m.raw("}").word<"hash">(version.text_sha256);
}

void append_factor_members(const Directory::Class& c, std::string& out) {
    Members m(out);
    if (!c.factors) {
        m.word<"provenance">("nameplate");
    } else {
        const engine::FactorsChanged& f = *c.factors;
        m.word<"provenance">(wire_name(f.provenance)).raw(R"(,"own":{"k_train":")");
        append_decimal(thousandths(f.own_train), out);
        m.raw("\"").decimal<"k_infer">(thousandths(f.own_infer)).raw("}");
        if (f.certified_train != 0) {
            m.raw(R"(,"certificate":{"k_train":")");
            append_decimal(thousandths(f.certified_train), out);
            m.raw("\"")
                .decimal<"k_infer">(thousandths(f.certified_infer))
                .rfc3339<"issued">(f.issued)
                .rfc3339<"expires">(f.issued + engine::certificate_life)
                .raw("}");
        }
    }
    if (c.scheduled.empty()) return;
    m.raw(",\"scheduled\":[");
    for (const engine::FactorsChanged& f : c.scheduled) {
        if (out.back() == '}') out += ',';
        m.raw("{\"version\":").raw(std::to_string(f.version));
        append_factors(f.k_train, f.k_infer, m);
        m.rfc3339<"effective">(f.effective).raw("}");
    }
    out += ']';
}

void append_factors_answer(const Event& event, const Directory& directory, std::string& out) {
    const auto f = event.as<engine::FactorsChanged>();
    Members m(out);
    m.raw("\"version\":").raw(std::to_string(f.version));
    m.number<"seq">(event.header.sequence.value)
        .word<"status">(gateway::wire_name(f.status))
        .text<"class">(directory.classes()[f.class_id.value].name);
    append_factors(f.k_train, f.k_infer, m);
    m.number<"families">(f.families);
    append_impact({f.orders_parked, f.qty_parked, f.participants}, engine::Product::gpu, out);
}

void append_change_answer(const Event& event, const Directory& directory, std::string& out) {
    static_assert(sizeof(engine::ChangeProposed) == sizeof(engine::Change));
    const engine::Change change = event.kind() == EventKind::change_proposed
                                      ? event.as<engine::ChangeProposed>().change
                                      : event.as<engine::ChangeClosed>().change;
    Members m(out);
    m.raw("\"change\":\"").raw(std::to_string(change.change)).raw("\"");
    m.number<"seq">(event.header.sequence.value).word<"status">(wire_name(change.state));
    if (change.state == engine::ChangeState::open) m.rfc3339<"expires">(change.expires);
    append_subject(change, directory, out);
}

void append_change_row(const Event& row, const Directory& directory, std::string& out) {
    const engine::Change change = row.as<engine::ChangeRow>().change;
    Members m(out);
    m.raw("{\"change\":\"").raw(std::to_string(change.change)).raw("\"");
    m.word<"status">(wire_name(change.state)).number<"seq">(change.proposed.value);
    append_key("proposed_by", change.proposed_by, directory, out);
    append_key("decided_by", change.decided_by, directory, out);
    if (change.decided != engine::Sequence{}) m.number<"decided_seq">(change.decided.value);
    if (change.refused != engine::RejectReason::none) m.word<"refused">(engine::code(change.refused));
    m.rfc3339<"expires">(change.expires);
    append_subject(change, directory, out);
    out += '}';
}

void append_dry_run(const Event& end, std::span<const Event> rows, const Directory& directory,
                    std::string& out) {
    Members m(out);
    m.raw("\"dry_run\":true");
    std::size_t first = 0;
    if (!rows.empty() && rows[0].kind() == EventKind::factors_row) {
        const engine::FactorsChanged f = rows[0].as<engine::FactorsRow>().factors;
        m.word<"status">(gateway::wire_name(f.status))
            .text<"class">(directory.classes()[f.class_id.value].name);
        append_factors(f.k_train, f.k_infer, m);
        append_impact({f.orders_parked, f.qty_parked, f.participants}, engine::Product::gpu, out);
        first = 1;
    } else if (!rows.empty()) {
        const engine::BandChanged b = rows[0].as<engine::ImpactRow>().band;
        m.word<"status">(gateway::wire_name(b.status)).number<"version">(b.version);
        append_impact({b.orders_parked, b.qty_parked, b.participants}, directory.product(b.family), out);
        first = 1;
    }
    m.raw(",\"families\":[");
    for (std::size_t i = first; i < rows.size(); ++i) {
        if (i != first) out += ',';
        append_family_impact(rows[i].as<engine::ImpactRow>().band, directory, out);
    }
    m.raw("]").number<"seq">(end.header.sequence.value);
}

void append_grounds(std::span<const Event> rows, const Directory& directory, const Bands& bands,
                    std::string& out) {
    const auto row = rows[0].as<engine::ExplainRow>();
    Members m(out);
    for (const Event& more : rows) {
        if (more.kind() != EventKind::refusal_row) continue;
        std::string error;
        append_error_member(refusal(refused_by(more), directory, bands), error);
        m.raw(",\"refusal\":").raw(std::string_view(error).substr(std::string_view("\"error\":").size()));
    }
    const Bands::Version* version = bands.version(row.instrument.family, row.band_then);
    if (version == nullptr) return;
    m.raw(",\"then\":");
    append_band(*version, version->sequence, directory, out);
}

Event refused_by(const Event& row) {
    const auto said = row.as<engine::RefusalRow>();
    engine::Refused r;
    r.limit_low = said.limit_low;
    r.limit_high = said.limit_high;
    r.got = said.got;
    r.instrument = said.instrument;
    r.band = said.band;
    r.reason = said.reason;
    r.field = said.field;
    r.pool = said.pool;
    r.command = said.command;
    Event event = row;
    event.set(r);
    return event;
}

}  // namespace gridbook::gateway
