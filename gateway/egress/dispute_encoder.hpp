// SPDX-License-Identifier: Apache-2.0
#pragma once
// Disputes as they are told: to both sides, to the regulator who decides, and in the list of those that are
// not decided.

#include "engine/event.hpp"
#include "gateway/directory.hpp"

namespace gridbook::gateway {

// `"ev":"dispute"` and all that it says.
void append_dispute(const engine::Event& event, const Directory& directory, std::string& out);
// Members of the answer to a decision, without brackets.
void append_dispute_answer(const engine::Event& event, const Directory& directory, std::string& out);
// A dispute_row as an object.
void append_dispute_row(const engine::Event& row, const Directory& directory, std::string& out);

}  // namespace gridbook::gateway
