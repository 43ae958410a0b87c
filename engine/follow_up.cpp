// SPDX-License-Identifier: Apache-2.0
#include "engine/follow_up.hpp"

#include <algorithm>

#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/limit_state.hpp"
#include "engine/strips/strips.hpp"

namespace gridbook::engine {
namespace {

// Books by symbol: families by theirs, then periods.
void sort_by_symbol(const State& state, std::vector<std::uint32_t>& books) {
    std::sort(books.begin(), books.end(), [&](std::uint32_t a, std::uint32_t b) {
        return symbol_rank(state, state.books[a].instrument) < symbol_rank(state, state.books[b].instrument);
    });
}

void begin_round(State& state) {
    FollowUp& follow = state.follow;
    follow.round.swap(follow.traded);
    follow.traded.clear();
    follow.looked = 0;
    sort_by_symbol(state, follow.round);
    for (const std::uint32_t book : follow.round) state.books[book].traded = false;
}

// (c): all books in which something happened, in symbol order.
bool update_limits(Step& step) {
    State& state = step.state;
    FollowUp& follow = state.follow;
    sort_by_symbol(state, follow.touched);
    std::size_t done = 0;
    while (done < follow.touched.size() && step.sink.room() >= limit_events) {
        Book& book = state.books[follow.touched[done++]];
        book.touched = false;
        update_limit(step, book);
    }
    follow.touched.erase(follow.touched.begin(), follow.touched.begin() + static_cast<std::ptrdiff_t>(done));
    return follow.touched.empty();
}

}  // namespace

bool follow_up(Step& step) {
    State& state = step.state;
    FollowUp& follow = state.follow;
    // (b) goes on through its round before (a) is asked again: one book a piece, because what its reference
    // moves is a task of its own.
    if (follow.looked < follow.round.size()) {
        if (step.sink.room() == 0) return false;
        look_at_reference(step, state.books[follow.round[follow.looked++]]);
        return true;
    }
    follow.round.clear();
    follow.looked = 0;
    if (follow.strips && !try_strips(step)) return false;
    if (!follow.traded.empty()) {
        begin_round(state);
        return true;
    }
    return update_limits(step);
}

}  // namespace gridbook::engine
