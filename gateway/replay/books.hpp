// SPDX-License-Identifier: Apache-2.0
#pragma once
// After the last hour is settled: what every account has, and what it was invoiced, asked over the wire. Each
// account's invoices, by day and by month, are to sum to what its cash has changed by; nothing is to be held
// or owed any more; and what participants paid one another sums to zero.

#include <map>
#include <string>
#include <vector>

#include "gateway/replay/link.hpp"

namespace gridbook::gateway::replay {

struct Books {
    std::uint64_t accounts = 0;
    std::uint64_t invoices = 0;                  // by day
    engine::Money fees{};                        // with their tax, of all
    engine::Money advances{};                    // of the default fund
    std::map<std::string, engine::Money> kinds;  // usage, sales, fees, ...: summed over all invoices by day
    std::vector<std::string> wrong;

    // `credited` to each account. Waits while the exchange still writes its invoices.
    static Books of(const Scenario& scenario, engine::Money credited, Link& link);
};

}  // namespace gridbook::gateway::replay
