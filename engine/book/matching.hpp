// SPDX-License-Identifier: Apache-2.0
#pragma once
// Matching: price, then time; trades at the resting price; self-trade prevention (market-rules section 4).

#include "engine/step.hpp"

namespace gridbook::engine {

// Lets the live order in record `slot`, which is not in the book, meet the other side, then rests or ends
// what is left; what rests belongs to `session`. False: the sink has no more room, and the order goes on by a
// match_order task.
bool match(Step& step, std::uint32_t slot, std::uint32_t session);

// One trade between two live orders at `price`. Emits the maker's fill, then the taker's; takes a filled
// resting order out of the book. The taker may rest (waking) or not (incoming). In a call both pay the maker
// fee.
void trade(Step& step, std::uint32_t maker, std::uint32_t taker, Price price, std::uint32_t lots,
           bool call = false);

// One fill of a live order: its money, its leaves, its event; out of the book and ended when nothing is left.
struct Deal;
void fill_order(Step& step, std::uint32_t slot, const Deal& deal, Liquidity liquidity, bool call = false);

// Two orders of one owner group meet: what the mode of the younger (the taker) says. At least one of them
// ends or gets smaller.
void prevent(Step& step, std::uint32_t maker, std::uint32_t taker);

// What an order would trade at once: the other side walked within its limit, prevention applied.
struct Tradable {
    std::uint32_t lots = 0;
    std::uint32_t makers = 0;  // of others; never more than most_makers + 1
};
struct Candidate;
Tradable tradable(const State& state, const Candidate& c);

// The most resting orders that a fok, a strip or an any-of may meet: two fills each, and its own events, stay
// within max_events.
inline constexpr std::uint32_t most_makers = 2'000;

// Events that one meeting (a trade or a prevention) and the end of the order may need at most.
inline constexpr std::size_t meeting_events = 4;

}  // namespace gridbook::engine
