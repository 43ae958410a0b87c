// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of payouts (engine README, Payouts). A part of event.hpp, which says how a body is laid out.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

enum class PayoutState : std::uint8_t {
    none = 0,
    requested,  // the amount went from cash to hold
    paid,       // and from there to the bank
    refused,    // and from there back to cash
};

// A payout was requested or decided. Told to the account; a decision to who decided, before that, in nobody's
// stream.
struct PayoutChanged {
    static constexpr EventKind kind = EventKind::payout;
    Origin origin{};
    PayoutId payout{};
    AccountId account = no_account;
    Money amount{};
    Money cash{};  // what the account has after it
    Time requested{};
    Text<32> reference{};
    PayoutState state = PayoutState::none;
    std::array<std::uint8_t, 23> reserved{};
};

// A payout that waits, as an answer.
struct PayoutRow {
    static constexpr EventKind kind = EventKind::payout_row;
    PayoutChanged payout{};
};

}  // namespace gridbook::engine
