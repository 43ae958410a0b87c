// SPDX-License-Identifier: Apache-2.0
#pragma once
// Instants as people and HTTP write them (RFC 3339): 2026-12-01T00:00:00Z, with up to nine decimals of a
// second and, inbound, any offset. The other way is in egress/json.hpp.

#include <optional>
#include <string_view>

#include "engine/units/time.hpp"

namespace gridbook::gateway {

// nullopt: not RFC 3339, no such day or hour, before the epoch, or beyond 64 bits of nanoseconds (2262). A
// leap second
// (:60) is refused: the market's days have 86,400 seconds.
std::optional<engine::Time> parse_instant(std::string_view text);

}  // namespace gridbook::gateway
