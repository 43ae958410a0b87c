// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which segments a journal has, in order: each follows the one before it without a gap, all but the last are
// closed. A segment is opened when somebody reads it and closed when nobody does any more; the one read last
// stays open, because the next question is likely to be about it.
//
// One thread adds; any thread may look.

#include <mutex>
#include <vector>

#include "ledger/segment.hpp"

namespace gridbook::ledger {

class Segments {
  public:
    // Those in a folder, proven to follow each other by what they say of themselves. `access` is for the last
    // one: nobody writes the others. Files without a batch are passed over.
    static Result<std::unique_ptr<Segments>> open(const std::filesystem::path& folder, Access access,
                                                  std::size_t map_bytes);
    using Opened = std::shared_ptr<const Segment>;
    // One alone, wherever it lies and whatever it follows.
    static std::unique_ptr<Segments> of(const Opened& segment);

    // The one that holds the sequence if the journal does; null: there is none.
    Result<Opened> holding(engine::Sequence sequence) const;
    // The one behind that which begins with `first`; null: there is none.
    Result<Opened> behind(engine::Sequence first) const;
    bool has_behind(engine::Sequence first) const;

    // The one that grows, once its first batch is committed.
    void add(const std::shared_ptr<Segment>& segment);
    // The last one, when it was opened to be written.
    std::shared_ptr<Segment> take_last() { return std::move(last_); }

    std::vector<std::filesystem::path> files() const;

  private:
    struct Entry {
        engine::Sequence first{};
        std::filesystem::path file;
        std::weak_ptr<const Segment> open;
    };
    Segments(Access access, std::size_t map_bytes) : access_(access), map_bytes_(map_bytes) {}
    Result<void> add(const std::filesystem::path& file, bool last, std::optional<SegmentEnd>& before);
    Result<Opened> opened(Entry& entry) const;
    std::vector<Entry>::iterator after(engine::Sequence first) const;

    Access access_;
    std::size_t map_bytes_;
    std::shared_ptr<Segment> last_;
    mutable std::mutex mutex_;
    mutable std::vector<Entry> entries_;
    mutable Opened recent_;
};

}  // namespace gridbook::ledger
