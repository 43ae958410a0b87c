// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers to questions: rows, which are not journaled. A part of event.hpp, which says how a body is laid
// out.

#include "engine/order_events.hpp"

namespace gridbook::engine {

// Answers to questions. Each answer is rows, then one rows_end, all with the origin of the question.
struct OrderRow {
    static constexpr EventKind kind = EventKind::order_row;
    OrderEvent order{};
};

struct StripRow {
    static constexpr EventKind kind = EventKind::strip_row;
    StripEvent strip{};
};

struct AnyOfRow {
    static constexpr EventKind kind = EventKind::any_of_row;
    AnyOfEvent any_of{};
};

// The inputs behind an order: what was in force when it was entered, and what is now.
struct ExplainRow {
    static constexpr EventKind kind = EventKind::explain_row;
    Origin origin{};
    OrderId order{};
    Sequence entered{};  // the sequence of its place in the queue
    InstrumentId instrument{};
    Price price{};
    Price guidance_then{};  // G when it was entered
    std::uint32_t band_then = 0;
    std::uint32_t band_now = 0;
    Price guidance_now{};
    Price hard_low{}, hard_high{};
    Price reference{};
    Price low{}, high{};  // the effective band
    Time reference_since{};
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    RejectReason refused = RejectReason::none;
    std::uint8_t order_flags = 0;
    Phase phase = Phase::unlisted;
    Side side = Side::buy;
    OrderKind of = OrderKind::order;
    bool taken_over = false;  // R is a mean of trades, not G
    std::array<std::uint8_t, 8> reserved{};
};

// One minute of trades in the window of the reference of the instrument above.
struct BucketRow {
    static constexpr EventKind kind = EventKind::bucket_row;
    Origin origin{};
    Time minute{};
    std::int64_t sum = 0;  // ticks
    std::uint32_t trades = 0;
    std::array<std::uint8_t, 68> reserved{};
};

struct BalanceRow {
    static constexpr EventKind kind = EventKind::balance_row;
    Origin origin{};
    Money cash{};
    Money hold{};
    Money margin{};
    Money receivable{};
    Money penalty{};
    std::array<std::uint8_t, 48> reserved{};
};

struct PositionRow {
    static constexpr EventKind kind = EventKind::position_row;
    Origin origin{};
    InstrumentId instrument{};
    Quantity bought{};
    Quantity sold{};
    Quantity open_sells{};
    Quantity registered{};
    Money margin{};
    Money receivable{};
    Quantity maintenance{};  // of what is registered, not there in this window
    std::array<std::uint8_t, 24> reserved{};
};

struct RowsEnd {
    static constexpr EventKind kind = EventKind::rows_end;
    Origin origin{};
    std::uint32_t rows = 0;
    bool more = false;
    CommandKind question = CommandKind::none;
    std::array<std::uint8_t, 82> reserved{};
};

}  // namespace gridbook::engine
