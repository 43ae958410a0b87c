// SPDX-License-Identifier: Apache-2.0
#pragma once
// The short way of what nearly all commands are: a plain limit order that every check lets through as it is,
// and the cancel of a resting one by its id. Everything is asked before anything is written, so `no` leaves
// no trace: the command then goes the way of all others (entry.hpp), which would have come to the same with
// more instructions. Neither way knows anything that the other does not; the twin watches both.

#include "engine/step.hpp"

namespace gridbook::engine {

enum class Shortly : std::uint8_t {
    no,    // not this way
    done,  // and nothing follows from it
    met,   // done too, or on the agenda; what follows from trades is noted as ever
};

Shortly place_shortly(Step& step, const PlaceOrder& body);
Shortly cancel_shortly(Step& step, const CancelOrder& body);

// The prices of a book about which neither bands nor guidance have anything to say. To be called when any of
// them moved.
void find_easy_prices(const State& state, Book& book);

}  // namespace gridbook::engine
