// SPDX-License-Identifier: Apache-2.0
#pragma once
// Open, high, low, close and volume of every minute in which an instrument traded, from durable trades;
// longer intervals are put together when somebody asks. The latest minutes of the whole market are kept,
// oldest forgotten first; what is older is in the ledger. UTC; a candle is named by the time at which it
// begins.

#include <deque>
#include <unordered_map>
#include <vector>

#include "gateway/egress/trade_tape.hpp"

namespace gridbook::gateway {

struct Candle {
    engine::Time start{};
    engine::Price open{}, high{}, low{}, close{};
    std::uint64_t qty = 0;  // lots
    std::uint32_t trades = 0;
    friend bool operator==(const Candle&, const Candle&) = default;
};

class Candles {
  public:
    static constexpr std::size_t minutes_kept = 1u << 18;  // of the whole market; 16 MiB

    explicit Candles(std::size_t minutes = minutes_kept) : minutes_(minutes) {}

    // Trades come in the order of their time.
    void add(const Trade& trade);
    // The latest candles of the instrument with the given length, at most `limit`, oldest first. Intervals
    // without a trade are left out. `interval` is whole minutes.
    std::vector<Candle> of(engine::InstrumentId instrument, engine::Duration interval,
                           std::size_t limit) const;

  private:
    struct Hash {
        std::size_t operator()(engine::InstrumentId instrument) const noexcept;
    };
    void forget_oldest();

    const std::size_t minutes_;
    std::unordered_map<engine::InstrumentId, std::deque<Candle>, Hash> candles_;
    std::deque<engine::InstrumentId> order_;  // whose minute was begun, oldest first
};

}  // namespace gridbook::gateway
