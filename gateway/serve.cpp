// SPDX-License-Identifier: Apache-2.0
#include "gateway/serve.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <cstdio>
#include <cstdlib>

#include <filesystem>
#include <stdexcept>

#include "gateway/admin/sandbox_runs.hpp"
#include "gateway/admin/signed_text.hpp"
#include "gateway/bootstrap.hpp"
#include "gateway/clock.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/status_line.hpp"
#include "ledger/disk_space.hpp"
#include "ledger/follower.hpp"
#include "ledger/surveillance/watch.hpp"

namespace gridbook::gateway {
namespace {

// How often the engine's state hash is recorded in the journal while it runs.
constexpr engine::Duration checkpoint_every = engine::minute * 10;
constexpr engine::Duration parting = engine::second * 3;

// The parts of a running exchange, built in this order and ended in the other.
class Service {
  public:
    explicit Service(ServeOptions options)
        : options_(std::move(options)),
          config_(options_.config),
          journal_(open_journal()),
          rings_(config_.rings),
          rim_(
              config_, rings_.commands, rings_.blobs, [this](engine::Sequence s) { return reason_of(s); },
              [this](engine::Sequence after, std::size_t most) { return requests_after(after, most); }) {}

    void run() {
        recover();
        pipeline_.emplace(config_, rings_, exchange_, *journal_, rim_);
        follow();
        watch();
        rim_.use_sandbox(sandbox_);
        add_gauges();
        // From here on a signal closes in order: pages are served already while the configuration is entered.
        // Before, in a long recovery, it simply ends the process, which loses nothing.
        rim_.server().on_signal([this] { stopping_ = true; });
        rim_.server().on_hangup([this] { renew_certificate(); });
        pipeline_->start();
        bootstrap();
        rim_.not_ready("");
        const std::string url =
            fmt::format("{}://{}:{}", config_.server.certificate.empty() ? "http" : "https",
                        config_.server.address, rim_.server().port());
        spdlog::info("the exchange is open at {}", url);
        if (options_.on_ready) options_.on_ready(url);
        loop();
        close();
    }

  private:
    std::unique_ptr<ledger::Journal> open_journal() {
        ledger::JournalOptions options{.data = config_.data.folder};
        options.segment_bytes = std::uint64_t{config_.data.segment_mb} << 20;
        options.segment_time = engine::minute * config_.data.segment_minutes;
        // Twice what a segment holds: its map never has to grow under load.
        options.map_bytes = 2 * options.segment_bytes;
        auto journal = ledger::Journal::open(options);
        if (!journal) throw std::runtime_error(journal.error().text);
        return std::move(journal.value());
    }

    void recover() {
        ProgressLine progress("recovering");
        const auto done = ledger::recover(*journal_, ledger::Snapshots(config_.data.folder), exchange_, rim_,
                                          [&](engine::Sequence at, engine::Sequence last) {
                                              progress.tick(at.value, last.value, machine_time());
                                          });
        if (!done) throw std::runtime_error(done.error().text);
        for (const std::string& why : done.value().passed_over) spdlog::warn("{}; it is passed over", why);
        if (done.value().sequence.value > 0)
            spdlog::info("recovered {} commands behind sequence {} from {}", done.value().commands,
                         done.value().snapshot.value, config_.data.folder);
    }

    // Snapshots and the projection, behind the journal.
    void follow() {
        if (config_.snapshots.every_s == 0) return;
        if (config_.snapshots.projection) {
            auto projection = ledger::Projection::open(config_.data.folder, ledger::Access::write);
            if (!projection) throw std::runtime_error(projection.error().text);
            projection_ = std::move(projection.value());
            rim_.use_history(*journal_, *projection_);
        }
        ledger::FollowerOptions options;
        options.data = config_.data.folder;
        options.every = engine::second * config_.snapshots.every_s;
        options.commands = config_.snapshots.commands;
        options.keep = config_.snapshots.keep;
        options.projection = projection_.get();
        options.streams.hours = std::uint64_t{24} * config_.snapshots.stream_days;
        options.trouble = [](const std::string& sentence) { spdlog::error("snapshots: {}", sentence); };
        follower_.emplace(*journal_, std::move(options));
        follower_->start();
    }

