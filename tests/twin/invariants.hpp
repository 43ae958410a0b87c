// SPDX-License-Identifier: Apache-2.0
#pragma once
// What must always hold (market-rules section 9): of a market's state after every command, and of what it
// told. It promises a sentence that says what is broken, or nothing.

#include <optional>
#include <string>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using Difference = std::optional<std::string>;

// Of the twin's state; nothing when all holds.
Difference broken_invariant(const NaiveExchange& market);

// Of what was drawn (invariants_tokens.cpp).
Difference broken_holding(const NaiveExchange& market);
// Of packages and grants (invariants_packages.cpp).
Difference broken_grant(const NaiveExchange& market);

// Follows grants by their events, for the one below.
class GrantWitness {
  public:
    // `use` is the draw that was told last and is not told whole.
    Difference see(const engine::Event& event, const std::optional<engine::TokensDrawn>& use);
    Difference unfinished() const;

  private:
    struct Known {
        engine::AccountId issuer{}, buyer{};
        std::uint64_t balance = 0;
        engine::Time end{};
        bool carried = false;
    };
    Difference change(const engine::GrantChanged& told, engine::Time now,
                      const std::optional<engine::TokensDrawn>& use);

    std::map<engine::GrantId, Known> open_;
    std::optional<engine::GrantChanged> issuer_told_;  // and the buyer not yet
};

// Follows token days by their events, for the one below.
class TokenWitness {
  public:
    Difference see(const engine::Event& event);
    // When a command has told all: what it left open.
    Difference unfinished() const;

  private:
    struct Holding {
        engine::InstrumentId instrument{};
        engine::AccountId buyer{};
        engine::DeliveryState state{};
        std::uint64_t drawn = 0, left = 0;  // quarters of a token
    };
    Difference see(const engine::HoldingChanged& holding, engine::Time now);
    Difference see_part(const engine::HoldingChanged& part, const Holding& holding);

    std::map<engine::FamilyId, engine::ClassId> classes_;
    std::map<engine::DeliveryId, Holding> holdings_;
    std::optional<engine::TokensDrawn> use_;  // told, and not yet all of its parts
    std::uint64_t to_draw_ = 0;
    std::size_t touched_ = 0;
    std::optional<engine::HoldingChanged> seller_told_;  // and the buyer not yet
    GrantWitness grants_;
};

// Follows events alone, so that it holds for whoever tells them.
class Witness {
  public:
    Difference see(const std::vector<engine::Event>& told);

  private:
    Difference see_fill(const engine::Fill& fill);

    std::map<engine::InstrumentId, Edges> bands_;
    std::map<engine::FamilyId, Edges> hard_only_;  // families without a dynamic layer
    std::map<engine::InstrumentId, engine::Phase> phases_;
    TokenWitness tokens_;
    std::optional<engine::Fill> first_;  // of a trade whose second fill has not come
};

}  // namespace gridbook::twin
