// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/booking.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

namespace {

std::uint32_t first_hour(const Scenario& scenario, engine::Time entry, Booking::Start start) {
    const std::uint32_t begin = scenario.first_period().value;
    if (start == Booking::Start::open_gate) return first_open_hour(entry).value - begin;
    const std::int64_t hour = engine::hour.value;
    return static_cast<std::uint32_t>(((entry - scenario.begin).value + hour - 1) / hour);
}

}  // namespace

Booking Booking::of(const Scenario& scenario, Start start) {
    std::uint64_t capacity = 0;
    for (const Node& node : scenario.nodes) capacity += node.lots;
    Booking booking;
    booking.by_day.resize(
        static_cast<std::size_t>((scenario.end - scenario.begin).value / engine::day.value));
    std::vector<std::uint64_t> taken;  // by hour
    for (const Job& job : scenario.jobs) {
        const std::uint32_t first = first_hour(scenario, job.entry, start);
        if (taken.size() < first + job.hours) taken.resize(first + job.hours);
        const auto begin = taken.begin() + first, end = begin + job.hours;
        ++booking.wanted_jobs;
        booking.wanted_lots += std::uint64_t{job.hours} * job.lots;
        if (std::any_of(begin, end, [&](std::uint64_t lots) { return lots + job.lots > capacity; })) continue;
        std::for_each(begin, end, [&](std::uint64_t& lots) { lots += job.lots; });
        ++booking.jobs;
        booking.lots += std::uint64_t{job.hours} * job.lots;
        for (std::uint32_t h = first; h < first + job.hours && h / 24 < booking.by_day.size(); ++h)
            booking.by_day[h / 24] += job.lots;
    }
    return booking;
}

}  // namespace gridbook::gateway::replay
