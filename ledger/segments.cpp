// SPDX-License-Identifier: Apache-2.0
#include "ledger/segments.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gridbook::ledger {

namespace {

constexpr std::size_t map_of_a_closed_one = std::size_t{1} << 20;  // LMDB takes what the file needs
constexpr std::string_view one_file = "data.mdb";                  // of releases before there were segments

Error does_not_follow(ErrorCode code, engine::Sequence sequence, const std::filesystem::path& file,
                      std::string_view why) {
    return failure(code,
                   fmt::format("the journal's segment {} {}; put the missing or right segments back, or "
                               "restore the data folder from a backup",
                               file.string(), why),
                   sequence);
}

// By first sequence. The one file of older releases is the first segment.
Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(folder, status))
        if (Segment::named(entry.path())) files.push_back(entry.path());
    if (status == std::errc::no_such_file_or_directory)
        return failure(ErrorCode::absent,
                       fmt::format("there is no journal at {}: check the data folder", folder.string()));
    if (status) return system_failure(status.value(), "read the folder", folder.string());
    std::ranges::sort(files);
    const auto whole = folder / one_file;
    if (!std::filesystem::exists(whole, status)) return files;
    if (!files.empty())
        return failure(ErrorCode::corrupt,
                       fmt::format("{} lies beside segments of the journal: an older release was started "
                                   "here; move it away",
                                   whole.string()));
    return files = {whole}, files;
}

Result<void> name_as_segment(const std::filesystem::path& folder) {
    std::error_code status;
    if (!std::filesystem::exists(folder / one_file, status)) return {};
    const auto name = folder / Segment::file_name(engine::Sequence{1});
    if (::rename((folder / one_file).c_str(), name.c_str()) != 0)
        return system_failure(errno, "rename", (folder / one_file).string());
    std::filesystem::remove(folder / "lock.mdb", status);
    return {};
}

}  // namespace

Result<std::unique_ptr<Segments>> Segments::open(const std::filesystem::path& folder, Access access,
                                                 std::size_t map_bytes) {
    std::error_code status;
    if (access == Access::write && !std::filesystem::create_directories(folder, status) && status)
        return system_failure(status.value(), "create the folder", folder.string());
    auto files = files_in(folder);
    if (!files) return files.error();
    if (access == Access::write) {
        if (auto named = name_as_segment(folder); !named) return named.error();
        if (files = files_in(folder); !files) return files.error();
    }
    std::unique_ptr<Segments> segments(new Segments(access, map_bytes));
    std::optional<SegmentEnd> before;
    for (const auto& file : *files)
        if (auto added = segments->add(file, file == files->back(), before); !added) return added.error();
    return segments;
}

std::unique_ptr<Segments> Segments::of(const Opened& segment) {
    std::unique_ptr<Segments> segments(new Segments(Access::read, map_of_a_closed_one));
    if (!segment->begin()) return segments;
    segments->recent_ = segment;
    segments->entries_.push_back({segment->begin()->first, segment->store().path(), segment});
    return segments;
}

// `before`: the end of the segment before this one.
Result<void> Segments::add(const std::filesystem::path& file, bool last, std::optional<SegmentEnd>& before) {
    const engine::Sequence next{before ? before->last.value + 1 : 1};
    const engine::Sequence named = Segment::named(file).value_or(engine::Sequence{1});
    if (named != next)
        return does_not_follow(
            ErrorCode::gap, next, file,
            fmt::format("begins at sequence {}, and no segment holds sequence {}", named.value, next.value));
    auto segment =
        Segment::open({file, last ? access_ : Access::read, last ? map_bytes_ : map_of_a_closed_one});
    if (!segment) return segment.error();
    if (last && access_ == Access::write) last_ = *segment;
    const auto& begin = (*segment)->begin();
    if (!begin && last) return {};
    if (!begin) return does_not_follow(ErrorCode::gap, next, file, "holds nothing, and others follow it");
    if (begin->first != next)
        return does_not_follow(
            ErrorCode::gap, next, file,
            fmt::format("has the name of another one: it begins at sequence {}", begin->first.value));
    if (begin->previous != (before ? before->link : engine::Sha256{}))
        return does_not_follow(
            ErrorCode::chain, next, file,
            fmt::format("is of another journal: at sequence {} it does not follow the one before it",
                        next.value));
    if (!last && !(*segment)->end())
        return does_not_follow(ErrorCode::gap, engine::Sequence{(*segment)->newest()->last().value + 1}, file,
                               fmt::format("was not closed and ends at sequence {}, and others follow it",
                                           (*segment)->newest()->last().value));
    before = (*segment)->end();
    recent_ = *segment;
    entries_.push_back({begin->first, file, recent_});
    return {};
}

void Segments::add(const std::shared_ptr<Segment>& segment) {
    const std::lock_guard alone(mutex_);
    entries_.push_back({segment->begin()->first, segment->store().path(), segment});
}

std::vector<std::filesystem::path> Segments::files() const {
    const std::lock_guard alone(mutex_);
    std::vector<std::filesystem::path> files;
    for (const Entry& entry : entries_) files.push_back(entry.file);
    return files;
}

// Under the mutex, as all below. The last one behind a writer in another process is opened beside it.
Result<Segments::Opened> Segments::opened(Entry& entry) const {
    if (auto open = entry.open.lock()) return recent_ = open, open;
    const bool growing = access_ == Access::beside && &entry == &entries_.back();
    auto segment = Segment::open({entry.file, growing ? Access::beside : Access::read, map_of_a_closed_one});
    if (!segment) return segment.error();
    recent_ = *segment;
    entry.open = recent_;
    return recent_;
}

std::vector<Segments::Entry>::iterator Segments::after(engine::Sequence first) const {
    return std::ranges::upper_bound(entries_, first, {}, &Entry::first);
}

Result<Segments::Opened> Segments::holding(engine::Sequence sequence) const {
    const std::lock_guard alone(mutex_);
    const auto next = after(sequence);
    if (next == entries_.begin()) return Opened{};
    return opened(*std::prev(next));
}

Result<Segments::Opened> Segments::behind(engine::Sequence first) const {
    const std::lock_guard alone(mutex_);
    const auto next = after(first);
    if (next == entries_.end()) return Opened{};
    return opened(*next);
}

bool Segments::has_behind(engine::Sequence first) const {
    const std::lock_guard alone(mutex_);
    return after(first) != entries_.end();
}

}  // namespace gridbook::ledger
