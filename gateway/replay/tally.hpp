// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a run counts while it goes, for the report at its end. Only numbers; how they look is report.hpp's
// business.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gridbook::gateway::replay {

struct Tally {
    // Commands that were answered.
    std::uint64_t placed = 0;  // accepted
    std::uint64_t replaced = 0;
    std::uint64_t cancelled = 0;  // by us
    std::uint64_t advances = 0;
    std::uint64_t readies = 0;
    std::uint64_t meters = 0;
    std::map<std::string, std::uint64_t> refused;  // by code
    std::vector<std::string> refusals;             // the first few, as they came
    std::uint64_t gate_closed = 0;                 // orders that ended at their gate
    std::uint64_t self_traded = 0;                 // orders ended by self-trade prevention
    std::uint64_t busy = 0;                        // answered BUSY and sent again
    std::uint64_t told_again = 0;                  // answers marked dup, after a cut
    std::uint64_t cuts = 0;                        // connections lost
    std::uint64_t trades_recovered = 0;            // learnt from the tape after a cut
    std::uint64_t lots_unpriced = 0;               // filled, but at a price that nobody told any more

    std::vector<std::uint32_t> ack_us;  // one a command, microseconds
    std::chrono::steady_clock::duration wall{};

    std::uint64_t orders() const { return placed + replaced + cancelled; }
    std::uint64_t refused_total() const {
        std::uint64_t sum = 0;
        for (const auto& [code, count] : refused) sum += count;
        return sum;
    }
};

}  // namespace gridbook::gateway::replay
