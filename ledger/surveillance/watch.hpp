// SPDX-License-Identifier: Apache-2.0
#pragma once
// Surveillance beside a running exchange. It reads the journal behind the commits, batch by batch, on a
// thread of its own at the lowest priority, so a slow rule keeps nobody waiting: whoever trades, commits or
// publishes never meets it. After a start it reads the journal from its first sequence on; until it has
// caught up, `applied` tells how far the alerts go.
//
//   journal ──batch──▶ [ Surveillance ] ──Ring<Told*>──▶ the last ones, asked for by number
//     the watch's thread                    writer: watch   the I/O thread: collect, told, after
//                                           reader: I/O
//
// Memory: that of Surveillance, and the alerts that are kept.

#include <atomic>
#include <deque>
#include <thread>

#include "engine/pipeline/ring.hpp"
#include "ledger/batch_copy.hpp"
#include "ledger/export/names.hpp"
#include "ledger/surveillance/surveillance.hpp"

namespace gridbook::ledger {

struct WatchOptions {
    Thresholds thresholds{};
    std::size_t keep = 10'000;                             // alerts
    std::function<void(const std::string&)> trouble = {};  // a sentence, from the watch's thread
};

class Watch {
  public:
    // An alert as text.
    struct Told {
        std::uint64_t number = 0;
        engine::Sequence sequence{};
        engine::FamilyId family = engine::no_family;
        std::string members{};  // JSON, without braces (report.hpp)
        std::string unnamed{};  // the same without the names of participants
    };

    Watch(const Journal& journal, WatchOptions options);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // Reads on its own thread until stop().
    void start();
    void stop();
    // The same by hand: the next batch; false: there is none.
    Result<bool> step();

    // By one thread, the reader: takes over what was found meanwhile; then asks about it.
    void collect();
    std::uint64_t told() const { return kept_.empty() ? 0 : kept_.back().number; }  // the last alert
    // Those behind `number` that are kept, oldest first, at most so many.
    std::vector<Told> after(std::uint64_t number, std::size_t most) const;

    // By any thread. What was found up to `applied` is there to be collected.
    engine::Sequence applied() const { return engine::Sequence{applied_.load(std::memory_order_acquire)}; }
    std::uint64_t count(Indicator indicator) const {
        return counts_[static_cast<std::size_t>(indicator)].load(std::memory_order_relaxed);
    }

  private:
    void loop();
    void keep(const Alert& alert);

    const Journal& journal_;
    WatchOptions options_;
    Names names_;
    Surveillance surveillance_;
    BatchCopy batch_;
    engine::Sequence place_{};
    std::atomic<std::uint64_t> applied_{0};
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Indicator::count_)> counts_{};
    engine::Ring<Told*> found_{1024};  // owned by whoever has them
    std::deque<Told> kept_;            // the reader's
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace gridbook::ledger
