// SPDX-License-Identifier: Apache-2.0
#include "tests/twin/coverage.hpp"

#include <fmt/format.h>

#include "tests/engine/describe.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::EventKind;
using engine::OrderState;
using engine::RejectReason;

namespace {

constexpr std::string_view limit_words[] = {"", "limit up", "limit down", "wall up", "wall down"};
constexpr std::string_view scope_words[] = {"account", "group", "instrument", "family", "market"};
constexpr std::string_view tif_words[] = {"gate", "ioc", "gtt", "fok"};
constexpr std::string_view self_trade_words[] = {"cancel taker", "cancel maker", "cancel both", "decrement"};

constexpr std::string_view change_words[] = {"", "open", "approved", "rejected", "expired", "refused"};

std::string_view reason_word(engine::PhaseReason r) {
    constexpr std::string_view words[] = {"",         "listed",   "gate",   "window",  "limit state",
                                          "operator", "extended", "called", "reopened"};
    return words[static_cast<std::size_t>(r)];
}
std::string_view cause_word(engine::BandCause c) {
    constexpr std::string_view words[] = {"",         "listed",  "takeover", "call",    "reopened",
                                          "guidance", "widened", "paused",   "resumed", "suspended"};
    return words[static_cast<std::size_t>(c)];
}

// What a flow must make happen. Left out: AUTH_ROLE, which the gateway refuses; the cause "listed" of a
// reference, because a first reference is not told; the pools of levels, positions, catalogue, groups,
// records, events and deliveries, which are made large here; and the phase settled, which nobody is told.
std::vector<std::string> in_scope() {
    std::vector<std::string> words{"event started",
                                   "event time advanced",
                                   "event state hashed",
                                   "event rules",
                                   "event class",
                                   "event zone",
                                   "event tier",
                                   "event family",
                                   "event account",
                                   "event key",
                                   "event credited",
                                   "event resource registered",
                                   "event resource withdrawn",
                                   "event session opened",
                                   "event session closed",
                                   "event fill",
                                   "event band applied",
                                   "event band scheduled",
                                   "event band in force",
                                   "event strip",
                                   "event any of",
                                   "event alternative",
                                   "event mass cancelled",
                                   "event cancel after set",
                                   "event guidance set",
                                   "event band converted",
                                   "event factors applied",
                                   "event factors scheduled",
                                   "event factors in force",
                                   "certificate ends",
                                   "event limits set",
                                   "event limits cleared",
                                   "floor under a declared cost",
                                   "change proposed",
                                   "change approved",
                                   "change rejected",
                                   "change expired",
                                   "change refused",
                                   "approved band",
                                   "approved factors",
                                   "event limit state",
                                   "event indicative",
                                   "event dynamic suspended",
                                   "dynamic layer in force again",
                                   "session adopts orders",
                                   "order entered",
                                   "order kept its priority",
                                   "order lost its priority",
                                   "order dup",
                                   "refusal dup",
                                   "strip dup",
                                   "any of dup",
                                   "order parked",
                                   "order told again",
                                   "order not executable",
                                   "order decremented",
                                   "order capped",
                                   "order flagged",
                                   "trade of a woken order",
                                   "bought units sold again",
                                   "several fills of one command",
                                   "fill in a call",
                                   "fill of a strip as taker",
                                   "fill of a strip as maker",
                                   "fill of an any of",
                                   "strip rests",
                                   "strip fills at entry",
                                   "strip fills later",
                                   "any of fills",
                                   "alternative not taken",
                                   "indicative without a price",
                                   "cancel at or below filled",
                                   "pause extended twice",
                                   "payout requested",
                                   "payout said again",
                                   "payout paid",
                                   "payout refused",
                                   "refused field reference",
                                   "limit of orders",
                                   "limit of accounts",
                                   "limit of keys",
                                   "limit of families",
                                   "limit of books",
                                   "limit of resources",
                                   "limit of maintenance",
                                   "limit of agenda",
                                   "limit of price",
                                   "limit of strips",
                                   "limit of sessions"};
    for (const auto& word : delivery_words_in_scope()) words.push_back(word);
    for (const auto& word : token_words_in_scope()) words.push_back(word);
    for (const auto& word : package_words_in_scope()) words.push_back(word);
    for (const auto& word : dispute_words_in_scope()) words.push_back(word);
    for (const auto& word : maintenance_words_in_scope()) words.push_back(word);
    for (const engine::Phase p : {engine::Phase::open, engine::Phase::paused, engine::Phase::call,
                                  engine::Phase::gated, engine::Phase::delivering})
        words.push_back(fmt::format("phase {}", tests::word(p)));
    for (int r = 1; r <= static_cast<int>(engine::PhaseReason::reopened); ++r)
        words.push_back(
            fmt::format("phase because {}", reason_word(engine::PhaseReason{static_cast<std::uint8_t>(r)})));
    for (int c = 2; c <= static_cast<int>(engine::BandCause::suspended); ++c)
        words.push_back(
            fmt::format("reference {}", cause_word(engine::BandCause{static_cast<std::uint8_t>(c)})));
    for (int k = 1; k <= 4; ++k)
        for (const char* turn : {"on", "off"}) words.push_back(fmt::format("{} {}", limit_words[k], turn));
    for (const auto word : scope_words)
        for (const char* turn : {"on", "off"}) words.push_back(fmt::format("kill {} {}", word, turn));
    for (const auto word : tif_words) words.push_back(fmt::format("order {}", word));
    for (int r = 1; r < static_cast<int>(RejectReason::count_); ++r)
        if (RejectReason{static_cast<std::uint8_t>(r)} != RejectReason::auth_role)
            words.push_back(fmt::format("refused {}", code(RejectReason{static_cast<std::uint8_t>(r)})));
    for (int r = 1; r < static_cast<int>(CancelReason::count_); ++r)
        if (CancelReason{static_cast<std::uint8_t>(r)} != CancelReason::replaced_below_filled)
            words.push_back(fmt::format("cancel {}", code(CancelReason{static_cast<std::uint8_t>(r)})));
    for (const auto why :
         {CancelReason::price, CancelReason::no_liquidity_in_band, CancelReason::leg_out_of_band})
        words.push_back(fmt::format("strip rests {}", code(why)));
    for (const auto word : self_trade_words) words.push_back(fmt::format("prevented {}", word));
    return words;
}

}  // namespace

