// SPDX-License-Identifier: Apache-2.0
#pragma once
// What must be entered at start so that the journal knows what the configuration says: genesis when it is
// empty, then classes, zones, tiers, families, accounts and keys that it does not have yet, in this order, so
// that later commands can name earlier ones by their dense ids. Whatever moves later by the hand of a
// regulator or an operator (guidance and bands; a key that was revoked) is not compared.

#include <string>
#include <vector>

#include "gateway/config.hpp"
#include "gateway/directory.hpp"

namespace gridbook::gateway {

// `recorded` is the journal's genesis; null when the journal is empty. Key files that the configuration names
// and that are missing in the data folder are made. When something recorded differs from the configuration,
// `error` is the sentence to print (file, key, recorded and configured value) and the result is empty.
std::vector<engine::Command> bootstrap(const Config& config, const Directory& directory,
                                       const engine::Genesis* recorded, std::string& error);

}  // namespace gridbook::gateway
