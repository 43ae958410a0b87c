// SPDX-License-Identifier: Apache-2.0
#pragma once
// Shrinks a failing list of commands to a short one that still fails (delta debugging). It knows nothing of
// what fails: it is told by a question. Every try runs in a child process, so that a failed check inside the
// exchange, which stops the process, is a failure like any other.

#include <functional>
#include <vector>

#include "tests/twin/flow.hpp"

namespace gridbook::twin {

using Fails = std::function<bool(const std::vector<Sent>&)>;

// Does it fail, or stop its process? Asked in a child.
bool fails_apart(const Fails& fails, const std::vector<Sent>& commands);

// The first command (genesis) always stays. Nothing that is left can be taken away alone.
std::vector<Sent> shrink(std::vector<Sent> commands, const Fails& fails);

}  // namespace gridbook::twin
