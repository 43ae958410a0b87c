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

// Follows events alone, so that it holds for whoever tells them.
class Witness {
  public:
    Difference see(const std::vector<engine::Event>& told);

  private:
    Difference see_fill(const engine::Fill& fill);

    std::map<engine::InstrumentId, Edges> bands_;
    std::map<engine::FamilyId, Edges> hard_only_;  // families without a dynamic layer
    std::map<engine::InstrumentId, engine::Phase> phases_;
    std::optional<engine::Fill> first_;  // of a trade whose second fill has not come
};

}  // namespace gridbook::twin
