// SPDX-License-Identifier: Apache-2.0
// What became of deliveries and of token holdings, and what they came to, as lines of a scenario.
#include "tests/scenarios/telling.hpp"

namespace gridbook::tests {

namespace {

using engine::EventKind;
using engine::Money;

std::string lots(std::int64_t n, engine::Product product = engine::Product::gpu) {
    return text_of(engine::decimal_of(engine::Quantity{n}, product));
}

// Quarters of a standard token.
std::string tokens(std::uint64_t quarters) { return text_of(static_cast<std::int64_t>(quarters) * 250'000); }

std::string_view state_word(engine::DeliveryState s) {
    constexpr std::array<std::string_view, 10> words{"none",        "gated",  "ready",    "delivering",
                                                     "failing",     "failed", "replaced", "delivered",
                                                     "provisional", "settled"};
    return words[static_cast<std::size_t>(s)];
}

std::string delivery_text(const engine::DeliveryChanged& d, const Names& names) {
    const engine::Product product = names.product(d.instrument.family);
    std::string line = fmt::format("delivery {} {}: {} to {} {} @ {} {}", d.delivery.value,
                                   state_word(d.state), names.account(d.seller), names.account(d.buyer),
                                   lots(d.qty, product), text_of(d.price), names.instrument(d.instrument));
    if (d.replaces != engine::DeliveryId{})
        line += fmt::format(", for {} from minute {}", d.replaces.value, d.first_minute);
    // Lot-minutes are tenths of unit-minutes.
    if (d.delivered != 0)
        line += fmt::format(", delivered {} of {} unit-minutes",
                            lots(static_cast<std::int64_t>(d.delivered), product),
                            lots(std::int64_t{d.qty} * d.minutes, product));
    if (d.missed != 0) line += fmt::format(", missed {}", d.missed);
    if (!d.endpoint.empty()) line += fmt::format(", at {}", d.endpoint.view());
    return line;
}

std::string metered_text(const engine::Metered& m) {
    std::string line = fmt::format("meter {} minute {}: {}, counts {}", m.delivery.value, m.minute,
                                   lots(m.available), lots(m.counted));
    if (m.gaps != 0) line += ", gaps";
    const auto gap = [&m](int minute) { return minute >= 0 && (m.gaps >> minute & 1) != 0; };
    for (int minute = 0; minute < 60; ++minute) {
        if (!gap(minute)) continue;
        if (!gap(minute - 1)) line += fmt::format(" {}", minute);
        if (gap(minute - 1) && !gap(minute + 1)) line += fmt::format("-{}", minute);
    }
    return line;
}

// Where money came from: only what gave any.
std::string sources(Money receivable, Money margin, Money cash, Money fund) {
    std::string line;
    for (const auto& [from, amount] : {std::pair{"receivable", receivable}, std::pair{"margin", margin},
                                       std::pair{"cash", cash}, std::pair{"the default fund", fund}})
        if (amount != Money{}) line += fmt::format(", {} from {}", text_of(amount), from);
    return line;
}

std::string replaced_text(const engine::Replaced& r, const Names& names) {
    return fmt::format(
        "delivery {} replaced by {} of {}: {} @ {} for {} minutes, cost {}{}, fee {}, tax {}, "
        "leaves {}",
        r.failed.value, r.by.value, names.account(r.standby), lots(r.qty), text_of(r.price), r.minutes,
        text_of(r.cost), sources(r.from_receivable, r.from_margin, r.from_cash, r.from_fund), text_of(r.fee),
        text_of(r.tax), lots(r.leaves));
}

std::string delivery_settled_text(const engine::DeliverySettled& s, const Names& names) {
    const engine::Product product = names.product(s.instrument.family);
    return fmt::format(
        "delivery {} settled, was {}: {} of {} unit-minutes, refund {}, penalty {}", s.delivery.value,
        state_word(s.was), lots(static_cast<std::int64_t>(s.delivered), product),
        lots(static_cast<std::int64_t>(s.promised), product), text_of(s.refund), text_of(s.penalty));
}

std::string position_settled_text(const engine::PositionSettled& p, const Names& names) {
    const engine::Product product = names.product(p.instrument.family);
    return fmt::format(
        "position {} settled, sold {}, bought {}: receivable {}{}, fee {}, tax {}, owed {}, paid {}, "
        "margin back {}",
        names.instrument(p.instrument), lots(p.sold, product), lots(p.bought, product), text_of(p.receivable),
        sources(Money{}, p.from_margin, p.from_cash, p.from_fund), text_of(p.fee), text_of(p.tax),
        text_of(p.owed), text_of(p.paid), text_of(p.margin));
}

std::string drawn_text(const engine::TokensDrawn& d, const Names& names) {
    return fmt::format("{}: {} tokens of {} drawn from {} holdings, the first {}{}, left {}", d.usage.view(),
                       tokens(d.amount), names.class_name(d.class_id), d.holdings, d.holding.value,
                       d.grant.value == 0 ? "" : fmt::format(", by grant {}", d.grant.value),
                       tokens(d.remaining));
}

std::string holding_text(const engine::HoldingChanged& h, const Names& names) {
    constexpr std::array<std::string_view, 4> words{"", "drawn", "notice", "expired"};
    std::string line = fmt::format("holding {} {} {}", h.holding.value, names.instrument(h.instrument),
                                   words[static_cast<std::size_t>(h.change)]);
    if (h.amount != 0) line += " " + tokens(h.amount);
    if (!h.usage.empty()) line += fmt::format(" for {}", h.usage.view());
    return line + fmt::format(": {} blocks, drawn {}, left {}", h.qty, tokens(h.drawn), tokens(h.remaining));
}

std::string holding_row_text(const engine::HoldingRow& h, const Names& names) {
    return fmt::format("row: holding {} {}: {} blocks, drawn {}, left {}", h.holding.value,
                       names.instrument(h.instrument), h.qty, tokens(h.drawn), tokens(h.remaining));
}

}  // namespace

std::string delivery_event_text(const engine::Event& e, const Names& names) {
    switch (e.kind()) {
        case EventKind::delivery: return delivery_text(e.as<engine::DeliveryChanged>(), names);
        case EventKind::delivery_row:
            return "row: " + delivery_text(e.as<engine::DeliveryRow>().delivery, names);
        case EventKind::metered: return metered_text(e.as<engine::Metered>());
        case EventKind::replaced: return replaced_text(e.as<engine::Replaced>(), names);
        case EventKind::delivery_settled:
            return delivery_settled_text(e.as<engine::DeliverySettled>(), names);
        case EventKind::position_settled:
            return position_settled_text(e.as<engine::PositionSettled>(), names);
        case EventKind::tokens_drawn: return drawn_text(e.as<engine::TokensDrawn>(), names);
        case EventKind::holding: return holding_text(e.as<engine::HoldingChanged>(), names);
        case EventKind::holding_row: return holding_row_text(e.as<engine::HoldingRow>(), names);
        default: return {};
    }
}

}  // namespace gridbook::tests
