// SPDX-License-Identifier: Apache-2.0
#include "gateway/specs/message_table.hpp"

namespace gridbook::gateway {

namespace {

constexpr MessageSpec event(std::string_view name, std::string_view members) {
    return {name, false, true, false, members};
}
constexpr MessageSpec told(std::string_view name, std::string_view members) {
    return {name, false, false, true, members};
}
constexpr MessageSpec both(std::string_view name, std::string_view members) {
    return {name, false, true, true, members};
}
constexpr MessageSpec reply(std::string_view name, std::string_view members) {
    return {name, true, true, false, members};
}
constexpr MessageSpec market_reply(std::string_view name) {
    return {name, true, false, true, "subscriptions:number seq:number"};
}

constexpr MessageSpec table[] = {
    event("welcome", "schema:number nonce:text ts:time"),
    both("hb", "ts:time"),
    both("notice.shutdown", "ts:time"),
    // An order, a strip or an any-of: members that only one of them has are optional.
    event(
        "order",
        "state:text seq:number n:number? oid:id cid:text symbol:text? family:text? start:text? side:text? "
        "price:decimal? qty:decimal? leaves:decimal? cum:decimal? hours:number? profile:text? need:decimal? "
        "cost:decimal? hold:decimal band:number? flags:texts? deviation:decimal? reason:text? kept:truth? "
        "best_achievable:decimal? missing_by:decimal? hour:text? alternatives:objects? ts:time"),
    event(
        "fill",
        "seq:number n:number oid:id cid:text symbol:text side:text price:decimal qty:decimal leaves:decimal "
        "cum:decimal tid:id liquidity:text fee:decimal tax:decimal released:decimal strip:id? call:truth? "
        "ts:time"),
    event("credit", "seq:number n:number amount:decimal cash:decimal ts:time"),
    event("resource",
          "state:text seq:number n:number resource:id family:text count:decimal registered:decimal "
          "factor:decimal? factor_version:number? green_share:decimal? pue:decimal? cost:decimal? ts:time"),
    event("maintenance",
          "state:text seq:number n:number maintenance:id resource:id family:text start:text windows:number "
          "count:decimal capacity:decimal ts:time"),
    event("delivery",
          "state:text seq:number n:number did:id replaces:id? symbol:text party:text seller:text buyer:text "
          "price:decimal qty:decimal from_minute:number minutes:number promised:decimal delivered:decimal "
          "missed:number covers:decimal? endpoint_ref:text? zone:text residency:text green_share:decimal? "
          "pue:decimal? carbon_g:decimal? ts:time"),
    // Of a delivery, of a position or of a replacement: what only one of them has is optional.
    event(
        "settlement",
        "of:text seq:number n:number did:id? by:id? oid:id? was:text? symbol:text? party:text? seller:text? "
        "standby:text? buyer:text? price:decimal? qty:decimal? leaves:decimal? minutes:number? "
        "promised:decimal? delivered:decimal? short:decimal? requests:number? served:number? refund:decimal? "
        "penalty:decimal? cost:decimal? "
        "sold:decimal? bought:decimal? receivable:decimal? fee:decimal? tax:decimal? owed:decimal? "
        "from_receivable:decimal? from_margin:decimal? from_cash:decimal? from_fund:decimal? "
        "margin:decimal? paid:decimal? zone:text? residency:text? green_share:decimal? pue:decimal? "
        "carbon_g:decimal? ts:time"),
    event(
        "payout",
        "state:text seq:number n:number? payout:id amount:decimal cash:decimal reference:text requested:time "
        "ts:time"),
    event("dispute",
          "state:text seq:number n:number did:id claimant:text symbol:text seller:text buyer:text "
          "minutes:numbers stake:decimal? held:decimal? party:text ts:time"),
    event("holding",
          "change:text seq:number n:number holding:id symbol:text party:text seller:text buyer:text "
          "blocks:number amount:decimal? drawn:decimal remaining:decimal usage:text? ts:time"),
    event("package",
          "change:text seq:number n:number package:id issuer:text class:text blocks:number days:number "
          "carry:number price:decimal overage:decimal ts:time"),
    event("grant",
          "change:text seq:number n:number? grant:id package:id class:text party:text issuer:text buyer:text "
          "balance:decimal amount:decimal? excess:decimal? cost:decimal? purchase:text? usage:text? "
          "end:instant ts:time"),
    event("account", "seq:number n:number? name:text group:text roles:texts ts:time"),
    event("key", "seq:number n:number? key:text roles:texts on_behalf:truth ts:time"),
    event("snapshot",
          "cash:decimal? hold:decimal? margin:decimal? receivable:decimal? penalty:decimal? orders:objects? "
          "positions:objects? more:truth? seq:number n:number"),
    reply("session.logon",
          "account:text role:text stream:text n:number seq:number limits:object error:object?"),
    reply("order.cancel_all", "count:number seq:number ts:time"),
    reply("cancel.after", "armed:truth due:time? seq:number ts:time"),
    reply("clock.advance", "ts:time seq:number"),
    reply("order.batch", "results:objects"),
    reply("orders.open", "orders:objects more:truth seq:number"),
    reply("positions.get", "positions:objects more:truth seq:number"),
    reply(
        "meter.report",
        "did:id minute:number party:text available:decimal? counted:decimal? gaps:numbers? requests:number? "
        "served:number? util:decimal power_w:number seq:number ts:time"),
    reply("token.draw",
          "drawn:decimal remaining:decimal holding:id holdings:number class:text grant:id? usage:text "
          "seq:number "
          "ts:time"),
    reply("packages.get", "packages:objects more:truth seq:number"),
    reply("grants.get", "grants:objects more:truth seq:number"),
    reply("reserves.get", "reserves:objects more:truth seq:number"),
    reply("invoices.get", "period:text invoices:objects open:object? more:truth seq:number"),
    reply("resources.get", "resources:objects more:truth seq:number"),
    reply("payouts.get", "payouts:objects more:truth seq:number"),
    reply("deliveries.get", "deliveries:objects more:truth seq:number"),
    reply("fills.get", "fills:objects more:truth oldest:number seq:number"),
    reply("balance.get",
          "cash:decimal hold:decimal margin:decimal receivable:decimal penalty:decimal seq:number"),
    reply("limits.get", "key:object account:object limits:object"),
    reply("quote.explain",
          "oid:id state:text rule:text side:text? price:decimal? flags:texts? entered:number? "
          "guidance_then:decimal? soft_range:pair? deviation:decimal? "
          "symbol:text "
          "phase:text band_then:number band:number guidance:decimal hard:pair effective:pair "
          "reference:decimal? "
          "reference_since:time? reference_is:text? buckets:objects seq:number refusal:object? then:object?"),
    market_reply("subscribe"),
    market_reply("unsubscribe"),
    market_reply("book.snapshot"),
    told("book.snapshot", "symbol:text seq:number bids:levels asks:levels crc:number"),
    told("book", "symbol:text prev:number seq:number bids:levels asks:levels crc:number"),
    told("book.100ms", "symbol:text prev:number seq:number bids:levels asks:levels crc:number"),
    told("trade", "symbol:text seq:number tid:id price:decimal qty:decimal aggressor:text ts:time"),
    told("ticker",
         "symbol:text seq:number phase:text bid:pair? ask:pair? last:decimal? volume:decimal trades:number "
         "reference:decimal? low:decimal? high:decimal? ts:time"),
    told("band",
         "family:text seq:number version:number floor:decimal ceiling:decimal guidance:decimal soft:decimal "
         "rationale:text effective:instant by:text reason:text approved_by:text? converted:truth? "
         "formula:text? "
         "cost:decimal? inputs:object? hash:text?"),
    told("reference",
         "symbol:text seq:number reference:decimal low:decimal high:decimal version:number reason:text "
         "trades:number? ts:time"),
    told("limit", "symbol:text seq:number what:text on:truth edge:decimal pause:instant? ts:time"),
    told("dynamic", "family:text seq:number suspended:truth until:instant? ts:time"),
    told("phase", "symbol:text seq:number phase:text until:instant? reason:text extension:number?"),
    told("indicative", "symbol:text seq:number price:decimal? qty:decimal surplus:decimal ts:time"),
    told("capacity",
         "family:text class:text zone:text tier:text residency:text latency_ms:number green_share:decimal? "
         "pue:decimal? qty:decimal available:number cheapest:object? longest:object? seq:number ts:time"),
    told("cost",
         "family:text class:text zone:text tier:text residency:text latency_ms:number green_share:decimal? "
         "pue:decimal? symbol:text price:decimal price_is:text per_pflops_day:decimal? kwh_per_hour:decimal? "
         "carbon_g_per_hour:decimal? spreads:objects? seq:number ts:time"),
    told("alert",
         "number:number indicator:text day:text account:text? family:text? group:text? other:text? "
         "value:number threshold:number unit:text fell_every_day:truth? fell_far:truth? "
         "sold_under_cost:truth? floor_share:number? proposes:text? hours:text? block_price:decimal? "
         "hour_price:decimal? tokens_per_second:decimal? by_hours:decimal? dearer:truth? seq:number "
         "first:number "
         "evidence:numbers ts:time"),
    told("resync", "dropped:number ts:time"),
};

}  // namespace

const std::string_view error_members =
    "code:text msg:text field:text? rule:text? band:number? rationale:text? limit:texts? got:text? "
    "retry_ms:number?";

std::span<const MessageSpec> messages() { return table; }

}  // namespace gridbook::gateway