void Coverage::count_order(const engine::Event& event) {
    namespace flag = engine::order_flag;
    const auto o = event.as<engine::OrderEvent>();
    if (o.order_flags & flag::standby) return count_standby(event);
    if (event.header.flags & engine::event_flag::duplicate) return count("order dup");
    if (o.order_flags & flag::non_executable) count("order not executable");
    if (o.order_flags & flag::decremented) return count("order decremented");
    if (o.state == OrderState::cancelled) {
        if (o.reason == CancelReason::replaced_below_filled) return count("cancel at or below filled");
        return count(fmt::format("cancel {}", code(o.reason)));
    }
    if (o.state == OrderState::parked && !o.replaced) return count("order parked");
    if (o.replaced) return count(o.priority_kept ? "order kept its priority" : "order lost its priority");
    if (!o.moved) return count("order told again");
    count("order entered");
    count(fmt::format("order {}", tif_words[static_cast<std::size_t>(o.tif)]));
    if (o.order_flags & flag::capped) count("order capped");
    if (o.deviation != 0) count("order flagged");
    if (o.side == engine::Side::sell && o.hold.value == 0) count("bought units sold again");
}

void Coverage::count_strip(const engine::Event& event) {
    const auto s = event.as<engine::StripEvent>();
    if (event.header.flags & engine::event_flag::duplicate) return count("strip dup");
    count("event strip");
    if (s.state == OrderState::cancelled) return count(fmt::format("cancel {}", code(s.reason)));
    if (s.why == CancelReason::none) {
        entered_strip_ = s.order;
        return count("strip fills at entry");
    }
    count("strip rests");
    count(fmt::format("strip rests {}", code(s.why)));
}

