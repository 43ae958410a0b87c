// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commands of those who deliver and those who are delivered to (market-rules section 7). A part of
// command.hpp, which says how a body is laid out.

#include "engine/command_kind.hpp"

namespace gridbook::engine {

// The seller says where the buyer finds its units. Told to both; it may be said again until the delivery
// fails or ends, the last endpoint counts.
struct ReportReady {
    static constexpr CommandKind kind = CommandKind::report_ready;
    DeliveryId delivery{};
    std::array<std::uint8_t, 4> reserved{};
    Text<32> endpoint{};
    Sha256 attestation{};  // of what the seller attests; zero: nothing
    std::array<std::uint8_t, 24> reserved_more{};
};

// The most requests that a report may count: of a day, and all of them.
inline constexpr std::uint64_t most_requests = UINT32_MAX;

// What was available in one minute, said by either side. The lesser of both counts. Of a token day instead
// how many requests there were from its beginning up to this minute, and how many of them were served.
struct ReportMeter {
    static constexpr CommandKind kind = CommandKind::report_meter;
    DeliveryId delivery{};
    std::uint32_t minute = 0;       // of the window, from 0
    Decimal available{};            // units; what is above the promised quantity counts as that
    std::uint32_t power_w = 0;      // told on, never computed with
    std::uint16_t utilisation = 0;  // basis points; the same
    std::array<std::uint8_t, 2> reserved{};
    std::uint64_t requests = 0;  // of a token day only: at least 1
    std::uint64_t served = 0;
    std::array<std::uint8_t, 56> reserved_more{};
};

// A side says that minutes of a delivery were metered wrongly: the buyer that it had nothing in them, the
// seller that it delivered what it reported. Said again, minutes are added.
struct OpenDispute {
    static constexpr CommandKind kind = CommandKind::open_dispute;
    DeliveryId delivery{};
    std::array<std::uint8_t, 4> reserved{};
    std::uint64_t minutes = 0;  // bit m: minute m of the window
    Sha256 evidence{};          // of what the claimant can show; zero: nothing
    std::array<std::uint8_t, 48> reserved_more{};
};

// A regulator's decision over what is suspended.
struct DecideDispute {
    static constexpr CommandKind kind = CommandKind::decide_dispute;
    DeliveryId delivery{};
    Side claimant = Side::sell;
    bool upheld = false;
    std::array<std::uint8_t, 2> reserved{};
    Sha256 blob{};  // of the signed request
    std::array<std::uint8_t, 56> reserved_more{};
};

// Disputes that are not decided, of all accounts, above this one, by delivery and claimant (buyer first).
struct QueryDisputes {
    static constexpr CommandKind kind = CommandKind::query_disputes;
    DeliveryId after{};
    Side after_claimant = Side::sell;
    std::array<std::uint8_t, 3> reserved{};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 84> reserved_more{};
};

// The account's deliveries that are not settled, in the order of their ids, above `after`.
struct QueryDeliveries {
    static constexpr CommandKind kind = CommandKind::query_deliveries;
    DeliveryId after{};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 88> reserved{};
};

}  // namespace gridbook::engine
