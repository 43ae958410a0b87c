// SPDX-License-Identifier: Apache-2.0
#pragma once
// A package is bought: money to the issuer at once, a grant to the buyer; the one place where the reserve is
// asked (engine README, Packages).

#include "engine/step.hpp"

namespace gridbook::engine {

void buy_package(Step& step, const BuyPackage& body);

}  // namespace gridbook::engine
