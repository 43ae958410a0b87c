// SPDX-License-Identifier: Apache-2.0
#pragma once
// The engine's own accounts against those that the postings give, asked through the same questions that
// clients may ask, so that it does not depend on how the engine keeps them.

#include "engine/exchange.hpp"
#include "ledger/audit/market_checks.hpp"

namespace gridbook::ledger {

class EngineChecks {
  public:
    EngineChecks(const engine::Exchange& exchange, const MarketChecks& market)
        : exchange_(exchange), market_(market) {}

    // At a checkpoint: every account's balances. At the end: also positions and open orders.
    void compare_balances(engine::Sequence sequence);
    void compare_all(engine::Sequence sequence);

    Check balances{"balances", "balances equal postings to the micro-CNY"};
    Check holds{"holds", "holds and margins equal the formula over open orders"};
    Check positions{"positions", "positions equal what was traded and offered"};
    Check orders{"orders", "open orders equal what was told"};
    Check deliveries{"deliveries", "open deliveries equal what was told and reported"};
    Check grants{"grants", "open grants and reserves equal what was bought and drawn"};

  private:
    void compare_holds(engine::Sequence sequence);
    void compare_positions(engine::Sequence sequence, engine::AccountId account);
    void compare_orders(engine::Sequence sequence, engine::AccountId account, std::size_t open);
    void compare_deliveries(engine::Sequence sequence, engine::AccountId account, std::size_t open);
    void compare_grants(engine::Sequence sequence, engine::AccountId account);
    void compare_reserves(engine::Sequence sequence);
    void compare_holding(engine::Sequence sequence, const engine::HoldingRow& row);
    bool same_maintenance(const engine::EventHeader& told, const engine::PositionRow& row) const;
    // The row is what the events told of that order.
    bool stands(engine::AccountId account, const engine::OrderEvent& row) const;
    bool stands(engine::AccountId account, const engine::StripEvent& row) const;
    bool stands(engine::AccountId account, const engine::DeliveryChanged& row) const;
    bool stands(engine::AccountId account, const engine::GrantRow& row) const;
    engine::BalanceRow balance(engine::AccountId account);

    // Asks and calls `row` for each row; answers whether there is more.
    template <class Question, class Row>
    bool ask(const Question& question, engine::AccountId account, Row&& row);

    const engine::Exchange& exchange_;
    const MarketChecks& market_;
    engine::EventBuffer buffer_;
};

}  // namespace gridbook::ledger
