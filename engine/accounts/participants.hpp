// SPDX-License-Identifier: Apache-2.0
#pragma once
// Participants, their keys, their money and their resources (market-rules section 3).

#include "engine/step.hpp"

namespace gridbook::engine {

void open_account(Step& step, const OpenAccount& body);
void set_key(Step& step, const SetKey& body);
void credit(Step& step, const Credit& body);
void register_resource(Step& step, const RegisterResource& body);
void withdraw_resource(Step& step, const WithdrawResource& body);

}  // namespace gridbook::engine
