// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/month_broker.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

namespace {

using engine::Period;
using engine::Time;

// A long job enters its next window when the one before has this left.
constexpr engine::Duration next_window_lead{engine::day};
// A strip meets 2,000 orders at most (market-rules section 4). Whoever wants whole GPUs of nodes that offer
// whole GPUs meets no more orders than GPU-hours.
constexpr std::uint32_t most_gpu_hours = 2'000;
constexpr std::uint32_t lots_of_gpu = 10;

std::uint32_t longest_window(const Job& job) {
    const std::uint32_t gpus = std::max(1u, job.lots / lots_of_gpu);
    return std::clamp(most_gpu_hours / gpus, 1u, window_hours);
}

}  // namespace

MonthBroker::MonthBroker(const Scenario& scenario, Agenda& agenda, Orders& orders, Deliveries& deliveries,
                         Market& market)
    : scenario_(scenario),
      agenda_(agenda),
      orders_(orders),
      market_(market),
      nodes_(scenario, orders, market),
      service_(scenario, deliveries, market),
      courses_(scenario.jobs.size()) {
    const Period last = engine::period_at(scenario.run_end(), engine::Product::gpu);
    waiting_.resize(last.value - scenario.first_period().value + horizon_hours + 1);
    volumes_.demanded.resize(scenario.groups.size());
}

bool MonthBroker::must_know(const Intention& intention) const {
    switch (intention.kind) {
        case Intention::Kind::lower: return nodes_.lowers(Period{intention.index});
        case Intention::Kind::gate: return true;
        case Intention::Kind::minute:
            return service_.must_know(hour_of(intention.index), intention.index % 60);
        default: return false;
    }
}

void MonthBroker::act(const Intention& intention) {
    switch (intention.kind) {
        case Intention::Kind::offer:
            nodes_.begin_hour(Period{intention.index}, intention.time);
            volumes_.offered = nodes_.offered();
            volumes_.standby = nodes_.standby();
            return;
        case Intention::Kind::lower: return nodes_.lower(Period{intention.index});
        case Intention::Kind::gate: return close_gate(Period{intention.index}, intention.time);
        case Intention::Kind::enter: return enter(intention.index, intention.time);
        case Intention::Kind::minute: return service_.report(hour_of(intention.index), intention.index % 60);
        case Intention::Kind::move:
        case Intention::Kind::end: return;
    }
}

void MonthBroker::enter(std::uint32_t number, Time time) {
    if (time >= scenario_.end) return;
    const Job& job = scenario_.jobs[number];
    Course& course = courses_[number];
    if (course.windows == 0) {
        course.first = course.next = first_open_hour(time);
        ++volumes_.jobs_entered;
    }
    Order window;
    window.account = job.account;
    window.owner = number;
    window.lots = job.lots;
    window.hours =
        static_cast<std::uint16_t>(std::min(job.hours - course.hours_entered, longest_window(job)));
    window.period = course.next;
    window.good_until = time + scenario_.month->waiting;
    volumes_.demanded[job.group] += std::uint64_t{window.hours} * job.lots;
    course.hours_entered += window.hours;
    ++course.windows;
    place(window);
}

// A window whose account, owner, hours, lots and wish are given.
void MonthBroker::place(const Order& window) {
    const Wish& wish = scenario_.jobs[window.owner].wishes[window.wish];
    Order order = window;
    order.family = static_cast<std::uint16_t>(wish.family);
    order.price = wish.limit;
    const std::uint32_t number = orders_.add(order);
    waiting_[order.period.value - scenario_.first_period().value].push_back(number);
    market_.place(number);
}

void MonthBroker::close_gate(Period period, Time time) {
    // Taken out first: what moves is added to the lists of later hours.
    const auto windows = std::move(waiting_[period.value - scenario_.first_period().value]);
    for (const std::uint32_t number : windows)
        if (orders_[number].filled == orders_[number].total())
            grant(number, time);
        else
            move(number, time);
    if (!service_.say_ready(period)) return;
    const std::uint32_t first = (period.value - scenario_.first_period().value) * 60;
    for (std::uint32_t m = 0; m < window_minutes; ++m)
        agenda_.add({start_of(period) + engine::minute * m, Intention::Kind::minute, first + m});
}

void MonthBroker::grant(std::uint32_t number, Time time) {
    const Order& order = orders_[number];
    const Job& job = scenario_.jobs[order.owner];
    Course& course = courses_[order.owner];
    if (course.granted == 0) course.waited = order.period.value - course.first.value;
    ++course.granted;
    course.raised = course.raised || order.wish > 0;
    if (course.hours_entered == job.hours) return;
    course.next = plus(order.period, order.hours);
    agenda_.add(
        {std::max(time, start_of(course.next) - next_window_lead), Intention::Kind::enter, order.owner});
}

// To the next hour whose gate is open, whole; of a single hour what is left of it.
void MonthBroker::move(std::uint32_t number, Time time) {
    const Order& order = orders_[number];
    Course& course = courses_[order.owner];
    course.split = course.split || order.filled > 0;
    if (time >= order.good_until) {
        course.lost = true;
        return;
    }
    Order window;
    window.account = order.account;
    window.owner = order.owner;
    window.lots = order.strip() ? order.lots : order.lots - order.filled;
    window.hours = order.hours;
    window.period = first_open_hour(time);
    window.good_until = order.good_until;
    const engine::Duration waited = time - (order.good_until - scenario_.month->waiting);
    const auto raises = static_cast<std::size_t>(waited.value / scenario_.month->patience.value);
    window.wish = static_cast<std::uint8_t>(std::min(raises, scenario_.jobs[order.owner].wishes.size() - 1));
    ++volumes_.moved_window;
    place(window);
}

}  // namespace gridbook::gateway::replay
