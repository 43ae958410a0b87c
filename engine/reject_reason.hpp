// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why a command was refused, and why an accepted order ended. The order of RejectReason is the order in which
// orders are checked (market-rules section 4); the wire codes are the same words (protocol section 6).

#include <array>
#include <cstdint>
#include <string_view>

namespace gridbook::engine {

enum class RejectReason : std::uint8_t {
    none = 0,
    // An order's checks, in their order.
    cid_reused,
    killed,
    symbol_unknown,
    gate_closed,
    phase_closed,
    tick,
    lot,
    qty_limit,
    notional_limit,
    price_band_hard,
    price_band_dynamic,
    reason_required,
    funds,
    capacity,
    post_only,
    // Replace and cancel.
    order_unknown,
    already_filled,
    // Pools and limits of the engine and of an account.
    engine_limit,
    orders_limit,
    // Everything that is not an order.
    auth_role,
    account_unknown,
    class_unknown,
    spec_mismatch,
    obligation,
    version_conflict,
    effective,
    format_value,
    guidance_formula,
    change_unknown,
    delivery_unknown,
    delivery_state,
    quota_exhausted,
    package_unknown,
    reserve,  // the issuer of a package does not hold enough tokens
    payout_unknown,
    count_,
};

// What a refusal speaks of: the `field` of the error, and with it the unit of `limit` and `got`.
enum class RejectField : std::uint8_t {
    none = 0,
    cid,
    symbol,
    price,     // limit and got are Decimal
    qty,       // limit and got are Decimal
    notional,  // Money
    cash,      // limit: available Money, got: needed Money
    capacity,  // limit: what is free, got: what was asked, both Decimal units
    order,     // oid
    account,
    key,
    family,
    class_name,
    zone,
    tier,
    count,      // Decimal units
    amount,     // Money
    expect,     // band version
    effective,  // Time
    floor,      // Decimal
    ceiling,    // Decimal
    guidance,   // Decimal
    pool,       // limit: size; `pool` names it
    tflops,     // thousandths
    role,
    ts,  // Time
    reason,
    expire,   // Time
    min_qty,  // Decimal
    start,    // Time of the first hour
    hours,
    need,  // Decimal
    tif,
    until,  // Time
    session,
    factor,  // thousandths
    issued,  // Time
    change,  // its id
    formula,
    capex,         // Money
    life_h,        // hours
    utilisation,   // hundredths of a percent
    power_w,       // watts
    pue,           // thousandths
    tariff,        // micro-CNY
    opex_h,        // micro-CNY
    delivery,      // its id
    meter_minute,  // of the window
    available,     // Decimal
    standby,
    cost,         // Decimal
    open_orders,  // at once
    holding,      // its id; limit: quarters of a token that are left, got: that are needed
    usage,
    uncached,  // tokens
    cached,
    output,
    minutes,  // of the window
    package,  // its id; RESERVE: limit: quarters of a token that are held, got: that are needed
    grant,    // its id; QUOTA_EXHAUSTED: as of a holding
    purchase,
    blocks,  // of a package
    days,
    carry,     // percent
    overage,   // Money of a block
    requests,  // of a token day
    served,
    payout,  // its id
    reference,
    resource,     // its id
    maintenance,  // its id
    windows,
    count_,
};

// Pools of configured size; exceeding one is ENGINE_LIMIT and names it.
enum class Pool : std::uint8_t {
    none = 0,
    orders,   // resting orders
    records,  // orders and refusals kept for their client order ids
    levels,   // pages of price levels
    accounts,
    groups,
    keys,
    families,
    catalogue,  // classes, zones, tiers
    books,      // instruments listed at once
    positions,
    resources,
    agenda,  // follow-on tasks
    price,   // the widest price a book can hold
    strips,
    sessions,
    events,       // of one command: a strip, any-of or fok that needs more
    changes,      // proposed and not yet decided
    deliveries,   // not settled
    draws,        // usage ids remembered
    disputes,     // not decided
    packages,     // offered, or withdrawn with open grants
    grants,       // open
    payouts,      // not decided
    maintenance,  // declared and not over
    count_,
};

// Why an accepted order is not open any more: `reason` of a cancelled order.
enum class CancelReason : std::uint8_t {
    none = 0,
    ioc,
    self_trade,
    gate_closed,
    user,
    replaced_below_filled,  // told as USER: a new total at or below what is filled
    fok,
    min_qty,
    no_liquidity_in_band,
    leg_out_of_band,
    price,
    expired,
    killed,
    post_only,
    disconnect,
    cancel_after,
    phase_closed,  // only of a strip that rests: an hour is not open
    count_,
};

constexpr std::string_view code(RejectReason r) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(RejectReason::count_)> names{
        "",
        "CID_REUSED",
        "KILLED",
        "SYMBOL_UNKNOWN",
        "GATE_CLOSED",
        "PHASE_CLOSED",
        "TICK",
        "LOT",
        "QTY_LIMIT",
        "NOTIONAL_LIMIT",
        "PRICE_BAND_HARD",
        "PRICE_BAND_DYNAMIC",
        "REASON_REQUIRED",
        "FUNDS",
        "CAPACITY",
        "POST_ONLY",
        "ORDER_UNKNOWN",
        "ALREADY_FILLED",
        "ENGINE_LIMIT",
        "ORDERS_LIMIT",
        "AUTH_ROLE",
        "ACCOUNT_UNKNOWN",
        "CLASS_UNKNOWN",
        "SPEC_MISMATCH",
        "OBLIGATION",
        "VERSION_CONFLICT",
        "EFFECTIVE",
        "FORMAT_VALUE",
        "GUIDANCE_FORMULA",
        "CHANGE_UNKNOWN",
        "DELIVERY_UNKNOWN",
        "DELIVERY_STATE",
        "QUOTA_EXHAUSTED",
        "PACKAGE_UNKNOWN",
        "RESERVE",
        "PAYOUT_UNKNOWN"};
    return names[static_cast<std::size_t>(r)];
}

