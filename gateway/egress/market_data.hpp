// SPDX-License-Identifier: Apache-2.0
#pragma once
// The public mirror of the market, built from durable events alone: depth, phase and last trade of every
// listed instrument, and the recent trades. Parked orders are not shown. It remembers which levels the
// present command touched, so that one command is one delta; it sends nothing (market_feed.hpp does).
//
//   order, fill ──▶ OrderMirror ──▶ Depth (bids, asks) ──▶ touched levels ──close_command()──▶ LevelChange …
//
// Invariant: the lots of a level are the leaves of the shown orders that stand there.

#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/event.hpp"
#include "gateway/egress/candles.hpp"
#include "gateway/egress/depth.hpp"
#include "gateway/egress/order_mirror.hpp"
#include "gateway/egress/trade_tape.hpp"
#include "ledger/snapshots/recollection.hpp"

namespace gridbook::gateway {

// What the public may know of one instrument. `sequence` is that of the last command that changed its book,
// and the seq of its snapshot; `previous` the one before, and the prev of the delta.
struct Market {
    engine::InstrumentId instrument{};
    engine::Phase phase = engine::Phase::unlisted;
    engine::Time until{};       // when the next phase begins
    engine::Price reference{};  // 0: the family has no dynamic band
    engine::Price low{};        // the effective band, of a family with a dynamic one
    engine::Price high{};
    Depth bids{engine::Side::buy};
    Depth asks{engine::Side::sell};
    engine::Sequence sequence{};
    engine::Sequence previous{};
    engine::Price last_price{};  // 0: no trade yet
    engine::Quantity traded{};   // lots
    std::uint64_t trades = 0;

    const Depth& side(engine::Side s) const { return s == engine::Side::buy ? bids : asks; }
    Depth& side(engine::Side s) { return s == engine::Side::buy ? bids : asks; }
};

// A level whose total is another one after the command; 0 lots: it is gone.
struct LevelChange {
    engine::InstrumentId instrument{};
    engine::Side side = engine::Side::buy;
    engine::Price price{};
    engine::Quantity lots{};
    friend constexpr bool operator==(const LevelChange&, const LevelChange&) = default;
};

class MarketData {
  public:
    static constexpr std::size_t trades_kept = 10'000;

    explicit MarketData(std::size_t orders_expected = 1024, std::size_t trades = trades_kept)
        : orders_(orders_expected), tape_(trades) {}

    // Takes in one durable event; duplicates, answers and what is not public pass by.
    void apply(const engine::Event& event);
    // What a snapshot remembers of trades whose orders are gone.
    void recall_trade(const engine::Fill& fill, const engine::EventHeader& header);
    void recall(const ledger::InstrumentTotals& totals);
    // The command `sequence` is complete: its changes by instrument, bids before asks, best first. They are
    // valid until the next call. Levels that changed and changed back are not among them.
    std::span<const LevelChange> close_command(engine::Sequence sequence);

    // Null: not listed, or long delivered.
    const Market* find(engine::InstrumentId instrument) const;
    // Listed instruments of a family in the order of their periods; some may be `unlisted` holes.
    const std::deque<Market>& markets(engine::FamilyId family) const;
    const OrderMirror& orders() const { return orders_; }
    // Lots in each hour of a strip or any-of that is not done; it never stands in a book.
    std::uint32_t strip_qty(engine::OrderId order) const;
    const TradeTape& tape() const { return tape_; }
    const Candles& candles() const { return candles_; }

  private:
    struct Touch {
        engine::InstrumentId instrument{};
        engine::Side side = engine::Side::buy;
        engine::Price price{};
        std::uint32_t ordinal = 0;
        engine::Quantity before{};
    };

    void take(const engine::PhaseChanged& phase, engine::Sequence sequence);
    void take(const engine::ReferenceChanged& change);
    void take(const engine::OrderEvent& order);
    void take(const engine::Replaced& told);
    template <class Event>
    void take_strip(const Event& strip);
    void fill_order(const engine::Fill& fill);
    void fill_strip(const engine::Fill& fill);
    void take(const engine::Fill& fill, const engine::EventHeader& header);
    void change_level(const MirroredOrder& order, std::int64_t lots);
    Market* market(engine::InstrumentId instrument);
    Market& list(engine::InstrumentId instrument);
    void forget_before(engine::InstrumentId instrument);
    void sort_touches();

    std::vector<std::deque<Market>> families_;  // index = family id
    struct Strip {
        std::uint32_t qty = 0;
        std::uint64_t leaves = 0;  // lots of all hours
    };

    OrderMirror orders_;
    std::unordered_map<engine::OrderId, Strip> strips_;
    TradeTape tape_;
    Candles candles_;
    std::vector<Touch> touches_;
    std::vector<LevelChange> changes_;
};

}  // namespace gridbook::gateway
