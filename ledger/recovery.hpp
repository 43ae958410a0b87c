// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recovery: the newest snapshot that holds, then the journal behind it. Every command of that tail is applied
// again and the events it causes are compared byte for byte with those that were recorded, so a started
// exchange is known to be the one that was told to the world. Mirrors (the gateway's directory, its books)
// hear what the snapshot remembers, then the same events as before. A snapshot that does not hold is passed
// over and said so; without any, everything is applied from genesis.

#include <functional>

#include "ledger/snapshots/snapshots.hpp"

namespace gridbook::ledger {

using OnEvent = std::function<void(const engine::Event&)>;
// After each batch: the sequence reached, and the last one of the journal.
using OnProgress = std::function<void(engine::Sequence, engine::Sequence)>;

struct Recovered {
    engine::Sequence sequence{};  // 0: the journal is empty
    engine::Sequence snapshot{};  // where it began; 0: at genesis
    std::uint64_t commands = 0;   // applied again
    std::uint64_t events = 0;
    std::vector<std::string> passed_over;  // snapshots that do not hold, and why
};

// `exchange` is fresh. The first difference ends it with ErrorCode::differs and the sequence; a snapshot of a
// later sequence than the journal's last one with ErrorCode::gap, because commits were lost.
Result<Recovered> recover(const Journal& journal, const Snapshots& snapshots, engine::Exchange& exchange,
                          Mirror& mirror, const OnProgress& on_progress);
// All of it from genesis.
Result<Recovered> recover(const Journal& journal, engine::Exchange& exchange, const OnEvent& on_event,
                          const OnProgress& on_progress);

// Applies one command and compares its events with `recorded`; what recovery, audit and follower do for each
// command.
class Rerun {
  public:
    explicit Rerun(engine::Exchange& exchange) : exchange_(exchange) {}
    Result<void> apply(const BatchView& batch, std::size_t command, std::size_t first_event);

  private:
    engine::Exchange& exchange_;
    engine::EventBuffer events_;
};

}  // namespace gridbook::ledger
