// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bytes of the journal. Integers are little-endian, keys big-endian; a batch is two values under the
// sequence of its first command, written in one transaction.
//
//   table commands: key = first sequence (8 bytes, big-endian), value =
//     offset width field
//          0     4 magic "GBKC"
//          4     2 version (1)
//          6     2 zero
//          8     8 epoch: counts the takeovers of this journal, from 1
//         16     8 first: sequence of the first command
//         24     4 count: commands, 1..8192
//         28     4 event_count
//         32     8 time of the last command, ns since the epoch of UTC
//         40     8 events_bytes: width of the second value
//         48    32 previous: SHA-256 of the 160 header bytes of the batch before; zero in the first batch
//         80    32 commands_sha256: of bytes 160..
//        112    32 events_sha256: of the second value
//        144     4 commands_crc: CRC32C of bytes 160..
//        148     4 events_crc: CRC32C of the second value
//        152     4 zero
//        156     4 header_crc: CRC32C of bytes 0..155
//        160 128 n the commands (engine/command.hpp)
//
//   table events: the same key, value =
//          0     4 magic "GBKE"
//          4     2 version (1)
//          6     2 zero
//          8     8 first
//         16     4 count
//         20     4 event_count
//         24     8 zero
//         32   2 n for each command, how many events it caused; zero-padded to a multiple of eight bytes
//          … 128 m the events (engine/event.hpp), in the order of their commands
//
//   table blobs: key = sequence of the command that names it, value =
//          0     4 magic "GBKB"
//          4     2 version (1)
//          6     2 zero
//          8    32 SHA-256 of the text
//         40       the text
//
// Each batch proves the one before it through `previous`, and its contents through the hashes in its header:
// whoever knows the last header can check all. Magic and version keep their place in every version; a reader
// that meets another version refuses, naming the sequence, because guessing at an unknown layout would be
// worse than stopping.

#include <vector>

#include "engine/event.hpp"
#include "engine/pipeline/record.hpp"
#include "ledger/checksum.hpp"
#include "ledger/error.hpp"

namespace gridbook::ledger {

inline constexpr std::uint16_t journal_version = 1;
inline constexpr std::size_t max_batch_commands = 8192;

using Magic = std::array<char, 4>;
inline constexpr Magic commands_magic{'G', 'B', 'K', 'C'};
inline constexpr Magic events_magic{'G', 'B', 'K', 'E'};
inline constexpr Magic blob_magic{'G', 'B', 'K', 'B'};

struct BatchHeader {
    Magic magic = commands_magic;
    std::uint16_t version = journal_version;
    std::uint16_t zero = 0;
    std::uint64_t epoch = 0;
    engine::Sequence first{};
    std::uint32_t count = 0;
    std::uint32_t event_count = 0;
    engine::Time time{};
    std::uint64_t events_bytes = 0;
    engine::Sha256 previous{};
    engine::Sha256 commands_sha256{};
    engine::Sha256 events_sha256{};
    std::uint32_t commands_crc = 0;
    std::uint32_t events_crc = 0;
    std::uint32_t zero_more = 0;
    std::uint32_t header_crc = 0;

    engine::Sequence last() const { return engine::Sequence{first.value + count - 1}; }
};
static_assert(sizeof(BatchHeader) == 160 && std::has_unique_object_representations_v<BatchHeader>);

struct EventsHeader {
    Magic magic = events_magic;
    std::uint16_t version = journal_version;
    std::uint16_t zero = 0;
    engine::Sequence first{};
    std::uint32_t count = 0;
    std::uint32_t event_count = 0;
    std::uint64_t zero_more = 0;
};
static_assert(sizeof(EventsHeader) == 32 && std::has_unique_object_representations_v<EventsHeader>);

struct BlobHeader {
    Magic magic = blob_magic;
    std::uint16_t version = journal_version;
    std::uint16_t zero = 0;
    engine::Sha256 sha256{};
};
static_assert(sizeof(BlobHeader) == 40 && std::has_unique_object_representations_v<BlobHeader>);

// What is to become a batch, without copies: pointers into the ring, or into a test's vector.
struct BatchDraft {
    std::vector<const engine::Record*> commands;
    std::vector<std::uint16_t> event_counts;  // one a command
    std::vector<const engine::Record*> events;

    void clear();
    std::size_t commands_bytes() const {
        return sizeof(BatchHeader) + commands.size() * sizeof(engine::Command);
    }
    std::size_t events_bytes() const;
};

// What the header has to say about the second value, which is therefore filled first.
struct EventsSeal {
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
    engine::Sha256 sha256{};
};
EventsSeal encode_events(const BatchDraft& draft, std::span<std::byte> value);

struct ChainPlace {
    std::uint64_t epoch = 1;
    engine::Sha256 previous{};
};
// Fills the first value and returns its header, whose hash links the next batch. Both spans have the draft's
// widths.
BatchHeader encode_commands(const BatchDraft& draft, const ChainPlace& place, const EventsSeal& events,
                            std::span<std::byte> value);
engine::Sha256 link_hash(const BatchHeader& header);

// How much a reader proves: the checksums (recovery, at gigabytes a second), or also the hashes (audit).
enum class Proof : std::uint8_t { checksums, hashes };

// A batch as it stands in the store: views, valid as long as the transaction they come from.
struct BatchView {
    BatchHeader header{};
    Bytes commands;
    Bytes event_counts;
    Bytes events;

    engine::Command command(std::size_t i) const;
    std::size_t event_count(std::size_t i) const;
    engine::Event event(std::size_t i) const;  // counted through the whole batch
};

// The header alone, proven by its own checksum. `sequence` is the key it stood under.
Result<BatchHeader> decode_header(engine::Sequence sequence, Bytes commands);
Result<BatchView> decode(engine::Sequence sequence, Bytes commands, Bytes events, Proof proof);

std::vector<std::byte> encode_blob(const engine::Sha256& sha256, std::string_view text);
Result<std::string> decode_blob(engine::Sequence sequence, Bytes value);

}  // namespace gridbook::ledger
