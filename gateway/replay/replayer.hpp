// SPDX-License-Identifier: Apache-2.0
#pragma once
// The loop of a replay: takes the next intention, moves the market's clock to its time, lets answers arrive
// where the intention depends on them, and lets the actor act. With a speed it keeps pace with the machine's
// clock; that changes when things are said, never what.

#include <functional>

#include "gateway/replay/link.hpp"

namespace gridbook::gateway::replay {

class Replayer {
  public:
    // Called after each hour of the trace.
    using Progress = std::function<void(engine::Time now)>;

    // `speed`: trace seconds a second; 0: no pace.
    Replayer(const Scenario& scenario, Agenda& agenda, Actor& actor, Link& link, double speed,
             Progress progress);

    void run();

  private:
    void move_to(engine::Time time);
    void keep_pace(engine::Time time);

    const Scenario& scenario_;
    Link& link_;
    Agenda& agenda_;
    Actor& actor_;
    double speed_;
    Progress progress_;
    Link::Clock::time_point started_{};
    engine::Time now_{};
};

}  // namespace gridbook::gateway::replay
