// SPDX-License-Identifier: Apache-2.0
#pragma once
// The broker of a trace that is traded and not delivered: rules J1, J2 and S1, each hour of a window an order
// of its own, for all accounts.

#include "gateway/replay/nodes.hpp"

namespace gridbook::gateway::replay {

class Broker final : public Actor {
  public:
    Broker(const Scenario& scenario, Agenda& agenda, Orders& orders, Market& market);

    bool must_know(const Intention& intention) const override;
    void act(const Intention& intention) override;
    const Volumes& volumes() const override { return volumes_; }

  private:
    // A job that has entered: how far its windows go, and its orders, the newest first.
    struct Course {
        std::uint32_t newest = no_order;
        std::uint32_t hours_entered = 0;  // in windows, moved hours not counted
        engine::Period next{};            // the hour after its windows
    };

    void close_gate(engine::Period period, engine::Time time);
    void enter(std::uint32_t job, engine::Time time);
    void move(std::uint32_t order, engine::Time time);
    void end(std::uint32_t job, engine::Time time);
    void resell(std::uint32_t order);
    void want(const Order& need, engine::Time time);
    Order rest_of(std::uint32_t order) const;
    void give_up(std::uint32_t order);

    const Scenario& scenario_;
    Agenda& agenda_;
    Orders& orders_;
    Market& market_;
    Nodes nodes_;
    std::vector<Course> courses_;  // by job
    std::vector<std::vector<std::uint32_t>>
        waiting_;  // by hour since first_period(): orders that move on at its gate
    Volumes volumes_;
};

}  // namespace gridbook::gateway::replay
