// SPDX-License-Identifier: Apache-2.0
// Rules J2 and S1 for the Philly training jobs of October 2017 against the A100 nodes of another cluster's
// list. What the rules leave open is decided in README.md beside this file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

namespace {

// 2017-10-01T00:00:00Z: the trace's local times are read as UTC.
constexpr std::int64_t october_s = 1'506'816'000;
constexpr std::uint32_t usual_days = 31;
constexpr std::int64_t providers = 40;
constexpr std::size_t every_nth_node = 4;
constexpr const char* job_class = "A100-80";

// The trace has no class of service; what a job would pay is drawn by its row.
struct Offer {
    const char* name;
    std::uint64_t below;  // hundredths of u
    Ratio k;
    bool spot;
};
constexpr std::array offers{
    Offer{"k=1.10", 60, {110, 100}, false},
    Offer{"k=0.80", 85, {80, 100}, false},
    Offer{"k=spot", 100, {}, true},
};

// What a job that waits bids next, one after the other, as far as it is more than what it bid (README.md).
constexpr std::array ladder{Ratio{80, 100}, Ratio{110, 100}, Ratio{125, 100}, Ratio{200, 100}};
// Kept for failures at this price: what lies above 1.5 times the price of a failed delivery cannot replace
// it.
constexpr Ratio standby_price{80, 100};

std::uint32_t offer_of(Quantile u) {
    std::uint32_t i = 0;
    while (!u.below(offers[i].below, 100)) ++i;
    return i;
}

void read_jobs(const std::string& data_dir, const PriceList& prices, Scenario& scenario) {
    const Table table = Table::read(data_dir + "/philly-2017/jobs_2017-09_2017-10.csv.gz");
    const auto time = table.column("timestamp"), duration = table.column("duration"),
               gpus = table.column("num_gpus"), cluster = table.column("cluster");
    const std::uint32_t family = family_of(scenario, prices, job_class);
    const std::int64_t hour = 3'600 * engine::decimal_one;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const engine::Time entry{table.seconds(row, time) * engine::second.value};
        if (entry < scenario.begin || entry >= scenario.end) continue;
        const std::string number = std::to_string(row);
        const std::uint32_t offer = offer_of(Quantile::of(number));
        const Ratio k = offers[offer].spot ? prices.spot_ratio(Quantile::of(number + "p")) : offers[offer].k;
        Job job;
        job.name = "job-" + number;
        job.account = index_of(scenario.accounts, std::string(table.text(row, cluster)));
        job.group = offer;
        job.lots = static_cast<std::uint32_t>(table.integer(row, gpus) * 10);
        job.hours = static_cast<std::uint32_t>(
            std::max<std::int64_t>(1, (table.millionths(row, duration) + hour - 1) / hour));
        job.entry = entry;
        job.wishes.push_back({family, prices.bid(job_class, k)});
        scenario.jobs.push_back(std::move(job));
    }
    std::stable_sort(scenario.jobs.begin(), scenario.jobs.end(),
                     [](const Job& a, const Job& b) { return a.entry < b.entry; });
}

// The class that a model of the node list is offered as; empty: it is left out.
std::string_view class_of(std::string_view model) {
    if (model == "A100-SXM4-80GB") return "A100-80";
    if (model == "A800-SXM4-80GB") return "A800";
    if (model == "A10" || model == "H800") return model;
    return {};
}

void read_nodes(const std::string& data_dir, const PriceList& prices, bool all, Scenario& scenario) {
    const Table table = Table::read(data_dir + "/alibaba-gpu-nodes-2026/nodes.csv");
    const auto model = table.column("gpu_model"), gpus = table.column("gpu_capacity_num"),
               name = table.column("node_name");
    std::size_t a100 = 0;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::string class_name(class_of(table.text(row, model)));
        const bool taken =
            all ? !class_name.empty() : class_name == job_class && a100++ % every_nth_node == 0;
        if (!taken) continue;
        const std::string node(table.text(row, name));
        const std::uint32_t account =
            index_of(scenario.accounts, fmt::format("prov-{}", static_cast<std::int64_t>(row) % providers));
        scenario.nodes.push_back({"node-" + node, account, family_of(scenario, prices, class_name),
                                  static_cast<std::uint32_t>(table.integer(row, gpus) * 10),
                                  prices.ask(class_name, Quantile::of(node))});
    }
}

void add_ladder(const PriceList& prices, Job& job) {
    for (const Ratio k : ladder) {
        const Wish next{job.wishes[0].family, prices.bid(job_class, k)};
        if (job.wishes.back().limit < next.limit) job.wishes.push_back(next);
    }
}

}  // namespace

Scenario read_philly(const std::string& data_dir, const PriceList& prices, TraceOptions options) {
    Scenario scenario;
    scenario.trace = "philly-2017";
    scenario.begin = engine::Time{october_s * engine::second.value};
    scenario.end = scenario.begin + engine::day * (options.days == 0 ? usual_days : options.days);
    for (const Offer& offer : offers) scenario.groups.emplace_back(offer.name);
    read_jobs(data_dir, prices, scenario);
    read_nodes(data_dir, prices, options.all_nodes, scenario);
    return scenario;
}

Scenario read_philly_month(const std::string& data_dir, const PriceList& prices, TraceOptions options) {
    Scenario scenario = read_philly(data_dir, prices, options);
    scenario.trace = "philly-month";
    scenario.month = options.month;
    for (Job& job : scenario.jobs)
        if (options.month.raises) add_ladder(prices, job);
    const std::size_t every = options.month.standby_every;
    for (std::size_t i = 0; every > 0 && i < scenario.nodes.size(); ++i) {
        if (i % every != every - 1) continue;
        scenario.nodes[i].standby = true;
        scenario.nodes[i].ask = prices.bid(job_class, standby_price);
    }
    return scenario;
}

}  // namespace gridbook::gateway::replay
