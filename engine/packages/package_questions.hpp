// SPDX-License-Identifier: Apache-2.0
#pragma once
// Questions about token packages, grants and what their issuers hold.

#include "engine/answering.hpp"

namespace gridbook::engine {

// Answers what needs no account. False: the question is another one.
bool answer_packages(const State& state, Answer& answer, const Command& question);
// Of an account that is known.
void answer_grants(const State& state, Answer& answer, const QueryGrants& q);

}  // namespace gridbook::engine
