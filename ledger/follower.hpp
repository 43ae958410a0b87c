// SPDX-License-Identifier: Apache-2.0
#pragma once
// The follower: a second exchange that applies the journal behind the first one, on a thread of its own at
// the lowest priority, so that snapshots are made and the projection is written without matching ever
// waiting.
//
//   journal ──batch──▶ [ rerun ▶ postings ▶ projection ] ──every 60 s or 10 M commands──▶ reconcile ▶
//   snapshot
//
// What it applies it compares with what was recorded, event by event; before each snapshot it compares the
// engine's money with the postings'. A difference ends the following (nothing is written of it, the trouble
// is told, and no order waits): recovery then uses the snapshots before it. A full disk is told and tried
// again.
//
// It costs the memory of a second exchange: the pools of the journal once more. One thread steps; anyone may
// read the stats.

#include <thread>

#include "ledger/batch_copy.hpp"
#include "ledger/projection/projector.hpp"
#include "ledger/recovery.hpp"
#include "ledger/snapshots/snapshots.hpp"

namespace gridbook::ledger {

struct FollowerOptions {
    std::filesystem::path data;
    engine::Duration every = engine::minute;               // between snapshots; zero: only `commands` counts
    std::uint64_t commands = 10'000'000;                   // between snapshots, at most
    std::size_t keep = 3;                                  // snapshots
    Projection* projection = nullptr;                      // null: none is written
    StreamsKept streams{};                                 // in the projection
    std::function<void(const std::string&)> trouble = {};  // a sentence, from the follower's thread
};

// Relaxed atomics: for /metrics.
struct FollowerStats {
    std::atomic<std::uint64_t> applied{0};         // sequence
    std::atomic<std::uint64_t> snapshot{0};        // sequence of the newest one
    std::atomic<std::uint64_t> snapshots{0};       // written by this process
    std::atomic<std::uint64_t> snapshot_bytes{0};  // of the newest one
    std::atomic<std::uint64_t> snapshot_ns{0};     // how long the newest one took
    std::atomic<bool> stopped_by_difference{false};
};

class Follower {
  public:
    Follower(const Journal& journal, FollowerOptions options);
    ~Follower() { stop(); }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    // Follows on its own thread until stop().
    void start();
    void stop();

    // The same by hand. begin() first: from the newest snapshot that the projection is not behind of, else
    // genesis. step() applies the next batch; false: there is none.
    Result<void> begin();
    Result<bool> step();
    // Reconciles, writes the projection up to here, then the snapshot.
    Result<void> snapshot();

    const Books& books() const { return books_; }
    const FollowerStats& stats() const { return stats_; }

  private:
    void loop();
    Result<void> follow();
    Result<ProjectionPlace> usable_projection();
    Result<void> catch_up();
    Result<void> see(const BatchView& batch);
    bool due(engine::Time now) const;
    void tell(const Error& error);

    const Journal& journal_;
    FollowerOptions options_;
    Snapshots snapshots_;
    Books books_;
    std::optional<Rerun> rerun_;
    std::optional<Projector> projector_;
    BatchCopy batch_;
    SnapshotPlace place_{};
    engine::Sequence newest_{};  // snapshot that was there
    std::uint64_t since_ = 0;    // commands since the last snapshot
    engine::Time snapshot_at_{};
    engine::Time synced_at_{};
    FollowerStats stats_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace gridbook::ledger
