// SPDX-License-Identifier: Apache-2.0
#include "engine/book/fills.hpp"

#include <algorithm>

#include "engine/bands/dynamic_band.hpp"

namespace gridbook::engine {

void note_trade(State& state, Book& book, Price price) {
    book.reference.add(price, state.time, minute);
    if (state.last_bucket_trade != state.time) {
        state.last_bucket_trade = state.time;
        state.next_due = std::min(state.next_due, next_minute(state));
    }
    state.note_trade(book);
}

}  // namespace gridbook::engine
