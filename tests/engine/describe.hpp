// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands and events as one line of text each, for failures and for scenarios. Names come from the caller;
// without any, ids are told as numbers. Every field of an order, a fill and a refusal is in its line, so that
// equal lines mean equal facts.

#include <fmt/format.h>

#include <functional>
#include <string>

#include "engine/event.hpp"

namespace gridbook::tests {

// How ids are told. A story gives its own; a seeded flow uses the numbers.
struct Names {
    std::function<std::string(engine::AccountId)> account = [](engine::AccountId a) {
        return a == engine::no_account ? std::string("-") : fmt::format("a{}", a.value);
    };
    std::function<std::string(engine::InstrumentId)> instrument = [](engine::InstrumentId i) {
        return fmt::format("f{}/{}", i.family.value, i.period.value);
    };
    std::function<std::string(engine::FamilyId)> family = [](engine::FamilyId f) {
        return f == engine::no_family ? std::string("-") : fmt::format("f{}", f.value);
    };
    std::function<std::string(engine::ClassId)> class_name = [](engine::ClassId c) {
        return fmt::format("c{}", c.value);
    };
    std::function<std::string(engine::Time)> time = [](engine::Time t) { return fmt::format("{}", t.value); };
    std::function<engine::Product(engine::FamilyId)> product = [](engine::FamilyId) {
        return engine::Product::gpu;
    };
};

// 14'200'000 -> "14.2": millionths without trailing zeros.
inline std::string text_of(std::int64_t value) {
    const std::string sign = value < 0 ? "-" : "";
    const std::uint64_t magnitude =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string text = fmt::format("{}{}.{:06}", sign, magnitude / 1'000'000, magnitude % 1'000'000);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}
inline std::string text_of(engine::Money m) { return text_of(m.value); }
inline std::string text_of(engine::Decimal d) { return text_of(d.value); }
inline std::string text_of(engine::Price p) { return fmt::format("{}.{:02}", p.value / 100, p.value % 100); }

inline std::string_view word(engine::Side side) { return side == engine::Side::buy ? "buy" : "sell"; }
inline std::string_view word(engine::OrderState s) {
    constexpr std::array<std::string_view, 6> words{"none",   "open",      "parked",
                                                    "filled", "cancelled", "refused"};
    return words[static_cast<std::size_t>(s)];
}
inline std::string_view word(engine::Phase p) {
    constexpr std::array<std::string_view, 7> words{"unlisted", "open",       "paused", "call",
                                                    "gated",    "delivering", "settled"};
    return words[static_cast<std::size_t>(p)];
}
inline std::string_view word(engine::BandStatus s) {
    constexpr std::array<std::string_view, 4> words{"applied", "scheduled", "in force", "proposed"};
    return words[static_cast<std::size_t>(s)];
}

inline std::string order_line(const engine::OrderEvent& o, const Names& names) {
    const auto lots = [&](std::uint32_t n) {
        return text_of(engine::decimal_of(engine::Quantity{n}, names.product(o.instrument.family)));
    };
    std::string line = fmt::format("order {} {} {} {} @ {} {}, leaves {}, cum {}, {} {}, band {}",
                                   o.cid.view(), word(o.state), word(o.side), lots(o.qty), text_of(o.price),
                                   names.instrument(o.instrument), lots(o.leaves), lots(o.cum),
                                   o.side == engine::Side::buy ? "hold" : "margin", text_of(o.hold), o.band);
    if (o.tif == engine::TimeInForce::ioc) line += ", ioc";
    if (o.reason != engine::CancelReason::none) line += fmt::format(", reason {}", code(o.reason));
    if (o.replaced) line += o.priority_kept ? ", replaced, priority kept" : ", replaced";
    return line;
}

inline std::string fill_line(const engine::Fill& f, const Names& names) {
    const auto lots = [&](std::uint32_t n) {
        return text_of(engine::decimal_of(engine::Quantity{n}, names.product(f.instrument.family)));
    };
    return fmt::format("fill {} {} {} @ {} {}, {}, trade {}, leaves {}, fee {}, tax {}, released {}",
                       f.cid.view(), word(f.side), lots(f.qty), text_of(f.price),
                       names.instrument(f.instrument),
                       f.liquidity == engine::Liquidity::maker ? "maker" : "taker", f.trade.value,
                       lots(f.leaves), text_of(f.fee), text_of(f.tax), text_of(f.released));
}

// Limits and what was got are in the unit of the field.
inline std::string unit_text(engine::RejectField field, std::int64_t value, const Names& names) {
    switch (field) {
        case engine::RejectField::expect:
        case engine::RejectField::pool:
        case engine::RejectField::tflops:
        case engine::RejectField::account:
        case engine::RejectField::order:
        case engine::RejectField::open_orders:
        case engine::RejectField::delivery:
        case engine::RejectField::meter_minute:
        case engine::RejectField::requests:
        case engine::RejectField::served:
        case engine::RejectField::resource:
        case engine::RejectField::maintenance:
        case engine::RejectField::windows:
        case engine::RejectField::role: return fmt::format("{}", value);
        case engine::RejectField::effective:
        case engine::RejectField::issued:
        case engine::RejectField::ts: return names.time(engine::Time{value});
        case engine::RejectField::factor:
        case engine::RejectField::pue: return text_of(value * 1'000);
        case engine::RejectField::utilisation: return text_of(value * 10'000);
        case engine::RejectField::change:
        case engine::RejectField::formula:
        case engine::RejectField::life_h:
        case engine::RejectField::holding:
        case engine::RejectField::class_name:  // quarters of a token that are left there
        case engine::RejectField::uncached:
        case engine::RejectField::cached:
        case engine::RejectField::output:
        case engine::RejectField::package:
        case engine::RejectField::grant:
        case engine::RejectField::blocks:
        case engine::RejectField::days:
        case engine::RejectField::carry:
        case engine::RejectField::power_w: return fmt::format("{}", value);
        default: return text_of(value);
    }
}

inline std::string refused_line(const engine::Refused& r, const Names& names) {
    std::string line = fmt::format("refused {}", code(r.reason));
    if (!r.cid.empty()) line += fmt::format(" {}", r.cid.view());
    if (r.field != engine::RejectField::none) line += fmt::format(", {}", name(r.field));
    if (r.got != 0) line += fmt::format(" {}", unit_text(r.field, r.got, names));
    const bool always = r.field == engine::RejectField::cash || r.field == engine::RejectField::capacity;
    if (r.limit_low != 0 && r.limit_high == 0)
        line += fmt::format(", at least {}", unit_text(r.field, r.limit_low, names));
    else if (r.limit_low != 0)
        line += fmt::format(", limits {} to {}", unit_text(r.field, r.limit_low, names),
                            unit_text(r.field, r.limit_high, names));
    else if (r.limit_high != 0 || always)
        line += fmt::format(", limit {}", unit_text(r.field, r.limit_high, names));
    if (r.pool != engine::Pool::none) line += fmt::format(", pool {}", name(r.pool));
    if (r.band != 0) line += fmt::format(", band {}", r.band);
    return line;
}

inline std::string band_line(const engine::BandChanged& b, const Names& names) {
    std::string line =
        fmt::format("band {} version {} {}, {} to {}, guidance {}", names.family(b.family), b.version,
                    word(b.status), text_of(b.floor), text_of(b.ceiling), text_of(b.guidance));
    if (b.converted) line += ", converted";
    if (b.proposer != 0) line += ", two signatures";
    if (b.status == engine::BandStatus::scheduled)
        line += fmt::format(", effective {}", names.time(b.effective));
    line += fmt::format(", parks {} orders {} units {} participants", b.orders_parked,
                        text_of(engine::decimal_of(b.qty_parked, names.product(b.family))), b.participants);
    return line;
}

// Amounts in quarters of a token.
inline std::string package_line(const engine::PackageChanged& p, const Names& names) {
    return fmt::format("package {} {}: {} blocks of {} for {} days at {}, carry {}, overage {}",
                       p.package.value, p.change == engine::PackageChange::offered ? "offered" : "withdrawn",
                       p.blocks, names.class_name(p.class_id), p.days, text_of(p.price), p.carry,
                       text_of(p.overage));
}

inline std::string_view word(engine::GrantChange change) {
    constexpr std::array<std::string_view, 6> words{"none",   "bought",  "drawn",
                                                    "notice", "carried", "expired"};
    return words[static_cast<std::size_t>(change)];
}

inline std::string grant_line(const engine::GrantChanged& g, const Names& names) {
    return fmt::format("grant {} of package {} {} {} {}: {}, excess {}, cost {}, balance {}, end {}, {}",
                       g.grant.value, g.package.value, g.party == engine::Side::sell ? "to" : "from",
                       names.account(g.other), word(g.change), g.amount, g.excess, text_of(g.cost), g.balance,
                       names.time(g.end), g.reference.view());
}

inline std::string holding_line(const engine::HoldingChanged& h, const Names& names) {
    constexpr std::array<std::string_view, 4> changes{"none", "drawn", "notice", "expired"};
    return fmt::format("holding {} {} {} blocks {} {}, drawn {}, remaining {}{}", h.holding.value,
                       names.instrument(h.instrument), h.qty, changes[static_cast<std::size_t>(h.change)],
                       h.amount, h.drawn, h.remaining,
                       h.usage.empty() ? "" : fmt::format(", as {}", h.usage.view()));
}

inline std::string body_line(const engine::Event& e, const Names& names) {
    using engine::EventKind;
    switch (e.kind()) {
        case EventKind::order: return order_line(e.as<engine::OrderEvent>(), names);
        case EventKind::order_row: return "row: " + order_line(e.as<engine::OrderRow>().order, names);
        case EventKind::fill: return fill_line(e.as<engine::Fill>(), names);
        case EventKind::refused: return refused_line(e.as<engine::Refused>(), names);
        case EventKind::band_changed: return band_line(e.as<engine::BandChanged>(), names);
        case EventKind::phase_changed: {
            const auto p = e.as<engine::PhaseChanged>();
            return fmt::format("phase {} {} until {}", names.instrument(p.instrument), word(p.phase),
                               names.time(p.until));
        }
        case EventKind::credited: {
            const auto c = e.as<engine::Credited>();
            return fmt::format("credited {}, cash {}", text_of(c.amount), text_of(c.cash));
        }
        case EventKind::resource_registered: {
            const auto r = e.as<engine::ResourceRegistered>();
            return fmt::format("resource {} registered {} {}, now {}, factor {}{}", r.resource,
                               names.family(r.family),
                               text_of(engine::decimal_of(r.count, names.product(r.family))),
                               text_of(engine::decimal_of(r.registered, names.product(r.family))), r.factor,
                               r.cost == engine::Decimal{} ? "" : ", cost " + text_of(r.cost));
        }
        case EventKind::resource_withdrawn: {
            const auto r = e.as<engine::ResourceWithdrawn>();
            return fmt::format("resource {} withdrawn {} {}, now {}", r.resource, names.family(r.family),
                               text_of(engine::decimal_of(r.count, names.product(r.family))),
                               text_of(engine::decimal_of(r.registered, names.product(r.family))));
        }
        case EventKind::maintenance: {
            const auto m = e.as<engine::MaintenanceChanged>();
            return fmt::format("maintenance {} {}: {} of resource {} from {} on, windows {}, capacity {}",
                               m.maintenance.value,
                               m.state == engine::MaintenanceState::declared ? "declared" : "cancelled",
                               text_of(engine::decimal_of(m.count, names.product(m.family))), m.resource,
                               names.instrument(engine::instrument(m.family, m.start)), m.windows,
                               text_of(engine::decimal_of(m.capacity, names.product(m.family))));
        }
        case EventKind::balance_row: {
            const auto b = e.as<engine::BalanceRow>();
            return fmt::format("balance cash {}, hold {}, margin {}, receivable {}, penalty {}",
                               text_of(b.cash), text_of(b.hold), text_of(b.margin), text_of(b.receivable),
                               text_of(b.penalty));
        }
        case EventKind::position_row: {
            const auto p = e.as<engine::PositionRow>();
            const auto lots = [&](engine::Quantity q) {
                return text_of(engine::decimal_of(q, names.product(p.instrument.family)));
            };
            return fmt::format(
                "position {} bought {}, sold {}, open sells {}, registered {}, margin {}, receivable {}",
                names.instrument(p.instrument), lots(p.bought), lots(p.sold), lots(p.open_sells),
                lots(p.registered), text_of(p.margin), text_of(p.receivable));
        }
        case EventKind::rows_end: {
            const auto r = e.as<engine::RowsEnd>();
            return fmt::format("rows {}{}", r.rows, r.more ? ", more" : "");
        }
        case EventKind::tokens_drawn: {
            const auto d = e.as<engine::TokensDrawn>();
            return fmt::format("drew {} as {} from {} holdings, first {}, class {}, remaining {}", d.amount,
                               d.usage.view(), d.holdings, d.holding.value, names.class_name(d.class_id),
                               d.remaining);
        }
        case EventKind::holding: return holding_line(e.as<engine::HoldingChanged>(), names);
        case EventKind::holding_row: {
            const auto h = e.as<engine::HoldingRow>();
            return fmt::format("row: holding {} {} {} blocks, drawn {}, remaining {}", h.holding.value,
                               names.instrument(h.instrument), h.qty, h.drawn, h.remaining);
        }
        case EventKind::package: return package_line(e.as<engine::PackageChanged>(), names);
        case EventKind::grant: return grant_line(e.as<engine::GrantChanged>(), names);
        default: return fmt::format("event {}", static_cast<int>(e.kind()));
    }
}

// One line: who, what.
inline std::string line_of(const engine::Event& e, const Names& names = {}) {
    std::string line;
    if (e.header.account != engine::no_account) line = names.account(e.header.account) + " ";
    line += body_line(e, names);
    if (e.header.flags & engine::event_flag::duplicate) line += ", dup";
    return line;
}

// The header too, and all bytes of the body that a line may leave out: for differences between two markets.
inline std::string full_line(const engine::Event& e) {
    std::string hex;
    for (const std::byte b : e.body) hex += fmt::format("{:02x}", static_cast<unsigned>(b));
    while (hex.size() > 2 && hex.ends_with("00")) hex.resize(hex.size() - 2);
    return fmt::format("seq {} t {} n {} key {} flags {} kind {} | {}\n        {}", e.header.sequence.value,
                       e.header.time.value, e.header.number.value, e.header.key.value, e.header.flags,
                       static_cast<int>(e.kind()), line_of(e), hex);
}

inline std::string line_of(const engine::Command& c) {
    using engine::CommandKind;
    const std::string who =
        c.header.account == engine::no_account ? "-" : fmt::format("a{}", c.header.account.value);
    const std::string head = fmt::format("t {} {}", c.header.time.value, who);
    switch (c.kind()) {
        case CommandKind::place_order: {
            const auto p = c.as<engine::PlaceOrder>();
            return fmt::format("{} {} {} @ {} f{}/{} as {}{}", head, word(p.side), text_of(p.qty),
                               text_of(p.price), p.instrument.family.value, p.instrument.period.value,
                               p.cid.view(), p.tif == engine::TimeInForce::ioc ? " ioc" : "");
        }
        case CommandKind::replace_order: {
            const auto r = c.as<engine::ReplaceOrder>();
            return fmt::format("{} replace {}{} {} @ {}", head, r.cid.view(),
                               r.order.value ? fmt::format("#{}", r.order.value) : "", text_of(r.qty),
                               text_of(r.price));
        }
        case CommandKind::cancel_order: {
            const auto r = c.as<engine::CancelOrder>();
            return fmt::format("{} cancel {}{}", head, r.cid.view(),
                               r.order.value ? fmt::format("#{}", r.order.value) : "");
        }
        case CommandKind::set_band: {
            const auto b = c.as<engine::SetBand>();
            return fmt::format("{} band f{} floor {} ceiling {} guidance {} expect {} effective {}", head,
                               b.family.value, text_of(b.floor), text_of(b.ceiling), text_of(b.guidance),
                               b.expect, b.effective.value);
        }
        case CommandKind::credit:
            return fmt::format("{} credit {}", head, text_of(c.as<engine::Credit>().amount));
        case CommandKind::register_resource: {
            const auto r = c.as<engine::RegisterResource>();
            return fmt::format("{} register f{} {}", head, r.family.value, text_of(r.count));
        }
        case CommandKind::withdraw_resource:
            return fmt::format("{} withdraw resource {}", head, c.as<engine::WithdrawResource>().resource);
        case CommandKind::declare_maintenance: {
            const auto m = c.as<engine::DeclareMaintenance>();
            return fmt::format("{} declare maintenance of resource {}: {} from {} for {}", head, m.resource,
                               text_of(m.count), m.start.value, m.windows);
        }
        case CommandKind::cancel_maintenance:
            return fmt::format("{} cancel maintenance {}", head,
                               c.as<engine::CancelMaintenance>().maintenance.value);
        case CommandKind::advance_time:
            return fmt::format("{} advance to {}", head, c.as<engine::AdvanceTime>().to.value);
        case CommandKind::define_family: {
            const auto f = c.as<engine::DefineFamily>();
            return fmt::format("{} define family: guidance {} floor {} ceiling {} horizon {}", head,
                               text_of(f.guidance), text_of(f.floor), text_of(f.ceiling), f.horizon);
        }
        case CommandKind::draw_tokens: {
            const auto d = c.as<engine::DrawTokens>();
            const std::string of = d.grant.value != 0     ? fmt::format("grant {}", d.grant.value)
                                   : d.holding.value != 0 ? fmt::format("holding {}", d.holding.value)
                                                          : fmt::format("class c{}", d.class_id.value);
            return fmt::format("{} draw {} uncached, {} cached, {} output of {} as {}", head, d.uncached,
                               d.cached, d.output, of, d.usage.view());
        }
        case CommandKind::offer_package: {
            const auto p = c.as<engine::OfferPackage>();
            return fmt::format("{} offer {} blocks of c{} for {} days at {}, carry {}, overage {}", head,
                               p.blocks, p.class_id.value, p.days, text_of(p.price), p.carry,
                               text_of(p.overage));
        }
        case CommandKind::withdraw_package:
            return fmt::format("{} withdraw package {}", head, c.as<engine::WithdrawPackage>().package.value);
        case CommandKind::buy_package: {
            const auto b = c.as<engine::BuyPackage>();
            return fmt::format("{} buy {} of package {} as {}", head, b.qty, b.package.value,
                               b.purchase.view());
        }
        default: return fmt::format("{} command {}", head, static_cast<int>(c.kind()));
    }
}

}  // namespace gridbook::tests
