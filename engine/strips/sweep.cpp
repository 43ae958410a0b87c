// SPDX-License-Identifier: Apache-2.0
#include "engine/strips/sweep.hpp"

namespace gridbook::engine {
namespace {

bool any_of_others(const State& state, const Book& book, Side side, Price price, GroupId group) {
    for (std::uint32_t slot = book.side(side).level(state.levels, price).head; slot != 0;
         slot = state.orders[slot].next)
        if (state.orders[slot].group != group) return true;
    return false;
}

// Does an order of others lie beyond the far edge of the effective band, and not beyond the hard one?
bool beyond_edge(const State& state, const Book& book, const Sweep& wanted) {
    const HardBand& hard = state.catalogue.family(wanted.family).band;
    if (wanted.side == Side::buy) {
        for (Price p = book.asks.lowest_at_least(state.levels, Price{book.band.high.value + 1});
             p != Price{} && p <= hard.high; p = book.asks.lowest_at_least(state.levels, Price{p.value + 1}))
            if (any_of_others(state, book, Side::sell, p, wanted.group)) return true;
        return false;
    }
    for (Price p = book.bids.highest_at_most(state.levels, Price{book.band.low.value - 1});
         p != Price{} && p >= hard.low; p = book.bids.highest_at_most(state.levels, Price{p.value - 1}))
        if (any_of_others(state, book, Side::buy, p, wanted.group)) return true;
    return false;
}

CancelReason sweep_hour(const State& state, const Sweep& wanted, Period hour, Swept& swept) {
    const Book* book = state.find_book(instrument(wanted.family, hour));
    if (book != nullptr && book->killed) return CancelReason::killed;
    if (book == nullptr || book->phase != Phase::open) return CancelReason::phase_closed;
    const std::uint32_t left =
        walk_hour(state, *book, wanted, [&](std::uint32_t, Price price, std::uint32_t lots) {
            swept.tick_lots += static_cast<Wide>(price.value) * lots;
            return ++swept.makers <= most_makers;
        });
    if (left == 0 && !swept.crowded()) return CancelReason::none;
    return beyond_edge(state, *book, wanted) ? CancelReason::leg_out_of_band
                                             : CancelReason::no_liquidity_in_band;
}

}  // namespace

Swept sweep(const State& state, const Sweep& wanted) {
    Swept swept;
    swept.hour = wanted.start;
    if (state.killed || state.catalogue.family(wanted.family).killed) swept.why = CancelReason::killed;
    for (std::uint32_t h = 0; h < wanted.hours && swept.why == CancelReason::none; ++h) {
        swept.hour = Period{wanted.start.value + h};
        swept.why = sweep_hour(state, wanted, swept.hour, swept);
    }
    if (swept.why == CancelReason::none) swept.hour = Period{};
    return swept;
}

}  // namespace gridbook::engine
