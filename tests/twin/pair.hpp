// SPDX-License-Identifier: Apache-2.0
#pragma once
// The exchange and its twin, side by side: both are fed the same stamped commands and must tell the same. It
// promises a difference in words, or nothing. Follow-ons are joined to the command that they go on with: the
// exchange may tell its effect in several pieces, the pieces in sequence.

#include "tests/engine/driver.hpp"
#include "tests/twin/flow.hpp"
#include "tests/twin/invariants.hpp"

namespace gridbook::twin {

class Pair {
  public:
    // Applies to both and compares the events.
    Difference send(const Sent& sent);
    // Applies to the exchange only: for the test that a difference is seen at all.
    void exchange_alone(const engine::Command& command) { driver_.send(command, twin_.time()); }
    // Asks both everything that can be asked and compares the answers.
    Difference ask_regulator();
    Difference ask_everything();

    const NaiveExchange& twin() const { return twin_; }
    const tests::Driver& driver() const { return driver_; }
    // What the last send told, as the exchange told it.
    const std::vector<engine::Event>& told() const { return told_; }
    std::size_t follow_ons() const { return follow_ons_; }

  private:
    Difference compare(const engine::Command& command, const NaiveExchange::Events& twins) const;
    Difference ask(const engine::Command& question);

    tests::Driver driver_;
    NaiveExchange twin_;
    std::vector<engine::Event> told_;
    std::size_t follow_ons_ = 0;
};

}  // namespace gridbook::twin
