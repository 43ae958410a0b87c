// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of those who trade: sessions, orders, strips, any-ofs, fills, refusals. A part of event.hpp, which
// says how a body is laid out.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

struct SessionOpened {
    static constexpr EventKind kind = EventKind::session_opened;
    Origin origin{};
    std::uint32_t session = 0;  // counts up from 1
    std::uint32_t adopted = 0;  // orders taken over from a lost session of the same key
    std::array<std::uint8_t, 80> reserved{};
};

// The session is lost; its orders are cancelled at `due` unless it is opened again.
struct SessionClosed {
    static constexpr EventKind kind = EventKind::session_closed;
    Origin origin{};
    std::uint32_t session = 0;
    CancelOnDisconnect mode = CancelOnDisconnect::off;
    std::array<std::uint8_t, 3> reserved{};
    Time due{};
    std::array<std::uint8_t, 72> reserved_more{};
};

enum class OrderState : std::uint8_t { none = 0, open, parked, filled, cancelled, refused };

// The state of an order, after it was entered (before matching), replaced, parked, woken or ended.
struct OrderEvent {
    static constexpr EventKind kind = EventKind::order;
    Origin origin{};
    OrderId order{};
    Cid cid{};
    Money hold{};  // buy: money held for what is left; sell: margin of what is left
    InstrumentId instrument{};
    Price price{};
    std::uint32_t qty = 0;     // lots, total
    std::uint32_t leaves = 0;  // lots, 0 when cancelled
    std::uint32_t cum = 0;     // lots filled
    std::uint32_t band = 0;    // hard band version
    Side side = Side::buy;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    TimeInForce tif = TimeInForce::gate;
    bool replaced = false;  // a replace left it live; `priority_kept` tells whether it kept its place
    bool priority_kept = false;
    bool moved = false;  // a new place in the queue: entered, or replaced without priority
    std::uint8_t order_flags = 0;
    std::int32_t deviation = 0;  // of the price from G at entry, in hundredths of a percent of G, towards 0
};

// What stands in `order_flags`.
namespace order_flag {
inline constexpr std::uint8_t guidance_below =
    1;  // the price lies below the soft range of the guidance at entry
inline constexpr std::uint8_t guidance_above = 2;
inline constexpr std::uint8_t non_executable =
    4;                                     // a buy above, a sell below the effective band: shown, skipped
inline constexpr std::uint8_t capped = 8;  // entered at the edge of the dynamic band (on_band: cap)
inline constexpr std::uint8_t post_only = 16;
inline constexpr std::uint8_t market = 32;
inline constexpr std::uint8_t decremented = 64;  // this event tells lots taken away by self-trade prevention
inline constexpr std::uint8_t standby = 128;     // kept for deliveries that fail, never in the book
}  // namespace order_flag

enum class OrderKind : std::uint8_t { order = 0, strip = 1, any_of = 2, standby = 3 };

// The state of a strip: entered (before it is filled), or ended. All or none: filled is all hours.
struct StripEvent {
    static constexpr EventKind kind = EventKind::strip;
    Origin origin{};
    OrderId order{};
    Cid cid{};
    Money hold{};               // buy: money held; sell: margin; of all hours
    InstrumentId instrument{};  // its first hour
    Price price{};              // limit on the average
    std::uint32_t qty = 0;      // lots in each hour
    std::uint32_t band = 0;
    Price best_achievable{};  // swept average rounded against the strip; 0: an hour is short
    Price missing_by{};       // ticks
    Period hour{};            // first hour that stands in the way, with `why` other than price
    std::uint16_t hours = 0;
    Side side = Side::buy;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;  // of a cancelled strip
    TimeInForce tif = TimeInForce::gate;
    CancelReason why =
        CancelReason::none;        // why it rests: price, no_liquidity_in_band, leg_out_of_band, phase_closed
    std::uint8_t order_flags = 0;  // guidance_below, guidance_above
};

