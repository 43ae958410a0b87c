// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last trades of the whole market, newest first, in a circle of fixed size: ten thousand instruments
// could not each keep a thousand. Older ones are in the ledger.

#include <vector>

#include "engine/event.hpp"

namespace gridbook::gateway {

struct Trade {
    engine::TradeId trade{};
    engine::Sequence sequence{};
    engine::Time time{};
    engine::InstrumentId instrument{};
    engine::Price price{};
    std::uint32_t qty = 0;  // lots
    engine::Side aggressor = engine::Side::buy;
    bool call = false;  // made in a call: nobody was the aggressor
};

class TradeTape {
  public:
    explicit TradeTape(std::size_t capacity) : trades_(capacity) {}

    void add(const Trade& trade) { trades_[count_++ % trades_.size()] = trade; }
    std::size_t size() const { return count_ < trades_.size() ? count_ : trades_.size(); }
    // `age` 0 is the newest; age < size().
    const Trade& at(std::size_t age) const { return trades_[(count_ - 1 - age) % trades_.size()]; }

  private:
    std::vector<Trade> trades_;
    std::size_t count_ = 0;
};

}  // namespace gridbook::gateway
