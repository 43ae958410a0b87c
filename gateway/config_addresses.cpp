// SPDX-License-Identifier: Apache-2.0
#include "gateway/config_addresses.hpp"

#include "gateway/address_list.hpp"

namespace gridbook::gateway {

namespace {

// One address or a list of them.
void take_addresses(Config::Key& key, const ConfigValue& value) {
    const bool list = value.type == ConfigValue::Type::list;
    if (list && (value.items.empty() || value.items.size() > AddressList::longest))
        value.refuse("must have 1 to 64 addresses");
    for (const ConfigValue& item : list ? value.items : std::vector<ConfigValue>{value}) {
        if (!AddressList::valid(item.text(64)))
            item.refuse("must be an address or a network, as 10.0.0.0/8, got \"" + item.string + '"');
        key.addresses.push_back(item.string);
    }
}

}  // namespace

const ConfigKeys<Config::Key>& key_address_keys() {
    static const ConfigKeys<Config::Key> keys{{"addresses", take_addresses}};
    return keys;
}

}  // namespace gridbook::gateway