    // Surveillance, behind the journal.
    void watch() {
        if (!config_.surveillance.enabled) return;
        ledger::WatchOptions options;
        options.thresholds = config_.surveillance.thresholds;
        options.trouble = [](const std::string& sentence) { spdlog::error("surveillance: {}", sentence); };
        watch_.emplace(*journal_, std::move(options));
        rim_.use_watch(*watch_, config_.surveillance.names);
        watch_->start();
    }

    // A certificate that cannot be used leaves the old one in its place.
    void renew_certificate() {
        if (config_.server.certificate.empty()) return;
        try {
            rim_.server().use_tls(config_.server.certificate, config_.server.key);
            spdlog::info("TLS: {} was read again", config_.server.certificate);
        } catch (const std::exception& error) {
            spdlog::error("TLS: {}; the certificate before it stays in use", error.what());
        }
    }

    // Enters what the configuration says and the journal does not know yet.
    void bootstrap() {
        std::string error;
        const auto recorded = journal_->genesis();
        if (!recorded) throw std::runtime_error(recorded.error().text);
        std::optional<engine::Genesis> genesis;
        if (recorded.value()) genesis = recorded.value()->as<engine::Genesis>();
        const auto commands =
            gateway::bootstrap(config_, rim_.directory(), genesis ? &*genesis : nullptr, error);
        if (!error.empty()) throw std::runtime_error(error);
        for (const engine::Command& command : commands) enter(command);
        // Connections of an earlier process are gone: what was to be cancelled with them is.
        if (genesis) enter(engine::Command::of(engine::CloseSession{}));
        drain();
    }

    void enter(const engine::Command& command) {
        while (!rim_.port().enter(command)) run_once();
    }

    void loop() {
        StatusLine status(rim_.metrics(), pipeline_->ledger_stats().commit_latency, options_.status_line);
        const engine::Time end =
            options_.seconds == 0 ? engine::never : machine_time() + engine::second * options_.seconds;
        checkpointed_ = machine_time();
        while (!stopping_) {
            run_once();
            const engine::Time now = machine_time();
            status.tick(now);
            watch_disk(now);
            if (now >= end) stopping_ = true;
            if (now - checkpointed_ >= checkpoint_every) checkpoint(now);
        }
        status.end();
    }

    // Only in the loop: what the configuration says enters whatever the disk has left.
    void watch_disk(engine::Time now) {
        const bool full = disk_.low(now);
        if (full == rim_.port().disk_full()) return;
        rim_.port().disk_full(full);
        if (full)
            spdlog::error("{} has {} MB free, the floor is {} MB: new orders are BUSY, cancels go on",
                          config_.data.folder, disk_.free_bytes() >> 20, disk_.floor_bytes() >> 20);
        else
            spdlog::warn("{} has {} MB free again: orders are taken", config_.data.folder,
                         disk_.free_bytes() >> 20);
    }

    void checkpoint(engine::Time now) {
        if (rim_.port().enter_urgent(engine::Command::of(engine::Checkpoint{}))) checkpointed_ = now;
    }

    void close() {
        spdlog::info("closing: what has been entered is committed and told");
        if (options_.on_stop) options_.on_stop();
        rim_.not_ready("closing");
        rim_.announce_shutdown();
        drain();
        rim_.server().stop(parting);
        checkpoint(machine_time());
        drain();
        pipeline_->stop();
        follower_.reset();
        if (watch_) watch_->stop();
        spdlog::info("closed at sequence {}", pipeline_->ledger_stats().durable.load());
    }

    void run_once() {
        pipeline_->run_once();
        if (pipeline_->failed()) fail_stop();
    }

    // Said and ended at once. Nobody waits for the threads of the lowest priority, which on a busy machine
    // get their turn late: what they write bears being cut off, as in any crash.
    [[noreturn]] void fail_stop() {
        fmt::print(stderr, "gridbook: {}\n", pipeline_->failure());
        std::fflush(nullptr);
        std::_Exit(EXIT_FAILURE);
    }

    void drain() {
        pipeline_->drain();
        if (pipeline_->failed()) fail_stop();
    }

    // The reason that a band change's signed body gave.
    std::string reason_of(engine::Sequence sequence) {
        const auto blob = journal_->blob(sequence);
        return blob && blob.value() ? reason_in(*blob.value()) : std::string();
    }

