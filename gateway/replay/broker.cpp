// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/broker.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

namespace {

using engine::Period;
using engine::Time;

constexpr engine::Duration class_patience{60 * engine::second.value};
constexpr engine::Duration waiting_time{engine::day};
// A long job enters its next window when the one before has this left.
constexpr engine::Duration next_window_lead{engine::day};
constexpr Ratio resale{9, 10};

// What one lot cost on average times k, to the tick, half up.
engine::Price average_paid(const Order& order, Ratio k) {
    const engine::Wide numerator = static_cast<engine::Wide>(order.paid) * k.numerator;
    const engine::Wide denominator = static_cast<engine::Wide>(order.filled) * k.denominator;
    return engine::Price{static_cast<std::int32_t>((2 * numerator + denominator) / (2 * denominator))};
}

}  // namespace

Broker::Broker(const Scenario& scenario, Agenda& agenda, Orders& orders, Market& market)
    : scenario_(scenario),
      agenda_(agenda),
      orders_(orders),
      market_(market),
      nodes_(scenario, orders, market),
      courses_(scenario.jobs.size()) {
    const Period last = engine::period_at(scenario.end, engine::Product::gpu);
    waiting_.resize(last.value - scenario.first_period().value + horizon_hours + 1);
    volumes_.demanded.resize(scenario.groups.size());
}

bool Broker::must_know(const Intention& intention) const {
    switch (intention.kind) {
        case Intention::Kind::offer:
        case Intention::Kind::enter: return false;
        case Intention::Kind::lower: return nodes_.lowers(Period{intention.index});
        case Intention::Kind::gate:
            return !waiting_[intention.index - scenario_.first_period().value].empty();
        case Intention::Kind::move: return true;
        case Intention::Kind::end: {
            // Only hours that can still be traded are decided about.
            for (std::uint32_t o = courses_[intention.index].newest; o != no_order; o = orders_[o].next)
                if (gate_open(orders_[o].period, intention.time)) return true;
            return false;
        }
        case Intention::Kind::minute: return false;
    }
    return true;
}

void Broker::act(const Intention& intention) {
    switch (intention.kind) {
        case Intention::Kind::offer:
            nodes_.begin_hour(Period{intention.index}, intention.time);
            volumes_.offered = nodes_.offered();
            return;
        case Intention::Kind::lower: return nodes_.lower(Period{intention.index});
        case Intention::Kind::gate: return close_gate(Period{intention.index}, intention.time);
        case Intention::Kind::enter: return enter(intention.index, intention.time);
        case Intention::Kind::move: return move(intention.index, intention.time);
        case Intention::Kind::end: return end(intention.index, intention.time);
        case Intention::Kind::minute: return;
    }
}

void Broker::enter(std::uint32_t number, Time time) {
    const Job& job = scenario_.jobs[number];
    Course& course = courses_[number];
    if (job.never_runs && time > job.end) return;
    if (course.hours_entered == 0) {
        course.next = first_open_hour(time);
        ++volumes_.jobs_entered;
    } else if (time + next_window_lead < start_of(course.next)) {
        // The window before has moved meanwhile, and this one with it.
        return agenda_.add({start_of(course.next) - next_window_lead, Intention::Kind::enter, number});
    }
    const std::uint32_t hours = std::min(job.hours - course.hours_entered, window_hours);
    Order need;
    need.account = job.account;
    need.owner = number;
    need.lots = job.lots;
    need.good_until = time + waiting_time;
    volumes_.demanded[job.group] += std::uint64_t{hours} * job.lots;
    course.hours_entered += hours;
    for (std::uint32_t i = 0; i < hours; ++i, course.next = plus(course.next, 1)) {
        need.period = course.next;
        want(need, time);
    }
    if (course.hours_entered < job.hours)
        agenda_.add({start_of(course.next) - next_window_lead, Intention::Kind::enter, number});
}

// Enters a need whose account, owner, hour, lots and class are given.
void Broker::want(const Order& need, Time time) {
    const Job& job = scenario_.jobs[need.owner];
    Order order = need;
    order.next = courses_[need.owner].newest;
    order.family = static_cast<std::uint16_t>(job.wishes[need.wish].family);
    order.price = job.wishes[need.wish].limit;
    const std::uint32_t number = orders_.add(order);
    courses_[need.owner].newest = number;
    if (job.waits) waiting_[need.period.value - scenario_.first_period().value].push_back(number);
    if (need.wish + 1u < job.wishes.size())
        agenda_.add({time + class_patience, Intention::Kind::move, number});
    market_.place(number);
}

// The same need once more, as much as is left of it.
Order Broker::rest_of(std::uint32_t number) const {
    const Order& order = orders_[number];
    Order rest;
    rest.account = order.account;
    rest.owner = order.owner;
    rest.lots = order.lots - order.filled;
    rest.period = order.period;
    rest.wish = order.wish;
    rest.good_until = order.good_until;
    return rest;
}

void Broker::give_up(std::uint32_t number) {
    orders_[number].given_up = true;
    market_.cancel(number);
}

void Broker::move(std::uint32_t number, Time time) {
    if (orders_[number].left() == 0 || !gate_open(orders_[number].period, time)) return;
    Order rest = rest_of(number);
    ++rest.wish;
    give_up(number);
    ++volumes_.moved_class;
    want(rest, time);
}

void Broker::close_gate(Period period, Time time) {
    // Taken out first: want() adds to the lists of later hours.
    const auto waiting = std::move(waiting_[period.value - scenario_.first_period().value]);
    for (const std::uint32_t number : waiting) {
        const Order& order = orders_[number];
        if (order.given_up || order.filled == order.lots || time >= order.good_until) continue;
        Order rest = rest_of(number);
        Course& course = courses_[order.owner];
        rest.period = course.next;
        rest.wish = 0;
        course.next = plus(course.next, 1);
        ++volumes_.moved_window;
        want(rest, time);
    }
}

void Broker::end(std::uint32_t number, Time time) {
    const bool never_ran = scenario_.jobs[number].never_runs;
    for (std::uint32_t o = courses_[number].newest; o != no_order; o = orders_[o].next) {
        if (!gate_open(orders_[o].period, time)) continue;
        // Who sells an hour does not go on buying it; and who never ran does not buy any more.
        if (orders_[o].left() > 0 && (never_ran || orders_[o].filled > 0)) give_up(o);
        if (orders_[o].filled > 0) resell(o);
    }
}

void Broker::resell(std::uint32_t number) {
    const Order& bought = orders_[number];
    Order order;
    order.account = bought.account;
    order.owner = bought.owner;
    order.lots = bought.filled;
    order.period = bought.period;
    // 0.9 of what one lot cost on average.
    order.price = inside(average_paid(bought, resale), scenario_.families[bought.family].band);
    order.family = bought.family;
    order.side = engine::Side::sell;
    order.purpose = Order::Purpose::resale;
    volumes_.resold += order.lots;
    market_.place(orders_.add(order));
}

}  // namespace gridbook::gateway::replay
