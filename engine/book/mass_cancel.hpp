// SPDX-License-Identifier: Apache-2.0
#pragma once
// Many orders at once: mass cancel, and the kill switch (market-rules sections 4 and 8). Each is a task that
// goes on in follow-on commands.

#include "engine/step.hpp"

namespace gridbook::engine {

void cancel_all(Step& step, const CancelAll& body);
void kill(Step& step, const Kill& body);

// Tasks. False: the sink has no more room.
bool cancel_orders(Step& step, Task& task);  // of an account
bool kill_scope(Step& step, Task& task);

// Leaves a task that cancels the account's orders (`session` 0: all of them) for `reason`.
void push_cancel(State& state, AccountId account, std::uint32_t session, CancelReason reason);

// Cancels what rests in a book, in price-time order, bids first; counts it.
bool cancel_book(Step& step, Book& book, CancelReason reason, std::uint32_t& count);

}  // namespace gridbook::engine
