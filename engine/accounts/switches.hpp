// SPDX-License-Identifier: Apache-2.0
#pragma once
// What cancels an account's orders when its owner is silent: `cancel.after`, and sessions whose connection is
// lost (market-rules section 4, protocol section 2). Both are timers of the engine.

#include "engine/step.hpp"

namespace gridbook::engine {

void cancel_after(Step& step, const CancelAfter& body);
void open_session(Step& step, const OpenSession& body);
void close_session(Step& step);

// The timer `id`, an account's or a lost session's, is due: leaves the task that cancels.
void switch_off(Step& step, std::uint32_t id);

}  // namespace gridbook::engine
