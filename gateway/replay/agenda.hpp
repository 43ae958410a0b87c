// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is to be done and when: intentions in a total order (time, then kind as declared, then index, then
// part), so that the same trace always gives the same agenda. What the trace alone decides stands there from
// the start; what follows from it later (the next window of a long job, the next class of an unfilled order)
// is added as it arises.

#include <compare>
#include <queue>
#include <vector>

#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

struct Intention {
    // In the order in which they are done at one instant.
    enum class Kind : std::uint8_t {
        offer,   // index: the hour since the epoch that begins; nodes offer the newly listed one
        lower,   // index: the same; asks of nearer hours are lowered
        gate,    // index: the hour whose gate closes; windows that wait move on
        enter,   // index: the job; its first or next window is entered
        move,    // index: the order; what is left of it goes to the next class
        end,     // index: the job; it was deleted
        minute,  // index: minutes since first_period(); one begins, and what is delivered in it is reported
    };
    engine::Time time{};
    Kind kind = Kind::offer;
    std::uint32_t index = 0;
    friend constexpr auto operator<=>(const Intention&, const Intention&) = default;
};

class Agenda {
  public:
    // Everything that the scenario decides by itself, up to its end.
    explicit Agenda(const Scenario& scenario);

    void add(const Intention& intention);
    const Intention& next() const { return queue_.top(); }
    void pop() { queue_.pop(); }
    bool empty() const { return queue_.empty(); }

  private:
    engine::Time end_{};
    std::priority_queue<Intention, std::vector<Intention>, std::greater<>> queue_;
};

}  // namespace gridbook::gateway::replay
