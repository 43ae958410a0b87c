// SPDX-License-Identifier: Apache-2.0
// The ledger stage through its real rings and its real commit: one thread plays engine and egress (writes
// commands with their events, takes what comes out), the other runs the stage. Each command carries two
// events, an order and a fill: 384 bytes in the journal. A latency runs from the intended time of a fixed
// schedule to the moment when the command's last event is readable behind the commit. Beside it, in the same
// run and on the same disk, the floor: append and fdatasync of 4 KiB and of 64 KiB.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "bench/frame.hpp"
#include "engine/pipeline/wait.hpp"
#include "ledger/ledger_stage.hpp"

using namespace gridbook;

namespace {

constexpr std::size_t events_each = 2;
constexpr std::size_t records_each = 1 + events_each;
constexpr std::size_t ring_records = 1 << 20;

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

[[noreturn]] void stop(const std::string& sentence) {
    fmt::print(stderr, "bench_ledger: {}\n", sentence);
    std::exit(1);
}

class TempFolder {
  public:
    explicit TempFolder(const std::string& in) {
        std::string name = (std::filesystem::path(in) / "bench-ledger-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) stop("cannot create a folder in " + in);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// Journal, rings and the ledger's thread, as the pipeline wires them. The caller is the other thread.
class Rig {
  public:
    explicit Rig(const std::string& in)
        : folder_(in),
          journal_(open(folder_.path())),
          stage_(*journal_, in_, out_, blobs_),
          thread_([this] { loop(); }) {
        engine::PlaceOrder order;
        order.qty = engine::Decimal{16'000'000};
        command_ = engine::Command::of(order, engine::AccountId{1});
        engine::OrderEvent told;
        told.state = engine::OrderState::open;
        entered_.set(told);
        filled_.set(engine::Fill{});
    }
    ~Rig() {
        stop_.store(true);
        sleeper_.wake();
        thread_.join();
    }
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    bool room() { return in_.room(records_each) >= records_each; }
    // The next command with its events, as one piece; wake() after the last of a burst.
    void write() {
        const engine::Sequence sequence{++written_};
        command_.header.sequence = entered_.header.sequence = filled_.header.sequence = sequence;
        in_.slot(0) = engine::Record(command_);
        in_.slot(1) = engine::Record(entered_);
        in_.slot(2) = engine::Record(filled_);
        in_.publish(records_each);
    }
    void wake() { sleeper_.wake(); }
    // Takes what is durable and answers how many commands are complete since the last call.
    std::uint64_t take() {
        const std::size_t records = out_.refresh();
        if (records == 0) return 0;
        out_.release(records);
        wake();
        return records / events_each;
    }
    const ledger::LedgerStats& stats() const { return stage_.stats(); }

  private:
    static std::unique_ptr<ledger::Journal> open(const std::filesystem::path& data) {
        auto journal = ledger::Journal::open({.data = data});
        if (!journal) stop(journal.error().text);
        return std::move(*journal);
    }
    void loop() {
        engine::Idle idle(engine::WaitStrategy::park, sleeper_);
        while (!stop_.load(std::memory_order_relaxed))
            idle.run_once(
                [this] {
                    const auto done = stage_.step();
                    if (!done) stop(done.error().text);
                    return *done;
                },
                engine::millisecond * 20);
    }

    TempFolder folder_;
    std::unique_ptr<ledger::Journal> journal_;
    engine::Ring<engine::Record> in_{ring_records};
    engine::Ring<engine::Record> out_{ring_records};
    ledger::BlobQueue blobs_{16};
    ledger::LedgerStage stage_;
    engine::FutexSleeper sleeper_;
    std::atomic<bool> stop_{false};
    engine::Command command_;
    engine::Event entered_, filled_;
    std::uint64_t written_ = 0;
    std::thread thread_;
};

struct Outcome {
    bench::Histogram latency;
    double per_s = 0;
    double commits_per_s = 0;
    double bytes_per_s = 0;
};

void conclude(Outcome& outcome, const Rig& rig, std::uint64_t done, std::int64_t elapsed_ns) {
    const double seconds = static_cast<double>(elapsed_ns) * 1e-9;
    outcome.per_s = static_cast<double>(done) / seconds;
    outcome.commits_per_s = static_cast<double>(rig.stats().commits.load()) / seconds;
    outcome.bytes_per_s = static_cast<double>(rig.stats().bytes.load()) / seconds;
}

// Commands at their intended times, whatever comes out when; what the ring cannot take yet is late.
Outcome offered(const std::string& in, double rate, double seconds) {
    Rig rig(in);
    Outcome outcome;
    const auto total = static_cast<std::uint64_t>(rate * seconds);
    const double step_ns = 1e9 / rate;
    std::uint64_t sent = 0, done = 0;
    const std::int64_t begun = now_ns();
    const auto intended = [&](std::uint64_t n) {
        return begun + static_cast<std::int64_t>(static_cast<double>(n) * step_ns);
    };
    while (done < total) {
        const std::int64_t now = now_ns();
        const std::uint64_t before = sent;
        while (sent < total && intended(sent) <= now && rig.room()) rig.write(), ++sent;
        if (sent > before) rig.wake();
        const std::uint64_t taken = rig.take();
        if (taken == 0) continue;
        const std::int64_t told = now_ns();
        for (std::uint64_t i = 0; i < taken; ++i) outcome.latency.add(told - intended(done + i));
        done += taken;
    }
    conclude(outcome, rig, done, now_ns() - begun);
    return outcome;
}

// As much as the rings take.
Outcome saturated(const std::string& in, double seconds) {
    Rig rig(in);
    Outcome outcome;
    std::uint64_t sent = 0, done = 0;
    const std::int64_t begun = now_ns();
    const std::int64_t end = begun + static_cast<std::int64_t>(seconds * 1e9);
    while (now_ns() < end || done < sent) {
        const bool sending = now_ns() < end;
        for (int i = 0; sending && i < 64 && rig.room(); ++i) rig.write(), ++sent;
        rig.wake();
        done += rig.take();
    }
    conclude(outcome, rig, done, now_ns() - begun);
    return outcome;
}

// One command at a time into a stage that has gone to sleep.
bench::Histogram idle(const std::string& in, int commands) {
    Rig rig(in);
    bench::Histogram latency;
    for (int i = 0; i < commands; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const std::int64_t begun = now_ns();
        rig.write();
        rig.wake();
        while (rig.take() == 0) engine::pause_cpu();
        latency.add(now_ns() - begun);
    }
    return latency;
}

// What the disk itself takes for an append that is durable.
bench::Histogram floor_of(const std::string& in, std::size_t bytes, int appends) {
    const TempFolder folder(in);
    const int file =
        ::open((folder.path() / "floor").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) stop("cannot create a file in " + folder.path().string());
    const std::vector<char> data(bytes, 'x');
    bench::Histogram latency;
    for (int i = 0; i < appends; ++i) {
        const std::int64_t begun = now_ns();
        if (::write(file, data.data(), bytes) != static_cast<ssize_t>(bytes) || ::fdatasync(file) != 0)
            stop("cannot append to a file in " + folder.path().string());
        latency.add(now_ns() - begun);
    }
    ::close(file);
    return latency;
}

double us(std::int64_t ns) { return static_cast<double>(ns) / 1e3; }

}  // namespace

int main(int argc, char** argv) {
    std::string folder = std::filesystem::temp_directory_path().string();
    bench::Cli cli("bench_ledger", "The ledger stage: real rings, real commits, two threads.");
    cli.option("dir", folder, "where the journals are written (and removed); the disk that is measured");
    const bench::Options options = cli.parse(argc, argv);
    bench::Report report("ledger", options);

    bench::Histogram floor_4k, floor_64k, single;
    const auto rounds = bench::interleave(
        options.rounds, {{"floor 4 KiB",
                          [&] {
                              floor_4k.add(floor_of(folder, 4'096, 100));
                              return 0.0;
                          }},
                         {"floor 64 KiB",
                          [&] {
                              floor_64k.add(floor_of(folder, 65'536, 50));
                              return 0.0;
                          }},
                         {"idle",
                          [&] {
                              single.add(idle(folder, 50));
                              return 0.0;
                          }},
                         {"saturated", [&] { return saturated(folder, options.seconds / 4).per_s; }}});
    const bench::Series& sustained = rounds.back();
    report.line(fmt::format("append + fdatasync of 4 KiB:   {}", floor_4k.text()));
    report.line(fmt::format("append + fdatasync of 64 KiB:  {}", floor_64k.text()));
    report.line(fmt::format("one command into an idle stage: {}", single.text()));
    report.line(fmt::format("saturated: {:.0f} commands/s durable (best {:.0f})", sustained.median(),
                            sustained.best()));
    report.json()
        .number("sustained_per_s", sustained.median())
        .number("sustained_best_per_s", sustained.best());
    for (const double rate : {10e3, 100e3, 250e3}) {
        const Outcome o = offered(folder, rate, options.seconds);
        report.line(fmt::format("offered {:.0f}/s: made {:.0f}/s in {:.0f} commits/s, {:.0f} MB/s; {}", rate,
                                o.per_s, o.commits_per_s, o.bytes_per_s / 1e6, o.latency.text()));
        if (rate == 250e3)
            report.json()
                .number("p50_us", us(o.latency.quantile(0.50)))
                .number("p99_us", us(o.latency.quantile(0.99)))
                .number("p999_us", us(o.latency.quantile(0.999)))
                .number("commits_per_s", o.commits_per_s);
    }
    report.json()
        .number("idle_p50_us", us(single.quantile(0.50)))
        .number("floor_4k_us", us(floor_4k.quantile(0.50)))
        .number("floor_64k_us", us(floor_64k.quantile(0.50)));
    report.finish();
    return 0;
}
