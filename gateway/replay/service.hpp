// SPDX-License-Identifier: Apache-2.0
#pragma once
// What providers say of what they sold: ready at the gate, then each minute of the window all of it, unless
// they fail. Which provider fails in which hour, and from which minute on it says nothing, is drawn from its
// name and the hour. It speaks for all providers, and for those who stand in for others.

#include <array>
#include <string_view>

#include "gateway/replay/deliveries.hpp"
#include "gateway/replay/market.hpp"

namespace gridbook::gateway::replay {

// The first minute of the hour of which the provider says nothing: u(name + "@" + hour) draws whether it
// fails, u(name + "@" + hour + "m") the minute; window_minutes: it does not.
std::uint16_t silent_from(std::string_view provider, engine::Period hour, std::uint32_t failing_bp);

class Service {
  public:
    Service(const Scenario& scenario, Deliveries& deliveries, Market& market)
        : scenario_(scenario), deliveries_(deliveries), market_(market) {}

    // At the gate of the hour, when all that was made there is known. False: nobody delivers in it.
    bool say_ready(engine::Period hour);
    // What is said of the minute depends on answers: somebody was silent and may have failed by now.
    bool must_know(engine::Period hour, std::uint32_t minute) const;
    void report(engine::Period hour, std::uint32_t minute);

  private:
    void take_in();
    std::vector<std::uint32_t>& of(engine::Period hour) { return of_hour_[hour.value % of_hour_.size()]; }
    const std::vector<std::uint32_t>& of(engine::Period hour) const {
        return of_hour_[hour.value % of_hour_.size()];
    }

    const Scenario& scenario_;
    Deliveries& deliveries_;
    Market& market_;
    // By id. Two hours at most are alive: one runs, the gate of the next is closed.
    std::array<std::vector<std::uint32_t>, 2> of_hour_;
};

}  // namespace gridbook::gateway::replay
