// SPDX-License-Identifier: Apache-2.0
#pragma once
// A family's hard band [F, C] with its guidance (market-rules section 5). F = 0.70 G and C = 1.40 G follow G
// until the regulator sets them; edges round inward. Changes take a version when accepted, also if effective
// later. How a band is converted from the benchmark's is in regulation/conversion.hpp.

#include "engine/bands/schedule.hpp"
#include "engine/event.hpp"

namespace gridbook::engine {

struct HardBand {
    std::uint32_t version = 0;
    Price low{};             // ceil_tick(F)
    Price high{};            // floor_tick(C)
    Price guidance{};        // G
    bool floor_set = false;  // by the regulator; otherwise 0.70 G
    bool ceiling_set = false;
    bool converted = false;      // follows the benchmark's band by the factor of its class
    std::uint16_t proposer = 0;  // key index + 1 of who proposed it; 0: it needed no second signature
    Time effective{};
    Sequence blob{};
    Text<24> rationale{};

    bool holds(Price price) const { return price >= low && price <= high; }
};

// 0.70 G rounded up and 1.40 G rounded down to the tick.
constexpr Price default_floor(Price guidance) {
    return Price{static_cast<std::int32_t>((static_cast<std::int64_t>(guidance.value) * 7 + 9) / 10)};
}
constexpr Price default_ceiling(Price guidance) {
    return Price{static_cast<std::int32_t>(static_cast<std::int64_t>(guidance.value) * 14 / 10)};
}

// What a regulator asks for; Price{} leaves a value as it is.
struct BandChange {
    std::uint32_t version = 0;
    Price floor{};
    Price ceiling{};
    Price guidance{};
    bool follow = false;         // converted from the benchmark from then on
    std::uint16_t proposer = 0;  // as in HardBand
    Time effective{};
    Sequence blob{};
    Text<24> rationale{};

    constexpr bool sets_value() const {
        return floor != Price{} || ceiling != Price{} || guidance != Price{};
    }
};

// A band of its own: whoever sets one value of a converted band takes over the others as they stand. What
// followed the benchmark's guidance there follows its own here.
constexpr HardBand changed(const HardBand& before, const BandChange& change) {
    HardBand after = before;
    after.version = change.version;
    after.effective = change.effective;
    after.blob = change.blob;
    after.proposer = change.proposer;
    if (change.sets_value()) after.converted = false;
    if (!change.rationale.empty()) after.rationale = change.rationale;
    if (change.guidance != Price{}) after.guidance = change.guidance;
    if (change.floor != Price{}) after.floor_set = true, after.low = change.floor;
    if (change.ceiling != Price{}) after.ceiling_set = true, after.high = change.ceiling;
    if (after.converted) return after;
    if (!after.floor_set) after.low = default_floor(after.guidance);
    if (!after.ceiling_set) after.high = default_ceiling(after.guidance);
    return after;
}

using BandSchedule = Schedule<BandChange>;

}  // namespace gridbook::engine
