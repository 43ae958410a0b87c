// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the market still has to do. A command that touches more than max_events allow leaves the rest here,
// and it goes on in follow-on commands of the same sequence (architecture section 1, "bounded effects"). Each
// task keeps its own cursor, so it can stop anywhere between two events and go on there.

#include <vector>

#include "engine/event.hpp"

namespace gridbook::engine {

enum class TaskKind : std::uint8_t {
    none = 0,
    // What is due at an instant, a stage each (DueStage).
    bands_due,
    gates_due,
    begins_due,
    expiries_due,
    limits_due,
    widenings_due,
    minutes_due,
    list_family,  // a new family lists its horizon
    move_family,  // bands moved: tell the orders that park, wake or change their flag
    wake_family,  // woken orders that cross trade
    move_book,    // the same for one book, both parts
    set_phases,   // a SetPhase goes through its instruments
    match_order,  // an incoming order goes on meeting makers
    cancel_all,   // of an account: a scope, or a session
    kill,         // of a scope
    follow_up,
    tell_followers,  // the benchmark's band or a factor moved: those converted from it
    deliveries_due,  // the clock of deliveries, and their settlement
};

struct Task {
    TaskKind kind = TaskKind::none;
    std::uint32_t part = 0;  // step within the task
    FamilyId family = no_family;
    std::uint32_t cursor = 0;                  // families, periods or accounts already done
    std::uint32_t record = 0;                  // match_order; cancel_all: the next one to look at; a class
    std::uint32_t book = 0;                    // whose band moves, or whose call trades
    BandCause cause = BandCause::none;         // move_family
    CancelReason reason = CancelReason::none;  // cancel_all
    SideFilter side = SideFilter::both;
    bool replies = false;  // cancel_all: the count answers the command
    AccountId account = no_account;
    std::uint32_t session = 0;  // cancel_all: only its orders; 0: all
    std::uint32_t count = 0;    // ended so far
    InstrumentId scope = no_instrument;
    Origin origin{};
    KillScope kill_scope = KillScope::market;
    PhaseAction action = PhaseAction::pause;  // set_phases
    bool whole = false;                       // a band moved: all orders may change, not only between edges
    Time until{};                             // set_phases: when the pauses end; 0: the rules' length
    Price low{}, high{};                      // a band moved: the effective band before
};

class Agenda {
  public:
    void reserve(std::size_t limit) { tasks_.assign(limit, Task{}); }
    bool empty() const { return first_ == last_; }
    std::size_t size() const { return last_ - first_; }
    std::size_t limit() const { return tasks_.size(); }
    Task& front() { return tasks_[first_ % tasks_.size()]; }
    const Task& operator[](std::size_t i) const { return tasks_[(first_ + i) % tasks_.size()]; }
    void pop() { ++first_; }
    void push(const Task& task) {
        GRIDBOOK_CHECK(size() < tasks_.size());
        tasks_[last_++ % tasks_.size()] = task;
    }

  private:
    std::vector<Task> tasks_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

// What is due at one instant, in the order of market-rules section 1.
enum class DueStage : std::uint8_t {
    none = 0,
    bands,
    gates,
    begins,
    expiries,
    limits,
    widenings,
    minutes,
    deliveries,  // only where anything is delivered
};

// An advance of the market's time on its way, timer by timer.
struct Advance {
    bool running = false;
    DueStage stage = DueStage::none;
    Time target{};
    Origin origin{};  // of the clock.advance to answer; connection 0: none
};

}  // namespace gridbook::engine
