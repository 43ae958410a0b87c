// SPDX-License-Identifier: Apache-2.0
#include "tests/scenarios/telling.hpp"

namespace gridbook::tests {

namespace {

using engine::CancelReason;
using engine::EventKind;

std::string lots(std::int64_t n) {
    return text_of(engine::decimal_of(engine::Quantity{n}, engine::Product::gpu));
}

std::string flags_text(std::uint8_t flags) {
    constexpr std::array<std::string_view, 8> words{"GUIDANCE_BELOW", "GUIDANCE_ABOVE", "NON_EXECUTABLE",
                                                    "CAPPED",         "POST_ONLY",      "MARKET",
                                                    "DECREMENTED",    "STANDBY"};
    std::string text;
    for (std::size_t bit = 0; bit < words.size(); ++bit)
        if ((flags >> bit & 1) != 0) text += fmt::format(", {}", words[bit]);
    return text;
}

// Hundredths of a percent.
std::string deviation_text(std::int32_t deviation) {
    if (deviation == 0) return {};
    return fmt::format(" ({}%)", text_of(std::int64_t{deviation} * 10'000));
}

std::string_view tif_text(engine::TimeInForce tif) {
    switch (tif) {
        case engine::TimeInForce::fok: return ", fok";
        case engine::TimeInForce::gtt: return ", gtt";
        default: return "";  // describe.hpp tells ioc
    }
}

std::string order_text(const engine::OrderEvent& o, const Names& names) {
    return order_line(o, names) + std::string(tif_text(o.tif)) + flags_text(o.order_flags) +
           deviation_text(o.deviation);
}

std::string hour_text(engine::FamilyId family, engine::Period hour, const Names& names) {
    return hour == engine::Period{} ? "" : " at " + names.instrument(engine::instrument(family, hour));
}

std::string strip_text(const engine::StripEvent& s, const Names& names) {
    std::string line = fmt::format(
        "strip {} {} {} {} @ {} {} for {} hours, {} {}, band {}{}", s.cid.view(), word(s.state), word(s.side),
        lots(s.qty), text_of(s.price), names.instrument(s.instrument), s.hours,
        s.side == engine::Side::buy ? "hold" : "margin", text_of(s.hold), s.band, tif_text(s.tif));
    if (s.best_achievable != engine::Price{})
        line += fmt::format(", best achievable {}", text_of(s.best_achievable));
    if (s.missing_by > engine::Price{}) line += fmt::format(", missing by {}", text_of(s.missing_by));
    const CancelReason reason = s.reason != CancelReason::none ? s.reason : s.why;
    if (reason != CancelReason::none)
        line += fmt::format(", {}{}", code(reason), hour_text(s.instrument.family, s.hour, names));
    return line + flags_text(s.order_flags);
}

std::string any_of_text(const engine::AnyOfEvent& a, const Names& names) {
    std::string line = fmt::format("any-of {} {} {} @ {} for {} hours", a.cid.view(), word(a.state),
                                   text_of(a.need), text_of(a.price), a.hours);
    if (a.instrument != engine::no_instrument)
        line += fmt::format(": {} {} units, cost {}", names.instrument(a.instrument), lots(a.qty),
                            text_of(a.cost));
    line += fmt::format(", hold {}", text_of(a.hold));
    if (a.reason != CancelReason::none) line += fmt::format(", {}", code(a.reason));
    return line;
}

std::string alternative_text(const engine::Alternative& a, const Names& names) {
    std::string line =
        fmt::format("alternative {} of {}: {} {} units, k {}", a.place + 1, a.count,
                    names.instrument(a.instrument), lots(a.qty), text_of(std::int64_t{a.factor} * 1'000));
    if (a.cost != engine::Money{}) line += fmt::format(", cost {}", text_of(a.cost));
    if (a.why != CancelReason::none)
        line += fmt::format(", {}{}", code(a.why), hour_text(a.instrument.family, a.hour, names));
    return line;
}

std::string fill_text(const engine::Fill& f, const Names& names) {
    constexpr std::array<std::string_view, 3> of{"", ", of a strip", ", of an any-of"};
    return fill_line(f, names) + std::string(of[static_cast<std::size_t>(f.of)]) +
           (f.call ? ", in a call" : "");
}

std::string phase_text(const engine::PhaseChanged& p, const Names& names) {
    constexpr std::array<std::string_view, 9> why{"",         "",         "",     "",        "limit state",
                                                  "operator", "extended", "call", "reopened"};
    std::string line = fmt::format("phase {} {} until {}", names.instrument(p.instrument), word(p.phase),
                                   names.time(p.until));
    const std::string_view reason = why[static_cast<std::size_t>(p.reason)];
    if (reason.empty()) return line;
    line += fmt::format(", {}, band {} to {}", reason, text_of(p.low), text_of(p.high));
    if (p.extension != 0) line += fmt::format(", extension {}", p.extension);
    return line;
}

std::string reference_text(const engine::ReferenceChanged& r, const Names& names) {
    constexpr std::array<std::string_view, 10> why{"",         "listed",  "takeover", "call",    "reopened",
                                                   "guidance", "widened", "paused",   "resumed", "suspended"};
    return fmt::format("reference {} {}, band {} to {}, {}", names.instrument(r.instrument),
                       text_of(r.reference), text_of(r.low), text_of(r.high),
                       why[static_cast<std::size_t>(r.cause)]);
}

std::string limit_text(const engine::LimitState& l, const Names& names) {
    constexpr std::array<std::string_view, 5> what{"", "limit up", "limit down", "wall up", "wall down"};
    std::string line = fmt::format("{} {} at {} {}", what[static_cast<std::size_t>(l.what)],
                                   names.instrument(l.instrument), text_of(l.edge), l.on ? "begins" : "ends");
    const bool limit = l.what == engine::LimitKind::limit_up || l.what == engine::LimitKind::limit_down;
    if (l.on && limit) line += fmt::format(", pause at {}", names.time(l.pause));
    return line;
}

// What is as the market's own is left out.
std::string limits_text(const engine::LimitsSet& e) {
    const engine::AccountLimits& l = e.limits;
    std::string line = "limits";
    if (l.qty != engine::Decimal{}) line += " qty " + text_of(l.qty);
    if (l.notional != engine::Money{}) line += " notional " + text_of(l.notional);
    if (l.open_orders != 0) line += fmt::format(" orders {}", l.open_orders);
    if (l.orders_per_s != 0) line += fmt::format(" rate {}", l.orders_per_s);
    return l == engine::AccountLimits{} ? "limits: the market's own" : line;
}

std::string killed_text(const engine::Killed& k, const Names& names) {
    constexpr std::array<std::string_view, 5> scopes{"account", "group", "instrument", "family", "market"};
    std::string line =
        fmt::format("kill {} {}", scopes[static_cast<std::size_t>(k.scope)], k.on ? "on" : "off");
    if (k.target != engine::no_account) line += fmt::format(", {}", names.account(k.target));
    if (k.scope == engine::KillScope::instrument) line += fmt::format(", {}", names.instrument(k.instrument));
    if (k.scope == engine::KillScope::family) line += fmt::format(", {}", names.family(k.instrument.family));
    return line + fmt::format(", {} orders cancelled", k.orders);
}

std::string explain_text(const engine::ExplainRow& r, const Names& names) {
    return fmt::format(
        "explained: {} {} @ {} {}, guidance then {} now {}, band then {} now {}, hard {} to {}, "
        "reference {}, effective {} to {}, {}{}",
        word(r.state), word(r.side), text_of(r.price), names.instrument(r.instrument),
        text_of(r.guidance_then), text_of(r.guidance_now), r.band_then, r.band_now, text_of(r.hard_low),
        text_of(r.hard_high), text_of(r.reference), text_of(r.low), text_of(r.high), word(r.phase),
        flags_text(r.order_flags));
}

std::string thousandths(std::uint32_t value) { return text_of(std::int64_t{value} * 1'000); }

std::string guidance_text(const engine::GuidanceSet& g, const Names& names) {
    return fmt::format(
        "guidance {} {} by cost_1 {}: capex {}, life {} h, utilisation {} %, {} W, PUE {}, tariff {}, opex "
        "{}, "
        "index {}, version {}, {}",
        names.family(g.family), text_of(g.price), text_of(g.cost), text_of(g.capex), g.life_h,
        text_of(std::int64_t{g.utilisation.value} * 10'000), g.power_w, thousandths(g.pue),
        text_of(std::int64_t{g.tariff}), text_of(std::int64_t{g.opex_h}), thousandths(g.index), g.version,
        g.rationale.view());
}

std::string factors_text(const engine::FactorsChanged& f, const Names& names) {
    constexpr std::array<std::string_view, 3> from{"nameplate", "measured", "regulator"};
    std::string line = fmt::format("factors of {} version {} {}, train {}, infer {}, own {} and {} ({})",
                                   names.class_name(f.class_id), f.version, word(f.status),
                                   thousandths(f.k_train), thousandths(f.k_infer), thousandths(f.own_train),
                                   thousandths(f.own_infer), from[static_cast<std::size_t>(f.provenance)]);
    if (f.certified_train != 0)
        line += fmt::format(", certified {} and {}", thousandths(f.certified_train),
                            thousandths(f.certified_infer));
    if (f.status == engine::BandStatus::scheduled)
        line += fmt::format(", effective {}", names.time(f.effective));
    if (f.proposer != 0) line += ", two signatures";
    return line + fmt::format(", {} families, parks {} orders {} units {} participants", f.families,
                              f.orders_parked, lots(f.qty_parked.value), f.participants);
}

std::string change_text(const engine::Change& c, const Names& names) {
    constexpr std::array<std::string_view, 6> states{"",         "open",    "approved",
                                                     "rejected", "expired", "refused"};
    std::string line = fmt::format("change {} {}", c.change, states[static_cast<std::size_t>(c.state)]);
    if (c.refused != engine::RejectReason::none) line += fmt::format(" {}", code(c.refused));
    if (c.family != engine::no_family)
        line += fmt::format(", band {} to {} to {}, guidance {}", names.family(c.family), text_of(c.floor),
                            text_of(c.ceiling), text_of(c.guidance));
    else
        line += fmt::format(", factors of {} to {} and {}", names.class_name(c.class_id),
                            thousandths(c.k_train), thousandths(c.k_infer));
    if (c.effective != engine::Time{}) line += fmt::format(", effective {}", names.time(c.effective));
    line += fmt::format(", parks {} orders {} units {} participants", c.orders_parked,
                        lots(c.qty_parked.value), c.participants);
    return line + fmt::format(", expires {}", names.time(c.expires));
}

std::string refusal_text(const engine::RefusalRow& row, const Names& names) {
    engine::Refused r;
    r.limit_low = row.limit_low;
    r.limit_high = row.limit_high;
    r.got = row.got;
    r.band = row.band;
    r.reason = row.reason;
    r.field = row.field;
    r.pool = row.pool;
    return "row: " + refused_line(r, names);
}

// Of these fields the numbers are times.
bool speaks_of_time(engine::RejectField field) {
    return field == engine::RejectField::expire || field == engine::RejectField::until ||
           field == engine::RejectField::start;
}

std::string refused_text(const engine::Refused& r, const Names& names) {
    if (!speaks_of_time(r.field)) return refused_line(r, names);
    std::string line = fmt::format("refused {}{}{}, {}", code(r.reason), r.cid.empty() ? "" : " ",
                                   r.cid.view(), name(r.field));
    if (r.got != 0) line += " " + names.time(engine::Time{r.got});
    if (r.limit_low != 0) line += ", after " + names.time(engine::Time{r.limit_low});
    if (r.limit_high != 0) line += ", until " + names.time(engine::Time{r.limit_high});
    return line;
}

std::string body_text(const engine::Event& e, const Names& names) {
    switch (e.kind()) {
        case EventKind::order: return order_text(e.as<engine::OrderEvent>(), names);
        case EventKind::order_row: return "row: " + order_text(e.as<engine::OrderRow>().order, names);
        case EventKind::fill: return fill_text(e.as<engine::Fill>(), names);
        case EventKind::refused: return refused_text(e.as<engine::Refused>(), names);
        case EventKind::strip: return strip_text(e.as<engine::StripEvent>(), names);
        case EventKind::strip_row: return "row: " + strip_text(e.as<engine::StripRow>().strip, names);
        case EventKind::any_of: return any_of_text(e.as<engine::AnyOfEvent>(), names);
        case EventKind::any_of_row: return "row: " + any_of_text(e.as<engine::AnyOfRow>().any_of, names);
        case EventKind::alternative: return alternative_text(e.as<engine::Alternative>(), names);
        case EventKind::phase_changed: return phase_text(e.as<engine::PhaseChanged>(), names);
        case EventKind::reference_changed: return reference_text(e.as<engine::ReferenceChanged>(), names);
        case EventKind::limit_state: return limit_text(e.as<engine::LimitState>(), names);
        case EventKind::guidance_set: return guidance_text(e.as<engine::GuidanceSet>(), names);
        case EventKind::factors_changed: return factors_text(e.as<engine::FactorsChanged>(), names);
        case EventKind::factors_row: return "row: " + factors_text(e.as<engine::FactorsRow>().factors, names);
        case EventKind::change_proposed: return change_text(e.as<engine::ChangeProposed>().change, names);
        case EventKind::change_closed: return change_text(e.as<engine::ChangeClosed>().change, names);
        case EventKind::change_row: return "row: " + change_text(e.as<engine::ChangeRow>().change, names);
        case EventKind::impact_row: return "row: " + band_line(e.as<engine::ImpactRow>().band, names);
        case EventKind::refusal_row: return refusal_text(e.as<engine::RefusalRow>(), names);
        case EventKind::killed: return killed_text(e.as<engine::Killed>(), names);
        case EventKind::limits_set: return limits_text(e.as<engine::LimitsSet>());
        case EventKind::explain_row: return explain_text(e.as<engine::ExplainRow>(), names);
        case EventKind::mass_cancelled: {
            const auto m = e.as<engine::MassCancelled>();
            return fmt::format("cancelled {} orders, {}", m.orders, code(m.reason));
        }
        case EventKind::cancel_after_set: {
            const auto c = e.as<engine::CancelAfterSet>();
            return c.due == engine::Time{} ? "cancel after: off" : "cancel after " + names.time(c.due);
        }
        case EventKind::indicative: {
            const auto i = e.as<engine::Indicative>();
            return fmt::format("indicative {} {} units at {}, surplus {}", names.instrument(i.instrument),
                               lots(i.qty.value), text_of(i.price), lots(i.surplus));
        }
        case EventKind::dynamic_suspended: {
            const auto d = e.as<engine::DynamicSuspended>();
            return fmt::format(
                "dynamic band of {} {}", names.family(d.family),
                d.until == engine::Time{} ? "in force again" : "suspended until " + names.time(d.until));
        }
        case EventKind::session_opened:
            return fmt::format("session opened, {} orders taken over", e.as<engine::SessionOpened>().adopted);
        case EventKind::session_closed:
            return "session lost, its orders go at " + names.time(e.as<engine::SessionClosed>().due);
        case EventKind::bucket_row: {
            const auto b = e.as<engine::BucketRow>();
            return fmt::format("bucket {}: {} trades, sum {}", names.time(b.minute), b.trades,
                               text_of(b.sum * engine::tick_decimal));
        }
        default: break;
    }
    std::string line = delivery_event_text(e, names);
    if (line.empty()) line = package_event_text(e, names);
    return line.empty() ? body_line(e, names) : line;
}

}  // namespace

std::string scenario_line(const engine::Event& e, const Names& names) {
    std::string line;
    if (e.header.account != engine::no_account) line = names.account(e.header.account) + " ";
    line += body_text(e, names);
    if ((e.header.flags & engine::event_flag::duplicate) != 0) line += ", dup";
    return line;
}

}  // namespace gridbook::tests
