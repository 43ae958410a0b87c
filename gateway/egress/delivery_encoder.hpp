// SPDX-License-Identifier: Apache-2.0
#pragma once
// Deliveries, meter reports and settlements as members of a message (protocol section 3). Minutes are told
// in unit-minutes: 16 units for an hour are 960. Used by encoder.cpp for events and by the answers to
// questions; it knows no requests.

#include <string>

#include "gateway/directory.hpp"

namespace gridbook::gateway {

// "ev":"delivery",… or "ev":"settlement","of":"delivery|position|replacement",…; the answer to a meter report
// without ev.
void append_delivery(const engine::Event& event, const Directory& directory, std::string& out);

// One object of deliveries.get; `row` is a delivery_row.
void append_delivery_row(const engine::Event& row, const Directory& directory, std::string& out);

std::string_view wire_name(engine::DeliveryState state);

}  // namespace gridbook::gateway
