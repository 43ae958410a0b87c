// SPDX-License-Identifier: Apache-2.0
#pragma once
// The journal: durable commands with the events they caused, in batches, in the folder `journal` of the data
// folder. It promises that what `append` returned for is there after any crash, and that what is read back is
// whole: without a gap, every batch following the one before it, every byte as it was written. It knows
// commands and events as bytes and does not run them (recovery.hpp does).
//
// It is written in segments (segment.hpp). The batch that fills one closes it in its own transaction, and the
// next batch begins the next file: at every moment what is there is either whole or not there yet.
//
// A journal in an empty folder starts with epoch 1. One thread appends; blob() and texts_after() may be
// called from any thread.

#include <memory>

#include "ledger/blob.hpp"
#include "ledger/request_log.hpp"
#include "ledger/segments.hpp"
#include "ledger/witness.hpp"

namespace gridbook::ledger {

struct JournalOptions {
    std::filesystem::path data;  // the data folder
    Access access = Access::write;
    std::size_t map_bytes = std::size_t{1} << 30;  // of a segment, to begin with
    std::uint64_t segment_bytes = std::uint64_t{512}
                                  << 20;           // a segment is closed by the batch that reaches it
    engine::Duration segment_time = engine::hour;  // or that comes so long after its first; 0: never
};

// A text on its way into the journal, under the sequence of the command that names it.
struct BlobAt {
    engine::Sequence sequence{};
    std::unique_ptr<Blob> blob;
};

// Reads batches in order. Each must follow the one before it; the first error ends the reading.
class JournalReader {
  public:
    // False at the end of the journal. After true, batch() is valid until the next call.
    Result<bool> next();
    const BatchView& batch() const { return batch_; }
    // What the batch behind this one has to carry as its `previous`.
    const engine::Sha256& link() const { return link_; }
    // As Journal::blob.
    Result<std::optional<std::string>> blob(engine::Sequence sequence) const;

    // One segment alone, by its file: it has to be whole, whatever it follows.
    static Result<JournalReader> of(const Segments& alone, Proof proof);

  private:
    friend class Journal;
    JournalReader(const Segments& segments, engine::Sequence from, Proof proof)
        : segments_(&segments), next_(from), proof_(proof) {}
    Result<void> find(engine::Sequence sequence);
    Result<void> enter(Segments::Opened segment);
    Result<bool> read_here();
    Result<bool> move_on();

    const Segments* segments_;
    Segments::Opened segment_;  // null: the journal is empty
    std::optional<Store::Reader> reader_;
    bool all_of_it_ = false;  // the segment was closed already when the reader began
    engine::Sequence next_;   // first sequence of the batch to come
    Proof proof_;
    engine::Sha256 link_{};  // what its `previous` has to be
    std::uint64_t epoch_ = 1;
    BatchView batch_{};
};

class Journal {
  public:
    static Result<std::unique_ptr<Journal>> open(const JournalOptions& options);

    // Commits one batch with its texts in one transaction; durable when it returns how many bytes it took.
    // The draft begins at last() + 1 and is numbered without gaps (checked).
    Result<std::size_t> append(const BatchDraft& draft, std::span<const BlobAt> blobs = {});

    // From the batch that holds `sequence`; of an empty journal nothing.
    Result<JournalReader> read_from(engine::Sequence sequence, Proof proof = Proof::checksums) const;
    // A consistent copy as of now into the folder `journal` of another data folder.
    Result<void> copy_to(const std::filesystem::path& data) const;
    // Epoch and link of the batch that ends with `sequence`; nullopt: none does.
    Result<std::optional<ChainPlace>> chain_after(engine::Sequence sequence) const;
    // The text that the command at `sequence` came with, proven by its SHA-256; nullopt: it came without.
    Result<std::optional<std::string>> blob(engine::Sequence sequence) const;
    // The texts behind `after`, oldest first, at most so many, each proven by its SHA-256.
    Result<std::vector<LoggedText>> texts_after(engine::Sequence after, std::size_t most) const;
    // The first command of the journal: pool sizes, rates, clock. Nullopt: the journal is empty.
    Result<std::optional<engine::Command>> genesis() const;

    engine::Sequence last() const { return last_; }  // 0: empty
    engine::Time time() const { return time_; }      // of the last command
    std::uint64_t epoch() const { return epoch_; }

    // Tells the witness what was committed and acknowledged; by the thread that appends.
    Result<void> tell_witness() { return witness_.note({epoch_, last_, link_}); }
    Result<void> sync_witness() const { return witness_.sync(); }  // by any thread

    const Segments& segments() const { return *segments_; }

  private:
    Journal(FolderLock lock, JournalOptions options, std::unique_ptr<Segments> segments, Witness witness)
        : lock_(std::move(lock)),
          options_(std::move(options)),
          segments_(std::move(segments)),
          growing_(segments_->take_last()),
          witness_(std::move(witness)) {}
    Result<void> recall_last();
    Result<void> ask_witness() const;
    Result<void> begin_segment();
    bool fills(std::uint64_t bytes, engine::Time made, engine::Time now) const;

    FolderLock lock_;
    JournalOptions options_;
    std::unique_ptr<Segments> segments_;
    std::shared_ptr<Segment> growing_;  // null: to read only, or nothing was written yet
    Witness witness_;
    engine::Sequence last_{};
    engine::Time time_{};
    engine::Sha256 link_{};
    std::uint64_t epoch_ = 1;
};

}  // namespace gridbook::ledger
