// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/replay.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <stdexcept>

#include "gateway/replay/broker.hpp"
#include "gateway/replay/month_report.hpp"
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

replay::MonthRules month_rules(const ReplayOptions& options) {
    return {.patience = engine::hour * options.patience_h,
            .waiting = engine::hour * options.waiting_h,
            .failing_bp = options.failing_bp,
            .standby_every = options.standby_every,
            .raises = options.raises};
}

struct Outcome {
    replay::Report report;
    std::optional<replay::MonthReport> month;

    bool right() const { return report.tally.refused_total() == 0 && (!month || month->right()); }
    std::string text() const { return report.text() + (month ? month->text() : ""); }
    std::string json() const {
        std::string out = report.json();
        if (month) out.insert(out.rfind('}'), R"(,"month":)" + month->json());
        return out;
    }
};

// Everything that a run is made of; the order of the members is the order in which they are needed.
class Run {
  public:
    explicit Run(const ReplayOptions& options)
        : options_(options),
          scenario_(replay::read_scenario(options.trace, options.data_dir,
                                          {options.days, options.all_nodes, month_rules(options)})),
          key_(SigningKey::load(key_file(options))),
          link_({options.connect, options.key_name, options.window, options.reconnect, options.acked_file},
                key_, scenario_, orders_, trades_, deliveries_, tally_),
          agenda_(scenario_) {}

    Outcome run() {
        fmt::print(stderr, "replay: {}: {} jobs, {} nodes, {} accounts; preparing the market\n",
                   options_.trace, scenario_.jobs.size(), scenario_.nodes.size(), scenario_.accounts.size());
        replay::set_up({options_.connect, options_.key_name, options_.reconnect}, key_, scenario_, link_);
        return scenario_.month ? month() : traded();
    }

  private:
    Outcome traded() {
        replay::Broker broker(scenario_, agenda_, orders_, link_);
        go(broker);
        return {report(broker), {}};
    }

    Outcome month() {
        replay::MonthBroker broker(scenario_, agenda_, orders_, deliveries_, link_);
        go(broker);
        fmt::print(stderr, "replay: all is settled; reading invoices\n");
        Outcome outcome{report(broker), {}};
        outcome.month =
            replay::MonthReport::of(scenario_, broker, orders_, trades_, deliveries_, outcome.report);
        outcome.month->books =
            replay::Books::of(scenario_, engine::Money{replay::credit_cny * engine::decimal_one}, link_);
        if (!options_.page_file.empty()) write_file(options_.page_file, outcome.month->page());
        return outcome;
    }

    void go(replay::Actor& actor) {
        replay::ProgressBar bar(scenario_);
        replay::Replayer replayer(scenario_, agenda_, actor, link_, options_.speed,
                                  [&](engine::Time now) { bar.show(now, tally_.orders(), trades_.known()); });
        const auto started = std::chrono::steady_clock::now();
        replayer.run();
        tally_.wall = std::chrono::steady_clock::now() - started;
        bar.finish();
    }

    replay::Report report(const replay::Actor& actor) {
        return replay::Report::of(scenario_, actor.volumes(), orders_, trades_, std::move(tally_));
    }

    const ReplayOptions& options_;
    replay::Scenario scenario_;
    SigningKey key_;
    replay::Orders orders_;
    replay::Trades trades_;
    replay::Deliveries deliveries_;
    replay::Tally tally_;
    replay::Link link_;
    replay::Agenda agenda_;
};

}  // namespace

int run_replay(const ReplayOptions& options) try {
    const Outcome outcome = Run(options).run();
    fmt::print("{}", outcome.text());
    if (!options.report_file.empty()) write_file(options.report_file, outcome.json());
    if (outcome.right()) return 0;
    fmt::print(stderr, "replay: {} orders were refused{}\n", outcome.report.tally.refused_total(),
               outcome.month && !outcome.month->right() ? ", and not everything holds" : "");
    return 1;
} catch (const std::exception& failure) {
    fmt::print(stderr, "replay: {}\n", failure.what());
    return 1;
}

}  // namespace gridbook::gateway
