// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/refusal_values.hpp"

#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

using engine::RejectField;
using engine::RejectReason;

namespace {

std::string tokens_text(std::int64_t quarters) {
    std::string out;
    append_tokens(static_cast<std::uint64_t>(quarters), out);
    return out;
}

// Zero is a limit of its own only where nothing may be left.
bool zero_counts(RejectReason reason) {
    return reason == RejectReason::funds || reason == RejectReason::capacity ||
           reason == RejectReason::obligation || reason == RejectReason::engine_limit ||
           reason == RejectReason::version_conflict || reason == RejectReason::quota_exhausted ||
           reason == RejectReason::reserve;
}

// Amounts of tokens, whatever the field.
bool of_tokens(RejectReason reason) {
    return reason == RejectReason::quota_exhausted || reason == RejectReason::reserve;
}

// Fields of which both ends are told, also where one of them is 0.
bool has_range(RejectField field) {
    return field == RejectField::meter_minute || field == RejectField::minutes ||
           field == RejectField::carry || field == RejectField::overage || field == RejectField::requests ||
           field == RejectField::served;
}

// Of a resource nothing may be left to declare; the lot, the least there is to declare, would be a wrong
// word.
bool none_there(const engine::Refused& r) {
    return r.reason == RejectReason::qty_limit && r.command == engine::CommandKind::declare_maintenance &&
           r.limit_high == 0;
}

}  // namespace

std::string price_text(engine::Price price) {
    std::string out;
    append_price(price, out);
    return out;
}

std::string time_text(engine::Time time) {
    std::string out;
    append_rfc3339(time, out);
    return out;
}

std::string price_text(engine::Decimal value) {
    std::string out;
    const std::int64_t ticks = engine::ticks_of(value);
    if (engine::on_tick(value) && ticks >= INT32_MIN && ticks <= INT32_MAX)
        append_price(engine::Price{static_cast<std::int32_t>(ticks)}, out);
    else
        append_decimal(value, out);
    return out;
}

std::string money_text(std::int64_t micro) {
    std::string out;
    append_money(engine::Money{micro}, out);
    return out;
}

std::string value_text(RejectField field, std::int64_t value) {
    std::string out;
    switch (field) {
        case RejectField::price:
        case RejectField::floor:
        case RejectField::ceiling:
        case RejectField::guidance: return price_text(engine::Decimal{value});
        case RejectField::qty:
        case RejectField::count:
        case RejectField::min_qty:
        case RejectField::need:
        case RejectField::available:
        case RejectField::cost:
        case RejectField::capacity: append_decimal(engine::Decimal{value}, out); return out;
        case RejectField::overage:
        case RejectField::notional:
        case RejectField::cash:
        case RejectField::amount: append_money(engine::Money{value}, out); return out;
        case RejectField::tflops:
        case RejectField::factor:
        case RejectField::power_w:
        case RejectField::pue: append_decimal(engine::Decimal{value * 1'000}, out); return out;
        case RejectField::utilisation: append_decimal(engine::Decimal{value * 100}, out); return out;
        case RejectField::capex:
        case RejectField::tariff:
        case RejectField::opex_h: append_money(engine::Money{value}, out); return out;
        case RejectField::issued:
        case RejectField::effective:
        case RejectField::expire:
        case RejectField::start:
        case RejectField::until: return time_text(engine::Time{value});
        default: return std::to_string(value);
    }
}

std::vector<std::string> limit_texts(const engine::Refused& r) {
    const auto text = [&](std::int64_t value) { return value_text(r.field, value); };
    if (has_range(r.field) && r.reason == RejectReason::format_value)
        return {text(r.limit_low), text(r.limit_high)};
    if (r.limit_low == 0 && r.limit_high == 0 && !zero_counts(r.reason)) return {};
    if (of_tokens(r.reason)) return {tokens_text(r.limit_high)};
    if (none_there(r)) return {text(r.limit_high)};
    if (r.reason == RejectReason::guidance_formula) return {money_text(r.limit_high)};
    if (r.reason == RejectReason::price_band_hard || r.reason == RejectReason::price_band_dynamic)
        return {text(r.limit_low), text(r.limit_high)};
    if (r.limit_high == 0 || r.limit_low == r.limit_high) return {text(r.limit_low)};
    if (r.limit_low == 0) return {text(r.limit_high)};
    return {text(r.limit_low), text(r.limit_high)};
}

bool names_instrument(const engine::Refused& r, const Directory& directory) {
    return r.instrument != engine::no_instrument && r.instrument.family.value < directory.families().size() &&
           r.instrument.period.value != 0;
}

// What a field of words was given: the command's own text where the event carries it.
std::string got_text(const engine::Refused& r, const Directory& directory) {
    if (of_tokens(r.reason)) return tokens_text(r.got);
    switch (r.field) {
        case RejectField::none:
        case RejectField::account:
        case RejectField::key:
        case RejectField::family:
        case RejectField::class_name:
        case RejectField::zone:
        case RejectField::tier:
        case RejectField::role:
        case RejectField::pool:
        case RejectField::reason:
        case RejectField::tif:
        case RejectField::standby:
        case RejectField::usage:
        case RejectField::purchase:
        case RejectField::reference:
        case RejectField::session: return {};
        case RejectField::cid: return std::string(r.cid.view());
        case RejectField::symbol:
            return names_instrument(r, directory) ? directory.symbol(r.instrument) : std::string();
        case RejectField::order: return r.got != 0 ? std::to_string(r.got) : std::string(r.cid.view());
        default: return value_text(r.field, r.got);
    }
}

}  // namespace gridbook::gateway
