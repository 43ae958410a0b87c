// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the engine's thread asks the memory for while it still works on something else: a command's own lines
// first, then what it names, then what that leads to, each some commands before it is applied. A miss costs
// as much as a hundred instructions; asked for in time it costs nothing.

#include <algorithm>

#include "engine/exchange.hpp"

namespace gridbook::engine {

class Lookahead {
  public:
    explicit Lookahead(std::size_t step = 6) : step_(step) {}

    // The command that is about to be applied stands at `at`; `commands(i)` is command i, for i below `end`.
    template <class Commands>
    void operator()(const Exchange& exchange, Commands&& commands, std::size_t at, std::size_t end) const {
        if (at + 3 * step_ < end) touch(commands(at + 3 * step_));
        const auto within = [at, end](std::size_t steps) { return std::min(at + steps, end - 1); };
        exchange.prefetch(commands(within(2 * step_)), commands(within(step_)), commands(within(step_ / 2)));
    }

  private:
    static void touch(const Command& command) {
        const auto* bytes = reinterpret_cast<const char*>(&command);
        __builtin_prefetch(bytes);
        __builtin_prefetch(bytes + 64);
    }
    std::size_t step_;
};

}  // namespace gridbook::engine
