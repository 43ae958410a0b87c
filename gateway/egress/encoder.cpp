// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/encoder.hpp"

#include "gateway/egress/delivery_encoder.hpp"
#include "gateway/egress/dispute_encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"
#include "gateway/egress/package_encoder.hpp"
#include "gateway/egress/payout_encoder.hpp"
#include "gateway/egress/regulator_encoder.hpp"
#include "gateway/egress/resource_encoder.hpp"
#include "gateway/egress/token_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventKind;

void append_strings(const std::vector<std::string>& values, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) out += ',';
        append_quoted(values[i], out);
    }
    out += ']';
}

void append_fill(const Event& event, const Directory& directory, std::uint32_t cum, std::string& out) {
    const auto fill = event.as<engine::Fill>();
    const engine::Product product = directory.product(fill.instrument.family);
    Members m(out);
    m.raw(R"("ev":"fill")");
    append_place(event.header, m);
    m.id<"oid">(fill.order.value).text<"cid">(fill.cid.view());
    m.quoted<"symbol">([&] { directory.append_symbol(fill.instrument, out); });
    m.word<"side">(wire_name(fill.side))
        .price<"price">(fill.price)
        .qty<"qty">(engine::Quantity{fill.qty}, product)
        .qty<"leaves">(engine::Quantity{fill.leaves}, product)
        .qty<"cum">(engine::Quantity{cum}, product)
        .id<"tid">(fill.trade.value)
        .word<"liquidity">(fill.liquidity == engine::Liquidity::maker ? "maker" : "taker")
        .money<"fee">(fill.fee)
        .money<"tax">(fill.tax)
        .money<"released">(fill.released);
    if (fill.of == engine::OrderKind::strip) m.id<"strip">(fill.order.value);
    if (fill.call) m.truth<"call">(true);
    m.time<"ts">(event.header.time);
}

void append_credit(const Event& event, std::string& out) {
    const auto credit = event.as<engine::Credited>();
    Members m(out);
    m.raw(R"("ev":"credit")");
    append_place(event.header, m);
    m.money<"amount">(credit.amount).money<"cash">(credit.cash).time<"ts">(event.header.time);
}

void append_roles(std::uint8_t roles, std::string& out) {
    namespace role = engine::role;
    static constexpr std::pair<std::uint8_t, std::string_view> names[] = {{role::observer, "observer"},
                                                                          {role::buyer, "buyer"},
                                                                          {role::provider, "provider"},
                                                                          {role::regulator, "regulator"},
                                                                          {role::operator_, "operator"}};
    out += ",\"roles\":[";
    const std::size_t start = out.size();
    for (const auto& [bit, name] : names) {
        if ((roles & bit) == 0) continue;
        if (out.size() != start) out += ',';
        append_quoted(name, out);
    }
    out += ']';
}

void append_account_opened(const Event& event, std::string& out) {
    const auto opened = event.as<engine::AccountOpened>();
    Members m(out);
    m.raw(R"("ev":"account")");
    append_place(event.header, m);
    m.text<"name">(opened.name.view()).text<"group">(opened.group_name.view());
    append_roles(opened.roles, out);
    m.time<"ts">(event.header.time);
}

void append_key_set(const Event& event, std::string& out) {
    const auto key = event.as<engine::KeySet>();
    Members m(out);
    m.raw(R"("ev":"key")");
    append_place(event.header, m);
    m.text<"key">(key.name.view());
    append_roles(key.roles, out);
    m.truth<"on_behalf">(key.on_behalf).time<"ts">(event.header.time);
}

void append_mass_cancelled(const Event& event, std::string& out) {
    out += "\"count\":";
    append_number(event.as<engine::MassCancelled>().orders, out);
    Members(out).number<"seq">(event.header.sequence.value).time<"ts">(event.header.time);
}

void append_cancel_after(const Event& event, std::string& out) {
    const auto set = event.as<engine::CancelAfterSet>();
    const bool armed = set.due != engine::Time{};
    Members m(out);
    m.raw("\"armed\":").raw(armed ? "true" : "false");
    if (armed) m.time<"due">(set.due);
    m.number<"seq">(event.header.sequence.value).time<"ts">(event.header.time);
}

