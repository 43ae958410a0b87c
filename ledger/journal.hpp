// SPDX-License-Identifier: Apache-2.0
#pragma once
// The journal: durable commands with the events they caused, in batches, in the folder `journal` of the data
// folder. It promises that what `append` returned for is there after any crash, and that what is read back is
// whole: without a gap, every batch following the one before it, every byte as it was written. It knows
// commands and events as bytes and does not run them (recovery.hpp does).
//
//   table meta: key "journal", value =
//     offset width field
//          0     4 magic "GBKM"
//          4     2 version (1)
//          6     2 zero
//          8     8 epoch
//         16     4 zero
//         20     4 CRC32C of bytes 0..19
//
// A journal in an empty folder starts with epoch 1. One thread appends; blob() and texts_after() may be
// called from any thread.

#include <memory>

#include "ledger/blob.hpp"
#include "ledger/codec.hpp"
#include "ledger/request_log.hpp"
#include "ledger/store.hpp"
#include "ledger/witness.hpp"

namespace gridbook::ledger {

struct JournalOptions {
    std::filesystem::path data;  // the data folder
    Access access = Access::write;
    std::size_t map_bytes = std::size_t{1} << 30;
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

  private:
    friend class Journal;
    JournalReader(Store::Reader reader, engine::Sequence from, Proof proof)
        : reader_(std::move(reader)), next_(from), proof_(proof) {}
    Result<void> find(engine::Sequence sequence);
    Result<bool> end() const;

    Store::Reader reader_;
    engine::Sequence next_;  // first sequence of the batch to come
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
    // A consistent copy as of now into the folder `journal` of another data folder (Store::copy_to).
    Result<void> copy_to(const std::filesystem::path& data) const {
        return store_->copy_to(data / "journal");
    }
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

  private:
    Journal(FolderLock lock, std::unique_ptr<Store> store, Witness witness)
        : lock_(std::move(lock)), store_(std::move(store)), witness_(std::move(witness)) {}
    Result<void> recall_epoch(Access access);
    Result<void> recall_last();
    Result<void> ask_witness() const;

    FolderLock lock_;
    std::unique_ptr<Store> store_;
    Witness witness_;
    engine::Sequence last_{};
    engine::Time time_{};
    engine::Sha256 link_{};
    std::uint64_t epoch_ = 1;
};

}  // namespace gridbook::ledger
