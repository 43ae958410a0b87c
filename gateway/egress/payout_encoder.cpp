// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/payout_encoder.hpp"

#include "gateway/egress/delivery_encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::PayoutChanged;
using engine::PayoutState;

std::string_view wire_name(PayoutState state) {
    static constexpr std::string_view names[] = {"none", "requested", "paid", "refused"};
    return names[static_cast<std::size_t>(state)];
}

void append_members(const PayoutChanged& p, const Directory& directory, Members& m) {
    m.id<"payout">(p.payout.value)
        .text<"account">(account_name(p.account, directory))
        .money<"amount">(p.amount)
        .text<"reference">(p.reference.view())
        .time<"requested">(p.requested);
}

}  // namespace

void append_payout(const Event& event, std::string& out) {
    const auto p = event.as<PayoutChanged>();
    Members m(out);
    m.raw(R"("ev":"payout")").word<"state">(wire_name(p.state));
    append_place(event.header, m);
    m.id<"payout">(p.payout.value)
        .money<"amount">(p.amount)
        .money<"cash">(p.cash)
        .text<"reference">(p.reference.view())
        .time<"requested">(p.requested)
        .time<"ts">(event.header.time);
}

void append_payout_answer(const Event& event, const Directory& directory, std::string& out) {
    const auto p = event.as<PayoutChanged>();
    Members m(out);
    m.raw("\"state\":\"").raw(wire_name(p.state)).raw("\"");
    append_members(p, directory, m);
}

void append_payout_row(const Event& row, const Directory& directory, std::string& out) {
    const auto p = row.as<engine::PayoutRow>().payout;
    Members m(out);
    m.raw("{\"state\":\"").raw(wire_name(p.state)).raw("\"");
    append_members(p, directory, m);
    m.raw("}");
}

}  // namespace gridbook::gateway
