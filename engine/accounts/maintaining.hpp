// SPDX-License-Identifier: Apache-2.0
#pragma once
// Maintenance declared ahead: registered capacity is not there for some windows (engine README, Capacity).

#include "engine/answering.hpp"
#include "engine/step.hpp"

namespace gridbook::engine {

void declare_maintenance(Step& step, const DeclareMaintenance& body);
void cancel_maintenance(Step& step, const CancelMaintenance& body);
// The account's resources and what is declared of them.
void answer_resources(const State& state, Answer& answer, const QueryResources& question);

}  // namespace gridbook::engine
