// SPDX-License-Identifier: Apache-2.0
// The disk is slow. While a sync takes long, what waits for it waits, and the stages before it do not: the
// engine's side goes on writing into its ring until that is full, and not a slot longer. Afterwards all is as
// if nothing had been.
//
//   GRIDBOOK_SLOW_SYNC_MS=5000 build/release/tests/test_crash "[slow]"      # 100 ms in CI
#include <chrono>
#include <thread>

#include "disk.hpp"
#include "market.hpp"

using namespace gridbook;
using namespace gridbook::crash;

namespace {

class Slow final : public Disk {
  public:
    int before(Call call, const std::string& path, std::size_t&) override {
        if (call == Call::sync && path.ends_with(".mdb") && delay_ms.load() > 0) {
            ++in_sync;
            std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms.load()));
        }
        return 0;
    }
    std::atomic<int> delay_ms{0};
    std::atomic<int> in_sync{0};
};

}  // namespace

TEST_CASE("a slow sync holds back what it has to, and nothing else", "[slow]") {
    const int delay = rounds("GRIDBOOK_SLOW_SYNC_MS", 100);
    const auto& steps = played();
    const TempFolder folder;
    const auto data = folder.path() / "data";
    std::filesystem::create_directories(data);
    Slow disk;
    const Watch watch(data, disk);
    {
        auto journal = ledger::Journal::open(journal_options(data));
        REQUIRE(journal);
        constexpr std::size_t ring = 1 << 14;
        ledger::LedgerStage::Ring in(ring), out(ring);
        ledger::BlobQueue blobs(16);
        ledger::LedgerStage stage(**journal, in, out, blobs);
        std::atomic<bool> stop{false}, failed{false};
        std::thread committer([&] {
            while (!stop.load()) {
                const auto stepped = stage.step();
                if (!stepped) return failed.store(true);
                if (!*stepped) std::this_thread::yield();
            }
        });
        const auto enter = [&](const tests::Step& step) {
            if (in.room(1 + step.events.size()) < 1 + step.events.size()) return false;
            in.slot(0) = engine::Record(step.command);
            for (std::size_t i = 0; i < step.events.size(); ++i)
                in.slot(1 + i) = engine::Record(step.events[i]);
            in.publish(1 + step.events.size());
            return true;
        };
        std::uint64_t told = 0;
        const auto take = [&] {
            for (std::size_t n = out.refresh(); n > 0; --n, out.release(1))
                told = std::max(told, out.peek(0).event().header.sequence.value);
        };
        std::size_t next = 0;
        // The first commit is fast; then each sync takes long.
        REQUIRE(enter(steps[next++]));
        while (told < 1 && !failed.load()) take();
        disk.delay_ms = delay;
        const auto begun = std::chrono::steady_clock::now();
        REQUIRE(enter(steps[next++]));
        while (disk.in_sync.load() == 0) std::this_thread::yield();
        // The committer sleeps in its sync: entering goes on meanwhile, and nothing is told.
        const std::uint64_t told_before = told;
        std::size_t entered = 0;
        while (next < steps.size() && enter(steps[next])) ++next, ++entered;
        take();
        const auto until_full = std::chrono::steady_clock::now() - begun;
        CHECK(entered > 500);
        if (until_full < std::chrono::milliseconds(delay)) CHECK(told == told_before);
        while (told < steps[1].command.header.sequence.value && !failed.load()) take();
        CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(delay));
        disk.delay_ms = 0;
        while (!failed.load() && (next < steps.size() || in.used() > 0)) {
            while (next < steps.size() && enter(steps[next])) ++next;
            take();
        }
        take();
        stop = true;
        committer.join();
        CHECK_FALSE(failed.load());
    }
    const auto started = restart(data);
    REQUIRE(started);
    CHECK(started->sequence == steps.back().command.header.sequence);
}
