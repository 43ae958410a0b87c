// SPDX-License-Identifier: Apache-2.0
#pragma once
// Payouts as they are told: to the account, to the operator who decides, and in the list of those that wait.

#include "engine/event.hpp"
#include "gateway/directory.hpp"

namespace gridbook::gateway {

// `"ev":"payout"` and all that it says.
void append_payout(const engine::Event& event, std::string& out);
// Members of the answer to a decision, without brackets.
void append_payout_answer(const engine::Event& event, const Directory& directory, std::string& out);
// A payout_row as an object.
void append_payout_row(const engine::Event& row, const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
