// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which minutes of a delivery ran, and in which of them somebody saw it used, as both sides report it.

#include <bit>
#include <unordered_map>

#include "engine/event.hpp"

namespace gridbook::ledger {

struct UseOfDelivery {
    std::uint64_t ran = 0;   // bit m: the seller reported minute m with something available
    std::uint64_t used = 0;  // bit m: either side reported a utilisation above 0

    int minutes() const { return std::popcount(ran); }
    int idle() const { return std::popcount(ran & ~used); }
    void hear(const engine::Metered& m) {
        const std::uint64_t bit = std::uint64_t{1} << m.minute;
        if (m.party == engine::Side::sell && m.available > 0) ran |= bit;
        if (m.utilisation > 0) used |= bit;
    }
};

// By the id of a delivery, until it is settled.
using UseOfDeliveries = std::unordered_map<std::uint32_t, UseOfDelivery>;

}  // namespace gridbook::ledger
