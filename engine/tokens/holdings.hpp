// SPDX-License-Identifier: Apache-2.0
#pragma once
// Holdings: token days as what their buyers draw from (market-rules section 7). What is left of them, and how
// seller and buyer are told it. Amounts are quarters of a standard token.

#include "engine/step.hpp"

namespace gridbook::engine {

// Does any token family have this class?
bool class_has_tokens(const State& state, ClassId id);

// Is this a token day, in a market in which tokens are drawn?
bool is_holding(const State& state, const Delivery& d);

inline std::uint64_t held_quarters(const Delivery& d) { return d.qty * block_quarters; }
// What can still be drawn of it, now or from its day on.
inline std::uint64_t left_of(const Delivery& d) {
    const bool over = d.state != DeliveryState::gated && d.state != DeliveryState::delivering;
    return over ? 0 : held_quarters(d) - d.drawn;
}

// Takes so much of a holding that has it, and tells seller and buyer. Room for two events.
void draw_from(Step& step, std::uint32_t slot, std::uint64_t amount, const Text<32>& usage);
// Two hours before its end: what is left is told to the buyer.
void notice_holding(Step& step, const Delivery& d);
// Its day is over: what was left is gone, told to both. The delivery is delivered already.
void end_holding(Step& step, const Delivery& d);

HoldingRow holding_row(const Delivery& d, Side party, Origin origin);

}  // namespace gridbook::engine
