// SPDX-License-Identifier: Apache-2.0
#pragma once
// The broker of a month that is lived through (README.md, "The compressed month"): a window of several hours
// is a strip, a single hour a limit order. What its gate leaves unfilled moves to the next hour that can be
// had, and bids more the longer it waits. What is sold is delivered.

#include "gateway/replay/nodes.hpp"
#include "gateway/replay/service.hpp"

namespace gridbook::gateway::replay {

// How a job fared.
struct Course {
    std::uint32_t hours_entered = 0;  // in windows, moves not counted
    std::uint32_t windows = 0;        // entered
    std::uint32_t granted = 0;        // windows that were had whole
    std::uint32_t waited = 0;         // hours by which its first window was moved until it was granted
    bool lost = false;                // a window waited as long as it may, and was given up
    bool split = false;               // GPUs of one hour were had in different hours
    bool raised = false;              // something was had at more than the first price
    engine::Period first{};           // the hour wanted at first
    engine::Period next{};            // where the next window begins

    // All that was entered was had, in the shape in which it was wanted.
    bool whole() const { return windows > 0 && granted == windows && !split; }
};

class MonthBroker final : public Actor {
  public:
    MonthBroker(const Scenario& scenario, Agenda& agenda, Orders& orders, Deliveries& deliveries,
                Market& market);

    bool must_know(const Intention& intention) const override;
    void act(const Intention& intention) override;
    const Volumes& volumes() const override { return volumes_; }
    const std::vector<Course>& courses() const { return courses_; }  // by job

  private:
    void close_gate(engine::Period period, engine::Time time);
    void enter(std::uint32_t job, engine::Time time);
    void place(const Order& window);
    void grant(std::uint32_t order, engine::Time time);
    void move(std::uint32_t order, engine::Time time);
    engine::Period hour_of(std::uint32_t minute) const { return plus(scenario_.first_period(), minute / 60); }

    const Scenario& scenario_;
    Agenda& agenda_;
    Orders& orders_;
    Market& market_;
    Nodes nodes_;
    Service service_;
    std::vector<Course> courses_;
    std::vector<std::vector<std::uint32_t>>
        waiting_;  // by hour since first_period(): windows that begin in it
    Volumes volumes_;
};

}  // namespace gridbook::gateway::replay
