// SPDX-License-Identifier: Apache-2.0
#pragma once
// Token packages are offered and withdrawn by their issuers.

#include "engine/step.hpp"

namespace gridbook::engine {

void offer_package(Step& step, const OfferPackage& body);
void withdraw_package(Step& step, const WithdrawPackage& body);

// As an answer tells it.
PackageRow package_row(const Package& package);

}  // namespace gridbook::engine
