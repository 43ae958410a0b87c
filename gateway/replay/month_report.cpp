// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/month_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "ledger/export/names.hpp"

namespace gridbook::gateway::replay {

namespace {

using ledger::money_text;

// GPU-hours of lots, and of lot-minutes to a tenth, half up.
std::string hours(std::uint64_t lots) {
    std::string out;
    append_lots(lots, out);
    return out;
}
std::string minutes(std::uint64_t lot_minutes) { return hours((2 * lot_minutes + 60) / 120); }

std::uint64_t a_second(std::uint64_t count, std::chrono::steady_clock::duration wall) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(wall).count();
    return count * 1'000'000 / static_cast<std::uint64_t>(std::max<std::int64_t>(1, us));
}

void count_jobs(const Scenario& scenario, const std::vector<Course>& courses, MonthReport& report) {
    for (std::size_t i = 0; i < scenario.jobs.size(); ++i) {
        const Course& course = courses[i];
        if (course.windows == 0) continue;
        report.split += course.split;
        report.lost += course.lost;
        if (!course.whole()) continue;
        ++report.granted;
        report.granted_first += !course.raised;
        report.at_once += course.waited == 0 && !course.raised;
        if (report.waited.size() <= course.waited) report.waited.resize(course.waited + 1);
        ++report.waited[course.waited];
    }
}

void count_days(const Scenario& scenario, const Trades& trades, const Deliveries& deliveries,
                MonthReport& report) {
    const std::uint32_t begin = scenario.first_period().value;
    const auto day = [&](engine::Period period) -> MonthReport::Day& {
        return report.days[(period.value - begin) / 24];
    };
    const engine::Period last = engine::period_at(scenario.run_end(), engine::Product::gpu);
    report.days.resize((last.value - begin) / 24 + 1);
    for (const Trade& trade : trades.all()) {
        if (trade.lots == 0) continue;
        day(trade.period).lots += trade.lots;
        day(trade.period).notional += std::int64_t{trade.lots} * trade.price.value;
    }
    for (const Delivery& d : deliveries.all()) {
        if (d.lots == 0) continue;
        day(d.period).lost += std::uint64_t{d.lots} * (d.minutes - std::min(d.minutes, d.reported));
        if (d.replaces != 0) day(d.period).replaced += std::uint64_t{d.lots} * d.minutes;
    }
    for (std::size_t i = 0; i < report.gated.by_day.size(); ++i)
        report.days[i].booked = report.gated.by_day[i];
    while (!report.days.empty() && report.days.back().lots == 0) report.days.pop_back();
}

std::string vwap(const MonthReport::Day& day) {
    const auto lots = static_cast<std::int64_t>(day.lots);
    const std::int64_t value = lots == 0 ? 0 : (2 * day.notional * 100 + lots) / (2 * lots);
    return fmt::format("{}.{:04}", value / 10'000, value % 10'000);
}

}  // namespace

std::string share(std::uint64_t part, std::uint64_t whole) {
    const std::uint64_t value = whole == 0 ? 0 : (20'000 * part + whole) / (2 * whole);
    return fmt::format("{}.{:02}", value / 100, value % 100);
}

MonthReport MonthReport::of(const Scenario& scenario, const MonthBroker& broker, const Orders& orders,
                            const Trades& trades, const Deliveries& deliveries, const Report& report) {
    MonthReport month;
    month.trace = scenario.trace;
    month.begin = ledger::time_text(scenario.begin).substr(0, 10);
    month.rules = *scenario.month;
    month.volumes = broker.volumes();
    for (const Node& node : scenario.nodes) {
        month.gpus += node.lots / 10;
        if (node.standby) month.gpus_standby += node.lots / 10;
    }
    month.jobs = report.jobs;
    month.demanded = report.demanded;
    for (const Report::Group& group : report.groups) month.filled += group.filled;
    count_jobs(scenario, broker.courses(), month);
    month.stated = Booking::of(scenario, Booking::Start::full_hour);
    month.gated = Booking::of(scenario, Booking::Start::open_gate);
    month.one_provider = OneProvider::of(orders, deliveries);
    month.check = MonthCheck::of(scenario, orders, deliveries);
    month.replacement_cost = deliveries.replacement_cost();
    count_days(scenario, trades, deliveries, month);
    month.tally = report.tally;
    month.tally.ack_us.clear();
    month.trades = report.trades;
    month.trades_hash = report.trades_hash;
    month.orders_per_s = report.orders_per_s;
    month.meters_per_s = a_second(month.tally.meters, month.tally.wall);
    const Tally& t = month.tally;
    month.commands_per_s = a_second(t.orders() + t.meters + t.readies + t.advances, t.wall);
    return month;
}

std::uint32_t MonthReport::waited_at(std::uint64_t percent) const {
    std::uint64_t seen = 0;
    for (std::uint32_t h = 0; h < waited.size(); ++h)
        if ((seen += waited[h]) * 100 >= granted * percent) return h;
    return 0;
}

std::string MonthReport::text() const {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(out), "  {:<22}{}\n", name, value);
    };
    out += "The month\n";
    line("GPUs", fmt::format("{}, of these {} on standby", gpus, gpus_standby));
    line("jobs granted", fmt::format("{} of {}, {} %; without price or waiting {} % (by gates {} %)", granted,
                                     jobs, share(granted, jobs), share(stated.jobs, stated.wanted_jobs),
                                     share(gated.jobs, gated.wanted_jobs)));
    line("  at the first price", fmt::format("{}, {} of them in the hour wanted", granted_first, at_once));
    line("  waited", fmt::format("p50 {} h, p95 {} h, p99 {} h, at most {} h", waited_at(50), waited_at(95),
                                 waited_at(99), waited.empty() ? 0 : waited.size() - 1));
    line("  gave up, split", fmt::format("{}, {}", lost, split));
    line("GPU-hours granted",
         fmt::format("{} of {}, {} %; without price or waiting {} % (by gates {} %)", hours(filled),
                     hours(demanded), share(filled, demanded), share(stated.lots, stated.wanted_lots),
                     share(gated.lots, gated.wanted_lots)));
    line("deliveries", fmt::format("{}, and {} in place of {} that failed", check.deliveries,
                                   check.replacements, check.failed));
    line("provider-hours",
         fmt::format("{}, {} with a silent provider ({} %)", check.provider_hours, check.failing_hours,
                     share(check.failing_hours, check.provider_hours)));
    line("GPU-hours replaced",
         fmt::format("{} for {} CNY", minutes(check.replaced), money_text(replacement_cost)));
    line("GPU-hours undelivered",
         fmt::format("{}, refunded {}: {} CNY and {} CNY penalty", minutes(check.undelivered),
                     minutes(check.unpaid), money_text(check.refunds), money_text(check.penalties)));
    line("one provider", fmt::format("{} % of {} jobs of several hours; paired first come {} %",
                                     share(one_provider.paired, one_provider.jobs), one_provider.jobs,
                                     share(one_provider.first_come, one_provider.jobs)));
    line("invoices", fmt::format("{} of {} accounts; fees and tax {} CNY", books.invoices, books.accounts,
                                 money_text(books.fees)));
    line("meter reports", fmt::format("{}, {}/s beside {} orders/s; {} commands/s in all", tally.meters,
                                      meters_per_s, orders_per_s, commands_per_s));
    for (const std::string& wrong : check.wrong) line("WRONG", wrong);
    for (const std::string& wrong : books.wrong) line("WRONG", wrong);
    line("checks",
         right() ? "all hold" : fmt::format("{} do not hold", check.wrong_count + books.wrong.size()));
    return out;
}

