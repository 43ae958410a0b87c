// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ledger's stage: durable before told, by position.
//
//   engine ──Ring<Record>──▶ [ gather ▶ commit ▶ deliver ] ──Ring<Record>──▶ gateway egress
//            commands + events                              events and answers
//
// A step takes what is in the incoming ring (group commit sizes itself to the disk), commits it as one batch,
// and only then copies the events onward and gives the slots back. Answers to questions keep their place
// among the events. When the outgoing ring has little room, step() returns and goes on from there the next
// time; the events of one command always appear together. A failed commit is the end: nothing of the batch is
// delivered, step() returns the error from then on, and the owner stops the process.
//
// One thread calls step(); anyone may read the stats.

#include "engine/event_sink.hpp"
#include "engine/pipeline/ring.hpp"
#include "ledger/journal.hpp"
#include "ledger/latency.hpp"

namespace gridbook::ledger {

// Relaxed atomics: for the status line and /metrics.
struct LedgerStats {
    std::atomic<std::uint64_t> durable{0};  // sequence
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> commands{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> largest_batch{0};  // commands
    LatencyHistogram commit_latency;              // from the gathered batch to the durable one
};

class LedgerStage {
  public:
    using Ring = engine::Ring<engine::Record>;

    // Invariant: `out` has twice the room of the largest command's events (checked), because Ring::room() may
    // tell an old value as long as half of the ring is free.
    LedgerStage(Journal& journal, Ring& in, Ring& out, BlobQueue& blobs);
    ~LedgerStage();

    // True when something was done; false when there is nothing to do, or no room for the next command's
    // events.
    Result<bool> step();

    // Committed records wait for room in the outgoing ring.
    bool blocked() const { return durable_records_ > 0; }
    const LedgerStats& stats() const { return stats_; }

  private:
    // Bounds the memory of a transaction; a single command never reaches it.
    static constexpr std::size_t max_batch_events = 65'536;

    std::size_t gather();
    std::size_t events_after(std::size_t command, std::size_t available) const;
    Result<void> take_blob(const engine::Command& command);
    Result<void> commit();
    Error fail(const Error& error);
    std::size_t deliver();
    std::size_t copy(std::size_t from, std::size_t count, std::size_t to);

    Journal& journal_;
    Ring& in_;
    Ring& out_;
    BlobQueue& blobs_;
    BatchDraft draft_;
    std::vector<BlobAt> draft_blobs_;
    std::size_t durable_records_ = 0;  // at the head of `in_`: committed (or answers), not yet delivered
    std::optional<Error> failed_;
    LedgerStats stats_;
};

}  // namespace gridbook::ledger
