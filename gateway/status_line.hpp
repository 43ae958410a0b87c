// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the operator sees while the exchange runs: one line, rewritten each second on a terminal, printed
// every ten seconds elsewhere; and the progress of long work at start.

#include <cstdio>
#include <string>

#include "gateway/egress/metrics.hpp"
#include "ledger/latency.hpp"

namespace gridbook::gateway {

class StatusLine {
  public:
    StatusLine(Metrics& metrics, const ledger::LatencyHistogram& commits, bool enabled);

    // Prints when it is time to.
    void tick(engine::Time now);
    // Leaves the last line standing.
    void end();

  private:
    std::string text(engine::Time now);

    Metrics& metrics_;
    ledger::LatencyWindow commits_;
    const bool enabled_;
    const bool terminal_;
    engine::Time printed_{};
    bool open_ = false;  // a line on the terminal waits to be rewritten
};

// "recovering 12,000,000 of 20,000,000 (60 %)": at most five times a second on a terminal, once every 5 s
// elsewhere.
class ProgressLine {
  public:
    explicit ProgressLine(std::string what) : what_(std::move(what)) {}
    ~ProgressLine();
    void tick(std::uint64_t done, std::uint64_t all, engine::Time now);

  private:
    const std::string what_;
    engine::Time printed_{};
    bool open_ = false;
};

}  // namespace gridbook::gateway
