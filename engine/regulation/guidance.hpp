// SPDX-License-Identifier: Apache-2.0
#pragma once
// The formula behind a guided price (market-rules section 5):
//
//   cost_1 = capex / (life_h · utilisation) + power_kW · PUE · tariff + opex_h         CNY an hour of a
//   device
//
// In whole numbers, exact to the end and rounded once, half to even, to the micro-CNY; a price passes when it
// is within a tick of that.

#include "engine/refusal.hpp"

namespace gridbook::engine {

// The inputs are within their limits.
Money cost_of(const CostInputs& in);

// FORMAT_VALUE naming the input and its limits, or GUIDANCE_FORMULA with what the formula gives (limit) and
// the price (got). Reason none: passed.
Refused check_formula(const SetGuidance& body);

// How the exchange names a rationale: G-2026-11-28/8, the UTC day it is effective and the band's version.
Text<24> rationale_name(Time effective, std::uint32_t version);

}  // namespace gridbook::engine
