// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/orders.hpp"

#include <charconv>

namespace gridbook::gateway::replay {

std::uint32_t Orders::of_cid(std::string_view cid) const {
    const std::size_t dash = cid.rfind('-');
    if (dash == std::string_view::npos) return no_order;
    std::uint32_t number = 0;
    const char* end = cid.data() + cid.size();
    const auto done = std::from_chars(cid.data() + dash + 1, end, number);
    return done.ec == std::errc{} && done.ptr == end && number < orders_.size() ? number : no_order;
}

}  // namespace gridbook::gateway::replay
