// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the market still has to do. A command that touches more than max_events allow leaves the rest here,
// and it goes on in follow-on commands of the same sequence (architecture section 1, "bounded effects"). Each
// task keeps its own cursor, so it can stop anywhere between two events and go on there.

#include <vector>

#include "engine/command.hpp"

namespace gridbook::engine {

enum class TaskKind : std::uint8_t {
    none = 0,
    bands_due,    // scheduled band changes come into force
    gates_due,    // instruments whose gate is now: cancel what rests
    begins_due,   // windows that start now: delivering; list what enters the horizon
    list_family,  // a new family lists its horizon
    park_family,  // a band moved: tell the orders that park and wake
    wake_family,  // woken orders that cross trade
    match_order,  // an incoming order goes on meeting makers
};

struct Task {
    TaskKind kind = TaskKind::none;
    std::uint8_t part = 0;  // step within the task
    FamilyId family = no_family;
    std::uint32_t cursor = 0;  // families or periods already done
    std::uint32_t record = 0;  // match_order
    Price low{};               // park_family: the band before
    Price high{};
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
enum class DueStage : std::uint8_t { none = 0, bands, gates, begins };

// An advance of the market's time on its way, timer by timer.
struct Advance {
    bool running = false;
    DueStage stage = DueStage::none;
    Time target{};
    Origin origin{};  // of the clock.advance to answer; connection 0: none
};

}  // namespace gridbook::engine
