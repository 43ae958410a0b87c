// SPDX-License-Identifier: Apache-2.0
#pragma once
// Draws of tokens and what becomes of holdings as members of a message (protocol section 3). Amounts are told
// in standard tokens: "1275000.25". Used by encoder.cpp for events and by the answers to questions; it knows
// no requests.

#include <span>
#include <string>

#include "gateway/directory.hpp"

namespace gridbook::gateway {

// "ev":"holding",…; the answer to a draw without ev.
void append_token_event(const engine::Event& event, const Directory& directory, std::string& out);

// ,"drawn":…,"remaining":… of a row of deliveries.get; `row` is a holding_row.
void append_holding_members(const engine::Event& row, std::string& out);

std::string_view wire_name(engine::HoldingChange change);

}  // namespace gridbook::gateway
