// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a trace becomes before any time has passed: who wants which hours at what price, and who offers them.
// Plain values, all drawn from the files; nothing in here depends on what happens in the market.

#include <optional>
#include <string>
#include <vector>

#include "engine/catalogue/instrument.hpp"
#include "gateway/replay/prices.hpp"

namespace gridbook::gateway::replay {

// Zone and tier of every replay family (config/replay-*.toml).
inline constexpr std::string_view family_suffix = ".CN-EAST.G2";

struct Family {
    std::string class_name;
    Band band{};
    std::string name() const { return class_name + std::string(family_suffix); }
};

// A class that a job accepts, with what it would pay there.
struct Wish {
    std::uint32_t family = 0;  // index in Scenario::families
    engine::Price limit{};
};

struct Job {
    std::string name;  // stem of its client order ids
    std::uint32_t account = 0;
    std::uint32_t group = 0;  // for the report: its class of service
    std::uint32_t lots = 0;   // in each hour
    std::uint32_t hours = 0;  // of its window
    engine::Time entry{};
    engine::Time end = engine::never;  // deletion: unused hours are sold again; never: it has none
    bool waits = false;        // good for 24 h, its window moves with time; otherwise each hour till its gate
    bool never_runs = false;   // was never scheduled: cancels at its end
    std::vector<Wish> wishes;  // at least one, in the order in which they are tried
};

struct Node {
    std::string name;
    std::uint32_t account = 0;
    std::uint32_t family = 0;
    std::uint32_t lots = 0;
    engine::Price ask{};
    bool standby = false;  // kept for what fails, never sold
};

// How a month is lived through and not only traded (README.md): windows wait as strips, their bids rise while
// they wait, and what is sold is delivered minute by minute, by providers some of whom fail.
struct MonthRules {
    engine::Duration patience{engine::hour};            // at one price; then the next of the job's wishes
    engine::Duration waiting{72 * engine::hour.value};  // of a window, from its entry
    std::uint32_t failing_bp = 100;                     // of provider-hours
    std::size_t standby_every = 27;                     // each so many-th node is kept for failures; 0: none
    bool raises = true;                                 // false: a job never bids more than its first price
};

struct Scenario {
    std::string trace;
    engine::Time begin{};  // on a full hour: the trace's time zero
    engine::Time end{};    // nothing is entered after it
    std::vector<Family> families;
    std::vector<std::string> accounts;
    std::vector<std::string> groups;
    std::vector<Job> jobs;  // by entry
    std::vector<Node> nodes;
    std::optional<MonthRules> month;  // none: hours are orders of their own, and nothing is delivered

    engine::Period first_period() const { return engine::period_at(begin, engine::Product::gpu); }
    // Nodes offer until then: in a month as long as a window may wait.
    engine::Time offers_end() const { return month ? end + month->waiting : end; }
    // The run is over: in a month behind the midnight at which all that could be sold is settled and
    // invoiced.
    engine::Time run_end() const;
};

// How far ahead hours are listed (market-rules section 2).
inline constexpr std::uint32_t horizon_hours = 192;
// The longest window entered at once; longer needs come as consecutive windows.
inline constexpr std::uint32_t window_hours = 168;

constexpr engine::Period plus(engine::Period p, std::uint32_t hours) {
    return engine::Period{p.value + hours};
}
constexpr engine::Time start_of(engine::Period p) { return engine::window_start(p, engine::Product::gpu); }

// The first full hour whose gate is still open at `t`.
constexpr engine::Period first_open_hour(engine::Time t) {
    return engine::Period{engine::period_at(t + engine::gate_lead, engine::Product::gpu).value + 1};
}
constexpr bool gate_open(engine::Period p, engine::Time t) {
    return engine::gate_time(p, engine::Product::gpu) > t;
}

// Index of `name` in `names`, which grows by it when it is new.
std::uint32_t index_of(std::vector<std::string>& names, const std::string& name);
// The family of a class, made with its band when it is new.
std::uint32_t family_of(Scenario& scenario, const PriceList& prices, std::string_view class_name);

struct TraceOptions {
    std::uint32_t days = 0;  // 0: as many as the trace is meant to have
    bool all_nodes = false;
    MonthRules month{};  // used by philly-month
};
Scenario read_alibaba(const std::string& data_dir, const PriceList& prices, TraceOptions options);
Scenario read_philly(const std::string& data_dir, const PriceList& prices, TraceOptions options);
// The same trace, lived through by options.month.
Scenario read_philly_month(const std::string& data_dir, const PriceList& prices, TraceOptions options);
// By the name of the trace; throws naming the known ones.
Scenario read_scenario(const std::string& trace, const std::string& data_dir, TraceOptions options);

}  // namespace gridbook::gateway::replay
