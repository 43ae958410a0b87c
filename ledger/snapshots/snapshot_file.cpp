// SPDX-License-Identifier: Apache-2.0
#include "ledger/snapshots/snapshot_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/snapshot/snapshot.hpp"
#include "engine/state.hpp"
#include "ledger/disk_file.hpp"
#include "ledger/snapshots/pack.hpp"

namespace gridbook::ledger {

namespace {

constexpr Magic snapshot_magic{'G', 'B', 'K', 'S'};
constexpr std::uint16_t snapshot_version = 4;

struct Section {
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
    std::uint32_t zero = 0;
};

struct Head {
    Magic magic = snapshot_magic;
    std::uint16_t version = snapshot_version;
    std::uint16_t zero = 0;
    SnapshotPlace place{};
    std::uint64_t state_hash = 0;
    std::array<Section, 3> sections{};
    std::uint32_t crc = 0;
};

constexpr std::size_t head_bytes = 128;

std::vector<std::byte> encode(const Head& head) {
    Packer out;
    out(head.magic, head.version, head.zero, head.place.epoch, head.place.sequence, head.place.time,
        head.state_hash, head.place.link);
    for (const Section& s : head.sections) out(s);
    out(std::uint32_t{0});
    const std::uint32_t crc = crc32c(out.bytes());
    out(crc);
    return {out.bytes().begin(), out.bytes().end()};
}

// The engine's bytes on their way to the file, counted and summed.
class FileSink final : public engine::SnapshotSink {
  public:
    explicit FileSink(DiskFile& file) : file_(file) {}
    bool write(std::span<const std::byte> bytes) override {
        section.crc = crc32c(bytes, section.crc);
        section.bytes += bytes.size();
        auto written = file_.write(bytes);
        if (!written) error = written.error();
        return written.has_value();
    }
    Section section;
    std::optional<Error> error;

  private:
    DiskFile& file_;
};

class BytesSource final : public engine::SnapshotSource {
  public:
    explicit BytesSource(Bytes bytes) : bytes_(bytes) {}
    std::size_t read(std::span<std::byte> into) override {
        const std::size_t n = std::min(into.size(), bytes_.size());
        std::copy_n(bytes_.begin(), n, into.begin());
        bytes_ = bytes_.subspan(n);
        return n;
    }

