// SPDX-License-Identifier: Apache-2.0
// Disputes of a seeded flow: minutes that were metered, of either side, in time and not, and what becomes of
// them.
#include "tests/twin/flow.hpp"

namespace gridbook::twin {

// Sometimes of a dispute that is not suspended, or of none.
engine::Command Flow::decide_dispute() {
    engine::DecideDispute c;
    c.upheld = one_in(2);
    c.delivery = engine::DeliveryId{static_cast<std::uint32_t>(between(0, 50))};
    if (!seen_.disputes().empty() && !one_in(12)) {
        DisputeKey key = any(seen_.disputes()).first;
        // Most of all where less is held than is at stake: the fund pays the rest.
        for (const auto& [other, dispute] : seen_.disputes())
            if (dispute.held < dispute.stake) key = other;
        c.delivery = key.first;
        c.claimant = one_in(12) ? engine::Side::sell : key.second;
    }
    return from(engine::no_account, c);
}

engine::Command Flow::open_dispute() {
    engine::OpenDispute o;
    o.delivery = engine::DeliveryId{static_cast<std::uint32_t>(between(0, 2'000))};
    o.minutes = static_cast<std::uint64_t>(between(1, 1 << 20));
    for (std::uint8_t& byte : o.evidence) byte = static_cast<std::uint8_t>(between(0, 255));
    if (seen_.deliveries().empty() || one_in(20)) return from(some_account(), o);
    const Delivery* d = &any(seen_.deliveries()).second;
    const auto running = [&](const Delivery& x) {
        const engine::Product product = seen_.product(x.instrument.family);
        return (now_ - engine::window_start(x.instrument.period, product)).value / engine::minute.value;
    };
    const auto good = [&](const Delivery& x) {
        return seen_.product(x.instrument.family) == engine::Product::gpu && running(x) > x.first + 2;
    };
    for (int k = 0; k < 12 && !good(*d); ++k) d = &any(seen_.deliveries()).second;
    o.delivery = d->id;
    std::int64_t end = std::min(running(*d), d->first + d->minutes);
    if (d->failed() && !one_in(6)) end = std::min(end, *d->failed_from);
    o.minutes = 0;
    for (std::int64_t minute = d->first; minute < end && minute < 64; ++minute)
        if (one_in(seed_ % 3 + 1)) o.minutes |= std::uint64_t{1} << minute;
    if (one_in(15)) o.minutes |= std::uint64_t{1} << between(0, 63);
    if (one_in(40)) o.minutes = 0;
    return from(one_in(20) ? some_account() : one_in(2) ? d->buyer : d->seller, o);
}

}  // namespace gridbook::twin
