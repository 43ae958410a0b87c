// SPDX-License-Identifier: Apache-2.0
#pragma once
// Decimal strings of the wire <-> integers (protocol section 1). Inbound: digits, optionally a point and at
// most six decimals that matter (trailing zeros beyond are allowed), no sign but '-', no exponent. Outbound:
// a price has the decimals of its tick ("13.50"), quantities and money none that trail ("16", "0.5",
// "227.681664").

#include <optional>
#include <string>
#include <string_view>

#include "engine/units/numbers.hpp"

namespace gridbook::gateway {

// nullopt: not a decimal, or beyond 64 bits of millionths.
std::optional<engine::Decimal> parse_decimal(std::string_view text);

void append_price(engine::Price price, std::string& out);
void append_quantity(engine::Quantity quantity, engine::Product product, std::string& out);
void append_money(engine::Money money, std::string& out);
void append_decimal(engine::Decimal value, std::string& out);  // without trailing zeros
void append_tokens(std::uint64_t quarters, std::string& out);  // standard tokens: 5100001 is "1275000.25"

}  // namespace gridbook::gateway
