// SPDX-License-Identifier: Apache-2.0
#pragma once
// u(s): the first 13 hex digits of SHA-256(s) divided by 16^13, as an exact integer of 52 bits. The rules of
// the traces draw with it instead of a random seed: the same name always draws the same.

#include <cstdint>
#include <string_view>

namespace gridbook::gateway::replay {

class Quantile {
  public:
    static constexpr unsigned bits = 52;

    static Quantile of(std::string_view s);
    constexpr explicit Quantile(std::uint64_t value) : value_(value) {}

    // floor(u * count): which of `count` equal parts u falls into.
    constexpr std::size_t index(std::uint64_t count) const {
        return static_cast<std::size_t>((static_cast<Wide>(value_) * count) >> bits);
    }
    // u < numerator / denominator, exactly.
    constexpr bool below(std::uint64_t numerator, std::uint64_t denominator) const {
        return static_cast<Wide>(value_) * denominator < (static_cast<Wide>(numerator) << bits);
    }
    constexpr std::uint64_t value() const { return value_; }

  private:
    __extension__ using Wide = unsigned __int128;
    std::uint64_t value_;
};

}  // namespace gridbook::gateway::replay
