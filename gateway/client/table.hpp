// SPDX-License-Identifier: Apache-2.0
#pragma once
// A JSON message as a person reads it: lists as tables, everything else as name and value.

#include <string>
#include <string_view>

namespace gridbook::gateway {

std::string readable(std::string_view json);

}  // namespace gridbook::gateway