void append_time_advanced(const Event& event, std::string& out) {
    out += R"("ts":")";
    append_number(static_cast<std::uint64_t>(event.as<engine::TimeAdvanced>().to.value), out);
    out += '"';
    Members(out).number<"seq">(event.header.sequence.value);
}

void append_band_answer(const Event& event, const Directory& directory, std::string& out) {
    const auto band = event.as<engine::BandChanged>();
    Members m(out);
    m.raw("\"version\":").raw(std::to_string(band.version));
    m.number<"seq">(event.header.sequence.value).word<"status">(wire_name(band.status));
    append_impact({band.orders_parked, band.qty_parked, band.participants}, directory.product(band.family),
                  out);
}

std::string_view account_name(const Event& event, const Directory& directory) {
    const auto& accounts = directory.accounts();
    return event.header.account.value < accounts.size()
               ? std::string_view(accounts[event.header.account.value].name)
               : std::string_view();
}

void append_phase_answer(const Event& event, const Directory& directory, Members& m, std::string& out) {
    const auto change = event.as<engine::PhaseChanged>();
    m.raw("\"symbol\":\"");
    directory.append_symbol(change.instrument, out);
    m.raw("\"").word<"phase">(wire_name(change.phase));
    if (change.until != engine::Time{} && change.until != engine::never) m.rfc3339<"until">(change.until);
}

void append_suspended(const Event& event, const Directory& directory, Members& m, std::string& out) {
    const auto suspended = event.as<engine::DynamicSuspended>();
    m.raw("\"family\":");
    append_quoted(directory.families()[suspended.family.value].name, out);
    m.truth<"suspended">(suspended.until != engine::Time{});
    if (suspended.until != engine::Time{}) m.rfc3339<"until">(suspended.until);
}

void append_killed(const Event& event, Members& m) {
    const auto killed = event.as<engine::Killed>();
    m.raw("\"scope\":\"").raw(wire_name(killed.scope)).raw("\"").truth<"on">(killed.on);
    m.number<"count">(killed.orders);
}

}  // namespace

void append_account_limits(const engine::AccountLimits& limits, std::string& out) {
    out += '{';
    Members m(out);
    if (limits.qty != engine::Decimal{}) m.decimal<"qty">(limits.qty);
    if (limits.notional != engine::Money{}) m.money<"notional">(limits.notional);
    if (limits.open_orders != 0) m.number<"open_orders">(limits.open_orders);
    if (limits.orders_per_s != 0) m.number<"orders_per_s">(limits.orders_per_s);
    if (const std::size_t first = out.rfind('{'); first + 1 < out.size()) out.erase(first + 1, 1);
    out += '}';
}

void append_error_member(const WireError& error, std::string& out) {
    Members m(out);
    m.raw(R"("error":{"code":")").raw(error.code).raw("\"").text<"msg">(error.msg);
    if (!error.field.empty()) m.text<"field">(error.field);
    if (!error.rule.empty()) m.text<"rule">(error.rule);
    if (error.band != 0) m.number<"band">(error.band);
    if (!error.rationale.empty()) m.text<"rationale">(error.rationale);
    if (!error.limit.empty()) {
        m.raw(",\"limit\":");
        append_strings(error.limit, out);
    }
    if (!error.got.empty()) m.text<"got">(error.got);
    if (error.retry_ms != 0) m.number<"retry_ms">(error.retry_ms);
    out += '}';
}

void append_error_reply(std::string_view id, const WireError& error, std::string& out) {
    out += "{\"id\":";
    append_quoted(id, out);
    out += ",\"ok\":false,";
    append_error_member(error, out);
    out += '}';
}

std::string http_error(const WireError& error) {
    std::string out = "{\"ok\":false,";
    append_error_member(error, out);
    out += '}';
    return out;
}