void Coverage::count_fill(const engine::Fill& f) {
    count("event fill");
    if (f.call) count("fill in a call");
    if (f.of == engine::OrderKind::any_of) count("fill of an any of");
    if (f.of != engine::OrderKind::strip) return;
    const bool maker = f.liquidity == engine::Liquidity::maker;
    count(maker ? "fill of a strip as maker" : "fill of a strip as taker");
    if (f.order != entered_strip_) count("strip fills later");
}

void Coverage::count_other(const engine::Event& e) {
    const std::uint8_t flags = e.header.flags;
    switch (e.kind()) {
        case EventKind::started: return count("event started");
        case EventKind::time_advanced: return count("event time advanced");
        case EventKind::state_hashed: return count("event state hashed");
        case EventKind::rules_set: return count("event rules");
        case EventKind::class_defined: return count("event class");
        case EventKind::zone_defined: return count("event zone");
        case EventKind::tier_defined: return count("event tier");
        case EventKind::family_defined: return count("event family");
        case EventKind::account_opened: return count("event account");
        case EventKind::key_set: return count("event key");
        case EventKind::credited: return count("event credited");
        case EventKind::resource_registered: return count("event resource registered");
        case EventKind::resource_withdrawn: return count("event resource withdrawn");
        case EventKind::session_opened:
            if (e.as<engine::SessionOpened>().adopted != 0) count("session adopts orders");
            return count("event session opened");
        case EventKind::session_closed: return count("event session closed");
        case EventKind::limits_set:
            return count(e.as<engine::LimitsSet>().limits == engine::AccountLimits{} ? "event limits cleared"
                                                                                     : "event limits set");
        case EventKind::mass_cancelled: return count("event mass cancelled");
        case EventKind::cancel_after_set: return count("event cancel after set");
        case EventKind::alternative: {
            const auto a = e.as<engine::Alternative>();
            if (a.why == CancelReason::none) count("alternative not taken");
            return count("event alternative");
        }
        case EventKind::any_of: {
            const auto a = e.as<engine::AnyOfEvent>();
            if (flags & engine::event_flag::duplicate) return count("any of dup");
            count("event any of");
            if (a.state == OrderState::cancelled) return count(fmt::format("cancel {}", code(a.reason)));
            return count("any of fills");
        }
        case EventKind::refused: {
            const auto r = e.as<engine::Refused>();
            if (flags & engine::event_flag::duplicate) count("refusal dup");
            if (r.reason == RejectReason::reason_required && r.field == engine::RejectField::floor)
                count("floor under a declared cost");
            if (r.pool != engine::Pool::none) count(fmt::format("limit of {}", name(r.pool)));
            for (const auto field :
                 {engine::RejectField::delivery, engine::RejectField::meter_minute,
                  engine::RejectField::available, engine::RejectField::minutes, engine::RejectField::standby,
                  engine::RejectField::requests, engine::RejectField::served, engine::RejectField::reference})
                if (r.field == field) count(fmt::format("refused field {}", name(field)));
            if (r.reason == RejectReason::gate_closed && r.field == engine::RejectField::order)
                count("refused cancel of a firm offer");
            return count(fmt::format("refused {}", code(r.reason)));
        }
        default: return count(fmt::format("event {}", static_cast<int>(e.kind())));
    }
}

