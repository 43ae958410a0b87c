// SPDX-License-Identifier: Apache-2.0
#include "ledger/segment.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace gridbook::ledger {

namespace {

constexpr std::string_view begin_key = "journal", end_key = "end";
constexpr std::uint16_t segment_version = 2, one_file_version = 1;
constexpr std::size_t name_digits = 20;

struct BeginRecord {
    Magic magic{'G', 'B', 'K', 'M'};
    std::uint16_t version = segment_version;
    std::uint16_t zero = 0;
    SegmentBegin begin{};
    std::uint32_t zero_more = 0;
    std::uint32_t crc = 0;
};
static_assert(sizeof(BeginRecord) == 72 && std::has_unique_object_representations_v<BeginRecord>);

struct EndRecord {
    Magic magic{'G', 'B', 'K', 'Z'};
    std::uint16_t version = segment_version;
    std::uint16_t zero = 0;
    SegmentEnd end{};
    std::uint32_t zero_more = 0;
    std::uint32_t crc = 0;
};
static_assert(sizeof(EndRecord) == 64 && std::has_unique_object_representations_v<EndRecord>);

struct OneFileRecord {
    Magic magic{'G', 'B', 'K', 'M'};
    std::uint16_t version = one_file_version;
    std::uint16_t zero = 0;
    std::uint64_t epoch = 1;
    std::uint32_t zero_more = 0;
    std::uint32_t crc = 0;
};
static_assert(sizeof(OneFileRecord) == 24 && std::has_unique_object_representations_v<OneFileRecord>);

template <class Record>
Bytes bytes_of(const Record& record) {
    return std::as_bytes(std::span(&record, 1));
}
template <class Record>
std::uint32_t checksum(const Record& record) {
    return crc32c(bytes_of(record).first(sizeof record - sizeof record.crc));
}

std::uint16_t version_of(Bytes value) {
    std::uint16_t version = 0;
    if (value.size() >= 6) std::memcpy(&version, value.data() + 4, sizeof version);
    return version;
}

// Nullopt: other bytes than a record of this kind has.
template <class Record>
std::optional<Record> record_of(Bytes value) {
    Record record;
    if (value.size() != sizeof record) return std::nullopt;
    std::memcpy(static_cast<void*>(&record), value.data(), sizeof record);
    const bool whole = record.magic == Record{}.magic && record.crc == checksum(record);
    return whole ? std::optional(record) : std::nullopt;
}

}  // namespace

std::string Segment::file_name(engine::Sequence first) { return fmt::format("{:020}.mdb", first.value); }

std::optional<engine::Sequence> Segment::named(const std::filesystem::path& file) {
    const std::string stem = file.stem().string();
    engine::Sequence first;
    const auto [end, wrong] = std::from_chars(stem.data(), stem.data() + stem.size(), first.value);
    const bool whole = wrong == std::errc{} && end == stem.data() + stem.size() && stem.size() == name_digits;
    return whole && file.extension() == ".mdb" ? std::optional(first) : std::nullopt;
}

Result<std::shared_ptr<Segment>> Segment::open(const StoreOptions& options) {
    auto store = Store::open(options);
    if (!store) return store.error();
    std::shared_ptr<Segment> segment(new Segment(std::move(*store)));
    if (auto recalled = segment->recall(); !recalled) return recalled.error();
    return segment;
}

Error Segment::wrong(ErrorCode code, engine::Sequence sequence, std::string_view what) const {
    return failure(code,
                   fmt::format("the journal's segment {} {}; restore the data folder from a backup",
                               store_->path(), what),
                   sequence);
}

Result<void> Segment::recall() {
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto begin = reader->get(Table::meta, begin_key);
    if (!begin) return begin.error();
    if (*begin) {
        const std::uint16_t version = version_of(**begin);
        if (version != segment_version && version != one_file_version)
            return failure(ErrorCode::version,
                           fmt::format("the journal's segment {} has format version {}, and this release "
                                       "reads versions {} and {}: open it with the release that wrote it",
                                       store_->path(), version, one_file_version, segment_version));
        if (const auto record = record_of<BeginRecord>(**begin); record)
            begin_ = record->begin;
        else if (const auto older = record_of<OneFileRecord>(**begin); older)
            begin_ = SegmentBegin{.epoch = older->epoch};
        else
            return wrong(ErrorCode::checksum, {}, "has a record of its own that differs from its checksum");
    }
    auto end = reader->get(Table::meta, end_key);
    if (!end) return end.error();
    if (*end) {
        const auto record = record_of<EndRecord>(**end);
        if (!record || record->version != segment_version)
            return wrong(ErrorCode::checksum, {}, "has an end that differs from its checksum");
        end_ = record->end;
    }
    return hold_against_batches(*reader);
}

Result<void> Segment::hold_against_batches(const Store::Reader& reader) {
    const auto header_at = [](const Store::Row& row) -> Result<BatchHeader> {
        const auto sequence = number(row.key);
        if (!sequence)
            return failure(ErrorCode::corrupt,
                           "the journal holds a key that is no sequence; restore from a backup");
        return decode_header(engine::Sequence{*sequence}, row.value);
    };
    auto last = reader.last(Table::commands);
    if (!last) return last.error();
    if (!*last && !end_) {
        // Version 1 said so before there was one.
        if (begin_ && begin_->made.value == 0) begin_.reset();
        return begin_ ? Result<void>(wrong(ErrorCode::gap, begin_->first, "has lost its batches"))
                      : Result<void>{};
    }
    if (!begin_ || !*last) return wrong(ErrorCode::corrupt, {}, "does not say where it begins");
    auto newest = header_at(**last);
    if (!newest) return newest.error();
    newest_ = *newest;
    auto row = reader.at_or_after(Table::commands, BigEndian(0).key());
    if (!row) return row.error();
    auto first = header_at(**row);
    if (!first) return first.error();
    if (first->first != begin_->first)
        return wrong(ErrorCode::gap, begin_->first,
                     fmt::format("says that it begins at sequence {}, and its first batch at {}",
                                 begin_->first.value, first->first.value));
    if (first->previous != begin_->previous)
        return wrong(ErrorCode::chain, begin_->first,
                     fmt::format("does not hold the batch that it says to begin with at sequence {}",
                                 begin_->first.value));
    if (end_ && end_->last != newest_->last())
        return wrong(
            ErrorCode::gap, engine::Sequence{newest_->last().value + 1},
            fmt::format("was closed at sequence {} and ends at {}", end_->last.value, newest_->last().value));
    if (end_ && end_->link != link_hash(*newest_))
        return wrong(ErrorCode::chain, newest_->first,
                     fmt::format("does not end with the batch it was closed with at sequence {}",
                                 newest_->first.value));
    return {};
}

Result<void> Segment::put(Store::Writer& writer, const SegmentBegin& begin) {
    BeginRecord record;
    record.begin = begin;
    record.crc = checksum(record);
    return writer.put(Table::meta, begin_key, bytes_of(record));
}

Result<void> Segment::put(Store::Writer& writer, const SegmentEnd& end) {
    EndRecord record;
    record.end = end;
    record.crc = checksum(record);
    return writer.put(Table::meta, end_key, bytes_of(record));
}

}  // namespace gridbook::ledger