std::string MonthReport::json() const {
    std::string out;
    const auto add = [&]<class... Args>(fmt::format_string<Args...> text, Args&&... args) {
        fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
    };
    const auto booking = [&](const Booking& b) {
        return fmt::format(R"({{"jobs":{},"share_percent":"{}","gpu_hours":"{}","gpu_hours_percent":"{}"}})",
                           b.jobs, share(b.jobs, b.wanted_jobs), hours(b.lots), share(b.lots, b.wanted_lots));
    };
    add(R"({{"gpus":{},"gpus_standby":{},"patience_h":{},"waiting_h":{},"failing_bp":{})", gpus, gpus_standby,
        rules.patience.value / engine::hour.value, rules.waiting.value / engine::hour.value,
        rules.failing_bp);
    add(R"(,"jobs":{},"granted":{},"share_percent":"{}","granted_at_first_price":{},"granted_at_once":{})",
        jobs, granted, share(granted, jobs), granted_first, at_once);
    add(R"(,"lost":{},"split":{},"waited_h":{{"p50":{},"p95":{},"p99":{},"max":{}}})", lost, split,
        waited_at(50), waited_at(95), waited_at(99), waited.empty() ? 0 : waited.size() - 1);
    add(R"(,"gpu_hours_demanded":"{}","gpu_hours_granted":"{}","gpu_hours_percent":"{}")", hours(demanded),
        hours(filled), share(filled, demanded));
    add(R"(,"booking":{},"booking_by_gates":{})", booking(stated), booking(gated));
    add(R"(,"deliveries":{},"replacements":{},"failed":{},"provider_hours":{},"failing_hours":{})",
        check.deliveries, check.replacements, check.failed, check.provider_hours, check.failing_hours);
    add(R"(,"gpu_minutes":{{"promised":"{}","replaced":"{}","undelivered":"{}","refunded":"{}"}})",
        hours(check.promised), hours(check.replaced), hours(check.undelivered), hours(check.unpaid));
    add(R"(,"refunds":"{}","penalties":"{}","replacement_cost":"{}","fees_and_tax":"{}","advances":"{}")",
        money_text(check.refunds), money_text(check.penalties), money_text(replacement_cost),
        money_text(books.fees), money_text(books.advances));
    add(R"(,"jobs_of_several_hours":{},"one_provider_percent":"{}","one_provider_first_come_percent":"{}")",
        one_provider.jobs, share(one_provider.paired, one_provider.jobs),
        share(one_provider.first_come, one_provider.jobs));
    add(R"(,"invoices":{},"meters":{},"meters_per_s":{},"commands_per_s":{},"readies":{},"days":[)",
        books.invoices, tally.meters, meters_per_s, commands_per_s, tally.readies);
    for (const Day& day : days)
        add(R"({}{{"gpu_hours":"{}","vwap":"{}","booked":"{}","lost":"{}","replaced":"{}"}})",
            out.ends_with('[') ? "" : ",", hours(day.lots), vwap(day), hours(day.booked), minutes(day.lost),
            minutes(day.replaced));
    add(R"(],"wrong":{}}})", check.wrong_count + books.wrong.size());
    return out;
}

}  // namespace gridbook::gateway::replay
