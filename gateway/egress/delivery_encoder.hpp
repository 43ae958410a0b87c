// SPDX-License-Identifier: Apache-2.0
#pragma once
// Deliveries, meter reports and settlements as members of a message (protocol section 3). Minutes are told
// in unit-minutes: 16 units for an hour are 960. Used by encoder.cpp for events and by the answers to
// questions; it knows no requests.

#include <span>
#include <string>

#include "gateway/directory.hpp"

namespace gridbook::gateway {

// "ev":"delivery",… or "ev":"settlement","of":"delivery|position|replacement",…; the answer to a meter report
// without ev.
void append_delivery(const engine::Event& event, const Directory& directory, std::string& out);

// The objects of deliveries.get: each a delivery_row, of a token day with the holding_row behind it.
void append_delivery_rows(std::span<const engine::Event> rows, const Directory& directory, std::string& out);

// Whom an event tells, by its part in the delivery.
std::string_view party_name(engine::Side party);
// Empty: nobody.
std::string_view account_name(engine::AccountId account, const Directory& directory);

std::string_view wire_name(engine::DeliveryState state);

}  // namespace gridbook::gateway
