// SPDX-License-Identifier: Apache-2.0
#pragma once
// What nearly always holds, for chains of conditions. Without it the compiler takes each for a coin toss, and
// what stands behind twenty of them for code so rare that it is made small instead of fast: real divisions
// where a multiplication would do.

namespace gridbook::engine {

[[gnu::always_inline]] constexpr inline bool usually(bool condition) {
    return __builtin_expect_with_probability(condition, 1, 0.9999);
}
[[gnu::always_inline]] constexpr inline bool seldom(bool condition) {
    return __builtin_expect_with_probability(condition, 0, 0.9999);
}

}  // namespace gridbook::engine