    std::vector<ledger::LoggedText> requests_after(engine::Sequence after, std::size_t most) const {
        auto texts = journal_->texts_after(after, most);
        if (!texts) throw std::runtime_error(texts.error().text);
        return std::move(texts.value());
    }

    void add_gauges() {
        Metrics& m = rim_.metrics();
        const ledger::LedgerStats& stats = pipeline_->ledger_stats();
        const auto ring = [&](const char* name, auto& r) {
            m.gauge(fmt::format("gridbook_ring_used{{ring=\"{}\"}}", name), "records waiting in a ring",
                    [&r] { return static_cast<double>(r.used()); });
        };
        ring("commands", rings_.commands);
        ring("records", rings_.records);
        ring("durable", rings_.durable);
        m.gauge("gridbook_durable_sequence", "last committed sequence",
                [&stats] { return static_cast<double>(stats.durable.load(std::memory_order_relaxed)); });
        m.gauge("gridbook_commits_total", "journal commits",
                [&stats] { return static_cast<double>(stats.commits.load(std::memory_order_relaxed)); });
        m.gauge("gridbook_journal_bytes_total", "bytes committed",
                [&stats] { return static_cast<double>(stats.bytes.load(std::memory_order_relaxed)); });
        for (const auto& [label, share] :
             {std::pair{"0.5", 0.5}, std::pair{"0.99", 0.99}, std::pair{"0.999", 0.999}})
            m.gauge(fmt::format("gridbook_commit_seconds{{quantile=\"{}\"}}", label), "time of a commit",
                    [&stats, share = share] {
                        const auto d =
                            ledger::LatencyHistogram::quantile(stats.commit_latency.counts(), share);
                        return static_cast<double>(d.value) / 1e9;
                    });
        if (follower_) add_follower_gauges(m, follower_->stats());
        if (watch_) add_watch_gauges(m, *watch_);
        m.gauge("gridbook_connections", "open sockets",
                [this] { return static_cast<double>(rim_.server().connections()); });
    }

    static void add_follower_gauges(Metrics& m, const ledger::FollowerStats& stats) {
        const auto gauge = [&](const char* name, const char* help, const auto& value) {
            m.gauge(name, help,
                    [&value] { return static_cast<double>(value.load(std::memory_order_relaxed)); });
        };
        gauge("gridbook_follower_sequence", "last sequence in snapshots' exchange and projection",
              stats.applied);
        gauge("gridbook_snapshot_sequence", "sequence of the newest snapshot", stats.snapshot);
        gauge("gridbook_snapshot_bytes", "size of the newest snapshot", stats.snapshot_bytes);
        gauge("gridbook_follower_stopped", "1: engine and journal or postings differ",
              stats.stopped_by_difference);
    }

    static void add_watch_gauges(Metrics& m, const ledger::Watch& watch) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(ledger::Indicator::count_); ++i) {
            const auto indicator = static_cast<ledger::Indicator>(i);
            m.gauge(fmt::format("gridbook_alerts_total{{indicator=\"{}\"}}", ledger::name(indicator)),
                    "alerts of surveillance, counted from the beginning of the journal",
                    [&watch, indicator] { return static_cast<double>(watch.count(indicator)); });
        }
        m.gauge("gridbook_surveillance_sequence", "last sequence that surveillance has looked at",
                [&watch] { return static_cast<double>(watch.applied().value); });
    }

    ServeOptions options_;
    const Config& config_;
    std::unique_ptr<ledger::Journal> journal_;
    engine::Exchange exchange_;
    Rings rings_;
    Rim rim_;
    std::optional<Pipeline> pipeline_;
    std::unique_ptr<ledger::Projection> projection_;
    std::optional<ledger::Follower> follower_;
    std::optional<ledger::Watch> watch_;
    SandboxRuns sandbox_{std::filesystem::read_symlink("/proc/self/exe"), config_.data.folder};
    ledger::DiskSpace disk_{config_.data.folder, std::uint64_t{config_.data.free_floor_mb} << 20};
    engine::Time checkpointed_{};
    bool stopping_ = false;
};

}  // namespace

int serve(ServeOptions options) {
    spdlog::set_level(spdlog::level::from_str(options.config.log_level));
    try {
        Service(std::move(options)).run();
        return 0;
    } catch (const std::exception& e) {
        fmt::print(stderr, "gridbook: {}\n", e.what());
        return 1;
    }
}

}  // namespace gridbook::gateway
