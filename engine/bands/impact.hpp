// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a change of hard bands would do to those who have orders: told before it happens. One impact may span
// several families, because those that are converted move with their benchmark; whoever has orders in many
// counts once.

#include "engine/state.hpp"

namespace gridbook::engine {

class Impact {
  public:
    // Uses the state's scratch: one impact at a time.
    explicit Impact(const State& state);
    // Adds the orders of the family that are inside its band and outside `after`.
    void add(const State& state, FamilyId family, const HardBand& after);

    std::uint32_t orders = 0;
    std::uint32_t participants = 0;
    Quantity qty{};
};

BandChanged told_band(FamilyId family, const HardBand& band, BandStatus status, const Impact& impact);

}  // namespace gridbook::engine
