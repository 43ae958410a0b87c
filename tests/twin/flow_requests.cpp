// SPDX-License-Identifier: Apache-2.0
// What both sides of a token day report: totals that grow, served in whole, in part or not at all; late ones,
// earlier minutes, totals that fall, and whatever else is refused.
#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using engine::ReportMeter;

// A token day that runs, or ended a moment ago; null: none does.
const Delivery* Flow::some_day() {
    std::vector<const Delivery*> days;
    for (const auto& [id, d] : seen_.deliveries())
        if (seen_.product(d.instrument.family) == engine::Product::token &&
            now_ >= engine::window_start(d.instrument.period, engine::Product::token))
            days.push_back(&d);
    return days.empty() ? nullptr : any(days);
}

engine::Command Flow::requests() {
    const Delivery* d = some_day();
    if (d == nullptr) return place();
    const bool sells = !one_in(3);
    const auto& said = sells ? d->day_by_seller : d->day_by_buyer;
    const auto running = (now_ - engine::window_start(d->instrument.period, engine::Product::token)).value /
                         engine::minute.value;
    ReportMeter m;
    m.delivery = d->id;
    m.minute = static_cast<std::uint32_t>(
        std::max<std::int64_t>(0, std::min<std::int64_t>(running, 1'439) - (one_in(4) ? between(0, 3) : 0)));
    const std::uint64_t more =
        static_cast<std::uint64_t>(one_in(10) ? between(0, 1'000'000) : between(1, 40));
    const std::uint64_t well =
        one_in(3) ? static_cast<std::uint64_t>(between(0, static_cast<std::int64_t>(more))) : more;
    m.requests = (said ? said->all : 0) + more;
    m.served = (said ? said->served : 0) + well;
    m.power_w = static_cast<std::uint32_t>(between(0, 9'000));
    spoil(m);
    return from(one_in(20) ? some_account() : sells ? d->seller : d->buyer, m);
}

// What no report may be.
void Flow::spoil(ReportMeter& m) {
    const std::int64_t dice = between(1, 40);
    if (dice == 1) m.requests = m.served = 0;
    if (dice == 2) m.served = m.requests + static_cast<std::uint64_t>(between(1, 9));
    if (dice == 3) m.requests = engine::most_requests + static_cast<std::uint64_t>(between(0, 2));
    if (dice == 4) m.requests = std::max<std::uint64_t>(m.requests / 2, 1), m.served = 0;
    if (dice == 5) m.served /= 2;
    if (dice == 6) m.minute += static_cast<std::uint32_t>(between(1, 60));
    if (dice == 7 && !seen_.deliveries().empty()) m.delivery = any(seen_.deliveries()).first;
    if (dice == 8) m.available = engine::Decimal{between(0, 9)};
}

}  // namespace gridbook::twin
