// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a regulator asks of a family's band, whichever command says it, and everything it may be refused for,
// in this order: SYMBOL_UNKNOWN, VERSION_CONFLICT, EFFECTIVE, FORMAT_VALUE (follow, formula), TICK and
// FORMAT_VALUE of each value, GUIDANCE_FORMULA, ENGINE_LIMIT (changes scheduled), the shape of the band, and
// the shape of those that follow it, and REASON_REQUIRED (a floor under a declared cost). It changes nothing,
// so a dry run asks the same.

#include "engine/bands/impact.hpp"
#include "engine/refusal.hpp"
#include "engine/regulation/following.hpp"

namespace gridbook::engine {

struct BandAsk {
    FamilyId family = no_family;
    std::uint32_t expect = 0;
    Decimal floor{};  // 0: unchanged, likewise below
    Decimal ceiling{};
    Decimal guidance{};
    bool follow = false;
    bool reasoned = false;  // the regulator said why
    Time effective{};
    Text<24> rationale{};
    Sha256 blob{};
    const SetGuidance* rationale_inputs = nullptr;  // of a guidance with its formula
};

BandAsk ask_of(const SetBand& body);
BandAsk ask_of(const SetGuidance& body);

// The change as it would be accepted now.
BandChange change_of(const State& state, const BandAsk& ask);
// The family's band with it.
HardBand outcome(const State& state, FamilyId family, const BandChange& change);

Refused check_ask(const State& state, const BandAsk& ask);
Refused check_shape(FamilyId family, const HardBand& band);

// Of the family itself and of those that follow it.
Impact impact_of(const State& state, FamilyId family, const HardBand& after);

// Is the step from one band to the other above the share that one regulator may take alone?
bool needs_second(const State& state, const HardBand& before, const HardBand& after);

}  // namespace gridbook::engine
