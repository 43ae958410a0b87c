// SPDX-License-Identifier: Apache-2.0
#pragma once
// The whole state as bytes, and back: a restored exchange has the same state hash and answers every command
// from then on with the same events, byte for byte, also in the middle of unfinished work.
//
//   head    magic 8 "GBSTATE\n" | version u32 | reserved u32 | sequence u64 | state hash u64 |
//           genesis 96 | checksum u64 of all before it
//   frames  length u32 (at most 65,536) | reserved u32 | checksum u64 (seeded with the frame's number) |
//           that many bytes
//   end     a frame of length 0, and nothing after it
//
// All numbers little-endian, as in the journal. The frames' bytes are one stream: tables in a fixed order,
// each entry by the lists of state_fields.hpp, counts before entries. A reader checks a frame before it looks
// into it, every count and id before it uses it, and the state hash at the end. It refuses any other version:
// the journal is the record, a snapshot only shortens the way.

#include <cstddef>
#include <span>

#include "engine/units/named.hpp"

namespace gridbook::engine {

class State;

// Where the bytes go / come from: a file, a buffer. They need not be buffered: pieces are 64 KiB.
class SnapshotSink {
  public:
    virtual ~SnapshotSink() = default;
    virtual bool write(std::span<const std::byte> bytes) = 0;  // false: it cannot
};
class SnapshotSource {
  public:
    virtual ~SnapshotSource() = default;
    // How many bytes were read: fewer than asked for only at the end.
    virtual std::size_t read(std::span<std::byte> bytes) = 0;
};

enum class SnapshotError : std::uint8_t {
    none = 0,
    magic,      // not a snapshot
    version,    // of another version
    truncated,  // it ends early
    trailing,   // bytes after its end
    checksum,   // a head or frame is not as it was written
    contents,   // an entry that no state can have
    hash,       // all read, but another state than was saved
};

// The state must be started. False: the sink could not take it.
bool save_state(const State& state, SnapshotSink& sink);
// Into a state that was not started. On an error it is of no use any more.
SnapshotError restore_state(State& state, SnapshotSource& source);

}  // namespace gridbook::engine
