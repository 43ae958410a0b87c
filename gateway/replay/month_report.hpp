// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a month came to: jobs and GPU-hours that were had, beside a booking without price; what was delivered,
// replaced and refunded; prices by day; and whether all of it is right. As text, JSON, and a page with
// pictures (month_page.cpp). Money in whole micro-CNY, shares in hundredths of a percent, half up.

#include <string>

#include "gateway/replay/booking.hpp"
#include "gateway/replay/books.hpp"
#include "gateway/replay/month_broker.hpp"
#include "gateway/replay/month_check.hpp"
#include "gateway/replay/placement.hpp"
#include "gateway/replay/report.hpp"

namespace gridbook::gateway::replay {

struct MonthReport {
    struct Day {
        std::uint64_t lots = 0;      // traded, of hours of that day
        std::int64_t notional = 0;   // ticks x lots
        std::uint64_t booked = 0;    // lots, by the booking with gates
        std::uint64_t lost = 0;      // lot-minutes not delivered by who sold them
        std::uint64_t replaced = 0;  // of these, taken over
    };

    std::string trace;
    std::string begin;  // "2017-10-01"
    MonthRules rules;
    Volumes volumes;
    std::uint64_t gpus = 0;          // of all nodes
    std::uint64_t gpus_standby = 0;  // of these, kept for failures
    std::uint64_t jobs = 0;
    std::uint64_t granted = 0;        // had whole, all that was entered
    std::uint64_t granted_first = 0;  // of these, never above the first price
    std::uint64_t at_once = 0;        // of these, in the hour wanted first
    std::uint64_t split = 0;          // had, but GPUs of one hour in different hours
    std::uint64_t lost = 0;           // gave up
    std::uint64_t demanded = 0;       // lots of all windows entered
    std::uint64_t filled = 0;
    std::vector<std::uint64_t> waited;  // granted jobs by hours waited
    Booking stated, gated;
    OneProvider one_provider;
    MonthCheck check;
    Books books;
    engine::Money replacement_cost{};
    std::vector<Day> days;
    Tally tally;  // without the list of acknowledgement times
    std::string trades_hash;
    std::uint64_t trades = 0;
    std::uint64_t orders_per_s = 0;
    std::uint64_t meters_per_s = 0;
    std::uint64_t commands_per_s = 0;

    static MonthReport of(const Scenario& scenario, const MonthBroker& broker, const Orders& orders,
                          const Trades& trades, const Deliveries& deliveries, const Report& report);
    std::uint32_t waited_at(std::uint64_t percent) const;  // hours
    // Everything that must hold does.
    bool right() const { return check.wrong_count == 0 && books.wrong.empty(); }

    std::string text() const;
    std::string json() const;
    std::string page() const;
};

// "93.68": hundredths of a percent, half up.
std::string share(std::uint64_t part, std::uint64_t whole);

}  // namespace gridbook::gateway::replay