void Coverage::count_band(const engine::Event& e) {
    switch (e.kind()) {
        case EventKind::band_changed: {
            const auto b = e.as<engine::BandChanged>();
            if (b.converted) count("event band converted");
            if (approved_) count("approved band");
            return count(fmt::format("event band {}", tests::word(b.status)));
        }
        case EventKind::guidance_set: return count("event guidance set");
        case EventKind::factors_changed: {
            const auto f = e.as<engine::FactorsChanged>();
            if (approved_) count("approved factors");
            if (f.status == engine::BandStatus::in_force && f.blob.value == 0 && f.certified_train == 0)
                count("certificate ends");
            return count(fmt::format("event factors {}", tests::word(f.status)));
        }
        case EventKind::change_proposed: return count("change proposed");
        case EventKind::change_closed: {
            const auto state = e.as<engine::ChangeClosed>().change.state;
            approved_ = state == engine::ChangeState::approved;
            return count(fmt::format("change {}", change_words[static_cast<std::size_t>(state)]));
        }
        case EventKind::reference_changed:
            return count(fmt::format("reference {}", cause_word(e.as<engine::ReferenceChanged>().cause)));
        case EventKind::limit_state: {
            const auto l = e.as<engine::LimitState>();
            count("event limit state");
            return count(
                fmt::format("{} {}", limit_words[static_cast<std::size_t>(l.what)], l.on ? "on" : "off"));
        }
        case EventKind::indicative:
            if (e.as<engine::Indicative>().price.value == 0) count("indicative without a price");
            return count("event indicative");
        case EventKind::dynamic_suspended:
            if (e.as<engine::DynamicSuspended>().until.value == 0) count("dynamic layer in force again");
            return count("event dynamic suspended");
        case EventKind::phase_changed: {
            const auto p = e.as<engine::PhaseChanged>();
            if (p.extension == 2) count("pause extended twice");
            count(fmt::format("phase because {}", reason_word(p.reason)));
            return count(fmt::format("phase {}", tests::word(p.phase)));
        }
        case EventKind::delivery:
        case EventKind::metered:
        case EventKind::replaced: return count_delivery(e);
        case EventKind::payout: {
            if (e.header.flags & engine::event_flag::duplicate) return count("payout said again");
            if (e.header.account == engine::no_account) return;
            constexpr std::string_view states[] = {"none", "requested", "paid", "refused"};
            return count(fmt::format("payout {}",
                                     states[static_cast<std::size_t>(e.as<engine::PayoutChanged>().state)]));
        }
        case EventKind::dispute: return count_dispute(e.as<engine::DisputeChanged>());
        case EventKind::holding: return count_holding(e.as<engine::HoldingChanged>());
        case EventKind::tokens_drawn:
        case EventKind::maintenance:
        case EventKind::package: return;  // with their commands
        case EventKind::grant: return count_grant(e);
        case EventKind::delivery_settled:
        case EventKind::position_settled: return count_settled(e);
        case EventKind::killed: {
            const auto k = e.as<engine::Killed>();
            return count(fmt::format("kill {} {}", scope_words[static_cast<std::size_t>(k.scope)],
                                     k.on ? "on" : "off"));
        }
        default: return count_other(e);
    }
}

void Coverage::count(const std::vector<engine::Event>& told) {
    std::size_t fills = 0;
    bool band_moved = false;
    entered_strip_ = {};
    approved_ = false;
    for (const engine::Event& e : told) {
        switch (e.kind()) {
            case EventKind::order: count_order(e); break;
            case EventKind::strip: count_strip(e); break;
            case EventKind::fill:
                count_fill(e.as<engine::Fill>());
                if (band_moved) count("trade of a woken order");
                if (++fills == 4) count("several fills of one command");
                break;
            case EventKind::band_changed:
            case EventKind::reference_changed: band_moved = true; [[fallthrough]];
            default: count_band(e);
        }
    }
}

// How often each mode acted: no event says it.
void Coverage::count(const std::map<engine::SelfTrade, std::size_t>& prevented) {
    for (const auto& [mode, times] : prevented)
        count(fmt::format("prevented {}", self_trade_words[static_cast<std::size_t>(mode)]), times);
}

void Coverage::print() const {
    for (const auto& [what, times] : seen_) fmt::print("  {:>9}  {}\n", times, what);
}

std::vector<std::string> Coverage::missing() const {
    std::vector<std::string> never;
    for (const std::string& word : in_scope())
        if (seen_.count(word) == 0) never.push_back(word);
    return never;
}

}  // namespace gridbook::twin
