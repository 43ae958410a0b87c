// SPDX-License-Identifier: Apache-2.0
#include "ledger/snapshots/snapshots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gridbook::ledger {

namespace {

constexpr std::string_view stem = "snapshot-", ending = ".gbs";

std::optional<engine::Sequence> sequence_of(std::string_view name) {
    if (!name.starts_with(stem) || !name.ends_with(ending)) return std::nullopt;
    name = name.substr(stem.size(), name.size() - stem.size() - ending.size());
    std::uint64_t value = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), value);
    if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) return std::nullopt;
    return engine::Sequence{value};
}

}  // namespace

std::vector<Snapshots::Entry> Snapshots::list() const {
    std::vector<Entry> entries;
    std::error_code status;
    for (const auto& file : std::filesystem::directory_iterator(folder_, status))
        if (const auto sequence = sequence_of(file.path().filename().string()))
            entries.push_back({*sequence, file.path()});
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.sequence > b.sequence; });
    return entries;
}

Result<std::uint64_t> Snapshots::write(const SnapshotPlace& place, const Books& books,
                                       std::size_t keep) const {
    std::error_code status;
    std::filesystem::create_directories(folder_, status);
    if (status) return system_failure(status.value(), "create the folder", folder_.string());
    auto written = write_snapshot(folder_, place, books);
    if (!written) return written;
    const auto entries = list();
    for (std::size_t i = keep; i < entries.size(); ++i) std::filesystem::remove(entries[i].file, status);
    return written;
}

Result<SnapshotPlace> Snapshots::place_of(const Journal& journal, const Entry& entry) {
    const auto chain = journal.chain_after(entry.sequence);
    if (!chain) return chain.error();
    if (!*chain)
        return failure(ErrorCode::chain,
                       fmt::format("the snapshot {} ends where no batch of the journal beside it "
                                   "does",
                                   entry.file.string()));
    return SnapshotPlace{(*chain)->epoch, entry.sequence, {}, (*chain)->previous};
}

}  // namespace gridbook::ledger
