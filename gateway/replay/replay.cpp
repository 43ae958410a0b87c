// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/replay.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

#include "gateway/replay/progress.hpp"
#include "gateway/replay/replayer.hpp"
#include "gateway/replay/report.hpp"
#include "gateway/replay/setup.hpp"

namespace gridbook::gateway {

namespace {

std::string key_file(const ReplayOptions& options) {
    return options.key_file.empty() ? fmt::format("data/replay-{}/replay.pem", options.trace)
                                    : options.key_file;
}

void write_file(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (file == nullptr || std::fclose(file) != 0 || !written)
        throw std::runtime_error(path + ": cannot be written");
}

replay::Report run(const ReplayOptions& options) {
    const replay::Scenario scenario =
        replay::read_scenario(options.trace, options.data_dir, {options.days, options.all_nodes});
    const SigningKey key = SigningKey::load(key_file(options));
    replay::Orders orders;
    replay::Trades trades;
    replay::Tally tally;
    replay::Link link(
        {options.connect, options.key_name, options.window, options.reconnect, options.acked_file}, key,
        scenario, orders, trades, tally);
    fmt::print(stderr, "replay: {}: {} jobs, {} nodes, {} accounts; preparing the market\n", options.trace,
               scenario.jobs.size(), scenario.nodes.size(), scenario.accounts.size());
    replay::set_up({options.connect, options.key_name, options.reconnect}, key, scenario, link);

    replay::ProgressBar bar(scenario);
    replay::Replayer replayer(scenario, orders, link, options.speed,
                              [&](engine::Time now) { bar.show(now, tally.orders(), trades.known()); });
    const auto started = std::chrono::steady_clock::now();
    replayer.run();
    tally.wall = std::chrono::steady_clock::now() - started;
    bar.finish();
    return replay::Report::of(scenario, replayer.volumes(), orders, trades, std::move(tally));
}

}  // namespace

int run_replay(const ReplayOptions& options) try {
    const replay::Report report = run(options);
    fmt::print("{}", report.text());
    if (!options.report_file.empty()) write_file(options.report_file, report.json());
    if (report.tally.refused_total() == 0) return 0;
    fmt::print(stderr, "replay: {} orders were refused\n", report.tally.refused_total());
    return 1;
} catch (const std::exception& failure) {
    fmt::print(stderr, "replay: {}\n", failure.what());
    return 1;
}

}  // namespace gridbook::gateway
