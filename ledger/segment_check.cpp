// SPDX-License-Identifier: Apache-2.0
#include "ledger/segment_check.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ledger/export/export.hpp"
#include "ledger/journal.hpp"

namespace gridbook::ledger {

namespace {

constexpr int passed = 0, failed = 1, not_possible = 2;

int complain(std::ostream& out, const Error& error) {
    switch (error.code) {
        case ErrorCode::absent:
        case ErrorCode::locked:
        case ErrorCode::permission:
        case ErrorCode::disk_full:
        case ErrorCode::io: out << "segments: " << error.text << std::endl; return not_possible;
        default: out << "FAILED   " << error.text << std::endl; return failed;
    }
}

struct Proven {
    std::uint64_t batches = 0, commands = 0, bytes = 0;
};

// All batches of one file, byte by byte.
Result<Proven> prove(const Segments& alone) {
    Proven proven;
    auto reader = JournalReader::of(alone, Proof::hashes);
    if (!reader) return reader.error();
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more) return proven;
        const BatchHeader& header = reader->batch().header;
        ++proven.batches;
        proven.commands += header.count;
        proven.bytes += reader->batch().commands.size() + header.events_bytes;
    }
}

std::string instant(engine::Time t) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(static_cast<std::time_t>(t.value / engine::second.value)));
}

std::string line(const Segment& segment) {
    if (!segment.begin()) return fmt::format("{} is empty", segment.store().path());
    const auto& end = segment.end();
    return fmt::format(
        "{} {} to {}, {} bytes, {}", segment.store().path(), segment.begin()->first.value,
        segment.newest()->last().value, segment.store().used_bytes(),
        end ? fmt::format("closed {}, link {:02x}", instant(end->closed), fmt::join(end->link, ""))
            : std::string("grows"));
}

std::string words(const Proven& proven) {
    return fmt::format("         {} batches, {} commands, {} bytes proven", proven.batches, proven.commands,
                       proven.bytes);
}

int prove_and_tell(const Segments& alone, std::ostream& out) {
    const auto proven = prove(alone);
    if (!proven) return complain(out, proven.error());
    out << words(*proven) << '\n';
    return passed;
}

}  // namespace

int list_segments(const std::filesystem::path& data, std::ostream& out, bool check) {
    const auto journal = open_to_read(data);
    if (!journal) return complain(out, journal.error());
    const Segments& segments = (*journal)->segments();
    auto segment = segments.holding(engine::Sequence{1});
    while (segment && *segment) {
        out << line(**segment) << '\n';
        if (check) {
            const auto alone = Segments::of(*segment);
            if (const int status = prove_and_tell(*alone, out); status != passed) return status;
        }
        segment = segments.behind((*segment)->begin()->first);
    }
    if (!segment) return complain(out, segment.error());
    out << fmt::format("{} segments, each follows the one before it, up to sequence {}",
                       segments.files().size(), (*journal)->last().value)
        << std::endl;
    return passed;
}

int check_segment(const std::filesystem::path& file, std::ostream& out) {
    const auto segment = Segment::open({file, Access::read, std::size_t{1} << 20});
    if (!segment) return complain(out, segment.error());
    out << line(**segment) << '\n';
    const auto alone = Segments::of(*segment);
    if (const int status = prove_and_tell(*alone, out); status != passed) return status;
    out << ((*segment)->end() ? "the segment is whole"
                              : "the segment is whole as far as it goes; it was not closed")
        << std::endl;
    return passed;
}

}  // namespace gridbook::ledger
