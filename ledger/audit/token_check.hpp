// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is drawn of token holdings, followed through commands and events: every draw comes to what was used,
// every holding to the sum of its draws and never to more than its blocks, and every usage id draws once
// (market-rules sections 2 and 7). Amounts are quarters of a standard token.

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/event.hpp"
#include "ledger/audit/check.hpp"
#include "ledger/postings.hpp"

namespace gridbook::ledger {

class TokenCheck {
  public:
    // `postings` says which deliveries are days of tokens; it sees an event before this does.
    TokenCheck(const engine::Genesis& genesis, const Postings& postings)
        : drawn_here_(genesis.draws_log2 != 0), postings_(postings) {}

    void begin(const engine::Command& command);
    void see(const engine::Event& event);
    void end(engine::Sequence sequence);

    // What is left of what the account holds of the families, gated or delivering.
    template <class OfClass>
    std::uint64_t held(engine::AccountId account, OfClass&& of_class) const {
        std::uint64_t sum = 0;
        for (const auto& [id, h] : holdings_)
            if (h.buyer == account && h.usable() && of_class(h.family)) sum += h.left();
        return sum;
    }
    // What was drawn of a holding that is not settled; nothing: there is none of this id.
    std::optional<std::uint64_t> drawn(engine::DeliveryId id) const;

    Check holdings{"holdings", "what is drawn of a holding is in its blocks and the sum of its draws"};
    Check usages{"usage_once", "no usage of tokens drawn twice"};

  private:
    struct Holding {
        engine::AccountId buyer = engine::no_account;
        engine::FamilyId family = engine::no_family;
        engine::DeliveryState state = engine::DeliveryState::none;
        std::uint64_t blocks = 0;  // in quarters
        std::uint64_t drawn = 0;
        bool expired = false;

        std::uint64_t left() const { return blocks - drawn; }
        bool usable() const {
            return state == engine::DeliveryState::gated || state == engine::DeliveryState::delivering;
        }
    };
    struct Known {
        engine::TokensDrawn answer{};
        engine::Time until{};  // from then on it is forgotten
    };

    void see_delivery(const engine::DeliveryChanged& told);
    void see_settled(const engine::EventHeader& header, engine::DeliveryId id);
    void see_answer(const engine::EventHeader& header, const engine::TokensDrawn& told);
    void see_again(const engine::EventHeader& header, const engine::TokensDrawn& told);
    void see_holding(const engine::EventHeader& header, const engine::HoldingChanged& told);
    void see_drawn(const engine::EventHeader& header, const engine::HoldingChanged& told, Holding& holding);
    bool by_the_command(const engine::EventHeader& header, const engine::TokensDrawn& told) const;
    // Whose holdings the command draws from: the account's, or those of the issuer of its grant.
    engine::AccountId drawn_from() const;
    void sweep(engine::Time now);

    bool drawn_here_;
    const Postings& postings_;
    std::map<engine::DeliveryId, Holding> holdings_;
    std::unordered_map<std::string, Known> known_;
    std::size_t sweep_at_ = 1 << 20;
    engine::Command command_{};
    // Of the draw that is being told: what its holdings have still to give, and how many of them.
    std::uint64_t owed_ = 0;
    std::uint64_t from_ = 0;
};

}  // namespace gridbook::ledger
