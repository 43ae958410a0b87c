// SPDX-License-Identifier: Apache-2.0
#pragma once
// Money goes back to its owner: requested, held, and paid or refused by an operator (engine README, Payouts).

#include "engine/answering.hpp"
#include "engine/step.hpp"

namespace gridbook::engine {

void request_payout(Step& step, const RequestPayout& body);
void decide_payout(Step& step, const DecidePayout& body);
void answer_payouts(const State& state, Answer& answer, const QueryPayouts& question);

}  // namespace gridbook::engine
