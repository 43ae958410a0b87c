// SPDX-License-Identifier: Apache-2.0
#pragma once
// Money that an account wants back from the exchange (engine README, Payouts). A part of command.hpp, which
// says how a body is laid out.

#include "engine/command_kind.hpp"
#include "engine/units/numbers.hpp"

namespace gridbook::engine {

// Asks an operator to pay out; the amount is held until one decides. The same reference again, while it
// waits, is the same request.
struct RequestPayout {
    static constexpr CommandKind kind = CommandKind::request_payout;
    Money amount{};
    Text<32> reference{};  // the account's own id of it
    std::array<std::uint8_t, 56> reserved{};
};

// An operator's decision: it was paid, or it will not be.
struct DecidePayout {
    static constexpr CommandKind kind = CommandKind::decide_payout;
    PayoutId payout{};
    bool paid = false;
    std::array<std::uint8_t, 3> reserved{};
    Sha256 blob{};  // of the signed request
    std::array<std::uint8_t, 56> reserved_more{};
};

// Payouts that are not decided, above this one, by id: of the account; of no account: of all.
struct QueryPayouts {
    static constexpr CommandKind kind = CommandKind::query_payouts;
    PayoutId after{};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 88> reserved{};
};

}  // namespace gridbook::engine
