// SPDX-License-Identifier: Apache-2.0
#pragma once
// When something signed is too old to be believed (protocol section 2): its timestamp is compared with the
// machine's clock, also when the market runs in a time of its own.

#include <optional>
#include <string_view>

#include "engine/units/time.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

inline constexpr engine::Duration freshness{5 * engine::second.value};  // both ways: clocks differ

// AUTH_REPLAY when `signed_at` is further than that from now.
std::optional<WireError> stale(engine::Time signed_at, engine::Time now, std::string_view field);

}  // namespace gridbook::gateway
