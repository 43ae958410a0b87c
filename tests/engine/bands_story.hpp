// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stories of bands, pauses and calls: what happened at noon's instrument, a short line an event, so that
// whole lists are compared.

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/state.hpp"
#include "tests/engine/describe.hpp"
#include "tests/engine/setup.hpp"

namespace gridbook::tests {

using Story = std::vector<std::string>;

// H100 hours with a dynamic layer, G 14.00, as in the vectors of market-rules section 5.
inline engine::DefineFamily dynamic_family(int width = 500) {
    engine::DefineFamily f = h100_family();
    f.dynamic_width = engine::BasisPoints{width};
    return f;
}
inline Market dynamic_market() { return Market(small_genesis(), dynamic_family()); }

// An order with what the builder has no word for.
inline engine::Command with(const engine::Command& command,
                            const std::function<void(engine::PlaceOrder&)>& change) {
    engine::PlaceOrder body = command.as<engine::PlaceOrder>();
    change(body);
    return engine::Command::of(body, command.header.account, engine::no_key, asked);
}
inline engine::Command phase(engine::PhaseAction action, engine::InstrumentId scope = noon,
                             engine::Time until = {}) {
    engine::SetPhase p;
    p.scope = scope;
    p.action = action;
    p.until = until;
    return engine::Command::of(p, engine::AccountId{0}, engine::no_key, asked);
}
inline engine::Command suspend(engine::Time until) {
    engine::SuspendDynamic s;
    s.family = engine::FamilyId{0};
    s.until = until;
    return engine::Command::of(s, engine::AccountId{0}, engine::no_key, asked);
}

inline std::string_view word(engine::BandCause c) {
    constexpr std::array<std::string_view, 10> words{"none",     "listed",   "takeover", "call",
                                                     "reopened", "guidance", "widened",  "paused",
                                                     "resumed",  "suspended"};
    return words[static_cast<std::size_t>(c)];
}
inline std::string_view word(engine::PhaseReason r) {
    constexpr std::array<std::string_view, 9> words{
        "", "listed", "gate", "window", "limit_state", "operator", "extended", "called", "reopened"};
    return words[static_cast<std::size_t>(r)];
}
inline std::string_view word(engine::LimitKind k) {
    constexpr std::array<std::string_view, 5> words{"none", "limit_up", "limit_down", "wall_up", "wall_down"};
    return words[static_cast<std::size_t>(k)];
}

inline std::string units(std::int64_t lots) {
    return text_of(engine::decimal_of(engine::Quantity{lots}, engine::Product::gpu));
}

// Which events a story leaves out, because they are many or not what it is about.
struct Tell {
    engine::InstrumentId instrument = noon;
    bool indicative = false;
};

// The line of one event; empty: not of this story.
inline std::string short_line(const engine::Event& e, const Tell& tell) {
    using engine::EventKind;
    const auto here = [&](engine::InstrumentId i, std::string line) {
        return i == tell.instrument ? line : std::string{};
    };
    switch (e.kind()) {
        case EventKind::order: {
            const auto o = e.as<engine::OrderEvent>();
            std::string line = fmt::format("{} {}", o.cid.view(), word(o.state));
            if (o.reason != engine::CancelReason::none) line += fmt::format(" {}", code(o.reason));
            if (o.order_flags & engine::order_flag::non_executable) line += " non-executable";
            if (o.order_flags & engine::order_flag::decremented)
                line += fmt::format(" decremented to {}", units(o.leaves));
            return here(o.instrument, line);
        }
        case EventKind::fill: {
            const auto f = e.as<engine::Fill>();
            return here(f.instrument,
                        fmt::format("{} fills {} @ {} {}", f.cid.view(), units(f.qty), text_of(f.price),
                                    f.call                                    ? "call"
                                    : f.liquidity == engine::Liquidity::maker ? "maker"
                                                                              : "taker"));
        }
        case EventKind::reference_changed: {
            const auto r = e.as<engine::ReferenceChanged>();
            return here(r.instrument, fmt::format("R {} {} {}-{}", text_of(r.reference), word(r.cause),
                                                  text_of(r.low), text_of(r.high)));
        }
        case EventKind::phase_changed: {
            const auto p = e.as<engine::PhaseChanged>();
            std::string line = fmt::format("{} {}", word(p.phase), word(p.reason));
            if (p.extension != 0) line += fmt::format(" {}", p.extension);
            return here(p.instrument, line);
        }
        case EventKind::limit_state: {
            const auto l = e.as<engine::LimitState>();
            return here(l.instrument,
                        fmt::format("{} {} {}", word(l.what), l.on ? "on" : "off", text_of(l.edge)));
        }
        case EventKind::indicative: {
            const auto i = e.as<engine::Indicative>();
            if (!tell.indicative) return {};
            return here(i.instrument, fmt::format("indicative {} @ {} surplus {}", units(i.qty.value),
                                                  text_of(i.price), units(i.surplus)));
        }
        case EventKind::band_changed: return fmt::format("band {}", e.as<engine::BandChanged>().version);
        case EventKind::dynamic_suspended:
            return e.as<engine::DynamicSuspended>().until == engine::Time{} ? "in force" : "suspended";
        case EventKind::refused: return fmt::format("refused {}", code(e.as<engine::Refused>().reason));
        default: return {};
    }
}

inline Story story(const Events& events, const Tell& tell = {}) {
    Story lines;
    for (const engine::Event& e : events)
        if (std::string line = short_line(e, tell); !line.empty()) lines.push_back(std::move(line));
    return lines;
}

// One unit changes hands at this price, between two who own nothing else here.
inline Story trade_at(Market& m, Amount price, int number) {
    Story all;
    for (const Events& events :
         {m.send(sell(1).at(price).from(Market::prov).as(fmt::format("ts-{}", number))),
          m.send(buy(1).at(price).from(Market::carl).as(fmt::format("tb-{}", number)))})
        for (std::string& line : story(events)) all.push_back(std::move(line));
    return all;
}

}  // namespace gridbook::tests
