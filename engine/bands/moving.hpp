// SPDX-License-Identifier: Apache-2.0
#pragma once
// What follows when the effective band of a book moved (market-rules section 5): the orders whose state or
// flag changed are told, bids by falling, then asks by rising price, each level by time; then the woken ones
// that cross trade. The work is carried by a task (`part`, `book`, `record`, `low`, `high`, `whole`), so it
// can stop between two events and go on there. It does not know why the band moved.

#include "engine/step.hpp"

namespace gridbook::engine {

// What a task that moves books does at present. Between two books it is idle.
namespace move_part {
inline constexpr std::uint32_t idle = 0, bids = 1, asks = 2, wake = 3, calling = 4;
}

// Does an order of `side` at `price` stand beyond the band, so that its owner is told NON_EXECUTABLE?
inline bool beyond(Side side, Price price, const EffectiveBand& band) {
    return side == Side::buy ? price > band.high : price < band.low;
}

// Begins the move of a book whose band was `before`. `whole`: the hard band may have moved too, so that every
// order is asked; otherwise only those between the old and the new edges can have changed.
void begin_move(const State& state, Task& task, const Book& book, const EffectiveBand& before,
                bool whole = false);
// The same as a task of its own at the end of the agenda.
void push_move(State& state, const Book& book, const EffectiveBand& before);

// Tells the orders; then the task's part is `wake`. False: the sink has no more room.
bool tell_orders(Step& step, Task& task);
// While the best executable bid reaches the best executable ask, their front orders trade. A paused book does
// not wake. False: the sink has no more room.
bool wake_book(Step& step, Book& book);
// Both; then the task is idle.
bool move_on(Step& step, Task& task);

// Books of a family from the earliest period to the latest, whatever slot the earliest has.
inline Book& nth_book(State& state, const Family& family, std::uint32_t n) {
    const Period first{family.last_listed.value - family.horizon + 1 + n};
    return state.books[family.book_of(first)];
}
// Has it a band that moves? Gated books are empty and keep what they had.
inline bool moves(const Book& book) { return book.phase == Phase::open || book.phase == Phase::paused; }

}  // namespace gridbook::engine
