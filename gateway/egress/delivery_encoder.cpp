// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/delivery_encoder.hpp"

#include <bit>

#include "gateway/egress/energy_members.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"
#include "gateway/egress/token_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventKind;
using engine::Quantity;

Quantity minutes(std::uint64_t lot_minutes) { return Quantity{static_cast<std::int64_t>(lot_minutes)}; }

void append_symbol(engine::InstrumentId instrument, const Directory& directory, Members& m,
                   std::string& out) {
    m.quoted<"symbol">([&] { directory.append_symbol(instrument, out); });
}

// From did to endpoint_ref, and the energy of what was delivered so far.
void append_members(const engine::DeliveryChanged& d, const Directory& directory, Members& m,
                    std::string& out) {
    const engine::Product product = directory.product(d.instrument.family);
    m.id<"did">(d.delivery.value);
    if (d.replaces != engine::DeliveryId{}) m.id<"replaces">(d.replaces.value);
    append_symbol(d.instrument, directory, m, out);
    m.word<"party">(party_name(d.party))
        .text<"seller">(account_name(d.seller, directory))
        .text<"buyer">(account_name(d.buyer, directory))
        .price<"price">(d.price)
        .qty<"qty">(Quantity{d.qty}, product)
        .number<"from_minute">(d.first_minute)
        .number<"minutes">(d.minutes)
        .qty<"promised">(minutes(std::uint64_t{d.qty} * d.minutes), product)
        .qty<"delivered">(minutes(d.delivered), product)
        .number<"missed">(d.missed);
    if (d.covers != 0) m.qty<"covers">(Quantity{d.covers}, product);
    if (!d.endpoint.empty()) m.text<"endpoint_ref">(d.endpoint.view());
    append_delivered_energy(d.instrument, d.seller, d.delivered, directory, m);
}

void append_changed(const Event& event, const Directory& directory, std::string& out) {
    const auto d = event.as<engine::DeliveryChanged>();
    Members m(out);
    m.raw(R"("ev":"delivery")").word<"state">(wire_name(d.state));
    append_place(event.header, m);
    append_members(d, directory, m, out);
    m.time<"ts">(event.header.time);
}

// The minutes of which the side has said nothing.
void append_gaps(std::uint64_t gaps, std::string& out) {
    out += ",\"gaps\":[";
    for (bool first = true; gaps != 0; gaps &= gaps - 1, first = false) {
        if (!first) out += ',';
        append_number(static_cast<std::uint64_t>(std::countr_zero(gaps)), out);
    }
    out += ']';
}

void append_metered(const Event& event, std::string& out) {
    const auto metered = event.as<engine::Metered>();
    Members m(out);
    out += R"("did":")";
    append_number(metered.delivery.value, out);
    out += '"';
    m.number<"minute">(metered.minute).word<"party">(party_name(metered.party));
    if (metered.requests != 0) {
        m.number<"requests">(metered.requests).number<"served">(metered.served);
    } else {
        m.qty<"available">(Quantity{metered.available}, engine::Product::gpu)
            .qty<"counted">(Quantity{metered.counted}, engine::Product::gpu);
        append_gaps(metered.gaps, out);
    }
    m.decimal<"util">(engine::Decimal{std::int64_t{metered.utilisation} * 100})
        .number<"power_w">(metered.power_w)
        .number<"seq">(event.header.sequence.value)
        .time<"ts">(event.header.time);
}

void append_replaced(const Event& event, const Directory& directory, std::string& out) {
    const auto r = event.as<engine::Replaced>();
    Members m(out);
    m.raw(R"("ev":"settlement","of":"replacement")");
    append_place(event.header, m);
    m.id<"did">(r.failed.value).id<"by">(r.by.value);
    // The offer is the standby provider's own.
    if (r.party == engine::Side::sell)
        m.id<"oid">(r.order.value).qty<"leaves">(Quantity{r.leaves}, engine::Product::gpu);
    m.word<"party">(r.party == engine::Side::sell ? "standby" : "seller")
        .text<"seller">(account_name(r.seller, directory))
        .text<"standby">(account_name(r.standby, directory))
        .price<"price">(r.price)
        .qty<"qty">(Quantity{r.qty}, engine::Product::gpu)
        .number<"minutes">(r.minutes)
        .money<"cost">(r.cost);
    if (r.party == engine::Side::sell)
        m.money<"fee">(r.fee).money<"tax">(r.tax);
    else
        m.money<"from_receivable">(r.from_receivable)
            .money<"from_margin">(r.from_margin)
            .money<"from_cash">(r.from_cash)
            .money<"from_fund">(r.from_fund);
    m.time<"ts">(event.header.time);
}

