// SPDX-License-Identifier: Apache-2.0
#pragma once
// Participants, their keys, and their money (market-rules section 3).

#include "engine/step.hpp"

namespace gridbook::engine {

void open_account(Step& step, const OpenAccount& body);
void set_key(Step& step, const SetKey& body);
void credit(Step& step, const Credit& body);

}  // namespace gridbook::engine
