// SPDX-License-Identifier: Apache-2.0
#pragma once
// Short text of fixed width, zero-padded, so that commands and events are flat bytes that compare and hash.

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <string_view>

namespace gridbook::engine {

template <std::size_t N>
struct Text {
    std::array<char, N> bytes{};

    constexpr Text() = default;
    // What does not fit is cut: callers that take text from outside test `fits` first and refuse.
    constexpr explicit Text(std::string_view s) {
        std::copy_n(s.data(), std::min(s.size(), N), bytes.data());
    }

    static constexpr std::size_t width = N;
    static constexpr bool fits(std::string_view s) {
        return s.size() <= N && s.find('\0') == std::string_view::npos;
    }
    constexpr std::string_view view() const {
        std::size_t n = N;
        while (n > 0 && bytes[n - 1] == '\0') --n;
        return {bytes.data(), n};
    }
    constexpr bool empty() const { return bytes[0] == '\0'; }
    friend constexpr auto operator<=>(const Text&, const Text&) = default;
};

using Cid = Text<32>;

}  // namespace gridbook::engine
