// SPDX-License-Identifier: Apache-2.0
#pragma once
// The key of the configuration that says where a signing key may come from. It stands in the table of keys
// beside those of config_keys.hpp, but is no part of the journal: it may change between two starts.

#include "gateway/config_keys.hpp"

namespace gridbook::gateway {

const ConfigKeys<Config::Key>& key_address_keys();

}  // namespace gridbook::gateway
