// SPDX-License-Identifier: Apache-2.0
// The ledger stage through its real rings and its real commit (ledger_rig.hpp). A latency runs from the
// intended time of a fixed schedule, whatever comes out when, to the moment when the command's last event is
// readable behind the commit; the thread that measures also runs the exchange. Beside it, in the same run and
// on the same disk, the floor: append and fdatasync of 4 KiB and of 64 KiB. Then the same while the follower
// writes the projection and makes snapshots, and double entry beside SQLite (transfers.hpp).

#include <fcntl.h>

#include "bench/frame.hpp"
#include "bench/ledger_rig.hpp"
#include "bench/transfers.hpp"

using namespace gridbook;
using bench::now_ns;
using bench::Rig;
using bench::RigOptions;
using bench::stop;
using bench::TempFolder;

namespace {

struct Outcome {
    bench::Histogram latency;
    double per_s = 0;
    double commits_per_s = 0;
    double bytes_per_s = 0;
    double behind_s = 0;  // the follower, at the end, at the rate made
    std::uint64_t snapshots = 0;
    std::size_t segments = 0;
};

void conclude(Outcome& outcome, const Rig& rig, std::uint64_t done, std::int64_t elapsed_ns) {
    const double seconds = static_cast<double>(elapsed_ns) * 1e-9;
    outcome.per_s = static_cast<double>(done) / seconds;
    outcome.commits_per_s = static_cast<double>(rig.stats().commits.load()) / seconds;
    outcome.bytes_per_s = static_cast<double>(rig.stats().bytes.load()) / seconds;
    outcome.behind_s = static_cast<double>(rig.lag()) / outcome.per_s;
    outcome.snapshots = rig.snapshots();
    outcome.segments = rig.segments();
}

// Commands at their intended times; what the ring cannot take yet is late.
Outcome offered(const RigOptions& options, double rate, double seconds) {
    Rig rig(options);
    Outcome outcome;
    const auto total = static_cast<std::uint64_t>(rate * seconds);
    const double step_ns = 1e9 / rate;
    std::uint64_t done = 0;
    const std::uint64_t before_all = rig.sent();
    const std::int64_t begun = now_ns();
    const auto intended = [&](std::uint64_t n) {
        return begun + static_cast<std::int64_t>(static_cast<double>(n) * step_ns);
    };
    while (done < total) {
        const std::int64_t now = now_ns();
        std::uint64_t sent = rig.sent() - before_all;
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
Outcome saturated(const RigOptions& options, double seconds) {
    Rig rig(options);
    Outcome outcome;
    const std::uint64_t before = rig.sent();
    std::uint64_t done = 0;
    const std::int64_t begun = now_ns();
    const std::int64_t end = begun + static_cast<std::int64_t>(seconds * 1e9);
    while (now_ns() < end || done < rig.sent() - before) {
        const bool sending = now_ns() < end;
        for (int i = 0; sending && i < 64 && rig.room(); ++i) rig.write();
        rig.wake();
        done += rig.take();
    }
    conclude(outcome, rig, done, now_ns() - begun);
    return outcome;
}

// One command at a time into a stage that has gone to sleep.
bench::Histogram idle(const std::string& in, int commands) {
    Rig rig({.folder = in});
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

// The same after a rest, as a single command meets the disk; and as a commit of LMDB does it: pages, sync,
// then the meta page through a descriptor that syncs each write.
bench::Histogram rested_floor(const std::string& in, bool twice, int appends) {
    const TempFolder folder(in);
    const std::string name = (folder.path() / "floor").string();
    const int file = ::open(name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    const int meta = ::open(name.c_str(), O_RDWR | O_DSYNC | O_CLOEXEC, 0600);
    const std::vector<char> data(4'096, 'x');
    bench::Histogram latency;
    for (off_t i = 1; i <= appends; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const std::int64_t begun = now_ns();
        if (::pwrite(file, data.data(), data.size(), i * 4'096) < 0 || ::fdatasync(file) != 0 ||
            (twice && ::pwrite(meta, data.data(), 200, 0) < 0))
            stop("cannot append to a file in " + folder.path().string());
        latency.add(now_ns() - begun);
    }
    ::close(meta), ::close(file);
    return latency;
}

double us(std::int64_t ns) { return static_cast<double>(ns) / 1e3; }

}  // namespace

int main(int argc, char** argv) {
    std::string folder = std::filesystem::temp_directory_path().string();
    bench::Cli cli("bench_ledger", "The ledger stage: real exchange, rings and commits, two threads.");
    cli.option("dir", folder, "where the journals are written (and removed); the disk that is measured");
    const bench::Options options = cli.parse(argc, argv);
    bench::Report report("ledger", options);
    const RigOptions alone{.folder = folder};

    bench::Histogram floor_4k, floor_64k, rested, rested_twice, single;
    const auto rounds = bench::interleave(
        options.rounds,
        {{"floor 4 KiB", [&] { return floor_4k.add(floor_of(folder, 4'096, 100)), 0.0; }},
         {"floor 64 KiB", [&] { return floor_64k.add(floor_of(folder, 65'536, 50)), 0.0; }},
         {"rested", [&] { return rested.add(rested_floor(folder, false, 50)), 0.0; }},
         {"rested, two", [&] { return rested_twice.add(rested_floor(folder, true, 50)), 0.0; }},
         {"idle", [&] { return single.add(idle(folder, 50)), 0.0; }},
         {"saturated", [&] { return saturated(alone, options.seconds / 4).per_s; }},
         {"transfers", [&] { return bench::our_transfers(folder, options.seconds / 4); }},
         {"SQLite", [&] { return bench::sqlite_transfers(folder, options.seconds / 4); }}});
    const bench::Series &sustained = rounds[5], &transfers = rounds[6], &sqlite = rounds[7];
    report.line(fmt::format("append + fdatasync of 4 KiB:   {}", floor_4k.text()));
    report.line(fmt::format("append + fdatasync of 64 KiB:  {}", floor_64k.text()));
    report.line(fmt::format("4 KiB after 1 ms of rest:       {}", rested.text()));
    report.line(fmt::format("and a meta page behind it:      {}", rested_twice.text()));
    report.line(fmt::format("one command into an idle stage: {}", single.text()));
    report.line(fmt::format("saturated: {:.0f} commands/s durable (best {:.0f})", sustained.median(),
                            sustained.best()));
    report.line(fmt::format(
        "transfers over {} accounts in batches of {}: {:.0f}/s durable; SQLite, WAL and full sync: "
        "{:.0f}/s",
        bench::transfer_accounts, bench::transfer_batch, transfers.median(), sqlite.median()));
    report.json()
        .number("sustained_per_s", sustained.median())
        .number("sustained_best_per_s", sustained.best());
    const auto tell = [&](std::string_view what, double rate, const Outcome& o) {
        report.line(fmt::format("offered {:.0f}/s{}: made {:.0f}/s in {:.0f} commits/s, {:.0f} MB/s; {}",
                                rate, what, o.per_s, o.commits_per_s, o.bytes_per_s / 1e6, o.latency.text()));
    };
    for (const double rate : {10e3, 100e3, 250e3, 500e3}) {
        const Outcome o = offered(alone, rate, options.seconds);
        tell("", rate, o);
        const auto key = [&](std::string_view share) {
            return fmt::format("{}_us_at_{:.0f}k", share, rate / 1e3);
        };
        report.json()
            .number(key("p50"), us(o.latency.quantile(0.50)))
            .number(key("p99"), us(o.latency.quantile(0.99)))
            .number(key("p999"), us(o.latency.quantile(0.999)));
        if (rate == 250e3)
            report.json()
                .number("p50_us", us(o.latency.quantile(0.50)))
                .number("p99_us", us(o.latency.quantile(0.99)))
                .number("p999_us", us(o.latency.quantile(0.999)))
                .number("commits_per_s", o.commits_per_s)
                .number("bytes_per_s", o.bytes_per_s);
    }
    // So small that one is closed some ten times a second.
    const RigOptions turning{.folder = folder, .segment_bytes = 8u << 20};
    const Outcome turned = offered(turning, 250e3, options.seconds);
    tell(fmt::format(" in {} segments of 8 MB", turned.segments), 250e3, turned);
    report.json().number("p99_segments_us", us(turned.latency.quantile(0.99)));
    RigOptions projecting{.folder = folder, .projection = true};
    const Outcome projected = offered(projecting, 250e3, options.seconds);
    tell(" while the projection is written", 250e3, projected);
    // Often enough that most of the run has one under way.
    projecting.snapshot_every = engine::Duration{static_cast<std::int64_t>(options.seconds * 2e8)};
    const Outcome checkpointed = offered(projecting, 250e3, options.seconds);
    tell(" while snapshots are made, too", 250e3, checkpointed);
    report.line(fmt::format("the follower is {:.2f} s behind at the end ({:.2f} s with {} snapshots)",
                            projected.behind_s, checkpointed.behind_s, checkpointed.snapshots));
    report.json()
        .number("p50_projection_us", us(projected.latency.quantile(0.50)))
        .number("p99_projection_us", us(projected.latency.quantile(0.99)))
        .number("projection_behind_s", projected.behind_s)
        .number("p99_checkpoint_us", us(checkpointed.latency.quantile(0.99)))
        .integer("checkpoints", static_cast<std::int64_t>(checkpointed.snapshots))
        .number("idle_p50_us", us(single.quantile(0.50)))
        .number("floor_4k_us", us(floor_4k.quantile(0.50)))
        .number("floor_rested_us", us(rested.quantile(0.50)))
        .number("floor_two_syncs_us", us(rested_twice.quantile(0.50)))
        .number("floor_64k_us", us(floor_64k.quantile(0.50)))
        .number("transfers_per_s", transfers.median())
        .number("sqlite_transfers_per_s", sqlite.median());
    report.finish();
    return 0;
}
