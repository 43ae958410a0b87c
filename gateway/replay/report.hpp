// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a run was: the same numbers as text for a reader and as JSON for a test. It computes nothing that the
// run did not count, and no price in floating point.

#include <string>

#include "gateway/replay/market.hpp"
#include "gateway/replay/orders.hpp"
#include "gateway/replay/tally.hpp"
#include "gateway/replay/trades.hpp"

namespace gridbook::gateway::replay {

struct Report {
    struct Group {
        std::string name;
        std::uint64_t demanded = 0;  // lots
        std::uint64_t filled = 0;
    };
    struct Class {
        std::string name;
        std::uint64_t lots = 0;     // traded
        std::int64_t notional = 0;  // ticks x lots
    };

    std::string trace;
    std::uint64_t jobs = 0;
    Volumes volumes;
    Tally tally;
    std::vector<Group> groups;
    std::vector<Class> classes;
    std::uint64_t demanded = 0;  // lots
    std::uint64_t traded = 0;
    std::uint64_t trades = 0;
    std::uint64_t trades_missing = 0;
    std::string trades_hash;
    std::uint32_t ack_p50_us = 0;
    std::uint32_t ack_p99_us = 0;
    std::uint64_t orders_per_s = 0;

    static Report of(const Scenario& scenario, const Volumes& volumes, const Orders& orders,
                     const Trades& trades, Tally tally);
    std::string text() const;
    std::string json() const;
};

}  // namespace gridbook::gateway::replay
