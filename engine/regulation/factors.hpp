// SPDX-License-Identifier: Apache-2.0
#pragma once
// The registry of conversion factors (market-rules section 2): versioned, effective-dated, with provenance.
// What is traded with is the lesser of the class's own figure (nameplate, or the regulator's) and the lower
// bound of a measured certificate that is not older than 180 days. A change re-bands the families that follow
// the benchmark with this class.

#include "engine/refusal.hpp"
#include "engine/regulation/following.hpp"
#include "engine/regulation/sanction.hpp"

namespace gridbook::engine {

inline constexpr Duration certificate_life{180 * day.value};

// CLASS_UNKNOWN, VERSION_CONFLICT, EFFECTIVE, FORMAT_VALUE (factor, issued), ENGINE_LIMIT: in this order.
Refused check_factors(const State& state, const SetFactors& body);
// What would be told of it; `proposed` when it needs a second regulator.
FactorsChanged outcome(const State& state, const SetFactors& body);
// The band of a family that follows, were this the factor of its class.
HardBand band_with(const State& state, const Family& family, std::uint16_t k);
void set_factors(Step& step, const SetFactors& body, const Sanction& by = {});

// When the next scheduled change or the end of a certificate is due; never: none is.
Time next_factors(const State& state);
// What is due of this class now: false while there is something and the sink has no more room. The families
// that follow are told from the cursor on.
bool factors_due(Step& step, ClassId of, std::uint32_t& cursor, bool& telling);

}  // namespace gridbook::engine
