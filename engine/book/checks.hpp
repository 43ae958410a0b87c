// SPDX-License-Identifier: Apache-2.0
#pragma once
// The single checks of an order, each answering with the refusal it would give (reason `none`: passed). The
// order in which they are asked is in entry.cpp and nowhere else.

#include "engine/state.hpp"

namespace gridbook::engine {

// An order as it would stand in the book; `order_value` checks fill price and lots.
struct Candidate {
    AccountId account{};
    InstrumentId instrument{};
    Side side = Side::buy;
    Price price{};
    Quantity lots{};  // leaves it would have
    Quantity free{};  // of them, resold ones
    Price margin_price{};
    // What a replaced order gives back first.
    Money old_held{};
    Quantity old_leaves{};
    Quantity old_free{};
};

Refused check_phase(const State& state, InstrumentId instrument);
Refused check_tick(InstrumentId instrument, Decimal price);
Refused check_lot(const State& state, InstrumentId instrument, Decimal qty);
Refused check_qty(const State& state, InstrumentId instrument, Decimal qty);
Refused check_notional(const State& state, InstrumentId instrument, Decimal price, Decimal qty);
Refused check_band(const State& state, InstrumentId instrument, Decimal price);
Refused check_funds(const State& state, const Candidate& candidate);
Refused check_capacity(const State& state, const Candidate& candidate);
// Pools and the account's limit of open orders; `resting` tells whether it could rest.
Refused check_limits(const State& state, const Candidate& candidate, bool resting);

// A page of levels is there or left for the candidate's price, should it rest.
Refused check_levels(const State& state, const Candidate& candidate);

// How many of the lots are bought ones not yet offered again, and the price its margin is taken at.
void fix_margin(const State& state, Candidate& candidate);

}  // namespace gridbook::engine
