// SPDX-License-Identifier: Apache-2.0
#pragma once
// Turns intentions into orders, by rules J1, J2 and S1, for all accounts. It decides only from the scenario
// and from what Orders says, never from a clock or from how far the network is; where an intention depends on
// what became of earlier orders, `must_know` says so, and whoever drives it lets all answers arrive first.

#include "gateway/replay/agenda.hpp"
#include "gateway/replay/orders.hpp"

namespace gridbook::gateway::replay {

// What the broker can do in the market.
class Market {
  public:
    virtual ~Market() = default;
    virtual void place(std::uint32_t order) = 0;
    // A new price; the total stays. The order's price is already the new one.
    virtual void replace(std::uint32_t order) = 0;
    virtual void cancel(std::uint32_t order) = 0;
};

// GPU lots that were asked for and offered, each once however often its order moved.
struct Volumes {
    std::vector<std::uint64_t> demanded;  // by group of jobs
    std::uint64_t offered = 0;
    std::uint64_t resold = 0;       // offered again by buyers
    std::uint64_t moved_class = 0;  // orders
    std::uint64_t moved_window = 0;
    std::uint64_t jobs_entered = 0;
};

class Broker {
  public:
    Broker(const Scenario& scenario, Agenda& agenda, Orders& orders, Market& market);

    bool must_know(const Intention& intention) const;
    void act(const Intention& intention);

    const Volumes& volumes() const { return volumes_; }

  private:
    // A job that has entered: how far its windows go, and its orders, the newest first.
    struct Course {
        std::uint32_t newest = no_order;
        std::uint32_t hours_entered = 0;  // in windows, moved hours not counted
        engine::Period next{};            // the hour after its windows
    };

    void begin_hour(engine::Period now, engine::Time time);
    void offer(engine::Period period);
    void lower(engine::Period period);
    bool offered(engine::Period period) const;
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
    std::vector<Course> courses_;             // by job
    std::vector<std::uint32_t> first_offer_;  // by hour since first_period(): the offer of node 0
    std::vector<std::vector<std::uint32_t>>
        waiting_;  // by hour since first_period(): orders that move on at its gate
    Volumes volumes_;
};

}  // namespace gridbook::gateway::replay
