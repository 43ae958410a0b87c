// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a replay shows while it runs: one bar that is drawn over itself on a terminal, a line a tenth of the
// way elsewhere.

#include <chrono>

#include "gateway/replay/scenario.hpp"

namespace gridbook::gateway::replay {

class ProgressBar {
  public:
    explicit ProgressBar(const Scenario& scenario);

    void show(engine::Time now, std::uint64_t orders, std::uint64_t trades);
    void finish();

  private:
    using Clock = std::chrono::steady_clock;

    const Scenario& scenario_;
    bool terminal_;
    Clock::time_point started_;
    Clock::time_point shown_{};
    std::int64_t tenths_ = -1;
};

}  // namespace gridbook::gateway::replay
