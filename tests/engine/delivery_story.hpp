// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stories of deliveries: a market in which noon's hour is delivered, what happened a short line an event, and
// the sum of all money, which is zero after every command.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "engine/state.hpp"
#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::tests {

using Lines = std::vector<std::string>;

inline engine::Genesis delivering_genesis() {
    engine::Genesis g = small_genesis();
    g.deliveries = g.positions;
    return g;
}

inline engine::Money all_money(const engine::State& state) {
    engine::Money sum;
    for (const engine::Account& a : state.accounts.all())
        sum += a.cash + a.hold + a.margin + a.receivable + a.penalty;
    const engine::House& h = state.accounts.house;
    return sum + h.clearing + h.fee_income + h.tax_payable + h.default_fund + h.bank;
}

inline std::string_view word(engine::DeliveryState s) {
    constexpr std::array<std::string_view, 10> words{"none",        "gated",  "ready",    "delivering",
                                                     "failing",     "failed", "replaced", "delivered",
                                                     "provisional", "settled"};
    return words[static_cast<std::size_t>(s)];
}

inline std::string_view who(engine::AccountId a) {
    constexpr std::array<std::string_view, 5> names{"acme", "bert", "carl", "prov", "twin"};
    return a.value < names.size() ? names[a.value] : "?";
}

inline std::string lots_text(std::int64_t lots) {
    return text_of(engine::decimal_of(engine::Quantity{lots}, engine::Product::gpu));
}

// "prov 1 gated"; what was paired is told in full.
inline std::string delivery_line(const engine::DeliveryChanged& d) {
    const engine::AccountId told = d.party == engine::Side::sell ? d.seller : d.buyer;
    std::string line = fmt::format("{} {} {}", who(told), d.delivery.value, word(d.state));
    if (d.state == engine::DeliveryState::gated || d.replaces != engine::DeliveryId{})
        line +=
            fmt::format(" {}>{} {} @ {}", who(d.seller), who(d.buyer), lots_text(d.qty), text_of(d.price));
    if (d.replaces != engine::DeliveryId{})
        line += fmt::format(" for {} from {}, {} min", d.replaces.value, d.first_minute, d.minutes);
    return line;
}

inline std::string delivering_line(const engine::Event& e) {
    using engine::EventKind;
    switch (e.kind()) {
        case EventKind::delivery: return delivery_line(e.as<engine::DeliveryChanged>());
        case EventKind::metered: {
            const auto m = e.as<engine::Metered>();
            return fmt::format("{} minute {}: {}, counts {}{}{}", who(e.header.account), m.minute,
                               lots_text(m.available), lots_text(m.counted),
                               m.gaps == 0 ? "" : fmt::format(", gaps {:x}", m.gaps),
                               (e.header.flags & engine::event_flag::duplicate) != 0 ? ", dup" : "");
        }
        case EventKind::replaced: {
            const auto r = e.as<engine::Replaced>();
            return fmt::format("{} {} replaced by {}: {} @ {} for {} min, cost {}, leaves {}",
                               who(e.header.account), r.failed.value, r.by.value, lots_text(r.qty),
                               text_of(r.price), r.minutes, text_of(r.cost), lots_text(r.leaves));
        }
        case EventKind::delivery_settled: {
            const auto s = e.as<engine::DeliverySettled>();
            return fmt::format("{} {} settled {} of {}, refund {}, penalty {}", who(e.header.account),
                               s.delivery.value, s.delivered, s.promised, text_of(s.refund),
                               text_of(s.penalty));
        }
        case EventKind::position_settled: {
            const auto p = e.as<engine::PositionSettled>();
            std::string line = fmt::format(
                "{} sold {} bought {}: receivable {}, fee {}, tax {}, owed {}, paid {}",
                who(e.header.account), lots_text(p.sold), lots_text(p.bought), text_of(p.receivable),
                text_of(p.fee), text_of(p.tax), text_of(p.owed), text_of(p.paid));
            if (p.from_margin != engine::Money{}) line += ", from margin " + text_of(p.from_margin);
            if (p.from_cash != engine::Money{}) line += ", from cash " + text_of(p.from_cash);
            if (p.from_fund != engine::Money{}) line += ", from fund " + text_of(p.from_fund);
            return line + ", margin back " + text_of(p.margin);
        }
        case EventKind::refused: {
            const auto r = e.as<engine::Refused>();
            return fmt::format("{} refused {} {}", who(e.header.account), code(r.reason), name(r.field));
        }
        default: return {};
    }
}

inline Lines delivering(const Events& events) {
    Lines lines;
    for (const engine::Event& e : events)
        if (std::string line = delivering_line(e); !line.empty()) lines.push_back(std::move(line));
    return lines;
}

inline engine::Command ready(std::uint32_t id, engine::AccountId from,
                             std::string_view endpoint = "ssh://a") {
    engine::ReportReady r;
    r.delivery = engine::DeliveryId{id};
    r.endpoint = engine::Text<32>{endpoint};
    return engine::Command::of(r, from, engine::no_key, asked);
}
inline engine::Command meter(std::uint32_t id, engine::AccountId from, std::uint32_t minute,
                             Amount available) {
    engine::ReportMeter r;
    r.delivery = engine::DeliveryId{id};
    r.minute = minute;
    r.available = available.value;
    return engine::Command::of(r, from, engine::no_key, asked);
}

// What a minute of the hour is told: units, or nothing.
using Minutes = std::function<const char*(std::uint32_t)>;

class Delivering {
  public:
    explicit Delivering(const engine::Genesis& genesis = delivering_genesis()) : m(genesis) { balanced(); }

    Events send(const engine::Command& command) {
        Events events = m.send(command);
        balanced();
        return events;
    }
    Events at(engine::Time time) {
        Events events = m.at(time);
        balanced();
        return events;
    }
    Lines told(const engine::Command& command) { return delivering(send(command)); }
    Lines told_at(engine::Time time) { return delivering(at(time)); }

    // The seller rests, the buyer takes.
    void trade(engine::AccountId seller, engine::AccountId buyer, Amount qty, Amount price,
               engine::InstrumentId hour = noon) {
        const std::string cid = fmt::format("t-{}", ++trades_);
        send(sell(qty).at(price).of(hour).from(seller).as(cid));
        const Events fills = send(buy(qty).at(price).of(hour).from(buyer).as(cid + "-b"));
        REQUIRE(fills.size() == 3);
    }
    // The hour that begins at `hour`:00: the seller is ready and reports every minute as it runs.
    void run_hour(int hour, std::uint32_t id, engine::AccountId seller, const Minutes& units) {
        send(ready(id, seller));
        for (std::uint32_t minute = 0; minute < 60; ++minute) {
            at(clock(hour, static_cast<int>(minute), 30));
            if (const char* text = units(minute)) send(meter(id, seller, minute, text));
        }
    }
    engine::Money cash(engine::AccountId who) { return m.balance(who).cash; }
    engine::Money fund() { return m.exchange().state().accounts.house.default_fund; }

    Market m;

  private:
    // Invariant: every journal sums to zero (market-rules section 9).
    void balanced() {
        const engine::State& state = m.exchange().state();
        REQUIRE(all_money(state) == engine::Money{});
        REQUIRE(state.accounts.house.clearing == engine::Money{});
        for (const engine::Account& a : state.accounts.all()) {
            REQUIRE(a.cash >= engine::Money{});
            REQUIRE(a.hold >= engine::Money{});
            REQUIRE(a.margin >= engine::Money{});
        }
    }
    int trades_ = 0;
};

}  // namespace gridbook::tests
