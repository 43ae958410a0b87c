// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bands of all families as the public may know them: the one in force, those scheduled, and the recent
// past, so that a refusal told again under an older version still names its rationale. Built from durable
// events alone. The reason of a change is text of a signed body; whoever has the bodies tells it (BandTexts).

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::gateway {

// The reason written in the signed body that came with the command of that sequence; empty: unknown. It may
// read the disk: bands change seldom.
using BandTexts = std::function<std::string(engine::Sequence)>;

class Bands {
  public:
    struct Version {
        engine::BandChanged band{};
        engine::Sequence sequence{};            // when it was accepted
        engine::KeyIndex key = engine::no_key;  // who signed it; none: the configuration
        std::string reason{};
        engine::KeyIndex approved_by = engine::no_key;  // the second regulator, of what needed one
        std::optional<engine::GuidanceSet> guidance{};  // what it was computed from; none: no formula
        std::string text_sha256{};  // of `reason`, when a formula stands behind it: the published rationale
    };

    explicit Bands(BandTexts texts = {}) : texts_(std::move(texts)) {}

    // Takes in a durable event; all but guidance_set and band_changed pass by.
    void apply(const engine::Event& event);

    // Null: the family has no such version, or it is too long ago.
    const Version* in_force(engine::FamilyId family) const;
    const Version* version(engine::FamilyId family, std::uint32_t number) const;
    // What was in force before it, as far as it is known: the version below it that is not still to come.
    const Version* before(const Version& version) const;
    // Accepted, not yet in force, in the order of their versions.
    std::vector<const Version*> scheduled(engine::FamilyId family) const;

  private:
    static constexpr std::size_t kept = 64;  // versions a family that are neither in force nor scheduled

    struct Family {
        std::uint32_t in_force = 0;
        std::vector<Version> versions{};  // ascending
    };
    static void forget_old(Family& family);

    BandTexts texts_;
    engine::GuidanceSet inputs_{};  // of the band_changed that comes next
    std::vector<Family> families_;  // index = family id
};

}  // namespace gridbook::gateway
