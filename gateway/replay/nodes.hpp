// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the nodes offer, by rule S1: every listed hour at the begin, then the newly listed one, and asks that
// are lowered as their hour comes near. Nodes kept for failures make standby offers instead, which stay.

#include "gateway/replay/market.hpp"
#include "gateway/replay/orders.hpp"

namespace gridbook::gateway::replay {

class Nodes {
  public:
    Nodes(const Scenario& scenario, Orders& orders, Market& market);

    // The hour `now` begins: what is listed newly is offered.
    void begin_hour(engine::Period now, engine::Time time);
    // Asks of the hours that are 12 and 2 hours away from `now` go to 95 %.
    void lower(engine::Period now);
    // Whether there are any; then lowering depends on what of them is sold.
    bool lowers(engine::Period now) const;

    std::uint64_t offered() const { return offered_; }  // lots
    std::uint64_t standby() const { return standby_; }

  private:
    void offer(engine::Period period);
    void lower_hour(engine::Period period);
    bool has(engine::Period period) const;

    const Scenario& scenario_;
    Orders& orders_;
    Market& market_;
    std::vector<std::uint32_t> first_offer_;  // by hour since first_period(): the offer of node 0
    std::uint64_t offered_ = 0;
    std::uint64_t standby_ = 0;
};

}  // namespace gridbook::gateway::replay
