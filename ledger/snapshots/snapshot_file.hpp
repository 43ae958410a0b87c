// SPDX-License-Identifier: Apache-2.0
#pragma once
// One snapshot: the state of the engine and of the books at the end of a batch, so that recovery begins
// there. Its name is snapshot-SEQUENCE.gbs (20 digits) in the folder `snapshots` of the data folder. It is
// written to a file of another name, synced, and renamed: a name stands for a whole file. Little-endian.
//
//     offset width field
//          0     4 magic "GBKS"
//          4     2 version (4)
//          6     2 zero
//          8     8 epoch of the journal
//         16     8 sequence: of the last command applied
//         24     8 time of the market, ns since the epoch of UTC
//         32     8 state hash of the engine
//         40    32 link: SHA-256 of the header of the batch that ends with `sequence`
//         72    16 engine section:   8 bytes, 4 CRC32C, 4 zero
//         88    16 postings section: 8 bytes, 4 CRC32C, 4 zero
//        104    16 memory section:   8 bytes, 4 CRC32C, 4 zero
//        120     4 zero
//        124     4 CRC32C of bytes 0..123
//        128       the three sections, one behind the other, and nothing after them
//
//   engine     engine/snapshot/snapshot.hpp
//   postings   how many entries were numbered so far 8, then snapshots/postings_state.cpp
//   memory     snapshots/recollection.hpp
//
// A reader takes none of it unless all of it is as it was written, follows the journal that it lies beside,
// and restores to the state hash. Of another version it takes nothing: the journal is the record.

#include <filesystem>

#include "engine/exchange.hpp"
#include "ledger/codec.hpp"
#include "ledger/postings.hpp"
#include "ledger/snapshots/recollection.hpp"

namespace gridbook::ledger {

// All that follows from the journal up to a sequence.
struct Books {
    std::unique_ptr<engine::Exchange> exchange = std::make_unique<engine::Exchange>();
    std::optional<Postings> postings;  // from genesis on
    Balances balances;
    std::uint64_t entries = 0;  // numbered from 1 without gaps
    Recollection past;
};

// Where in which journal a snapshot belongs.
struct SnapshotPlace {
    std::uint64_t epoch = 1;
    engine::Sequence sequence{};
    engine::Time time{};
    engine::Sha256 link{};
};

// Writes it under its own name; durable when it returns how many bytes it has.
Result<std::uint64_t> write_snapshot(const std::filesystem::path& folder, const SnapshotPlace& place,
                                     const Books& books);

// Reads the head alone, proven by its checksum.
Result<SnapshotPlace> read_snapshot_place(const std::filesystem::path& file);
// Into fresh books. `expected` is where the journal says that it belongs.
Result<Books> read_snapshot(const std::filesystem::path& file, const SnapshotPlace& expected);
// As read_snapshot, into an exchange that was not started (as it was on an error), and what the mirrors need.
Result<Recollection> restore_snapshot(const std::filesystem::path& file, const SnapshotPlace& expected,
                                      engine::Exchange& exchange);

}  // namespace gridbook::ledger
