// SPDX-License-Identifier: Apache-2.0
#pragma once
// The page at `/`: what this is and where to look. Plain HTML without scripts; the console comes later and
// takes its place.

#include <string>

#include "engine/units/named.hpp"

namespace gridbook::gateway {

std::string first_page(std::size_t families, engine::Sequence sequence);

}  // namespace gridbook::gateway
