// SPDX-License-Identifier: Apache-2.0
#pragma once
// The twin alone behind a flow or a story: it stamps commands as the sequencer does, and enters AdvanceTime
// before a command when a timer is due.

#include <algorithm>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

class Alone {
  public:
    // What the command told, with what its time told before it.
    const NaiveExchange::Events& send(const Sent& sent) {
        told_.clear();
        const engine::Time at = std::max(sent.at, twin_.time());
        if (sent.command.kind() != engine::CommandKind::advance_time && twin_.next_timer() <= at)
            apply(engine::Command::of(engine::AdvanceTime{}), at);
        apply(sent.command, at);
        return told_;
    }
    NaiveExchange::Events ask(const engine::Command& question) const {
        NaiveExchange::Events rows;
        twin_.answer(question, rows);
        return rows;
    }
    const NaiveExchange& twin() const { return twin_; }

  private:
    void apply(engine::Command command, engine::Time at) {
        command.header.sequence = engine::Sequence{++sequence_};
        command.header.time = at;
        twin_.apply(command, told_);
    }

    NaiveExchange twin_;
    NaiveExchange::Events told_;
    std::uint64_t sequence_ = 0;
};

}  // namespace gridbook::twin
