// SPDX-License-Identifier: Apache-2.0
#pragma once
// The version of the program, as CHANGELOG.md has it.

#include <string_view>

namespace gridbook::gateway {

inline constexpr std::string_view version = "0.1.0";

}  // namespace gridbook::gateway
