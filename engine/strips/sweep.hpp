// SPDX-License-Identifier: Apache-2.0
#pragma once
// Walking hour books for many hours at once, without touching them: what strips and any-ofs would get
// (market-rules section 4).

#include "engine/book/matching.hpp"

namespace gridbook::engine {

// What is wanted: the same lots in each of `hours` consecutive hours, from the other side's orders.
struct Sweep {
    FamilyId family = no_family;
    Period start{};
    std::uint16_t hours = 0;
    Side side = Side::buy;  // of the one who sweeps
    std::uint32_t lots = 0;
    GroupId group{};  // whose own orders are skipped
};

struct Swept {
    CancelReason why = CancelReason::none;  // what stands in the way; none: every hour has its lots
    Period hour{};                          // the first such hour
    Wide tick_lots = 0;                     // sum of price times lots
    std::uint32_t makers = 0;               // never more than most_makers + 1

    bool short_of_lots() const { return why != CancelReason::none; }
    bool crowded() const { return makers > most_makers; }
};

// Every hour in turn, up to the first that stands in the way: KILLED, PHASE_CLOSED, LEG_OUT_OF_BAND (short,
// but an order of others lies between the effective and the hard edge), NO_LIQUIDITY_IN_BAND. An hour in
// which the makers become too many counts as short.
Swept sweep(const State& state, const Sweep& wanted);

// Calls f(slot, price, lots) for the other side's executable orders of others in one hour, by price and time,
// until `lots` are found or f answers false; the lots not found. f may take the order out of the book.
template <class F>
std::uint32_t walk_hour(const State& state, const Book& book, const Sweep& wanted, F&& f) {
    const Side other = opposite(wanted.side);
    std::uint32_t left = wanted.lots;
    Price price = book.front_of(other);
    while (left > 0 && price != Price{}) {
        std::uint32_t slot = book.side(other).level(state.levels, price).head;
        while (slot != 0 && left > 0) {
            const RestingOrder& order = state.orders[slot];
            const std::uint32_t next = order.next;
            if (order.group != wanted.group) {
                const std::uint32_t lots = order.leaves < left ? order.leaves : left;
                left -= lots;
                if (!f(slot, price, lots)) return left;
            }
            slot = next;
        }
        price = book.executable_from(state.levels, other,
                                     Price{other == Side::buy ? price.value - 1 : price.value + 1});
    }
    return left;
}

}  // namespace gridbook::engine
