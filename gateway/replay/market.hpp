// SPDX-License-Identifier: Apache-2.0
#pragma once
// What those who act in a trace can do in the market, and how they are asked to: the door between what is
// wanted and how it is said. A connection stands behind it, or in tests an engine.

#include "gateway/replay/agenda.hpp"

namespace gridbook::gateway::replay {

class Market {
  public:
    virtual ~Market() = default;
    virtual void place(std::uint32_t order) = 0;
    // A new price; the total stays. The order's price is already the new one.
    virtual void replace(std::uint32_t order) = 0;
    virtual void cancel(std::uint32_t order) = 0;
    // For the seller of a delivery, by its id: it is ready; all of it was available in this minute.
    virtual void ready(std::uint32_t did) = 0;
    virtual void meter(std::uint32_t did, std::uint32_t minute) = 0;
};

// GPU lots that were asked for and offered, each once however often its order moved.
struct Volumes {
    std::vector<std::uint64_t> demanded;  // by group of jobs
    std::uint64_t offered = 0;
    std::uint64_t standby = 0;
    std::uint64_t resold = 0;       // offered again by buyers
    std::uint64_t moved_class = 0;  // orders
    std::uint64_t moved_window = 0;
    std::uint64_t jobs_entered = 0;
};

// Turns intentions into orders. It decides only from the scenario and from what it heard, never from a clock
// or from how far the network is; where an intention depends on what became of earlier commands, `must_know`
// says so, and whoever drives it lets all answers arrive first.
class Actor {
  public:
    virtual ~Actor() = default;
    virtual bool must_know(const Intention& intention) const = 0;
    virtual void act(const Intention& intention) = 0;
    virtual const Volumes& volumes() const = 0;
};

}  // namespace gridbook::gateway::replay
