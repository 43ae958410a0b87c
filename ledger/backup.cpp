// SPDX-License-Identifier: Apache-2.0
#include "ledger/backup.hpp"

#include <fmt/format.h>

#include <deque>

#include "ledger/audit/progress.hpp"
#include "ledger/disk_file.hpp"
#include "ledger/export/export.hpp"
#include "ledger/recovery.hpp"

namespace gridbook::ledger {

namespace {

constexpr int done = 0, failed = 1, not_possible = 2;

int complain(std::ostream& out, std::string_view what, int status, std::string_view text) {
    out << what << ": " << text << std::endl;
    return status;
}

bool holds_something(const std::filesystem::path& folder) {
    std::error_code status;
    return std::filesystem::exists(folder, status) && !std::filesystem::is_empty(folder, status);
}

Result<int> copy_snapshots(const std::filesystem::path& from, const std::filesystem::path& to,
                           engine::Sequence last) {
    int copied = 0;
    for (const Snapshots::Entry& entry : Snapshots(from).list()) {
        if (entry.sequence > last) continue;
        std::error_code status;
        std::filesystem::create_directories(to / "snapshots", status);
        const auto bytes = read_file(entry.file);
        if (!bytes) continue;  // removed meanwhile by the exchange, which keeps only a few
        auto file = DiskFile::create(to / "snapshots" / entry.file.filename());
        if (!file) return file.error();
        if (auto written = file->write(*bytes); !written) return written.error();
        if (auto published = file->publish(); !published) return published.error();
        ++copied;
    }
    return copied;
}

// What one batch of the backup becomes: the same commands and events, up to the last sequence wanted.
class Rewriter {
  public:
    Result<void> append(Journal& journal, const JournalReader& reader, engine::Sequence last) {
        draft_.clear();
        records_.clear();
        std::vector<BlobAt> blobs;
        const BatchView& batch = reader.batch();
        for (std::size_t i = 0, event = 0; i < batch.header.count; ++i) {
            const engine::Command command = batch.command(i);
            if (command.header.sequence > last) break;
            draft_.commands.push_back(&records_.emplace_back(command));
            draft_.event_counts.push_back(static_cast<std::uint16_t>(batch.event_count(i)));
            for (std::size_t n = batch.event_count(i); n > 0; --n)
                draft_.events.push_back(&records_.emplace_back(batch.event(event++)));
            auto text = reader.blob(command.header.sequence);
            if (!text) return text.error();
            if (*text)
                blobs.push_back({command.header.sequence,
                                 std::make_unique<Blob>(Blob{*blob_of(command), std::move(**text)})});
        }
        auto written = journal.append(draft_, blobs);
        if (!written) return written.error();
        return {};
    }

  private:
    BatchDraft draft_;
    std::deque<engine::Record> records_;
};

Result<void> rewrite(const Journal& from, Journal& to, const RestoreOptions& options) {
    auto reader = from.read_from(engine::Sequence{1}, Proof::hashes);
    if (!reader) return reader.error();
    Rewriter rewriter;
    Progress progress("restore: copying");
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more || reader->batch().header.first > options.to) return {};
        if (auto appended = rewriter.append(to, *reader, options.to); !appended) return appended;
        if (options.progress) progress.at(to.last(), std::min(from.last(), options.to));
    }
}

// The hash recorded last, by a checkpoint of the journal.
struct Recorded {
    engine::Sequence sequence{};
    std::uint64_t hash = 0;
    std::uint64_t checkpoints = 0;
};

}  // namespace

int backup(const std::filesystem::path& data, const std::filesystem::path& to, std::ostream& out) {
    if (holds_something(to))
        return complain(out, "backup", not_possible,
                        fmt::format("{} is not empty: choose another folder", to.string()));
    const auto journal = open_to_read(data);
    if (!journal) return complain(out, "backup", not_possible, journal.error().text);
    if (auto copied = (*journal)->copy_to(to); !copied)
        return complain(out, "backup", not_possible, copied.error().text);
    const auto copy = Journal::open({to, Access::read, std::size_t{1} << 20});
    if (!copy) return complain(out, "backup", failed, copy.error().text);
    const auto snapshots = copy_snapshots(data, to, (*copy)->last());
    if (!snapshots) return complain(out, "backup", not_possible, snapshots.error().text);
    // Read back whole: a backup that cannot be read is none.
    auto reader = (*copy)->read_from(engine::Sequence{1}, Proof::hashes);
    std::uint64_t batches = 0;
    while (reader) {
        auto more = reader->next();
        if (!more) return complain(out, "backup", failed, more.error().text);
        if (!*more) break;
        ++batches;
    }
    if (!reader) return complain(out, "backup", failed, reader.error().text);
    out << fmt::format("backup of {} in {}: {} batches up to sequence {}, {} snapshots; read back and proven",
                       data.string(), to.string(), batches, (*copy)->last().value, *snapshots)
        << std::endl;
    return done;
}

int restore(const std::filesystem::path& from, const std::filesystem::path& data, std::ostream& out,
            const RestoreOptions& options) {
    if (holds_something(data))
        return complain(out, "restore", not_possible,
                        fmt::format("{} is not empty: choose another data folder", data.string()));
    const auto source = Journal::open({from, Access::read, std::size_t{1} << 20});
    if (!source) return complain(out, "restore", not_possible, source.error().text);
    auto journal = Journal::open({data, Access::write});
    if (!journal) return complain(out, "restore", not_possible, journal.error().text);
    if (auto rewritten = rewrite(**source, **journal, options); !rewritten)
        return complain(out, "restore", failed, rewritten.error().text);
    engine::Exchange exchange;
    Recorded recorded;
    Progress progress("restore: proving");
    const auto recovered = recover(
        **journal, exchange,
        [&](const engine::Event& event) {
            if (event.kind() != engine::EventKind::state_hashed) return;
            recorded = {event.header.sequence, event.as<engine::StateHashed>().hash,
                        recorded.checkpoints + 1};
        },
        [&](engine::Sequence at, engine::Sequence last) {
            if (options.progress) progress.at(at, last);
        });
    if (!recovered) return complain(out, "restore", failed, recovered.error().text);
    out << fmt::format(
        "restored {} up to sequence {}: state hash {:016x}; {} recorded state hashes came out again",
        data.string(), recovered->sequence.value, exchange.started() ? exchange.state_hash() : 0,
        recorded.checkpoints);
    if (recorded.checkpoints > 0)
        out << fmt::format(", the last one {:016x} at sequence {}", recorded.hash, recorded.sequence.value);
    out << std::endl;
    return done;
}

}  // namespace gridbook::ledger
