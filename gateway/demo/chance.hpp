// SPDX-License-Identifier: Apache-2.0
#pragma once
// The demo's dice: seeded, whole numbers only, alike on every machine (SplitMix64).

#include <cstdint>

namespace gridbook::gateway::demo {

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}

    // From low to high, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
    }
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
    bool percent(unsigned share) { return next() % 100 < share; }

  private:
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
};

}  // namespace gridbook::gateway::demo
