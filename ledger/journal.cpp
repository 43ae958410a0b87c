// SPDX-License-Identifier: Apache-2.0
#include "ledger/journal.hpp"

#include <fmt/format.h>

#include <cstring>

#include "engine/units/check.hpp"

namespace gridbook::ledger {

namespace {

constexpr std::string_view meta_key = "journal";

struct Meta {
    Magic magic{'G', 'B', 'K', 'M'};
    std::uint16_t version = journal_version;
    std::uint16_t zero = 0;
    std::uint64_t epoch = 1;
    std::uint32_t zero_more = 0;
    std::uint32_t crc = 0;
};
static_assert(sizeof(Meta) == 24 && std::has_unique_object_representations_v<Meta>);

Bytes bytes_of(const Meta& meta) { return std::as_bytes(std::span(&meta, 1)); }
std::uint32_t checksum(const Meta& meta) {
    return crc32c(bytes_of(meta).first(sizeof meta - sizeof meta.crc));
}

Result<std::uint64_t> epoch_of(Bytes value) {
    Meta meta;
    if (value.size() != sizeof meta)
        return failure(ErrorCode::corrupt,
                       "the journal's own record has a wrong width; restore from a backup");
    std::memcpy(&meta, value.data(), sizeof meta);
    if (meta.version != journal_version)
        return failure(ErrorCode::version,
                       fmt::format("the journal has format version {}, and this release reads version "
                                   "{}: open it with the release that wrote it",
                                   meta.version, journal_version));
    if (meta.magic != Meta{}.magic || meta.crc != checksum(meta))
        return failure(ErrorCode::checksum,
                       "the journal's own record differs from its checksum; restore from a backup");
    return meta.epoch;
}

Error gap_at(engine::Sequence sequence, engine::Sequence found) {
    return failure(
        ErrorCode::gap,
        fmt::format("the journal has a gap: sequence {} is missing, the next batch begins at {}; restore the "
                    "data folder from a backup",
                    sequence.value, found.value),
        sequence);
}

Result<engine::Sequence> sequence_of(Key key) {
    const auto value = number(key);
    if (!value)
        return failure(ErrorCode::corrupt,
                       "the journal holds a key that is no sequence; restore from a backup");
    return engine::Sequence{*value};
}

Result<std::optional<std::string>> read_blob(const Store::Reader& reader, engine::Sequence sequence) {
    auto value = reader.get(Table::blobs, BigEndian(sequence.value).key());
    if (!value) return value.error();
    if (!*value) return std::optional<std::string>{};
    auto text = decode_blob(sequence, **value);
    if (!text) return text.error();
    return std::optional<std::string>{std::move(*text)};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const JournalOptions& options) {
    std::error_code status;
    if (options.access == Access::write) std::filesystem::create_directories(options.data, status);
    if (status) return system_failure(status.value(), "create the data folder", options.data.string());
    auto lock = FolderLock::acquire(options.data, options.access);
    if (!lock) return lock.error();
    auto store = Store::open({options.data / "journal", options.access, options.map_bytes});
    if (!store) return store.error();
    auto witness = Witness::open(options.data, options.access);
    if (!witness) return witness.error();
    std::unique_ptr<Journal> journal(new Journal(std::move(*lock), std::move(*store), std::move(*witness)));
    if (auto epoch = journal->recall_epoch(options.access); !epoch) return epoch.error();
    if (auto last = journal->recall_last(); !last) return last.error();
    if (auto agrees = journal->ask_witness(); !agrees) return agrees.error();
    return journal;
}

// Whatever was acknowledged and witnessed has to be there, and be what it was.
Result<void> Journal::ask_witness() const {
    const auto& seen = witness_.seen();
    if (!seen) return {};
    if (seen->sequence > last_)
        return failure(
            ErrorCode::gap,
            fmt::format("the journal ends at sequence {}, and its witness saw {} committed: the last "
                        "commits are lost, as after a torn meta page; restore the data folder from a "
                        "backup",
                        last_.value, seen->sequence.value),
            engine::Sequence{last_.value + 1});
    const auto chain = chain_after(seen->sequence);
    if (!chain) return chain.error();
    if (!*chain || (*chain)->epoch != seen->epoch || (*chain)->previous != seen->link)
        return failure(
            ErrorCode::chain,
            fmt::format("the journal at sequence {} is not the one that its witness saw committed; "
                        "restore the data folder from a backup",
                        seen->sequence.value),
            seen->sequence);
    return {};
}

Result<std::optional<ChainPlace>> Journal::chain_after(engine::Sequence sequence) const {
    if (sequence.value == 0) return std::optional<ChainPlace>{};
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto row = reader->at_or_before(Table::commands, BigEndian(sequence.value).key());
    if (!row) return row.error();
    if (!*row) return std::optional<ChainPlace>{};
    auto first = sequence_of((*row)->key);
    if (!first) return first.error();
    auto header = decode_header(*first, (*row)->value);
    if (!header) return header.error();
    if (header->last() != sequence) return std::optional<ChainPlace>{};
    return std::optional<ChainPlace>{ChainPlace{header->epoch, link_hash(*header)}};
}

Result<void> Journal::recall_epoch(Access access) {
    {
        auto reader = store_->read();
        if (!reader) return reader.error();
        auto value = reader->get(Table::meta, meta_key);
        if (!value) return value.error();
        if (*value) {
            auto epoch = epoch_of(**value);
            if (!epoch) return epoch.error();
            epoch_ = *epoch;
            return {};
        }
    }
    if (access == Access::read) return {};
    Meta meta;
    meta.crc = checksum(meta);
    return store_->write(
        [&](Store::Writer& writer) { return writer.put(Table::meta, meta_key, bytes_of(meta)); });
}

Result<void> Journal::recall_last() {
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto row = reader->last(Table::commands);
    if (!row) return row.error();
    if (!*row) return {};
    auto sequence = sequence_of((*row)->key);
    if (!sequence) return sequence.error();
    auto header = decode_header(*sequence, (*row)->value);
    if (!header) return header.error();
    last_ = header->last();
    time_ = header->time;
    link_ = link_hash(*header);
    return {};
}

Result<std::size_t> Journal::append(const BatchDraft& draft, std::span<const BlobAt> blobs) {
    GRIDBOOK_CHECK(!draft.commands.empty());
    for (std::size_t i = 0; i < draft.commands.size(); ++i)
        GRIDBOOK_CHECK(draft.commands[i]->command().header.sequence.value == last_.value + 1 + i);
    const BigEndian key(last_.value + 1);
    BatchHeader header;
    auto written = store_->write([&](Store::Writer& writer) -> Result<void> {
        // A reserved value is filled before the next update, which may move its page.
        auto events = writer.append(Table::events, key.key(), draft.events_bytes());
        if (!events) return events.error();
        const EventsSeal seal = encode_events(draft, *events);
        auto commands = writer.append(Table::commands, key.key(), draft.commands_bytes());
        if (!commands) return commands.error();
        header = encode_commands(draft, {epoch_, link_}, seal, *commands);
        for (const BlobAt& b : blobs) {
            const auto value = encode_blob(b.blob->sha256, b.blob->text);
            if (auto put = writer.put(Table::blobs, BigEndian(b.sequence.value).key(), value); !put)
                return put;
        }
        return {};
    });
    if (!written) return written.error();
    last_ = header.last();
    time_ = header.time;
    link_ = link_hash(header);
    return draft.commands_bytes() + draft.events_bytes();
}

Result<JournalReader> Journal::read_from(engine::Sequence sequence, Proof proof) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    JournalReader from(std::move(*reader), engine::Sequence{1}, proof);
    if (sequence.value > 1)
        if (auto found = from.find(sequence); !found) return found.error();
    return from;
}

// Moves to the batch that holds the sequence, and learns from the one before it what it has to follow.
Result<void> JournalReader::find(engine::Sequence sequence) {
    auto row = reader_.at_or_before(Table::commands, BigEndian(sequence.value).key());
    if (!row) return row.error();
    if (!*row) return {};
    auto first = sequence_of((*row)->key);
    if (!first) return first.error();
    if (first->value == 1) return {};
    auto before = reader_.at_or_before(Table::commands, BigEndian(first->value - 1).key());
    if (!before) return before.error();
    if (!*before) return gap_at(engine::Sequence{1}, *first);
    auto before_first = sequence_of((*before)->key);
    if (!before_first) return before_first.error();
    auto header = decode_header(*before_first, (*before)->value);
    if (!header) return header.error();
    next_ = engine::Sequence{header->last().value + 1};
    link_ = link_hash(*header);
    epoch_ = header->epoch;
    return {};
}

Result<bool> JournalReader::end() const {
    auto later = reader_.at_or_after(Table::commands, BigEndian(next_.value).key());
    if (!later) return later.error();
    if (!*later) return false;
    auto found = sequence_of((*later)->key);
    if (!found) return found.error();
    return gap_at(next_, *found);
}

Result<bool> JournalReader::next() {
    const BigEndian key(next_.value);
    auto commands = reader_.get(Table::commands, key.key());
    if (!commands) return commands.error();
    if (!*commands) return end();
    auto events = reader_.get(Table::events, key.key());
    if (!events) return events.error();
    if (!*events)
        return failure(
            ErrorCode::corrupt,
            fmt::format("the journal at sequence {}: the events are missing; restore the data folder from a "
                        "backup",
                        next_.value),
            next_);
    auto batch = decode(next_, **commands, **events, proof_);
    if (!batch) return batch.error();
    if (batch->header.previous != link_ || batch->header.epoch < epoch_)
        return failure(
            ErrorCode::chain,
            fmt::format("the journal at sequence {}: this batch does not follow the one before it; restore "
                        "the data folder from a backup",
                        next_.value),
            next_);
    batch_ = *batch;
    link_ = link_hash(batch_.header);
    epoch_ = batch_.header.epoch;
    next_ = engine::Sequence{batch_.header.last().value + 1};
    return true;
}

Result<std::optional<std::string>> JournalReader::blob(engine::Sequence sequence) const {
    return read_blob(reader_, sequence);
}

Result<std::optional<std::string>> Journal::blob(engine::Sequence sequence) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    return read_blob(*reader, sequence);
}

Result<std::vector<LoggedText>> Journal::texts_after(engine::Sequence after, std::size_t most) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    std::vector<LoggedText> texts;
    std::optional<Error> wrong;
    const BigEndian from(after.value + 1);
    auto scanned = reader->scan(Table::blobs, from.key(), [&](const Store::Row& row) {
        if (texts.size() == most) return false;
        const engine::Sequence sequence{number(row.key).value_or(0)};
        auto text = decode_blob(sequence, row.value);
        if (text)
            texts.push_back({sequence, std::move(*text)});
        else
            wrong = text.error();
        return !wrong;
    });
    if (!scanned) return scanned.error();
    if (wrong) return *wrong;
    return texts;
}

Result<std::optional<engine::Command>> Journal::genesis() const {
    if (last_.value == 0) return std::optional<engine::Command>{};
    auto reader = read_from(engine::Sequence{1});
    if (!reader) return reader.error();
    auto more = reader->next();
    if (!more) return more.error();
    return std::optional<engine::Command>{reader->batch().command(0)};
}

}  // namespace gridbook::ledger
