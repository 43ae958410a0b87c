// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stories of token holdings: CHAT-L in two zones, days that are bought and drawn, what happened a short line
// an event. Amounts in lines are standard tokens.

#include "tests/engine/delivery_story.hpp"

namespace gridbook::tests {

inline engine::Genesis drawing_genesis(std::uint8_t draws_log2 = 10) {
    engine::Genesis g = delivering_genesis();
    g.draws_log2 = draws_log2;
    return g;
}

// Quarters of a standard token: "1275000" or "0.25".
inline std::string tokens_text(std::uint64_t quarters) {
    return text_of(static_cast<std::int64_t>(quarters) * 250'000);
}

inline std::string_view word(engine::HoldingChange change) {
    constexpr std::array<std::string_view, 4> words{"none", "drawn", "notice", "expired"};
    return words[static_cast<std::size_t>(change)];
}

inline std::string token_line(const engine::Event& e) {
    using engine::EventKind;
    switch (e.kind()) {
        case EventKind::tokens_drawn: {
            const auto d = e.as<engine::TokensDrawn>();
            return fmt::format("{} {} drew {} from {} of class {}, {} in all, left {}{}",
                               who(e.header.account), d.usage.view(), tokens_text(d.amount), d.holding.value,
                               d.class_id.value, d.holdings, tokens_text(d.remaining),
                               (e.header.flags & engine::event_flag::duplicate) != 0 ? ", dup" : "");
        }
        case EventKind::holding: {
            const auto h = e.as<engine::HoldingChanged>();
            return fmt::format("{} {} {} {}, drawn {}, left {}", who(e.header.account), h.holding.value,
                               word(h.change), tokens_text(h.amount), tokens_text(h.drawn),
                               tokens_text(h.remaining));
        }
        case EventKind::refused: {
            const auto r = e.as<engine::Refused>();
            std::string line =
                fmt::format("{} refused {} {}", who(e.header.account), code(r.reason), name(r.field));
            if (r.pool != engine::Pool::none) line += fmt::format(" {}", name(r.pool));
            if (r.limit_low != 0) line += fmt::format(", at least {}", r.limit_low);
            if (r.limit_high != 0) line += fmt::format(", limit {}", r.limit_high);
            return r.got == 0 ? line : line + fmt::format(", got {}", r.got);
        }
        default: return delivering_line(e);
    }
}

inline Lines tokens(const Events& events) {
    Lines lines;
    for (const engine::Event& e : events)
        if (std::string line = token_line(e); !line.empty()) lines.push_back(std::move(line));
    return lines;
}

// What a use names; by holding, or by class.
struct Use {
    std::uint64_t uncached = 0, cached = 0, output = 0;
    std::uint32_t holding = 0;
    std::uint16_t class_id = 1;
};

class Drawing {
  public:
    static constexpr engine::FamilyId hours{0}, east{1}, north{2};  // H100; CHAT-L in two zones

    explicit Drawing(const engine::Genesis& genesis = drawing_genesis()) : d(genesis) {
        engine::DefineClass c = h100_class();
        c.name = engine::Text<16>{"CHAT-L"};
        d.send(engine::Command::of(c));
        engine::DefineZone z = east_zone();
        z.name = engine::Text<16>{"CN-NORTH"};
        d.send(engine::Command::of(z));
        engine::DefineTier t = g2_tier();
        t.name = engine::Text<8>{"T1"};
        t.product = engine::Product::token;
        d.send(engine::Command::of(t));
        for (std::uint16_t zone = 0; zone < 2; ++zone) {
            engine::DefineFamily f = h100_family("14.00", 5);
            f.class_id = engine::ClassId{1};
            f.zone_id = engine::ZoneId{zone};
            f.tier_id = engine::TierId{1};
            f.product = engine::Product::token;
            d.send(engine::Command::of(f));
            for (std::uint32_t a = 0; a < 4; ++a)
                d.send(resource(engine::AccountId{a}, 9'000,
                                engine::FamilyId{static_cast<std::uint16_t>(zone + 1)}));
        }
    }
    // The UTC day `days` after the story's first.
    static engine::InstrumentId token_day(engine::FamilyId family, std::uint32_t days) {
        return engine::instrument(
            family, engine::Period{engine::period_at(day_one, engine::Product::token).value + days});
    }
    void trade(engine::AccountId seller, engine::AccountId buyer, int blocks, engine::FamilyId family = east,
               std::uint32_t days = 1) {
        d.trade(seller, buyer, blocks, "14.00", token_day(family, days));
    }
    static engine::Command draw(engine::AccountId from, std::string_view usage, const Use& use) {
        engine::DrawTokens body;
        body.holding = engine::DeliveryId{use.holding};
        body.class_id = engine::ClassId{use.holding == 0 ? use.class_id : std::uint16_t{0}};
        body.uncached = use.uncached;
        body.cached = use.cached;
        body.output = use.output;
        body.usage = engine::Text<32>{usage};
        return engine::Command::of(body, from, engine::no_key, asked);
    }
    Events send(engine::AccountId from, std::string_view usage, const Use& use) {
        return d.send(draw(from, usage, use));
    }
    Lines told(engine::AccountId from, std::string_view usage, const Use& use) {
        return tokens(send(from, usage, use));
    }
    Lines told_at(engine::Time time) { return tokens(d.at(time)); }
    // What is left of the account's holdings, by id: those that deliveries are asked for.
    std::vector<engine::HoldingRow> holdings(engine::AccountId of) {
        std::vector<engine::HoldingRow> rows;
        for (const engine::Event& e :
             d.m.ask(question(engine::QueryDeliveries{.after = {}, .limit = 1'000}, of)))
            if (e.kind() == engine::EventKind::holding_row) rows.push_back(e.as<engine::HoldingRow>());
        return rows;
    }

    Delivering d;
};

}  // namespace gridbook::tests
