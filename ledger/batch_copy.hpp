// SPDX-License-Identifier: Apache-2.0
#pragma once
// A batch that outlives its transaction, so that whoever works on it for long keeps no old pages alive and
// never stands in the way of the map's growth.

#include "ledger/journal.hpp"

namespace gridbook::ledger {

class BatchCopy {
  public:
    void take(const JournalReader& reader) {
        const BatchView& batch = reader.batch();
        commands_.assign(batch.commands.begin(), batch.commands.end());
        counts_.assign(batch.event_counts.begin(), batch.event_counts.end());
        events_.assign(batch.events.begin(), batch.events.end());
        view_ = {batch.header, commands_, counts_, events_};
        link_ = reader.link();
    }
    const BatchView& view() const { return view_; }
    const engine::Sha256& link() const { return link_; }

  private:
    std::vector<std::byte> commands_, counts_, events_;
    BatchView view_{};
    engine::Sha256 link_{};
};

}  // namespace gridbook::ledger
