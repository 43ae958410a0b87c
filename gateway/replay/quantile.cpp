// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/quantile.hpp"

#include "gateway/keys.hpp"

namespace gridbook::gateway::replay {

Quantile Quantile::of(std::string_view s) {
    const Digest digest = sha256(s);
    // 13 hex digits are six bytes and the upper half of the seventh.
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) value = value << 8 | digest[i];
    return Quantile{value << 4 | static_cast<std::uint64_t>(digest[6] >> 4)};
}

}  // namespace gridbook::gateway::replay
