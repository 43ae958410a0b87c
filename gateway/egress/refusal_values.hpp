// SPDX-License-Identifier: Apache-2.0
#pragma once
// The numbers of a refusal as text: each field in its unit, the limits, what was got. refusal.cpp makes
// sentences of them.

#include <string>
#include <vector>

#include "engine/event.hpp"
#include "gateway/directory.hpp"

namespace gridbook::gateway {

std::string price_text(engine::Price price);
// A price keeps the decimals of its tick, unless it is off its tick.
std::string price_text(engine::Decimal value);
std::string money_text(std::int64_t micro);
std::string time_text(engine::Time time);
// In the unit of the field.
std::string value_text(engine::RejectField field, std::int64_t value);

// The limits that are told, lowest first; none where the reason has none.
std::vector<std::string> limit_texts(const engine::Refused& refused);
// What was given, where the event carries it.
std::string got_text(const engine::Refused& refused, const Directory& directory);
bool names_instrument(const engine::Refused& refused, const Directory& directory);

}  // namespace gridbook::gateway