void append_event(const Event& event, const Directory& directory, std::uint32_t cum, std::string& out) {
    switch (event.kind()) {
        case EventKind::order:
        case EventKind::strip:
        case EventKind::any_of: return append_order(event, directory, out);
        case EventKind::mass_cancelled: return append_mass_cancelled(event, out);
        case EventKind::cancel_after_set: return append_cancel_after(event, out);
        case EventKind::fill: return append_fill(event, directory, cum, out);
        case EventKind::credited: return append_credit(event, out);
        case EventKind::resource_registered:
        case EventKind::resource_withdrawn:
        case EventKind::maintenance: return append_resource_event(event, directory, out);
        case EventKind::account_opened: return append_account_opened(event, out);
        case EventKind::key_set: return append_key_set(event, out);
        case EventKind::time_advanced: return append_time_advanced(event, out);
        case EventKind::delivery:
        case EventKind::metered:
        case EventKind::replaced:
        case EventKind::delivery_settled:
        case EventKind::position_settled: return append_delivery(event, directory, out);
        case EventKind::dispute: return append_dispute(event, directory, out);
        case EventKind::payout: return append_payout(event, out);
        case EventKind::tokens_drawn:
        case EventKind::holding: return append_token_event(event, directory, out);
        case EventKind::package:
        case EventKind::grant: return append_package_event(event, directory, out);
        default: return;
    }
}

void append_admin_answer(const Event& event, const Directory& directory, std::string& out) {
    Members m(out);
    switch (event.kind()) {
        case EventKind::band_changed: return append_band_answer(event, directory, out);
        case EventKind::factors_changed: return append_factors_answer(event, directory, out);
        case EventKind::dispute: return append_dispute_answer(event, directory, out);
        case EventKind::payout: return append_payout_answer(event, directory, out);
        case EventKind::change_proposed:
        case EventKind::change_closed: return append_change_answer(event, directory, out);
        case EventKind::key_set:
            m.raw("\"key\":");
            append_quoted(event.as<engine::KeySet>().name.view(), out);
            m.text<"account">(account_name(event, directory));
            break;
        case EventKind::credited:
            m.raw("\"account\":");
            append_quoted(account_name(event, directory), out);
            m.money<"cash">(event.as<engine::Credited>().cash);
            break;
        case EventKind::phase_changed: append_phase_answer(event, directory, m, out); break;
        case EventKind::dynamic_suspended: append_suspended(event, directory, m, out); break;
        case EventKind::killed: append_killed(event, m); break;
        case EventKind::limits_set:
            m.raw("\"account\":");
            append_quoted(account_name(event, directory), out);
            m.raw(",\"limits\":");
            append_account_limits(event.as<engine::LimitsSet>().limits, out);
            break;
        default: m.raw("\"account\":"); append_quoted(account_name(event, directory), out);
    }
    m.number<"seq">(event.header.sequence.value);
}

std::string_view wire_name(engine::OrderState state) {
    switch (state) {
        case engine::OrderState::open: return "open";
        case engine::OrderState::parked: return "parked";
        case engine::OrderState::filled: return "filled";
        case engine::OrderState::cancelled: return "cancelled";
        case engine::OrderState::refused: return "refused";
        case engine::OrderState::none: break;
    }
    return "none";
}

std::string_view wire_name(engine::Side side) { return side == engine::Side::buy ? "buy" : "sell"; }

std::string_view wire_name(engine::Phase phase) {
    switch (phase) {
        case engine::Phase::open: return "open";
        case engine::Phase::paused: return "paused";
        case engine::Phase::call: return "call";
        case engine::Phase::gated: return "gated";
        case engine::Phase::delivering: return "delivering";
        case engine::Phase::settled: return "settled";
        case engine::Phase::unlisted: break;
    }
    return "unlisted";
}

std::string_view wire_name(engine::KillScope scope) {
    switch (scope) {
        case engine::KillScope::account: return "account";
        case engine::KillScope::group: return "group";
        case engine::KillScope::instrument: return "instrument";
        case engine::KillScope::family: return "family";
        case engine::KillScope::market: break;
    }
    return "market";
}

std::string_view wire_name(engine::BandStatus status) {
    switch (status) {
        case engine::BandStatus::applied: return "applied";
        case engine::BandStatus::scheduled: return "scheduled";
        case engine::BandStatus::proposed: return "proposed";
        case engine::BandStatus::in_force: break;
    }
    return "in_force";
}

std::string_view wire_name(engine::Product product) {
    return product == engine::Product::gpu ? "gpu" : "token";
}

}  // namespace gridbook::gateway
