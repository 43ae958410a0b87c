// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a market is measured against: the windows of the same jobs booked first come, first served, without
// price and without waiting, on all nodes (mapping.md, "Numbers: Philly"). A job gets its whole window or
// nothing, however long it is.

#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

struct Booking {
    // Where a window begins.
    enum class Start {
        full_hour,  // the first full hour from the entry on, as mapping.md counts
        open_gate,  // the first whose gate is still open: what an exchange with gates can do at best
    };

    std::uint64_t jobs = 0;  // granted
    std::uint64_t wanted_jobs = 0;
    std::uint64_t lots = 0;  // of all hours, granted
    std::uint64_t wanted_lots = 0;
    std::vector<std::uint64_t> by_day;  // lots granted, by day since the begin, those of later days left out

    static Booking of(const Scenario& scenario, Start start);
};

}  // namespace gridbook::gateway::replay
