// SPDX-License-Identifier: Apache-2.0
// What a slow disk does to the engine. The exchange runs at a fixed rate into the ring before the ledger
// stage, in pairs of runs: in one the disk is as it is, in the other each of its syncs takes 100 ms to 5 s
// more. A step is one command through Exchange::apply with its events into the ring; it has to take what it
// took before for as long as there is room in the ring. What happens when there is none (BUSY, cancels last)
// is seen from outside by tests/system/disk_faults.py.

#include <sys/syscall.h>

#include <cmath>
#include <random>

#include "bench/frame.hpp"
#include "bench/ledger_rig.hpp"

using namespace gridbook;
using bench::now_ns;

namespace {

std::atomic<bool> slow{false};
std::atomic<std::int64_t> delayed_ns{0};

// On the stage's thread: between 100 ms and 5 s, short ones more often than long ones.
void delay() {
    if (!slow.load(std::memory_order_relaxed)) return;
    static std::mt19937_64 random(7);
    static std::uniform_real_distribution<double> exponent(std::log(0.1), std::log(5.0));
    const double seconds = std::exp(exponent(random));
    const std::int64_t end = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
    // A run that is over does not wait for its last sync.
    while (slow.load(std::memory_order_relaxed) && now_ns() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    delayed_ns += static_cast<std::int64_t>(seconds * 1e9);
}

struct Steps {
    bench::Histogram ns;
    bool filled = false;  // the ring, before the time was over
    double delayed_s = 0;
};

Steps run(const std::string& folder, double rate, double seconds, bool slowly) {
    bench::Rig rig({.folder = folder});
    Steps steps;
    delayed_ns = 0;
    slow = slowly;
    const double step_ns = 1e9 / rate;
    const std::int64_t begun = now_ns(), end = begun + static_cast<std::int64_t>(seconds * 1e9);
    std::uint64_t n = 0, told = 0;
    while (now_ns() < end && !steps.filled) {
        if (begun + static_cast<std::int64_t>(static_cast<double>(n) * step_ns) > now_ns()) {
            told += rig.take();
            continue;
        }
        steps.filled = !rig.room();
        if (steps.filled) break;
        const std::int64_t before = now_ns();
        rig.write();
        steps.ns.add(now_ns() - before);
        if (++n % 16 == 0) rig.wake();
    }
    slow = false;
    steps.delayed_s = static_cast<double>(delayed_ns.load()) * 1e-9;
    rig.wake();
    // What was held back comes out.
    while (told < n) told += rig.take();
    return steps;
}

double ratio(const std::vector<double>& with, const std::vector<double>& without) {
    return bench::Series{"", with}.median() / bench::Series{"", without}.median();
}

}  // namespace

// Before libc's, also for the shared library of LMDB.
extern "C" int fdatasync(int descriptor) {
    delay();
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

int main(int argc, char** argv) {
    std::string folder = std::filesystem::temp_directory_path().string();
    double rate = 100e3;
    bench::Cli cli("bench_slow_sync", "Step times of the engine while the syncs of its ledger are slow.");
    cli.option("dir", folder, "where the journals are written (and removed)");
    cli.option("rate", rate, "commands a second");
    const bench::Options options = cli.parse(argc, argv);
    bench::Report report("slow_sync", options);
    std::vector<double> p50[2], p99[2];
    double delayed = 0;
    int filled = 0;
    for (int pair = 0; pair < options.rounds; ++pair)
        for (const int slowly : {pair % 2, 1 - pair % 2}) {
            const Steps steps = run(folder, rate, options.seconds, slowly == 1);
            p50[slowly].push_back(static_cast<double>(steps.ns.quantile(0.50)));
            p99[slowly].push_back(static_cast<double>(steps.ns.quantile(0.99)));
            delayed += steps.delayed_s;
            filled += steps.filled;
            report.line(fmt::format("{}: {} steps, {}{}", slowly == 1 ? "slow syncs" : "as it is  ",
                                    steps.ns.count(), steps.ns.text(),
                                    steps.filled ? "; until the ring was full" : ""));
        }
    const double half = ratio(p50[1], p50[0]), tail = ratio(p99[1], p99[0]);
    report.line(
        fmt::format("medians of {} pairs: p50 {:.3f} of what it is, p99 {:.3f}; {:.1f} s of delays; the "
                    "aim is within 1.05 and 1.25: {}",
                    options.rounds, half, tail, delayed, half <= 1.05 && tail <= 1.25 ? "kept" : "missed"));
    report.json()
        .number("p50_ratio", half)
        .number("p99_ratio", tail)
        .number("p50_ns", bench::Series{"", p50[0]}.median())
        .number("p50_slow_ns", bench::Series{"", p50[1]}.median())
        .number("p99_ns", bench::Series{"", p99[0]}.median())
        .number("p99_slow_ns", bench::Series{"", p99[1]}.median())
        .number("delayed_s", delayed)
        .integer("rings_filled", filled);
    report.finish();
    return 0;
}
