// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of deliveries: who delivers to whom, what was metered, what failed, and the money that follows
// (market-rules section 7). A part of event.hpp, which says how a body is laid out.
//
// What one side's money has to do with the other's goes through the seller's account `penalty`: it is in debt
// for what the buyer was refunded until the seller's position is settled, a moment later. So every event by
// itself sums to zero.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

// gated -> ready -> delivering -> delivered -> provisional -> settled; failing and back; failed, replaced.
enum class DeliveryState : std::uint8_t {
    none = 0,
    gated,        // paired: the window begins in 15 minutes at most
    ready,        // the seller said where
    delivering,   // the window runs and the seller reports
    failing,      // a minute without a report, or not ready 5 minutes before the window
    failed,       // three in a row, or no report at all by the tier's start
    replaced,     // failed, and others deliver what was left, all of it
    delivered,    // the window is over
    provisional,  // no report is taken any more
    settled,
};

// A delivery was made or changed its state. Told twice: to the seller, then to the buyer (`party`).
struct DeliveryChanged {
    static constexpr EventKind kind = EventKind::delivery;
    Origin origin{};  // of the report that changed it
    DeliveryId delivery{};
    DeliveryId replaces{};  // the failed one it stands in for; 0: none
    InstrumentId instrument{};
    AccountId seller = no_account;
    AccountId buyer = no_account;
    Price price{};
    std::uint32_t qty = 0;        // lots
    std::uint64_t delivered = 0;  // lot-minutes counted so far
    std::uint32_t missed = 0;     // minutes without the seller's report, in a row, up to now
    std::uint16_t first_minute = 0;
    std::uint16_t minutes = 0;  // promised: qty · minutes lot-minutes
    DeliveryState state = DeliveryState::none;
    Side party = Side::sell;  // whom this event tells
    std::array<std::uint8_t, 2> reserved{};
    Text<32> endpoint{};
    // A replacement of another class than the failed delivery's, when it is made: lots of that delivery that
    // it stands in for. 0: as many as `qty`, or told before.
    std::uint32_t covers = 0;
};

// A meter report was taken: the answer to it, in nobody's stream. With event_flag::duplicate the side had
// reported that minute already (of a token day: that minute or a later one), and what it said now was
// ignored.
struct Metered {
    static constexpr EventKind kind = EventKind::metered;
    Origin origin{};
    DeliveryId delivery{};
    std::uint32_t minute = 0;
    std::uint32_t available = 0;  // lots, as it counts for this side; a duplicate tells what was said first
    std::uint32_t counted = 0;    // lots of that minute that count by now
    std::uint64_t gaps = 0;       // bit m: this side has not reported minute m, which is over
    std::uint32_t power_w = 0;
    std::uint16_t utilisation = 0;
    Side party = Side::sell;  // who reported
    std::uint8_t reserved = 0;
    std::uint64_t requests = 0;  // of a token day, as they count for this side; then lots and gaps are 0
    std::uint64_t served = 0;
    std::array<std::uint8_t, 40> reserved_more{};
};

// A standby offer took over a part of a failed delivery. Told twice: to the standby provider (`party` sell),
// whose receivable grows by `cost`, then to the seller that failed (`party` buy), who pays it: from what it
// had to receive, its margin, its cash, and the default fund for the rest.
struct Replaced {
    static constexpr EventKind kind = EventKind::replaced;
    DeliveryId failed{};
    DeliveryId by{};
    OrderId order{};  // the standby offer
    AccountId seller = no_account;
    AccountId standby = no_account;
    std::uint32_t qty = 0;     // lots of the standby offer's class
    std::uint32_t leaves = 0;  // lots left of the offer
    Price price{};
    std::uint16_t minutes = 0;
    Side party = Side::sell;
    std::uint8_t reserved = 0;
    Money cost{};
    Money fee{};  // of the standby provider, as a maker, posted when its position is settled
    Money tax{};
    Money from_receivable{};
    Money from_margin{};
    Money from_cash{};
    Money from_fund{};
};

// A delivery came to its end. Told twice: to the seller, then to the buyer, whose cash has grown by refund
// and penalty, both out of the seller's account `penalty`.
struct DeliverySettled {
    static constexpr EventKind kind = EventKind::delivery_settled;
    DeliveryId delivery{};
    std::uint32_t qty = 0;  // lots
    InstrumentId instrument{};
    AccountId seller = no_account;
    AccountId buyer = no_account;
    std::uint64_t promised = 0;   // lot-minutes
    std::uint64_t delivered = 0;  // lot-minutes counted, those of its replacements' windows included
    std::uint64_t short_of = 0;   // lot-minutes refunded: 0 inside the SLA
    Money refund{};
    Money penalty{};
    Price price{};
    DeliveryState was = DeliveryState::none;  // provisional, failed or replaced
    Side party = Side::sell;
    std::array<std::uint8_t, 2> reserved{};
    std::uint64_t requests = 0;  // of a token day of which any were reported: refund and penalty follow from
    std::uint64_t served = 0;    // them, and `delivered` is their share of `promised`, cut down
    std::array<std::uint8_t, 8> reserved_more{};
};

// What an account sold and bought of an instrument is done with: receivable + from_margin + from_cash +
// from_fund = fee + tax + owed + paid. Told to the account, behind the deliveries in which it sold.
struct PositionSettled {
    static constexpr EventKind kind = EventKind::position_settled;
    InstrumentId instrument{};
    std::uint32_t sold = 0;  // lots
    std::uint32_t bought = 0;
    Money receivable{};  // what was left of it
    Money fee{};         // of its sells
    Money tax{};
    Money owed{};  // refunds and penalties of its deliveries
    Money from_margin{};
    Money from_cash{};
    Money from_fund{};
    Money margin{};  // returned to cash
    Money paid{};    // receivable to cash
    std::array<std::uint8_t, 8> reserved{};
};

enum class DisputeState : std::uint8_t {
    none = 0,
    opened,     // until the delivery is settled
    suspended,  // it is, but for the stake
    upheld,     // the claimant got the stake
    rejected,   // who would have paid got back what was held
    settled,    // the disputed minutes changed nothing: there is nothing to decide
};

// A dispute was opened, or changed its state. Told to the seller, then to the buyer (`party`); a decision to
// who decided, before that, in nobody's stream. Suspended: `held` went from the payer's cash to its hold.
// Upheld: `stake` goes to the claimant, out of that and, for what is missing, the default fund.
struct DisputeChanged {
    static constexpr EventKind kind = EventKind::dispute;
    Origin origin{};
    DeliveryId delivery{};
    InstrumentId instrument{};
    AccountId seller = no_account;
    AccountId buyer = no_account;
    DisputeState state = DisputeState::none;
    Side claimant = Side::sell;
    Side party = Side::sell;
    std::uint8_t reserved = 0;
    std::uint64_t minutes = 0;  // bit m: minute m of the window
    Money stake{};              // 0 until suspended
    Money held{};
    Sha256 evidence{};
    std::array<std::uint8_t, 8> reserved_more{};
};

// A dispute as an answer; `state` opened or suspended.
struct DisputeRow {
    static constexpr EventKind kind = EventKind::dispute_row;
    DisputeChanged dispute{};
};

// A delivery as an answer. `promised` and `delivered` as above.
struct DeliveryRow {
    static constexpr EventKind kind = EventKind::delivery_row;
    DeliveryChanged delivery{};
};

}  // namespace gridbook::engine
