// SPDX-License-Identifier: Apache-2.0
#pragma once
// Both sides of one instrument, its phase and its bands. Matching reads the first cache line; what bands and
// pauses remember comes after it.
//
// Both ladders of a book begin at the same base. When a hard band leaves their span the book is re-based:
// orders that the new span does not hold (all of them parked) are set aside in one list, in price-time order,
// and come back when a span holds them again. Invariant: whatever lies inside the hard band stands in a
// ladder.

#include "engine/bands/reference.hpp"
#include "engine/book/ladder.hpp"

namespace gridbook::engine {

// Lowest and highest price at which an instrument may trade now: [lo_eff, hi_eff] of market-rules section 5.
struct EffectiveBand {
    Price low{};
    Price high{};

    bool holds(Price price) const { return price >= low && price <= high; }
    // The side's limit beyond which its orders are not executable.
    Price edge(Side side) const { return side == Side::buy ? high : low; }
    friend constexpr auto operator<=>(const EffectiveBand&, const EffectiveBand&) = default;
};

struct Book {
    InstrumentId instrument{};
    Phase phase = Phase::unlisted;
    LimitKind limit = LimitKind::none;  // limit state or wall in force
    bool touched = false;               // stands in FollowUp::touched
    bool traded = false;                // stands in FollowUp::traded
    bool killed = false;
    bool improved[2] = {};     // [side]: an order there became executable since the strips were last tried
    std::uint32_t strips = 0;  // resting strips that cover this hour
    EffectiveBand band{};
    // Prices of which no band and no guidance has anything to say (short_way.hpp): the first, how many.
    std::uint32_t easy_from = 0;
    std::uint32_t easy_prices = 0;
    Price front[2] = {};            // [side]: best executable price; Price{0}: none
    std::uint32_t aside_first = 0;  // orders outside the span of the ladders; 0: none
    std::uint32_t aside_last = 0;

    Reference reference{};
    Pause pause{};
    Time limit_since{};
    Price limit_edge{};          // where the limit state or wall in force began
    std::size_t pages_kept = 0;  // pages that its orders aside gave up and may need again

    Ladder bids;
    Ladder asks;

    Ladder& side(Side s) { return s == Side::buy ? bids : asks; }
    const Ladder& side(Side s) const { return s == Side::buy ? bids : asks; }
    Price& front_of(Side s) { return front[static_cast<std::size_t>(s)]; }
    Price front_of(Side s) const { return front[static_cast<std::size_t>(s)]; }
    // Open, and nothing stands beside the book that an order that comes or goes would have to be told to.
    bool quiet() const { return phase == Phase::open && limit == LimitKind::none && !killed && strips == 0; }
    bool empty() const { return bids.empty() && asks.empty() && aside_first == 0; }

    // Best executable price of a side at `from` or behind it; Price{0}: none.
    Price executable_from(const LevelPool& levels, Side s, Price from) const {
        if (s == Side::buy) {
            const Price best = bids.highest_at_most(levels, from < band.high ? from : band.high);
            return best >= band.low ? best : Price{};
        }
        const Price best = asks.lowest_at_least(levels, from > band.low ? from : band.low);
        return best <= band.high ? best : Price{};
    }
    // After the effective band moved.
    void find_fronts(const LevelPool& levels) {
        front[0] = executable_from(levels, Side::buy, band.high);
        front[1] = executable_from(levels, Side::sell, band.low);
    }
    // Would the two fronts trade? In continuous trading only between a move of the band and the waking.
    bool crossed() const { return front[0] != Price{} && front[1] != Price{} && front[0] >= front[1]; }
    // Stands the best executable price of a side at the edge where a limit state or a wall begins?
    bool at_edge() const {
        return (front[0] == band.high && front[0] != Price{}) ||
               (front[1] == band.low && front[1] != Price{});
    }

    // Puts an order at the end of its level / takes it out; keeps the fronts.
    void append(LevelPool& levels, OrderPool& orders, std::uint32_t slot) {
        const RestingOrder& order = orders[slot];
        side(order.side).append(levels, orders, slot);
        if (!band.holds(order.price)) return;
        Price& best = front_of(order.side);
        if (best == Price{} || better(order.side, order.price, best)) best = order.price;
    }
    void remove(LevelPool& levels, OrderPool& orders, std::uint32_t slot) {
        const RestingOrder& order = orders[slot];
        if (order.where == Where::aside) [[unlikely]]
            return remove_aside(levels, orders, slot);
        const Price price = order.price;
        const Side s = order.side;
        if (side(s).remove(levels, orders, slot) && front_of(s) == price)
            front_of(s) =
                executable_from(levels, s, Price{s == Side::buy ? price.value - 1 : price.value + 1});
    }
    // Fewer leaves of a resting order; the order itself is changed by the caller.
    void reduce(LevelPool& levels, const RestingOrder& order, std::uint32_t lots) {
        if (order.where == Where::ladder) side(order.side).reduce(levels, order.price, lots);
    }

    // Is the span such that it holds this band?
    bool spans(Price low, Price high) const { return bids.spans(low) && bids.spans(high); }
    // Moves the span so that it holds the band with as much room above as below. The caller has checked that
    // it is not wider than widest_band.
    void rebase(LevelPool& levels, OrderPool& orders, Price low, Price high);
    // The best order of a side, parked and set aside ones too; 0: none.
    std::uint32_t best_of_all(const LevelPool& levels, const OrderPool& orders, Side s) const;

  private:
    void remove_aside(LevelPool& levels, OrderPool& orders, std::uint32_t slot);
    void put_aside(OrderPool& orders, std::uint32_t slot);
};

}  // namespace gridbook::engine
