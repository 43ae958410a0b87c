// SPDX-License-Identifier: Apache-2.0
// Payouts of a seeded flow: requested in time and too large, said again, decided either way.
#include "tests/twin/flow.hpp"

namespace gridbook::twin {

engine::Command Flow::payout() { return one_in(2) ? request_payout() : decide_payout(); }

engine::Command Flow::request_payout() {
    engine::RequestPayout r;
    const engine::AccountId who = some_account();
    r.amount =
        engine::Money{one_in(6) ? between(-3, 3) : between(1, one_in(4) ? 2'000'000'000'000 : 90'000'000)};
    r.reference = engine::Text<32>{"p-" + std::to_string(++payouts_asked_)};
    if (seen_.payouts().empty() || !one_in(5)) return from(who, r);
    const Payout& known = any(seen_.payouts()).second;
    r.reference = known.reference;
    r.amount = engine::Money{one_in(2) ? known.amount : known.amount + 1};
    return from(one_in(6) ? who : known.account, r);
}

engine::Command Flow::decide_payout() {
    engine::DecidePayout d;
    d.payout = engine::PayoutId{static_cast<std::uint32_t>(between(0, 40))};
    d.paid = one_in(2);
    if (!seen_.payouts().empty() && !one_in(8)) d.payout = any(seen_.payouts()).first;
    return from(engine::no_account, d);
}

}  // namespace gridbook::twin
