// SPDX-License-Identifier: Apache-2.0
#pragma once
// The call of a paused instrument (market-rules section 5): its price, found by asking the book alone, and
// its trades. It does not know what a pause is or what comes after.

#include "engine/step.hpp"

namespace gridbook::engine {

// What a call would give: the price with the largest executable volume. Price{}: nothing is executable.
struct CallPrice {
    Price price{};
    std::int64_t volume = 0;   // lots
    std::int64_t surplus = 0;  // lots of bids above lots of asks at that price
    friend constexpr auto operator<=>(const CallPrice&, const CallPrice&) = default;
};

// Candidates are all ticks between the lowest executable ask and the highest executable bid. The largest
// volume, then the smallest surplus; then with a surplus of bids the highest, of asks the lowest; with both
// or none the nearest to `reference`, then the higher.
CallPrice find_call_price(const LevelPool& levels, const Book& book, Price reference);

// Prevents own pairs, the price taken anew after each, then trades at pause.call_price, which stays Price{}
// when nothing is executable in the end. False: the sink has no more room; it goes on where it stopped.
bool run_call(Step& step, Book& book);

}  // namespace gridbook::engine
