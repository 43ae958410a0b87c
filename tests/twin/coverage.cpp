// SPDX-License-Identifier: Apache-2.0
#include "tests/twin/coverage.hpp"

#include <fmt/format.h>

#include "tests/engine/describe.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::EventKind;
using engine::OrderState;

namespace {

// What issue by issue comes into scope. KILLED, PHASE_CLOSED, PRICE_BAND_DYNAMIC, REASON_REQUIRED, POST_ONLY
// cannot happen yet: no kill switch, no pause, no dynamic band, no reason codes, no post-only.
const std::vector<std::string> in_scope{
    "event started",
    "event time advanced",
    "event state hashed",
    "event class",
    "event zone",
    "event tier",
    "event family",
    "event phase open",
    "event phase gated",
    "event phase delivering",
    "event account",
    "event key",
    "event credited",
    "event resource registered",
    "event resource withdrawn",
    "event fill",
    "event band applied",
    "event band scheduled",
    "event band in force",
    "order entered",
    "order kept its priority",
    "order lost its priority",
    "order dup",
    "refusal dup",
    "order parked",
    "order woken",
    "trade of a woken order",
    "bought units sold again",
    "several fills of one command",
    "cancel IOC",
    "cancel SELF_TRADE",
    "cancel GATE_CLOSED",
    "cancel USER",
    "cancel at or below filled",
    "refused CID_REUSED",
    "refused SYMBOL_UNKNOWN",
    "refused GATE_CLOSED",
    "refused TICK",
    "refused LOT",
    "refused QTY_LIMIT",
    "refused NOTIONAL_LIMIT",
    "refused PRICE_BAND_HARD",
    "refused FUNDS",
    "refused CAPACITY",
    "refused ORDER_UNKNOWN",
    "refused ALREADY_FILLED",
    "refused ENGINE_LIMIT",
    "refused ORDERS_LIMIT",
    "refused ACCOUNT_UNKNOWN",
    "refused CLASS_UNKNOWN",
    "refused SPEC_MISMATCH",
    "refused OBLIGATION",
    "limit of orders",
    "limit of accounts",
    "limit of keys",
    "limit of families",
    "limit of books",
    "limit of resources",
    "limit of agenda",
    "limit of price",
    "refused VERSION_CONFLICT",
    "refused EFFECTIVE",
    "refused FORMAT_VALUE",
};

}  // namespace

void Coverage::count_order(const engine::Event& event) {
    const auto o = event.as<engine::OrderEvent>();
    if (event.header.flags & engine::event_flag::duplicate) return count("order dup");
    if (o.state == OrderState::cancelled) {
        if (o.reason == CancelReason::replaced_below_filled) return count("cancel at or below filled");
        return count(fmt::format("cancel {}", code(o.reason)));
    }
    if (o.state == OrderState::parked && !o.replaced) return count("order parked");
    if (o.replaced) return count(o.priority_kept ? "order kept its priority" : "order lost its priority");
    count(o.moved ? "order entered" : "order woken");
    if (o.side == engine::Side::sell && o.hold.value == 0) count("bought units sold again");
}

void Coverage::count(const std::vector<engine::Event>& told) {
    std::size_t fills = 0;
    bool band_moved = false;
    for (const engine::Event& e : told) {
        switch (e.kind()) {
            case EventKind::started: count("event started"); break;
            case EventKind::time_advanced: count("event time advanced"); break;
            case EventKind::state_hashed: count("event state hashed"); break;
            case EventKind::class_defined: count("event class"); break;
            case EventKind::zone_defined: count("event zone"); break;
            case EventKind::tier_defined: count("event tier"); break;
            case EventKind::family_defined: count("event family"); break;
            case EventKind::phase_changed:
                count(fmt::format("event phase {}", tests::word(e.as<engine::PhaseChanged>().phase)));
                break;
            case EventKind::account_opened: count("event account"); break;
            case EventKind::key_set: count("event key"); break;
            case EventKind::credited: count("event credited"); break;
            case EventKind::resource_registered: count("event resource registered"); break;
            case EventKind::resource_withdrawn: count("event resource withdrawn"); break;
            case EventKind::order:
                count_order(e);
                if (band_moved && e.as<engine::OrderEvent>().reason == CancelReason::self_trade)
                    count("self-trade of woken orders");
                break;
            case EventKind::refused:
                if (e.header.flags & engine::event_flag::duplicate) count("refusal dup");
                count(fmt::format("refused {}", code(e.as<engine::Refused>().reason)));
                if (e.as<engine::Refused>().pool != engine::Pool::none)
                    count(fmt::format("limit of {}", name(e.as<engine::Refused>().pool)));
                break;
            case EventKind::fill:
                count("event fill");
                if (band_moved) count("trade of a woken order");
                if (++fills == 4) count("several fills of one command");
                break;
            case EventKind::band_changed:
                band_moved = true;
                count(fmt::format("event band {}", tests::word(e.as<engine::BandChanged>().status)));
                break;
            default: count(fmt::format("event {}", static_cast<int>(e.kind())));
        }
    }
}

void Coverage::print() const {
    for (const auto& [what, times] : seen_) fmt::print("  {:>9}  {}\n", times, what);
}

std::vector<std::string> Coverage::missing() const {
    std::vector<std::string> never;
    for (const std::string& word : in_scope)
        if (seen_.count(word) == 0) never.push_back(word);
    return never;
}

}  // namespace gridbook::twin
