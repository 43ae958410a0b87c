// SPDX-License-Identifier: Apache-2.0
#pragma once
// One segment of the journal: a file `journal/FIRST.mdb`, named by its first sequence in twenty digits. It
// says itself where it begins and what it follows, and once it is closed where it ends, so it can be copied
// with cp and proven alone. A closed one is never written again; its file loses the right to be.
//
//   table meta: key "journal", value, written with the segment's first batch =
//     offset width field
//          0     4 magic "GBKM"
//          4     2 version (2)
//          6     2 zero
//          8     8 epoch
//         16     8 first: sequence of the first command
//         24    32 previous: SHA-256 of the header of the batch before; zero in the first segment
//         56     8 made: machine's time of its first commit, ns since the epoch of UTC
//         64     4 zero
//         68     4 CRC32C of bytes 0..67
//   table meta: key "end", value, written with the segment's last batch =
//          0     4 magic "GBKZ"
//          4     2 version (2)
//          6     2 zero
//          8     8 last: sequence of the last command
//         16    32 link: SHA-256 of the header of the last batch, `previous` of the next segment
//         48     8 closed: machine's time, ns since the epoch of UTC
//         56     4 zero
//         60     4 CRC32C of bytes 0..59
//
// Version 1 of "journal" is 24 bytes wide (magic, 1, zero, epoch, zero 4, CRC32C of bytes 0..19) and stood in
// the one file `journal/data.mdb`; it is read as the first segment. Another version is refused.

#include <memory>

#include "ledger/codec.hpp"
#include "ledger/store.hpp"

namespace gridbook::ledger {

// What a segment begins with, and what it follows.
struct SegmentBegin {
    std::uint64_t epoch = 1;
    engine::Sequence first{1};
    engine::Sha256 previous{};
    engine::Time made{};
};
struct SegmentEnd {
    engine::Sequence last{};
    engine::Sha256 link{};
    engine::Time closed{};
};

class Segment {
  public:
    static std::string file_name(engine::Sequence first);
    // The first sequence that a file name tells; nullopt: it is no segment's.
    static std::optional<engine::Sequence> named(const std::filesystem::path& file);

    // Reads what it says of itself and holds it against its first and last batch. A writer creates the file.
    static Result<std::shared_ptr<Segment>> open(const StoreOptions& options);

    // Both in the transaction of a batch: the first one, the last one.
    static Result<void> put(Store::Writer& writer, const SegmentBegin& begin);
    static Result<void> put(Store::Writer& writer, const SegmentEnd& end);
    // After that transaction.
    void begun(const SegmentBegin& begin) { begin_ = begin; }
    void ended(const SegmentEnd& end) { end_ = end; }

    Store& store() { return *store_; }
    const Store& store() const { return *store_; }
    const std::optional<SegmentBegin>& begin() const { return begin_; }  // nullopt: nothing is in it yet
    const std::optional<SegmentEnd>& end() const { return end_; }        // nullopt: it still grows
    // Header of its last batch when it was opened.
    const std::optional<BatchHeader>& newest() const { return newest_; }

  private:
    explicit Segment(std::unique_ptr<Store> store) : store_(std::move(store)) {}
    Result<void> recall();
    Result<void> hold_against_batches(const Store::Reader& reader);
    Error wrong(ErrorCode code, engine::Sequence sequence, std::string_view what) const;

    std::unique_ptr<Store> store_;
    std::optional<SegmentBegin> begin_;
    std::optional<SegmentEnd> end_;
    std::optional<BatchHeader> newest_;
};

}  // namespace gridbook::ledger