void append_settled(const Event& event, const Directory& directory, std::string& out) {
    const auto s = event.as<engine::DeliverySettled>();
    const engine::Product product = directory.product(s.instrument.family);
    Members m(out);
    m.raw(R"("ev":"settlement","of":"delivery")");
    append_place(event.header, m);
    m.id<"did">(s.delivery.value).word<"was">(wire_name(s.was));
    append_symbol(s.instrument, directory, m, out);
    m.word<"party">(party_name(s.party))
        .text<"seller">(account_name(s.seller, directory))
        .text<"buyer">(account_name(s.buyer, directory))
        .price<"price">(s.price)
        .qty<"qty">(Quantity{s.qty}, product)
        .qty<"promised">(minutes(s.promised), product)
        .qty<"delivered">(minutes(s.delivered), product)
        .qty<"short">(minutes(s.short_of), product);
    if (s.requests != 0) m.number<"requests">(s.requests).number<"served">(s.served);
    m.money<"refund">(s.refund).money<"penalty">(s.penalty);
    append_delivered_energy(s.instrument, s.seller, s.delivered, directory, m);
    m.time<"ts">(event.header.time);
}

void append_position_settled(const Event& event, const Directory& directory, std::string& out) {
    const auto p = event.as<engine::PositionSettled>();
    const engine::Product product = directory.product(p.instrument.family);
    Members m(out);
    m.raw(R"("ev":"settlement","of":"position")");
    append_place(event.header, m);
    append_symbol(p.instrument, directory, m, out);
    m.qty<"sold">(Quantity{p.sold}, product)
        .qty<"bought">(Quantity{p.bought}, product)
        .money<"receivable">(p.receivable)
        .money<"fee">(p.fee)
        .money<"tax">(p.tax)
        .money<"owed">(p.owed)
        .money<"from_margin">(p.from_margin)
        .money<"from_cash">(p.from_cash)
        .money<"from_fund">(p.from_fund)
        .money<"margin">(p.margin)
        .money<"paid">(p.paid)
        .time<"ts">(event.header.time);
}

}  // namespace

void append_delivery(const Event& event, const Directory& directory, std::string& out) {
    switch (event.kind()) {
        case EventKind::delivery: return append_changed(event, directory, out);
        case EventKind::metered: return append_metered(event, out);
        case EventKind::replaced: return append_replaced(event, directory, out);
        case EventKind::delivery_settled: return append_settled(event, directory, out);
        case EventKind::position_settled: return append_position_settled(event, directory, out);
        default: return;
    }
}

void append_delivery_rows(std::span<const Event> rows, const Directory& directory, std::string& out) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].kind() == EventKind::holding_row) continue;
        if (i != 0) out += ',';
        const auto d = rows[i].as<engine::DeliveryRow>().delivery;
        Members m(out);
        m.raw("{\"state\":\"").raw(wire_name(d.state)).raw("\"");
        append_members(d, directory, m, out);
        const bool held = i + 1 < rows.size() && rows[i + 1].kind() == EventKind::holding_row;
        if (held) append_holding_members(rows[i + 1], out);
        m.raw("}");
    }
}

std::string_view party_name(engine::Side party) { return party == engine::Side::sell ? "seller" : "buyer"; }

std::string_view account_name(engine::AccountId account, const Directory& directory) {
    const auto& accounts = directory.accounts();
    return account.value < accounts.size() ? std::string_view(accounts[account.value].name)
                                           : std::string_view();
}

std::string_view wire_name(engine::DeliveryState state) {
    static constexpr std::string_view names[] = {"none",   "gated",    "ready",     "delivering",  "failing",
                                                 "failed", "replaced", "delivered", "provisional", "settled"};
    return names[static_cast<std::size_t>(state)];
}

}  // namespace gridbook::gateway
