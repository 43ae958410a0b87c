// SPDX-License-Identifier: Apache-2.0
// A month as a page for people: its table and its pictures, in one file.
#include <fmt/format.h>

#include <array>

#include "gateway/replay/month_report.hpp"
#include "ledger/export/names.hpp"
#include "ledger/export/picture.hpp"

namespace gridbook::gateway::replay {

namespace {

using ledger::money_text;
using ledger::Picture;

double gpu_hours(std::uint64_t lots) { return static_cast<double>(lots) / 10; }

std::string row(std::string_view what, const std::string& month, const std::string& booking) {
    return fmt::format("<tr><th>{}</th><td>{}</td><td>{}</td></tr>\n", what, month, booking);
}

std::string table(const MonthReport& r) {
    const auto percent = [](std::uint64_t part, std::uint64_t whole) { return share(part, whole) + " %"; };
    std::string rows =
        "<table><tr><th></th><th>this month</th><th>booked first come, without price</th></tr>\n";
    rows += row("jobs granted", percent(r.granted, r.jobs), percent(r.stated.jobs, r.stated.wanted_jobs));
    rows += row("of these at their first price", percent(r.granted_first, r.jobs), "");
    rows += row("the same, windows beginning where a gate is open", percent(r.granted, r.jobs),
                percent(r.gated.jobs, r.gated.wanted_jobs));
    rows +=
        row("GPU-hours granted", percent(r.filled, r.demanded), percent(r.stated.lots, r.stated.wanted_lots));
    rows += row("jobs of several hours with one provider throughout",
                percent(r.one_provider.paired, r.one_provider.jobs),
                percent(r.one_provider.first_come, r.one_provider.jobs) + " (paired first come)");
    rows += row("hours waited, p50, p95, p99",
                fmt::format("{}, {}, {}", r.waited_at(50), r.waited_at(95), r.waited_at(99)), "0");
    rows +=
        row("deliveries, replacements", fmt::format("{}, {}", r.check.deliveries, r.check.replacements), "");
    rows += row("refunds, CNY", money_text(r.check.refunds), "");
    rows += row("penalties, CNY", money_text(r.check.penalties), "");
    rows += row("replacements, CNY", money_text(r.replacement_cost), "");
    rows += row("checks that do not hold", fmt::format("{}", r.check.wrong_count + r.books.wrong.size()), "");
    return rows + "</table>\n";
}

// A picture with a label a day.
template <class Value>
void add_days(const MonthReport& r, Picture& picture, std::string_view colour, Value&& value) {
    ledger::Series series{colour};
    picture.labels.clear();
    for (std::size_t i = 0; i < r.days.size(); ++i) {
        picture.labels.push_back(fmt::format("{}", i + 1));
        series.values.push_back(value(r.days[i]));
    }
    picture.series.push_back(std::move(series));
}

std::string vwap_by_day(const MonthReport& r) {
    Picture picture{.title = "VWAP by day of delivery, CNY a GPU-hour"};
    add_days(r, picture, "draft", [](const MonthReport::Day& day) {
        return day.lots == 0 ? 0 : static_cast<double>(day.notional) / static_cast<double>(day.lots) / 100;
    });
    return bars(picture);
}

std::string hours_by_day(const MonthReport& r) {
    Picture picture{.title = "GPU-hours by day"};
    add_days(r, picture, "was", [](const MonthReport::Day& day) { return gpu_hours(day.booked); });
    add_days(r, picture, "draft", [](const MonthReport::Day& day) { return gpu_hours(day.lots); });
    return ledger::colour_key("booked first come, in October", "sold") + bars(picture);
}

std::string failures_by_day(const MonthReport& r) {
    Picture picture{.title = "GPU-hours that failed, by day"};
    add_days(r, picture, "was", [](const MonthReport::Day& day) { return gpu_hours(day.lost) / 60; });
    add_days(r, picture, "draft", [](const MonthReport::Day& day) { return gpu_hours(day.replaced) / 60; });
    return ledger::colour_key("not delivered by who sold them", "taken over by standby providers") +
           bars(picture);
}

std::string jobs_by_wait(const MonthReport& r) {
    constexpr std::array<std::uint32_t, 9> upto{0, 1, 3, 6, 12, 18, 24, 48, UINT32_MAX};
    Picture picture{.title = "Jobs by hours waited for the first window (by the last hour of each bar)",
                    .labels = {},
                    .series = {{"draft"}}};
    std::uint32_t h = 0;
    for (const std::uint32_t last : upto) {
        std::uint64_t jobs = 0;
        for (; h < r.waited.size() && h <= last; ++h) jobs += r.waited[h];
        picture.labels.push_back(last == UINT32_MAX ? "more" : fmt::format("{}", last));
        picture.series[0].values.push_back(static_cast<double>(jobs));
    }
    picture.labels.push_back("not had");
    picture.series[0].values.push_back(static_cast<double>(r.jobs - r.granted));
    return bars(picture);
}

}  // namespace

std::string MonthReport::page() const {
    return ledger::page_head("Gridbook: a compressed month") +
           fmt::format(
               "<h1>A compressed month: {} from {}</h1>\n<p>{} jobs against {} GPUs, of which {} stand by "
               "for failures; windows as strips, every minute metered, {} % of provider-hours failing. "
               "{} trades, {} meter reports. Hash of all trades: {}</p>\n",
               trace, begin, jobs, gpus, gpus_standby, share(rules.failing_bp, 10'000), trades, tally.meters,
               trades_hash) +
           table(*this) + vwap_by_day(*this) + hours_by_day(*this) + jobs_by_wait(*this) +
           failures_by_day(*this) + "</html>\n";
}

}  // namespace gridbook::gateway::replay
