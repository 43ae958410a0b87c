// SPDX-License-Identifier: Apache-2.0
#pragma once
// What another class stands in for, when a delivery fails (market-rules sections 2, 7): lots of the failed
// class and lots of the offered one do the same work where lots · factor is the same. A lot of the same class
// stands in for a lot. It knows nothing of the market.

#include <cstdint>

#include "engine/units/numbers.hpp"

namespace gridbook::engine {

// Train factors, thousandths, both in force now; 1 : 1 within a class, whatever its factor.
struct Substitution {
    std::uint32_t failed = 1;
    std::uint32_t offered = 1;
    bool same_class = true;

    // A class without a factor is no measure of another one.
    bool possible() const { return failed != 0 && offered != 0; }
    // Failed lots that so many offered ones cover whole.
    std::uint32_t covered(std::uint32_t lots) const {
        const std::uint64_t whole = std::uint64_t{lots} * offered / failed;
        return whole > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(whole);
    }
    // Offered lots that cover so many failed ones; never more than those that `covered` was asked of.
    std::uint32_t needed(std::uint32_t lots) const {
        return static_cast<std::uint32_t>((std::uint64_t{lots} * failed + offered - 1) / offered);
    }
    // Would a lot's work of the failed class cost more than `most`? The part of a lot by which the
    // quantity is rounded up does not count, here and below.
    bool dearer(Price price, Price most) const {
        return Wide{price.value} * failed > Wide{most.value} * offered;
    }
    // Does this one go before another one, which is older: cheaper, or as dear and alone of the same class?
    bool before(Price price, const Substitution& other, Price others) const {
        const Wide mine = Wide{price.value} * failed * other.offered;
        const Wide theirs = Wide{others.value} * other.failed * offered;
        return mine != theirs ? mine < theirs : same_class && !other.same_class;
    }
};

}  // namespace gridbook::engine
