// SPDX-License-Identifier: Apache-2.0
#pragma once
// Matching: price, then time; trades at the resting price (market-rules section 4).

#include "engine/step.hpp"

namespace gridbook::engine {

// Lets the live order in record `slot`, which is not in the book, meet the other side, then rests or ends
// what is left. False: the sink has no more room, and the order goes on by a match_order task.
bool match(Step& step, std::uint32_t slot);

// One trade between two live orders at the maker's price. Emits the maker's fill, then the taker's; takes a
// filled resting order out of the book. The taker may rest (waking) or not (incoming).
void trade(Step& step, std::uint32_t maker, std::uint32_t taker, Price price, std::uint32_t lots);

// Events that a trade and the end of an order may need at most.
inline constexpr std::size_t trade_events = 3;

}  // namespace gridbook::engine