// The state of an any-of order. Its alternatives are told before it, in the order of preference.
struct AnyOfEvent {
    static constexpr EventKind kind = EventKind::any_of;
    Origin origin{};
    OrderId order{};
    Cid cid{};
    Money hold{};
    InstrumentId instrument{};  // first hour of the family taken; no_instrument: none
    Decimal need{};
    Money cost{};           // of the family taken, without fees
    Price price{};          // limit a benchmark unit
    std::uint32_t qty = 0;  // lots in each hour of the family taken
    std::uint16_t hours = 0;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    TimeInForce tif = TimeInForce::fok;
    Profile profile = Profile::train;
    std::array<std::uint8_t, 2> reserved{};
};

// What an any-of order would cost in one of its families.
struct Alternative {
    static constexpr EventKind kind = EventKind::alternative;
    Origin origin{};
    OrderId order{};
    Money cost{};                           // of sweeping the units, without fees; 0: not to be had
    InstrumentId instrument{};              // its first hour
    std::uint32_t qty = 0;                  // lots in each hour
    std::uint16_t factor = 0;               // k, thousandths
    std::uint8_t place = 0;                 // in the order of preference, from 0
    std::uint8_t count = 0;                 // of alternatives
    CancelReason why = CancelReason::none;  // no_liquidity_in_band, leg_out_of_band, phase_closed, price
    std::array<std::uint8_t, 3> reserved{};
    Period hour{};  // first hour in the way
    std::array<std::uint8_t, 48> reserved_more{};
};

// A mass cancel is done: how many orders and strips it ended.
struct MassCancelled {
    static constexpr EventKind kind = EventKind::mass_cancelled;
    Origin origin{};
    std::uint32_t orders = 0;
    CancelReason reason = CancelReason::none;
    std::array<std::uint8_t, 83> reserved{};
};

struct CancelAfterSet {
    static constexpr EventKind kind = EventKind::cancel_after_set;
    Origin origin{};
    Time due{};  // 0: disarmed
    std::array<std::uint8_t, 80> reserved{};
};

enum class Liquidity : std::uint8_t { maker = 0, taker = 1 };

// One order's view of a match. Each match emits two: the maker's, then the taker's, with the same trade id.
// In a call both are makers, the sell's fill first. A fill of a strip's leg or of an any-of carries that
// order's id.
struct Fill {
    static constexpr EventKind kind = EventKind::fill;
    OrderId order{};
    Cid cid{};
    TradeId trade{};
    Money fee{};
    Money tax{};
    Money released{};  // buy: what the hold gives back; sell: 0
    InstrumentId instrument{};
    Price price{};
    std::uint32_t qty = 0;     // lots of this match
    std::uint32_t leaves = 0;  // lots left afterwards; of a strip or any-of: left in this hour
    Side side = Side::buy;
    Liquidity liquidity = Liquidity::maker;
    OrderKind of = OrderKind::order;
    bool call = false;  // made in a call
};

// Each trade has two fills. This is the second one: the taker's, or in a call, where both are makers, the
// buy's.
constexpr bool completes_trade(const Fill& fill) {
    return fill.call ? fill.side == Side::buy : fill.liquidity == Liquidity::taker;
}

// A command was refused; nothing changed. `limit` and `got` are in the unit of `field` (reject_reason.hpp).
struct Refused {
    static constexpr EventKind kind = EventKind::refused;
    Origin origin{};
    Cid cid{};
    std::int64_t limit_low = 0;
    std::int64_t limit_high = 0;
    std::int64_t got = 0;
    InstrumentId instrument{};  // or only its family; no_instrument: none
    std::uint32_t band = 0;
    RejectReason reason = RejectReason::none;
    RejectField field = RejectField::none;
    Pool pool = Pool::none;
    CommandKind command = CommandKind::none;
    std::array<std::uint8_t, 16> reserved{};
};

}  // namespace gridbook::engine
