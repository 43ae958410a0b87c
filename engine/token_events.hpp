// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of token holdings: what was drawn, what is left, what ran out unused (market-rules section 7). A
// part of event.hpp, which says how a body is laid out. All amounts are quarters of a standard token.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

// A use was drawn: the answer to it, in nobody's stream. With event_flag::duplicate the usage id was known,
// and this is what was answered first.
struct TokensDrawn {
    static constexpr EventKind kind = EventKind::tokens_drawn;
    Origin origin{};
    DeliveryId holding{};  // the first it was drawn from
    ClassId class_id{};
    std::uint16_t holdings = 0;   // drawn from so many
    std::uint64_t amount = 0;     // of this use
    std::uint64_t remaining = 0;  // in all that it could have been drawn from
    Text<32> usage{};
    GrantId grant{};  // that it was drawn by; `remaining` is its balance then. 0: by none
    std::array<std::uint8_t, 28> reserved{};
};

enum class HoldingChange : std::uint8_t {
    none = 0,
    drawn,
    notice,   // it ends in two hours, and something is left
    expired,  // its day is over, and what remained is gone
};

// A holding changed. Told to the seller, then to the buyer (`party`); a notice to the buyer alone.
struct HoldingChanged {
    static constexpr EventKind kind = EventKind::holding;
    DeliveryId holding{};
    InstrumentId instrument{};
    AccountId seller = no_account;
    AccountId buyer = no_account;
    std::uint32_t qty = 0;  // blocks
    HoldingChange change = HoldingChange::none;
    Side party = Side::sell;  // whom this event tells
    std::array<std::uint8_t, 6> reserved{};
    std::uint64_t amount = 0;     // drawn now, or expired
    std::uint64_t drawn = 0;      // in all
    std::uint64_t remaining = 0;  // 0 once expired
    Text<32> usage{};             // of what was drawn
    std::array<std::uint8_t, 8> reserved_more{};
};

// What is left of a holding, as an answer: behind the delivery row of a token day, where tokens are drawn.
struct HoldingRow {
    static constexpr EventKind kind = EventKind::holding_row;
    Origin origin{};
    DeliveryId holding{};
    InstrumentId instrument{};
    std::uint32_t qty = 0;        // blocks
    std::uint64_t drawn = 0;      // in all
    std::uint64_t remaining = 0;  // that can still be drawn: 0 once its day is over
    Side party = Side::sell;      // on which side the asking account stands
    std::array<std::uint8_t, 55> reserved{};
};

}  // namespace gridbook::engine