  private:
    Bytes bytes_;
};

Error refuse(ErrorCode code, const std::filesystem::path& file, std::string_view what) {
    return failure(code, fmt::format("the snapshot {} {}", file.string(), what));
}

Result<Head> decode_head(const std::filesystem::path& file, Bytes bytes) {
    if (bytes.size() < head_bytes) return refuse(ErrorCode::corrupt, file, "is cut off");
    Head head;
    Unpacker in(bytes.first(head_bytes));
    std::uint32_t zero = 0;
    in(head.magic, head.version, head.zero, head.place.epoch, head.place.sequence, head.place.time,
       head.state_hash, head.place.link);
    for (Section& s : head.sections) in(s.bytes, s.crc, s.zero);
    in(zero, head.crc);
    if (head.magic != snapshot_magic) return refuse(ErrorCode::corrupt, file, "is none");
    if (head.version != snapshot_version)
        return refuse(ErrorCode::version, file,
                      fmt::format("has version {}, this release reads {}", head.version, snapshot_version));
    if (head.crc != crc32c(bytes.first(head_bytes - sizeof head.crc)))
        return refuse(ErrorCode::checksum, file, "has a head that differs from its checksum");
    return head;
}

// The three sections, each as it was written.
struct Contents {
    std::vector<std::byte> all;
    Head head;
    std::array<Bytes, 3> sections;
};

Result<Contents> read_contents(const std::filesystem::path& file, const SnapshotPlace& expected) {
    Contents contents;
    auto bytes = read_file(file);
    if (!bytes) return bytes.error();
    contents.all = std::move(*bytes);
    auto head = decode_head(file, contents.all);
    if (!head) return head.error();
    contents.head = *head;
    const SnapshotPlace& place = head->place;
    if (place.sequence != expected.sequence || place.link != expected.link || place.epoch != expected.epoch)
        return refuse(ErrorCode::chain, file, "belongs to another journal than the one beside it");
    Bytes rest = Bytes(contents.all).subspan(head_bytes);
    for (std::size_t i = 0; i < contents.sections.size(); ++i) {
        const Section& section = head->sections[i];
        if (section.bytes > rest.size()) return refuse(ErrorCode::corrupt, file, "is cut off");
        contents.sections[i] = rest.first(section.bytes);
        rest = rest.subspan(section.bytes);
        if (crc32c(contents.sections[i]) != section.crc)
            return refuse(ErrorCode::checksum, file,
                          fmt::format("differs from its checksum in section {}", i + 1));
    }
    if (!rest.empty()) return refuse(ErrorCode::corrupt, file, "has bytes behind its end");
    return contents;
}

Result<void> restore_engine(const std::filesystem::path& file, const Contents& contents,
                            engine::Exchange& exchange) {
    BytesSource source(contents.sections[0]);
    if (const auto error = exchange.restore(source); error != engine::SnapshotError::none)
        return refuse(
            ErrorCode::corrupt, file,
            fmt::format("holds no state that this release can restore (error {})", static_cast<int>(error)));
    if (exchange.sequence() != contents.head.place.sequence ||
        exchange.state_hash() != contents.head.state_hash)
        return refuse(ErrorCode::differs, file, "restores to another state than it was made of");
    return {};
}

Result<Recollection> recollect(const std::filesystem::path& file, const Contents& contents) {
    Recollection past;
    Unpacker in(contents.sections[2]);
    if (!past.load(in) || !in.at_end())
        return refuse(ErrorCode::corrupt, file, "holds a memory that none can be");
    return past;
}

}  // namespace

Result<std::uint64_t> write_snapshot(const std::filesystem::path& folder, const SnapshotPlace& place,
                                     const Books& books) {
    Head head;
    head.place = place;
    head.state_hash = books.exchange->state_hash();
    auto file = DiskFile::create(folder / fmt::format("snapshot-{:020}.gbs", place.sequence.value));
    if (!file) return file.error();
    if (auto room = file->write(std::vector<std::byte>(head_bytes)); !room) return room.error();
    FileSink sink(*file);
    if (!books.exchange->save(sink)) return *sink.error;
    head.sections[0] = sink.section;
    Packer postings, past;
    postings(books.entries);
    books.postings->save(postings);
    books.balances.save(postings);
    books.past.save(past);
    std::uint64_t size = head_bytes + sink.section.bytes;
    for (std::size_t i = 1; i < 3; ++i) {
        const Bytes bytes = i == 1 ? postings.bytes() : past.bytes();
        head.sections[i] = {bytes.size(), crc32c(bytes), 0};
        if (auto written = file->write(bytes); !written) return written.error();
        size += bytes.size();
    }
    if (auto written = file->write_at(0, encode(head)); !written) return written.error();
    if (auto published = file->publish(); !published) return published.error();
    return size;
}

Result<SnapshotPlace> read_snapshot_place(const std::filesystem::path& file) {
    auto bytes = read_file(file, head_bytes);
    if (!bytes) return bytes.error();
    auto head = decode_head(file, *bytes);
    if (!head) return head.error();
    return head->place;
}

Result<Books> read_snapshot(const std::filesystem::path& file, const SnapshotPlace& expected) {
    auto contents = read_contents(file, expected);
    if (!contents) return contents.error();
    Books books;
    if (auto restored = restore_engine(file, *contents, *books.exchange); !restored) return restored.error();
    Unpacker in(contents->sections[1]);
    books.postings.emplace(books.exchange->state().genesis);
    in(books.entries);
    if (!books.postings->load(in) || !books.balances.load(in) || !in.at_end())
        return refuse(ErrorCode::corrupt, file, "holds postings that none can be");
    auto past = recollect(file, *contents);
    if (!past) return past.error();
    books.past = std::move(*past);
    return books;
}

Result<Recollection> restore_snapshot(const std::filesystem::path& file, const SnapshotPlace& expected,
                                      engine::Exchange& exchange) {
    auto contents = read_contents(file, expected);
    if (!contents) return contents.error();
    auto past = recollect(file, *contents);
    if (!past) return past.error();
    if (auto restored = restore_engine(file, *contents, exchange); !restored) return restored.error();
    return past;
}

}  // namespace gridbook::ledger
