// SPDX-License-Identifier: Apache-2.0
#pragma once
// A regulator's questions: the proposed changes, and dry runs, which answer what a change of a band or of
// factors would do if it were entered now, or why it would be refused. Dry runs ask the same checks as the
// commands do and change nothing.

#include "engine/answering.hpp"

namespace gridbook::engine {

RefusalRow refusal_row(const Refused& refused, Origin origin);

// False: the question is not one of these.
bool answer_regulator(const State& state, Answer& answer, const Command& question);

}  // namespace gridbook::engine
