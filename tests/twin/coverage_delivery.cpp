// SPDX-License-Identifier: Apache-2.0
// What a flow must make happen to deliveries. Left out: the pool of deliveries, which is made large here.
#include <fmt/format.h>

#include "engine/units/numbers.hpp"
#include "tests/twin/coverage.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::EventKind;
using engine::OrderState;

namespace {

constexpr std::string_view delivery_words[] = {"",       "gated",    "ready",     "delivering",  "failing",
                                               "failed", "replaced", "delivered", "provisional", "settled"};

}  // namespace

std::vector<std::string> delivery_words_in_scope() {
    std::vector<std::string> words{"standby entered",
                                   "standby cancelled by its owner",
                                   "standby cancelled at the end",
                                   "standby cancelled by a kill",
                                   "standby dup",
                                   "ready answered",
                                   "ready before the window",
                                   "ready in the window",
                                   "endpoint told again",
                                   "seller comes back",
                                   "metered",
                                   "metered by the buyer",
                                   "metered dup",
                                   "metered gaps",
                                   "requests reported",
                                   "requests reported by the buyer",
                                   "requests reported dup",
                                   "token day in full",
                                   "token day inside the SLA",
                                   "token day with a refund",
                                   "token day with its penalty cut",
                                   "refused field requests",
                                   "refused field served",
                                   "buyer says less",
                                   "delivery of a token day",
                                   "replaced",
                                   "replaced in part",
                                   "replaced twice",
                                   "replaced from another family",
                                   "replaced by fewer lots of another class",
                                   "replaced by more lots of another class",
                                   "replaced from margin",
                                   "replaced from cash",
                                   "replaced from the fund",
                                   "replacement fails",
                                   "settled in full",
                                   "settled inside the SLA",
                                   "settled with a refund",
                                   "settled with a penalty",
                                   "penalty cut",
                                   "settled without a penalty",
                                   "settled provisional",
                                   "settled failed",
                                   "settled replaced",
                                   "token day settled",
                                   "position settled",
                                   "position paid",
                                   "position settled from margin",
                                   "position settled from cash",
                                   "position settled from the fund",
                                   "refused cancel of a firm offer",
                                   "refused field did",
                                   "refused field minute",
                                   "refused field available",
                                   "refused field standby"};
    for (int s = 1; s < static_cast<int>(engine::DeliveryState::settled); ++s)
        words.push_back(fmt::format("delivery {}", delivery_words[s]));
    return words;
}

void Coverage::count_standby(const engine::Event& event) {
    const auto o = event.as<engine::OrderEvent>();
    if (event.header.flags & engine::event_flag::duplicate) return count("standby dup");
    if (o.state == OrderState::open) return count("standby entered");
    if (o.reason == CancelReason::user) count("standby cancelled by its owner");
    if (o.reason == CancelReason::gate_closed) count("standby cancelled at the end");
    if (o.reason == CancelReason::killed) count("standby cancelled by a kill");
}

// Each is told twice: what the buyer is told is passed over.
void Coverage::count_delivery(const engine::Event& event) {
    using engine::DeliveryState;
    if (event.kind() == EventKind::metered) {
        const auto m = event.as<engine::Metered>();
        if (m.requests != 0) return count_requests(event);
        if (event.header.flags & engine::event_flag::duplicate) return count("metered dup");
        count("metered");
        if (m.gaps != 0) count("metered gaps");
        if (m.party == engine::Side::buy) count("metered by the buyer");
        if (m.party == engine::Side::buy && m.counted == m.available && m.counted != 0)
            count("buyer says less");
        return;
    }
    if (event.kind() == EventKind::replaced) {
        const auto r = event.as<engine::Replaced>();
        if (r.party == engine::Side::buy) return;
        count("replaced");
        if (++replacements_ == 2) count("replaced twice");
        if (r.from_margin.value != 0) count("replaced from margin");
        if (r.from_cash.value != 0) count("replaced from cash");
        if (r.from_fund.value != 0) count("replaced from the fund");
        return;
    }
    const auto d = event.as<engine::DeliveryChanged>();
    if (d.party == engine::Side::buy) return;
    count_token_day(d);
    const bool answer = (event.header.flags & engine::event_flag::reply) != 0;
    count(fmt::format("delivery {}", delivery_words[static_cast<std::size_t>(d.state)]));
    if (answer) count("ready answered");
    if (answer && d.state == DeliveryState::ready) count("ready before the window");
    if (answer && d.state == DeliveryState::delivering && d.missed != 0) count("ready in the window");
    if (answer && d.state == DeliveryState::delivering && d.missed == 0) count("endpoint told again");
    if (!answer && d.state == DeliveryState::delivering && d.delivered != 0) count("seller comes back");
    if (d.minutes > 60) count("delivery of a token day");
    if (d.replaces.value != 0 && d.state == DeliveryState::failed) count("replacement fails");
    if (d.replaces.value != 0 && d.state == DeliveryState::delivering && d.instrument != failed_)
        count("replaced from another family");
    if (d.covers > d.qty) count("replaced by fewer lots of another class");
    if (d.covers != 0 && d.covers < d.qty) count("replaced by more lots of another class");
    if (d.state == DeliveryState::failed) failed_ = d.instrument;
    if (d.state == DeliveryState::failed) replacements_ = 0;
}

void Coverage::count_requests(const engine::Event& event) {
    if (event.header.flags & engine::event_flag::duplicate) return count("requests reported dup");
    const bool sells = event.as<engine::Metered>().party == engine::Side::sell;
    count(sells ? "requests reported" : "requests reported by the buyer");
}

void Coverage::count_settled_day(const engine::DeliverySettled& d) {
    const engine::Money whole = engine::notional(d.price, engine::Quantity{d.qty}, engine::Product::token);
    if (d.served == d.requests) return count("token day in full");
    if (d.refund.value == 0) return count("token day inside the SLA");
    count("token day with a refund");
    if (d.penalty == whole && d.refund < whole) count("token day with its penalty cut");
}

void Coverage::count_settled(const engine::Event& event) {
    if (event.kind() == EventKind::position_settled) {
        const auto p = event.as<engine::PositionSettled>();
        count("position settled");
        if (p.paid.value != 0) count("position paid");
        if (p.from_margin.value != 0) count("position settled from margin");
        if (p.from_cash.value != 0) count("position settled from cash");
        if (p.from_fund.value != 0) count("position settled from the fund");
        return;
    }
    const auto d = event.as<engine::DeliverySettled>();
    if (d.party == engine::Side::buy) return;
    count(fmt::format("settled {}", delivery_words[static_cast<std::size_t>(d.was)]));
    if (d.promised == std::uint64_t{d.qty} * 1'440) count("token day settled");
    if (d.requests != 0) return count_settled_day(d);
    if (d.delivered == d.promised) count("settled in full");
    if (d.delivered < d.promised && d.short_of == 0) count("settled inside the SLA");
    if (d.refund.value != 0) count("settled with a refund");
    if (d.penalty.value != 0) count("settled with a penalty");
    if (d.refund.value != 0 && d.penalty.value == 0) count("settled without a penalty");
    const engine::Money whole = engine::notional(d.price, engine::Quantity{d.qty}, engine::Product::gpu);
    if (d.promised == std::uint64_t{d.qty} * 60 && d.penalty == whole && d.refund < whole)
        count("penalty cut");
    if (d.was == engine::DeliveryState::failed && d.delivered != 0) count("replaced in part");
}

}  // namespace gridbook::twin
