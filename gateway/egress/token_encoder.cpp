// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/token_encoder.hpp"

#include "gateway/egress/delivery_encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventKind;

void append_drawn(const Event& event, const Directory& directory, std::string& out) {
    const auto d = event.as<engine::TokensDrawn>();
    Members m(out);
    m.raw("\"drawn\":\"");
    append_tokens(d.amount, out);
    out += '"';
    m.tokens<"remaining">(d.remaining)
        .id<"holding">(d.holding.value)
        .number<"holdings">(d.holdings)
        .text<"class">(directory.classes()[d.class_id.value].name);
    if (d.grant != engine::GrantId{}) m.id<"grant">(d.grant.value);
    m.text<"usage">(d.usage.view()).number<"seq">(event.header.sequence.value).time<"ts">(event.header.time);
}

void append_holding(const Event& event, const Directory& directory, std::string& out) {
    const auto h = event.as<engine::HoldingChanged>();
    Members m(out);
    m.raw(R"("ev":"holding")").word<"change">(wire_name(h.change));
    append_place(event.header, m);
    m.id<"holding">(h.holding.value);
    m.quoted<"symbol">([&] { directory.append_symbol(h.instrument, out); });
    m.word<"party">(party_name(h.party))
        .text<"seller">(account_name(h.seller, directory))
        .text<"buyer">(account_name(h.buyer, directory))
        .number<"blocks">(h.qty);
    if (h.amount != 0) m.tokens<"amount">(h.amount);
    m.tokens<"drawn">(h.drawn).tokens<"remaining">(h.remaining);
    if (!h.usage.empty()) m.text<"usage">(h.usage.view());
    m.time<"ts">(event.header.time);
}

}  // namespace

void append_token_event(const Event& event, const Directory& directory, std::string& out) {
    if (event.kind() == EventKind::tokens_drawn) return append_drawn(event, directory, out);
    append_holding(event, directory, out);
}

void append_holding_members(const Event& row, std::string& out) {
    const auto h = row.as<engine::HoldingRow>();
    Members(out).tokens<"drawn">(h.drawn).tokens<"remaining">(h.remaining);
}

std::string_view wire_name(engine::HoldingChange change) {
    static constexpr std::string_view names[] = {"none", "drawn", "notice", "expired"};
    return names[static_cast<std::size_t>(change)];
}

}  // namespace gridbook::gateway
