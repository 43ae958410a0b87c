// SPDX-License-Identifier: Apache-2.0
#pragma once
// What follows a command or a timer (market-rules section 4): (a) resting strips whose hours improved, (b)
// the references of the instruments that traded, with flags and waking where one moved, until nothing moves;
// (c) limit states and walls. Books are noted here when something happens in them, so that a command which
// moves nothing of this costs nothing.

#include <cstdint>
#include <vector>

namespace gridbook::engine {

struct Book;
struct Step;

struct FollowUp {
    std::vector<std::uint32_t> touched;  // books whose limit state or wall may have changed
    std::vector<std::uint32_t> traded;   // books whose reference is to be looked at
    std::vector<std::uint32_t> round;    // those that are being looked at now, in symbol order
    std::size_t looked = 0;              // of the round
    std::vector<std::uint32_t>
        improved;         // books that resting strips cover and that improved (Book::improved)
    bool strips = false;  // an hour that a resting strip covers improved
    bool noted = false;   // any of the above may hold something: asked by every command

    void reserve(std::size_t books) {
        touched.reserve(books);
        traded.reserve(books);
        round.reserve(books);
        improved.reserve(books);
    }
    bool pending() { return noted = strips || !touched.empty() || !traded.empty() || looked < round.size(); }
};

// Task: one piece of it; `pending` tells whether another one is needed. False: the sink has no more room.
bool follow_up(Step& step);

}  // namespace gridbook::engine
