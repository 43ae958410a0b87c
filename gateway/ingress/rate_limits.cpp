// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/rate_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

WireError over(std::string_view whose, Pace pace, const Rate& rate, std::uint32_t used,
               engine::Duration retry) {
    const std::int64_t ms = (retry.value + engine::millisecond.value - 1) / engine::millisecond.value;
    return {.code = "RATE_LIMIT",
            .msg = fmt::format("the {} may send {} {} a second, {} at once; {} of these are used", whose,
                               rate.per_s, wire_name(pace), rate.burst, used),
            .field = "op",
            .rule = fmt::format("{}.{}", whose, wire_name(pace)),
            .limit = {std::to_string(rate.per_s), std::to_string(rate.burst)},
            .got = std::to_string(used),
            .retry_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(ms, 1))};
}

template <class Buckets>
void append_buckets(const Rates& rates, const Buckets& buckets, engine::Time now, std::string& out) {
    out += '{';
    for (std::size_t i = 0; i < paces; ++i) {
        const Rate& rate = rates.each[i];
        if (i != 0) out += ',';
        append_quoted(wire_name(static_cast<Pace>(i)), out);
        out += ":{\"per_s\":";
        append_number(rate.per_s, out);
        Members(out).number<"burst">(rate.burst).number<"used">(buckets[i].used(rate, now)).raw("}");
    }
    out += '}';
}

}  // namespace

Pace pace_of(Op op) {
    switch (op) {
        case Op::order_place:
        case Op::order_replace:
        case Op::order_batch:
        case Op::strip_place:
        case Op::anyof_place:
        case Op::resource_register:
        case Op::resource_withdraw:
        case Op::maintenance_declare:
        case Op::maintenance_cancel:
        case Op::delivery_ready:
        case Op::meter_report:
        case Op::dispute_open:
        case Op::payout_request:
        case Op::token_draw:
        case Op::package_offer:
        case Op::package_withdraw:
        case Op::package_buy: return Pace::orders;
        case Op::order_cancel:
        case Op::order_cancel_all:
        case Op::cancel_after: return Pace::cancels;
        case Op::session_logon:
        case Op::clock_advance: return Pace::none;
        default: return Pace::queries;
    }
}

std::string_view wire_name(Pace pace) {
    constexpr std::string_view names[] = {"orders", "cancels", "queries", "none"};
    return names[static_cast<std::size_t>(pace)];
}

Bucket& RateLimits::bucket(std::vector<Buckets>& all, std::size_t index, Pace pace) {
    if (all.size() <= index) all.resize(index + 1);
    return all[index][static_cast<std::size_t>(pace)];
}

std::optional<WireError> RateLimits::admit(engine::KeyIndex key, engine::AccountId account, Pace pace,
                                           std::uint32_t cost, engine::Time now, std::uint32_t own) {
    if (pace == Pace::none) return std::nullopt;
    engine::Duration retry{};
    const Rate& of_key = key_rates_.of(pace);
    Bucket& key_bucket = bucket(keys_, key.value, pace);
    if (!key_bucket.take(of_key, cost, now, retry))
        return over("key", pace, of_key, key_bucket.used(of_key, now), retry);
    const Rate of_account = account_rate(pace, own);
    Bucket& account_bucket = bucket(accounts_, account.value, pace);
    if (account_bucket.take(of_account, cost, now, retry)) return std::nullopt;
    key_bucket.give_back(of_key, cost);
    return over("account", pace, of_account, account_bucket.used(of_account, now), retry);
}

Rate RateLimits::account_rate(Pace pace, std::uint32_t own) const {
    const Rate& rate = account_rates_.of(pace);
    if (pace != Pace::orders || own == 0 || (rate.per_s != 0 && rate.per_s <= own)) return rate;
    return {own, own};
}

void RateLimits::append_use(engine::KeyIndex key, engine::AccountId account, engine::Time now,
                            std::string& out, std::uint32_t own) const {
    static const Buckets unused{};
    Rates of_account = account_rates_;
    of_account.of(Pace::orders) = account_rate(Pace::orders, own);
    out += "\"key\":";
    append_buckets(key_rates_, key.value < keys_.size() ? keys_[key.value] : unused, now, out);
    out += ",\"account\":";
    append_buckets(of_account, account.value < accounts_.size() ? accounts_[account.value] : unused, now,
                   out);
}

}  // namespace gridbook::gateway
