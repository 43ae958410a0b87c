// SPDX-License-Identifier: Apache-2.0
#include "ledger/journal.hpp"

#include <fmt/format.h>

#include <chrono>

#include "engine/units/check.hpp"

namespace gridbook::ledger {

namespace {

engine::Time machine_time() {
    return engine::Time{std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count()};
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
    auto segments = Segments::open(options.data / "journal", options.access, options.map_bytes);
    if (!segments) return segments.error();
    auto witness = Witness::open(options.data, options.access);
    if (!witness) return witness.error();
    std::unique_ptr<Journal> journal(
        new Journal(std::move(*lock), options, std::move(*segments), std::move(*witness)));
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
    auto segment = segments_->holding(sequence);
    if (!segment) return segment.error();
    if (!*segment) return std::optional<ChainPlace>{};
    auto reader = (*segment)->store().read();
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

Result<void> Journal::recall_last() {
    auto segment = segments_->holding(engine::Sequence{~std::uint64_t{0}});
    if (!segment) return segment.error();
    if (!*segment || !(*segment)->newest()) return {};
    const BatchHeader& header = *(*segment)->newest();
    last_ = header.last();
    time_ = header.time;
    link_ = link_hash(header);
    epoch_ = (*segment)->begin()->epoch;
    return {};
}

// The next file. It counts as a segment once its first batch is committed; a crash before that leaves an
// empty one, which is gone on with.
Result<void> Journal::begin_segment() {
    const auto file = options_.data / "journal" / Segment::file_name(engine::Sequence{last_.value + 1});
    auto segment = Segment::open({file, Access::write, options_.map_bytes});
    if (!segment) return segment.error();
    if (growing_) {
        // Nobody writes it any more. That a file system does not know such rights harms nothing.
        std::error_code status;
        using std::filesystem::perms;
        std::filesystem::permissions(growing_->store().path(),
                                     perms::owner_read | perms::group_read | perms::others_read, status);
        std::filesystem::remove(growing_->store().path() + "-lock", status);
    }
    growing_ = std::move(*segment);
    return {};
}

bool Journal::fills(std::uint64_t bytes, engine::Time made, engine::Time now) const {
    return growing_->store().used_bytes() + bytes >= options_.segment_bytes ||
           (options_.segment_time.value > 0 && now - made >= options_.segment_time);
}

Result<std::size_t> Journal::append(const BatchDraft& draft, std::span<const BlobAt> blobs) {
    GRIDBOOK_CHECK(!draft.commands.empty());
    for (std::size_t i = 0; i < draft.commands.size(); ++i)
        GRIDBOOK_CHECK(draft.commands[i]->command().header.sequence.value == last_.value + 1 + i);
    if (!growing_ || growing_->end())
        if (auto begun = begin_segment(); !begun) return begun.error();
    const std::size_t bytes = draft.commands_bytes() + draft.events_bytes();
    const bool first = !growing_->begin();
    const engine::Time now = machine_time();
    const SegmentBegin begin =
        first ? SegmentBegin{epoch_, engine::Sequence{last_.value + 1}, link_, now} : *growing_->begin();
    const bool closes = fills(bytes, begin.made, now);
    const BigEndian key(last_.value + 1);
    BatchHeader header;
    SegmentEnd end;
    auto written = growing_->store().write([&](Store::Writer& writer) -> Result<void> {
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
        if (first)
            if (auto put = Segment::put(writer, begin); !put) return put;
        end = {header.last(), link_hash(header), now};
        return closes ? Segment::put(writer, end) : Result<void>{};
    });
    if (!written) return written.error();
    last_ = header.last();
    time_ = header.time;
    link_ = end.link;
    if (first) growing_->begun(begin), segments_->add(growing_);
    if (closes) growing_->ended(end);
    return bytes;
}

Result<void> Journal::copy_to(const std::filesystem::path& data) const {
    const auto files = segments_->files();
    for (const auto& file : files) {
        const auto named = Segment::named(file).value_or(engine::Sequence{1});
        auto segment = segments_->holding(named);
        if (!segment) return segment.error();
        const auto to = data / "journal" / Segment::file_name(named);
        if (auto copied = (*segment)->store().copy_to(to); !copied) return copied;
    }
    return {};
}

Result<JournalReader> Journal::read_from(engine::Sequence sequence, Proof proof) const {
    JournalReader from(*segments_, engine::Sequence{1}, proof);
    if (auto found = from.find(sequence); !found) return found.error();
    return from;
}

Result<JournalReader> JournalReader::of(const Segments& alone, Proof proof) {
    JournalReader from(alone, engine::Sequence{1}, proof);
    if (auto found = from.find(engine::Sequence{~std::uint64_t{0}}); !found) return found.error();
    if (!from.segment_) return from;
    const SegmentBegin& begin = *from.segment_->begin();
    from.next_ = begin.first, from.link_ = begin.previous, from.epoch_ = begin.epoch;
    return from;
}

// Whether the segment is whole in this transaction is known only when it was closed before it began.
Result<void> JournalReader::enter(Segments::Opened segment) {
    reader_.reset();
    segment_ = std::move(segment);
    all_of_it_ = segments_->has_behind(segment_->begin()->first);
    auto reader = segment_->store().read();
    if (!reader) return reader.error();
    reader_.emplace(std::move(*reader));
    return {};
}

// Moves to the batch that holds the sequence, and learns from the one before it what it has to follow.
Result<void> JournalReader::find(engine::Sequence sequence) {
    auto segment = segments_->holding(sequence);
    if (!segment) return segment.error();
    if (!*segment) return {};
    if (auto entered = enter(std::move(*segment)); !entered) return entered;
    const SegmentBegin& begin = *segment_->begin();
    next_ = begin.first, link_ = begin.previous, epoch_ = begin.epoch;
    auto row = reader_->at_or_before(Table::commands, BigEndian(sequence.value).key());
    if (!row) return row.error();
    if (!*row) return {};
    auto first = sequence_of((*row)->key);
    if (!first) return first.error();
    if (*first <= begin.first) return {};
    auto before = reader_->at_or_before(Table::commands, BigEndian(first->value - 1).key());
    if (!before) return before.error();
    if (!*before) return gap_at(begin.first, *first);
    auto before_first = sequence_of((*before)->key);
    if (!before_first) return before_first.error();
    auto header = decode_header(*before_first, (*before)->value);
    if (!header) return header.error();
    next_ = engine::Sequence{header->last().value + 1};
    link_ = link_hash(*header);
    epoch_ = header->epoch;
    return {};
}

// What is behind the last batch of this transaction: a gap, batches committed since, the next segment, or
// nothing.
Result<bool> JournalReader::move_on() {
    auto later = reader_->at_or_after(Table::commands, BigEndian(next_.value).key());
    if (!later) return later.error();
    if (*later) {
        auto found = sequence_of((*later)->key);
        if (!found) return found.error();
        return gap_at(next_, *found);
    }
    const engine::Sequence here = segment_->begin()->first;
    if (!segments_->has_behind(here)) return false;
    if (!all_of_it_) {
        auto again = enter(segment_);
        return again ? Result<bool>(true) : Result<bool>(again.error());
    }
    auto following = segments_->behind(here);
    if (!following) return following.error();
    const engine::Sequence first = (*following)->begin()->first;
    if (first != next_) return gap_at(next_, first);
    auto entered = enter(std::move(*following));
    return entered ? Result<bool>(true) : Result<bool>(entered.error());
}

Result<bool> JournalReader::next() {
    if (!segment_) return false;
    while (true) {
        auto found = read_here();
        if (!found || *found) return found;
        auto moved = move_on();
        if (!moved || !*moved) return moved;
    }
}

Result<bool> JournalReader::read_here() {
    const BigEndian key(next_.value);
    auto commands = reader_->get(Table::commands, key.key());
    if (!commands) return commands.error();
    if (!*commands) return false;
    auto events = reader_->get(Table::events, key.key());
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
    return read_blob(*reader_, sequence);
}

Result<std::optional<std::string>> Journal::blob(engine::Sequence sequence) const {
    auto segment = segments_->holding(sequence);
    if (!segment) return segment.error();
    if (!*segment) return std::optional<std::string>{};
    auto reader = (*segment)->store().read();
    if (!reader) return reader.error();
    return read_blob(*reader, sequence);
}

namespace {

// The texts of one segment from `from` on, up to `most` of them in all.
Result<void> add_texts(const Store& store, engine::Sequence from, std::size_t most,
                       std::vector<LoggedText>& texts) {
    auto reader = store.read();
    if (!reader) return reader.error();
    std::optional<Error> wrong;
    const BigEndian key(from.value);
    auto scanned = reader->scan(Table::blobs, key.key(), [&](const Store::Row& row) {
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
    return {};
}

}  // namespace

Result<std::vector<LoggedText>> Journal::texts_after(engine::Sequence after, std::size_t most) const {
    std::vector<LoggedText> texts;
    const engine::Sequence from{after.value + 1};
    auto segment = segments_->holding(from);
    while (segment && *segment && texts.size() < most) {
        if (auto added = add_texts((*segment)->store(), from, most, texts); !added) return added.error();
        if (!(*segment)->begin()) break;
        segment = segments_->behind((*segment)->begin()->first);
    }
    if (!segment) return segment.error();
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
