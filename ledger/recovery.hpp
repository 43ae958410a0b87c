// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recovery is replay: every command of the journal is applied again from genesis, and the events it causes
// are compared byte for byte with those that were recorded. So a started exchange is known to be the one that
// was told to the world, and whoever keeps a mirror (the gateway's directory, its books) rebuilds it from the
// same events as before.

#include <functional>

#include "engine/exchange.hpp"
#include "ledger/journal.hpp"

namespace gridbook::ledger {

using OnEvent = std::function<void(const engine::Event&)>;
// After each batch: the sequence reached, and the last one of the journal.
using OnProgress = std::function<void(engine::Sequence, engine::Sequence)>;

struct Recovered {
    engine::Sequence sequence{};  // 0: the journal is empty
    std::uint64_t commands = 0;
    std::uint64_t events = 0;
};

// `exchange` is fresh. The first difference ends it with ErrorCode::differs and the sequence.
Result<Recovered> recover(const Journal& journal, engine::Exchange& exchange, const OnEvent& on_event,
                          const OnProgress& on_progress);

// Applies one command and compares its events with `recorded`; what recovery and audit do for each command.
class Rerun {
  public:
    explicit Rerun(engine::Exchange& exchange) : exchange_(exchange) {}
    Result<void> apply(const BatchView& batch, std::size_t command, std::size_t first_event);

  private:
    engine::Exchange& exchange_;
    engine::EventBuffer events_;
};

}  // namespace gridbook::ledger
