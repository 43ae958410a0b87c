// SPDX-License-Identifier: Apache-2.0
#pragma once
// The trades of a run as the public tape would tell them, by trade id, and their hash: SHA-256 over one line
// a trade, "tid,symbol,price,qty,aggressor\n". Two runs are equal when these hashes are; anybody can make the
// same from GET /v1/trades. Each trade is told twice, by its maker's fill and its taker's, and kept once.

#include <string>
#include <string_view>
#include <vector>

#include "engine/units/side.hpp"
#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

struct Trade {
    std::uint64_t tid = 0;
    std::uint32_t family = 0;
    engine::Period period{};
    engine::Price price{};
    std::uint32_t lots = 0;  // 0: not known
    engine::Side aggressor = engine::Side::buy;
    bool maker_told = false;  // whose fills were heard
    bool taker_told = false;
};

class Trades {
  public:
    // True when it was not known yet. Ids begin where the first one does.
    bool add(const Trade& trade);
    // Null: not known.
    const Trade* find(std::uint64_t tid) const;
    // By id; those of 0 lots are not known.
    const std::vector<Trade>& all() const { return trades_; }
    std::size_t known() const { return known_; }
    // Between the first and the last, those nobody told us of.
    std::size_t missing() const { return trades_.size() - known_; }

    // Hexadecimal.
    std::string hash(const Scenario& scenario) const;

  private:
    std::uint64_t first_ = 0;
    std::vector<Trade> trades_;  // by id from first_
    std::size_t known_ = 0;
};

// "T4.CN-EAST.G2.20260101T01Z".
std::string symbol(const Family& family, engine::Period period);
// The hour at its end.
engine::Period hour_of_symbol(std::string_view symbol);
// "13.50" and "0.5", appended.
void append_ticks(engine::Price price, std::string& out);
void append_lots(std::uint64_t lots, std::string& out);

}  // namespace gridbook::gateway::replay
