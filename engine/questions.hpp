// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions: answered from the state as it is between two commands, without a sequence of their own. Each
// answer is rows, then one rows_end that says whether there are more.

#include "engine/step.hpp"

namespace gridbook::engine {

void answer_question(const State& state, const Command& question, EventSink& sink);

}  // namespace gridbook::engine
