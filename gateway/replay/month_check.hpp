// SPDX-License-Identifier: Apache-2.0
#pragma once
// Is the month right? What each delivery should have come to is computed here from what was sold and reported
// alone, by market-rules section 7, and held against what the exchange settled: no minute that was not
// delivered is paid by a buyer, none is paid twice to providers.

#include <string>
#include <vector>

#include "gateway/replay/deliveries.hpp"
#include "gateway/replay/orders.hpp"

namespace gridbook::gateway::replay {

struct MonthCheck {
    std::uint64_t deliveries = 0;  // made at gates
    std::uint64_t replacements = 0;
    std::uint64_t failed = 0;          // of both
    std::uint64_t provider_hours = 0;  // in which somebody delivered
    std::uint64_t failing_hours = 0;   // of these, with a provider that falls silent
    // Lot-minutes.
    std::uint64_t promised = 0;     // of deliveries made at gates
    std::uint64_t undelivered = 0;  // of all, after replacement
    std::uint64_t replaced = 0;     // taken over by standby providers
    std::uint64_t unpaid = 0;       // refunded
    engine::Money refunds{};
    engine::Money penalties{};
    std::vector<std::string> wrong;  // the first few
    std::uint64_t wrong_count = 0;

    static MonthCheck of(const Scenario& scenario, const Orders& orders, const Deliveries& deliveries);
};

// Tier G2 of the replay markets: a delivery is short under 99.5 % of what was promised, and pays half of what
// is refunded on top. Both of `lot_minutes` at a price, half to even to the micro-CNY.
bool short_of_sla(std::uint64_t delivered, std::uint64_t promised);
engine::Money refund_of(std::uint64_t lot_minutes, engine::Price price);
engine::Money penalty_of(std::uint64_t lot_minutes, engine::Price price);

}  // namespace gridbook::gateway::replay
