// SPDX-License-Identifier: Apache-2.0
#pragma once
// The snapshots of a data folder: which there are, which of them may be used, and that no more than a few are
// kept. A snapshot that does not hold is passed over for the one before it, and said so; recovery from
// genesis is always possible.

#include <functional>

#include "ledger/journal.hpp"
#include "ledger/snapshots/snapshot_file.hpp"

namespace gridbook::ledger {

class Snapshots {
  public:
    explicit Snapshots(const std::filesystem::path& data) : folder_(data / "snapshots") {}

    struct Entry {
        engine::Sequence sequence{};
        std::filesystem::path file;
    };
    // Newest first, by name alone. No folder: none.
    std::vector<Entry> list() const;

    // Writes one and removes what is older than the newest `keep`.
    Result<std::uint64_t> write(const SnapshotPlace& place, const Books& books, std::size_t keep) const;

    // The newest one at or below `highest` that `take` takes (a Result that says so). What was passed over is
    // told as sentences. Nullopt: none could be taken.
    template <class Taken>
    std::optional<Taken> newest(const Journal& journal, engine::Sequence highest,
                                const std::function<Result<Taken>(const Entry&, const SnapshotPlace&)>& take,
                                std::vector<std::string>& passed_over) const {
        for (const Entry& entry : list()) {
            if (entry.sequence > highest) continue;
            const auto place = place_of(journal, entry);
            if (!place) {
                passed_over.push_back(place.error().text);
                continue;
            }
            auto taken = take(entry, *place);
            if (taken) return std::move(*taken);
            passed_over.push_back(taken.error().text);
        }
        return std::nullopt;
    }

  private:
    static Result<SnapshotPlace> place_of(const Journal& journal, const Entry& entry);
    std::filesystem::path folder_;
};

}  // namespace gridbook::ledger
