// SPDX-License-Identifier: Apache-2.0
#pragma once
// The engine's stage. It gives every command its sequence and time, applies it, and publishes the command
// with its events to the ledger as one piece.
//
//   gateway ingress ──Ring<Command>──▶ Sequencer ──Ring<Record>──▶ ledger stage
//
// It enters the commands that nobody sends: AdvanceTime when a timer is due and at least once a second of
// market time, FollowOn while the exchange has unfinished work. Questions are answered in their place,
// without a sequence. One thread calls step(); which one is configuration.

#include "engine/pipeline/lookahead.hpp"
#include "engine/pipeline/ring.hpp"

namespace gridbook::engine {

class Sequencer {
  public:
    Sequencer(Exchange& exchange, Ring<Command>& in, Ring<Record>& out)
        : exchange_(exchange),
          in_(in),
          out_(out),
          last_time_(exchange.time()),
          unfinished_(exchange.unfinished()) {}

    // Takes at most `batch` commands; `now` is the machine's clock (unused with the replay clock). Returns
    // how many commands and questions were handled; 0 also when the outgoing ring has no room.
    std::size_t step(Time now, std::size_t batch = 256);

    bool blocked() const { return blocked_; }  // the last step stopped for want of room
    // Follow-ons are due. May be asked from any thread.
    bool unfinished() const { return unfinished_.load(std::memory_order_acquire); }

  private:
    bool step_one(Time now);
    bool advance_if_due(Time now);
    Time stamp(const Command& command, Time now) const;
    void apply(Command command, Time time);
    void answer(const Command& question);

    Exchange& exchange_;
    Ring<Command>& in_;
    Ring<Record>& out_;
    Lookahead ahead_;
    Time last_time_;
    bool blocked_ = false;
    std::atomic<bool> unfinished_{false};
};

}  // namespace gridbook::engine
