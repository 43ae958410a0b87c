// SPDX-License-Identifier: Apache-2.0
#include "ledger/codec.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "engine/units/check.hpp"

namespace gridbook::ledger {

static_assert(std::endian::native == std::endian::little,
              "commands and events are written as they stand in memory");

namespace {

constexpr std::size_t record_bytes = sizeof(engine::Record);

std::size_t counts_bytes(std::size_t commands) { return (commands * 2 + 7) / 8 * 8; }

std::size_t events_value_bytes(std::size_t commands, std::size_t events) {
    return sizeof(EventsHeader) + counts_bytes(commands) + events * record_bytes;
}

template <class T>
T read(Bytes bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

template <class T>
Bytes bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

std::uint32_t header_checksum(const BatchHeader& header) {
    return crc32c(bytes_of(header).first(sizeof header - sizeof header.header_crc));
}

Error refuse(ErrorCode code, engine::Sequence sequence, std::string_view what) {
    return failure(code,
                   fmt::format("the journal at sequence {}: {}; restore the data folder from a backup",
                               sequence.value, what),
                   sequence);
}

Error other_version(engine::Sequence sequence, std::uint16_t version) {
    return failure(
        ErrorCode::version,
        fmt::format(
            "the journal at sequence {} has format version {}, and this release reads version {}: open "
            "it with the release that wrote it",
            sequence.value, version, journal_version),
        sequence);
}

// Magic and version stand at the same place in every value and every version.
Result<void> check_kind(engine::Sequence sequence, Bytes value, const Magic& magic, std::size_t smallest,
                        std::string_view what) {
    if (value.size() < smallest)
        return refuse(ErrorCode::corrupt, sequence, fmt::format("{} is cut to {} bytes", what, value.size()));
    if (read<Magic>(value, 0) != magic)
        return refuse(ErrorCode::corrupt, sequence, fmt::format("{} has a wrong magic", what));
    const auto version = read<std::uint16_t>(value, 4);
    if (version != journal_version) return other_version(sequence, version);
    return {};
}

void write_records(std::span<std::byte> to, const std::vector<const engine::Record*>& records) {
    std::byte* at = to.data();
    for (const engine::Record* record : records) {
        std::memcpy(at, record->bytes.data(), record_bytes);
        at += record_bytes;
    }
}

Result<void> check_events_value(const BatchHeader& header, Bytes events, Proof proof) {
    const engine::Sequence at = header.first;
    if (auto kind = check_kind(at, events, events_magic, sizeof(EventsHeader), "the value of the events");
        !kind)
        return kind;
    if (events.size() != header.events_bytes)
        return refuse(ErrorCode::corrupt, at, "the events are not as long as the header says");
    if (crc32c(events) != header.events_crc)
        return refuse(ErrorCode::checksum, at, "the events differ from their checksum");
    if (proof == Proof::hashes && sha256(events) != header.events_sha256)
        return refuse(ErrorCode::checksum, at, "the events differ from their SHA-256");
    const auto own = read<EventsHeader>(events, 0);
    if (own.first != header.first || own.count != header.count || own.event_count != header.event_count)
        return refuse(ErrorCode::corrupt, at, "the events belong to another batch");
    return {};
}

// What no checksum says: that the commands are numbered without gaps and that each event belongs to its
// command.
Result<void> check_numbering(const BatchView& batch) {
    std::size_t event = 0;
    for (std::size_t i = 0; i < batch.header.count; ++i) {
        const engine::Sequence sequence{batch.header.first.value + i};
        const auto command = read<engine::CommandHeader>(batch.commands, i * record_bytes);
        if (command.sequence != sequence)
            return refuse(
                ErrorCode::gap, sequence,
                fmt::format("a command with sequence {} stands in its place", command.sequence.value));
        for (std::size_t n = batch.event_count(i); n > 0; --n, ++event) {
            if (event >= batch.header.event_count)
                return refuse(ErrorCode::corrupt, sequence, "the counts of events exceed the events");
            if (read<engine::EventHeader>(batch.events, event * record_bytes).sequence != sequence)
                return refuse(ErrorCode::corrupt, sequence,
                              "an event of another command stands among its events");
        }
    }
    if (event != batch.header.event_count)
        return refuse(ErrorCode::corrupt, batch.header.first,
                      "there are more events than its commands caused");
    return {};
}

}  // namespace

void BatchDraft::clear() {
    commands.clear();
    event_counts.clear();
    events.clear();
}

std::size_t BatchDraft::events_bytes() const { return events_value_bytes(commands.size(), events.size()); }

EventsSeal encode_events(const BatchDraft& draft, std::span<std::byte> value) {
    GRIDBOOK_CHECK(!draft.commands.empty() && draft.event_counts.size() == draft.commands.size());
    GRIDBOOK_CHECK(value.size() == draft.events_bytes());
    EventsHeader header;
    header.first = draft.commands.front()->command().header.sequence;
    header.count = static_cast<std::uint32_t>(draft.commands.size());
    header.event_count = static_cast<std::uint32_t>(draft.events.size());
    std::memcpy(value.data(), &header, sizeof header);
    const auto counts = value.subspan(sizeof header, counts_bytes(draft.commands.size()));
    std::memset(counts.data(), 0, counts.size());
    std::memcpy(counts.data(), draft.event_counts.data(), draft.event_counts.size() * 2);
    write_records(value.subspan(sizeof header + counts.size()), draft.events);
    return {value.size(), crc32c(value), sha256(value)};
}

BatchHeader encode_commands(const BatchDraft& draft, const ChainPlace& place, const EventsSeal& events,
                            std::span<std::byte> value) {
    GRIDBOOK_CHECK(!draft.commands.empty() && draft.commands.size() <= max_batch_commands);
    GRIDBOOK_CHECK(value.size() == draft.commands_bytes());
    const auto body = value.subspan(sizeof(BatchHeader));
    write_records(body, draft.commands);
    BatchHeader header;
    header.epoch = place.epoch;
    header.first = draft.commands.front()->command().header.sequence;
    header.count = static_cast<std::uint32_t>(draft.commands.size());
    header.event_count = static_cast<std::uint32_t>(draft.events.size());
    header.time = draft.commands.back()->command().header.time;
    header.events_bytes = events.bytes;
    header.previous = place.previous;
    header.commands_sha256 = sha256(body);
    header.events_sha256 = events.sha256;
    header.commands_crc = crc32c(body);
    header.events_crc = events.crc;
    header.header_crc = header_checksum(header);
    std::memcpy(value.data(), &header, sizeof header);
    return header;
}

engine::Sha256 link_hash(const BatchHeader& header) { return sha256(bytes_of(header)); }

Result<BatchHeader> decode_header(engine::Sequence sequence, Bytes commands) {
    if (auto kind = check_kind(sequence, commands, commands_magic, sizeof(BatchHeader), "the batch"); !kind)
        return kind.error();
    const auto header = read<BatchHeader>(commands, 0);
    if (header_checksum(header) != header.header_crc)
        return refuse(ErrorCode::checksum, sequence, "the header differs from its checksum");
    if (header.first != sequence)
        return refuse(ErrorCode::corrupt, sequence,
                      fmt::format("a batch that begins at {} stands there", header.first.value));
    if (header.count == 0 || header.count > max_batch_commands || header.epoch == 0)
        return refuse(ErrorCode::corrupt, sequence, "the header holds numbers that cannot be");
    return header;
}

Result<BatchView> decode(engine::Sequence sequence, Bytes commands, Bytes events, Proof proof) {
    auto header = decode_header(sequence, commands);
    if (!header) return header.error();
    const Bytes body = commands.subspan(sizeof(BatchHeader));
    if (body.size() != header->count * record_bytes)
        return refuse(ErrorCode::corrupt, sequence, "the commands are not as long as the header says");
    if (crc32c(body) != header->commands_crc)
        return refuse(ErrorCode::checksum, sequence, "the commands differ from their checksum");
    if (proof == Proof::hashes && sha256(body) != header->commands_sha256)
        return refuse(ErrorCode::checksum, sequence, "the commands differ from their SHA-256");
    if (auto checked = check_events_value(*header, events, proof); !checked) return checked.error();
    if (events.size() != events_value_bytes(header->count, header->event_count))
        return refuse(ErrorCode::corrupt, sequence, "the events are not as many as the header says");
    const std::size_t counts = counts_bytes(header->count);
    const BatchView batch{*header, body, events.subspan(sizeof(EventsHeader), counts),
                          events.subspan(sizeof(EventsHeader) + counts)};
    if (auto numbered = check_numbering(batch); !numbered) return numbered.error();
    return batch;
}

engine::Command BatchView::command(std::size_t i) const {
    return read<engine::Command>(commands, i * record_bytes);
}
std::size_t BatchView::event_count(std::size_t i) const { return read<std::uint16_t>(event_counts, i * 2); }
engine::Event BatchView::event(std::size_t i) const { return read<engine::Event>(events, i * record_bytes); }

std::vector<std::byte> encode_blob(const engine::Sha256& sha256_of_text, std::string_view text) {
    BlobHeader header;
    header.sha256 = sha256_of_text;
    std::vector<std::byte> value(sizeof header + text.size());
    std::memcpy(value.data(), &header, sizeof header);
    std::memcpy(value.data() + sizeof header, text.data(), text.size());
    return value;
}

Result<std::string> decode_blob(engine::Sequence sequence, Bytes value) {
    if (auto kind = check_kind(sequence, value, blob_magic, sizeof(BlobHeader), "the text"); !kind)
        return kind.error();
    const Bytes text = value.subspan(sizeof(BlobHeader));
    if (sha256(text) != read<BlobHeader>(value, 0).sha256)
        return refuse(ErrorCode::checksum, sequence, "its text differs from the text's SHA-256");
    return std::string(reinterpret_cast<const char*>(text.data()), text.size());
}

}  // namespace gridbook::ledger