constexpr std::string_view name(RejectField f) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(RejectField::count_)> names{
        "",          "cid",      "symbol",    "price",       "qty",         "notional",
        "cash",      "capacity", "oid",       "account",     "key",         "family",
        "class",     "zone",     "tier",      "count",       "amount",      "expect",
        "effective", "floor",    "ceiling",   "guidance",    "pool",        "tflops",
        "role",      "ts",       "reason",    "expire",      "min_qty",     "start",
        "hours",     "need",     "tif",       "until",       "session",     "factor",
        "issued",    "change",   "formula",   "capex",       "life_h",      "util",
        "power_kw",  "pue",      "tariff",    "opex_h",      "did",         "minute",
        "available", "standby",  "cost",      "open_orders", "holding",     "usage",
        "uncached",  "cached",   "output",    "minutes",     "package",     "grant",
        "purchase",  "blocks",   "days",      "carry",       "overage",     "requests",
        "served",    "payout",   "reference", "resource",    "maintenance", "windows"};
    return names[static_cast<std::size_t>(f)];
}

constexpr std::string_view name(Pool p) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(Pool::count_)> names{
        "",         "orders",    "records", "levels",     "accounts",   "groups", "keys",
        "families", "catalogue", "books",   "positions",  "resources",  "agenda", "price",
        "strips",   "sessions",  "events",  "changes",    "deliveries", "draws",  "disputes",
        "packages", "grants",    "payouts", "maintenance"};
    return names[static_cast<std::size_t>(p)];
}

constexpr std::string_view code(CancelReason r) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(CancelReason::count_)> names{
        "",       "IOC",       "SELF_TRADE",           "GATE_CLOSED",     "USER",        "USER",
        "FOK",    "MIN_QTY",   "NO_LIQUIDITY_IN_BAND", "LEG_OUT_OF_BAND", "PRICE",       "EXPIRED",
        "KILLED", "POST_ONLY", "DISCONNECT",           "CANCEL_AFTER",    "PHASE_CLOSED"};
    return names[static_cast<std::size_t>(r)];
}

}  // namespace gridbook::engine
