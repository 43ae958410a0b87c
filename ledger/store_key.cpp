// SPDX-License-Identifier: Apache-2.0
// Keys of the store that are numbers.
#include "ledger/store.hpp"

namespace gridbook::ledger {

BigEndian::BigEndian(std::uint64_t value) : bytes_{} {
    for (std::size_t i = 0; i < 8; ++i) bytes_[i] = static_cast<char>((value >> (8 * (7 - i))) & 0xFFu);
}

std::optional<std::uint64_t> number(Key key) {
    if (key.size() != 8) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : key) value = (value << 8) | static_cast<std::uint8_t>(c);
    return value;
}

}  // namespace gridbook::ledger
