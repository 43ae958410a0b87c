// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

std::optional<AccountId> Accounts::find(const Text<32>& name) const {
    for (std::size_t i = 0; i < accounts_.size(); ++i)
        if (accounts_[i].name == name) return AccountId{static_cast<std::uint32_t>(i)};
    return std::nullopt;
}

std::optional<KeyIndex> Accounts::find_key(const Text<24>& name) const {
    for (std::size_t i = 0; i < keys_.size(); ++i)
        if (keys_[i].name == name) return KeyIndex{static_cast<std::uint16_t>(i)};
    return std::nullopt;
}

AccountId Accounts::open(const Text<32>& name, const Text<24>& group, std::uint8_t roles) {
    Account account;
    account.name = name;
    account.group = group_of(group);
    account.roles = roles;
    if (groups_[account.group.value].killed) account.killed |= kill_by::group;
    accounts_.push_back(account);
    limits_.push_back({});
    return AccountId{static_cast<std::uint32_t>(accounts_.size() - 1)};
}

GroupId Accounts::group_of(const Text<24>& name) {
    if (!name.empty())
        for (std::size_t i = 0; i < groups_.size(); ++i)
            if (groups_[i].name == name) return GroupId{static_cast<std::uint32_t>(i)};
    groups_.push_back(Group{.name = name});
    return GroupId{static_cast<std::uint32_t>(groups_.size() - 1)};
}

void Accounts::set_killed(GroupId id, bool on) {
    groups_[id.value].killed = on;
    for (Account& account : accounts_) {
        if (account.group != id) continue;
        account.killed = static_cast<std::uint8_t>(on ? account.killed | kill_by::group
                                                      : account.killed & ~kill_by::group);
    }
}

void Accounts::set_limits(AccountId id, const AccountLimits& limits) {
    Account& account = accounts_[id.value];
    limits_[id.value] = limits;
    account.killed = static_cast<std::uint8_t>(limits != AccountLimits{} ? account.killed | has_limits
                                                                         : account.killed & ~has_limits);
}

KeyIndex Accounts::set_key(const Key& key) {
    if (const auto known = find_key(key.name)) {
        keys_[known->value] = key;
        return *known;
    }
    keys_.push_back(key);
    return KeyIndex{static_cast<std::uint16_t>(keys_.size() - 1)};
}

}  // namespace gridbook::engine
