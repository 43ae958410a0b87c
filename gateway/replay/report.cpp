// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gridbook::gateway::replay {

namespace {

std::uint32_t at_share(std::vector<std::uint32_t>& values, std::size_t hundredths) {
    if (values.empty()) return 0;
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(values.size() * hundredths / 100);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

std::int64_t micros(std::chrono::steady_clock::duration wall) {
    return std::chrono::duration_cast<std::chrono::microseconds>(wall).count();
}

// GPU-hours of lots.
std::string hours(std::uint64_t lots) {
    std::string out;
    append_lots(lots, out);
    return out;
}

// Tenths of a percent, half up.
std::string percent(std::uint64_t part, std::uint64_t whole) {
    const std::uint64_t tenths = whole == 0 ? 0 : (2'000 * part + whole) / (2 * whole);
    return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

// CNY a GPU-hour to four decimals, half up.
std::string average(const Report::Class& c) {
    const std::int64_t lots = static_cast<std::int64_t>(c.lots);
    const std::int64_t value = lots == 0 ? 0 : (2 * c.notional * 100 + lots) / (2 * lots);
    return fmt::format("{}.{:04}", value / 10'000, value % 10'000);
}

std::string milliseconds(std::uint32_t us) { return fmt::format("{}.{:03}", us / 1'000, us % 1'000); }

}  // namespace

Report Report::of(const Scenario& scenario, const Volumes& volumes, const Orders& orders,
                  const Trades& trades, Tally tally) {
    Report report;
    report.trace = scenario.trace;
    report.jobs = volumes.jobs_entered;
    report.volumes = volumes;
    for (std::size_t i = 0; i < scenario.groups.size(); ++i) {
        report.groups.push_back({scenario.groups[i], volumes.demanded[i], 0});
        report.demanded += volumes.demanded[i];
    }
    for (std::uint32_t i = 0; i < orders.size(); ++i)
        if (orders[i].purpose == Order::Purpose::need)
            report.groups[scenario.jobs[orders[i].owner].group].filled += orders[i].filled;
    for (const Family& family : scenario.families) report.classes.push_back({family.class_name, 0, 0});
    for (const Trade& trade : trades.all()) {
        report.classes[trade.family].lots += trade.lots;
        report.classes[trade.family].notional += std::int64_t{trade.lots} * trade.price.value;
        report.traded += trade.lots;
    }
    report.trades = trades.known();
    report.trades_missing = trades.missing();
    report.trades_hash = trades.hash(scenario);
    report.ack_p50_us = at_share(tally.ack_us, 50);
    report.ack_p99_us = at_share(tally.ack_us, 99);
    const std::int64_t wall = std::max<std::int64_t>(1, micros(tally.wall));
    report.orders_per_s = tally.orders() * 1'000'000 / static_cast<std::uint64_t>(wall);
    report.tally = std::move(tally);
    return report;
}

std::string Report::text() const {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(out), "  {:<22}{}\n", name, value);
    };
    fmt::format_to(std::back_inserter(out), "Replay of {}\n", trace);
    line("jobs", fmt::format("{}", jobs));
    line("orders",
         fmt::format("{} entered: {} placed, {} replaced, {} cancelled",
                     tally.orders() + tally.refused_total(), tally.placed, tally.replaced, tally.cancelled));
    line("accepted", fmt::format("{}", tally.orders()));
    line("refused", fmt::format("{}", tally.refused_total()));
    for (const auto& [code, count] : tally.refused) line("  " + code, fmt::format("{}", count));
    for (const std::string& refusal : tally.refusals) line("", refusal);
    line("ended at the gate", fmt::format("{}", tally.gate_closed));
    line("self-trade prevented", fmt::format("{}", tally.self_traded));
    line("moved",
         fmt::format("{} to another class, {} to a later hour", volumes.moved_class, volumes.moved_window));
    if (tally.busy > 0) line("BUSY", fmt::format("{} answers, sent again out of their order", tally.busy));
    if (tally.cuts > 0)
        line("connection lost",
             fmt::format("{} times; {} orders told again, {} trades learnt from the tape, "
                         "{} lots at a price that nobody told",
                         tally.cuts, tally.told_again, tally.trades_recovered, tally.lots_unpriced));
    line("GPU-hours demanded", hours(demanded));
    line("GPU-hours offered",
         fmt::format("{}, and {} again by buyers", hours(volumes.offered), hours(volumes.resold)));
    line("GPU-hours traded", fmt::format("{} in {} trades", hours(traded), trades));
    for (const Group& group : groups)
        line("  " + group.name, fmt::format("{} lots of {} filled, {} %", group.filled, group.demanded,
                                            percent(group.filled, group.demanded)));
    for (const Class& c : classes)
        line("  " + c.name, fmt::format("{} GPU-hours at {} CNY on average", hours(c.lots), average(c)));
    line("wall time", fmt::format("{} ms", micros(tally.wall) / 1'000));
    line("orders/s", fmt::format("{}", orders_per_s));
    line("acknowledged in",
         fmt::format("p50 {} ms, p99 {} ms", milliseconds(ack_p50_us), milliseconds(ack_p99_us)));
    if (trades_missing > 0) line("trades not heard", fmt::format("{}", trades_missing));
    line("hash of all trades", trades_hash);
    return out;
}

std::string Report::json() const {
    std::string out;
    const auto add = [&]<class... Args>(fmt::format_string<Args...> text, Args&&... args) {
        fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
    };
    add(R"({{"trace":"{}","jobs":{},"orders":{})", trace, jobs, tally.orders() + tally.refused_total());
    add(R"(,"placed":{},"replaced":{},"cancelled":{})", tally.placed, tally.replaced, tally.cancelled);
    add(R"(,"accepted":{},"refused":{})", tally.orders(), tally.refused_total());
    out += R"(,"refused_by_reason":{)";
    for (const auto& [code, count] : tally.refused)
        add(R"({}"{}":{})", out.ends_with('{') ? "" : ",", code, count);
    out += R"(},"groups":{)";
    for (const Group& g : groups)
        add(R"({}"{}":{{"lots_demanded":{},"lots_filled":{},"share_percent":"{}"}})",
            out.ends_with('{') ? "" : ",", g.name, g.demanded, g.filled, percent(g.filled, g.demanded));
    out += R"(},"classes":{)";
    for (const Class& c : classes)
        add(R"({}"{}":{{"gpu_hours":"{}","vwap":"{}"}})", out.ends_with('{') ? "" : ",", c.name,
            hours(c.lots), average(c));
    add(R"(}},"gpu_hours":{{"demanded":"{}","offered":"{}","resold":"{}","traded":"{}"}})", hours(demanded),
        hours(volumes.offered), hours(volumes.resold), hours(traded));
    add(R"(,"gate_closed":{},"self_trade":{},"moved_class":{},"moved_hour":{})", tally.gate_closed,
        tally.self_traded, volumes.moved_class, volumes.moved_window);
    add(R"(,"busy":{},"cuts":{},"told_again":{},"trades_recovered":{},"lots_unpriced":{})", tally.busy,
        tally.cuts, tally.told_again, tally.trades_recovered, tally.lots_unpriced);
    add(R"(,"wall_ms":{},"orders_per_s":{},"ack_p50_us":{},"ack_p99_us":{})", micros(tally.wall) / 1'000,
        orders_per_s, ack_p50_us, ack_p99_us);
    add(R"(,"trades":{},"trades_missing":{},"trades_sha256":"{}"}})", trades, trades_missing, trades_hash);
    out += '\n';
    return out;
}

}  // namespace gridbook::gateway::replay
