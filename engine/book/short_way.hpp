// SPDX-License-Identifier: Apache-2.0
#pragma once
// The short way of what nearly all commands are: a plain limit order that no check has anything to say about
// and that meets nobody, and the cancel of a resting one by its id. Everything is asked before anything is
// written, so `false` leaves no trace: the command then goes the way of all others (entry.hpp), which would
// have come to the same with more instructions. Neither way knows anything that the other does not; the twin
// watches both.

#include "engine/step.hpp"

namespace gridbook::engine {

bool place_shortly(Step& step, const PlaceOrder& body);
bool cancel_shortly(Step& step, const CancelOrder& body);

// The prices of a book about which neither bands nor guidance have anything to say. To be called when any of
// them moved.
void find_easy_prices(const State& state, Book& book);

}  // namespace gridbook::engine
