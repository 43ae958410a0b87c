// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who trades and what they have: participants' accounts, owner groups, signing keys and the house's accounts
// (market-rules sections 3 and 6). Ids are dense and given in order. Names are compared once, at entry; the
// tables are small and searched from end to end.

#include <optional>
#include <vector>

#include "engine/event.hpp"
#include "engine/units/huge_pages.hpp"

namespace gridbook::engine {

inline constexpr std::uint32_t no_slot = 0xFFFFFFFFu;

// Why an account is killed.
namespace kill_by {
inline constexpr std::uint8_t account = 1, group = 2, any = account | group;
}
// Beside these bits: the account has limits of its own, so its orders go the long way.
inline constexpr std::uint8_t has_limits = 4;

// What matching touches stands in the first cache line.
struct alignas(64) Account {
    GroupId group{};
    std::uint32_t open_orders = 0;
    Money cash{};
    Money hold{};
    Money margin{};
    Money receivable{};
    StreamNumber number{};          // last n of the account stream
    std::uint32_t first_order = 0;  // nodes of its open orders (open_orders.hpp)
    std::uint32_t last_order = 0;
    std::uint32_t sessions = 0;  // open ones that want their orders cancelled with their connection
    std::uint8_t roles = 0;
    std::uint8_t killed = 0;                 // kill_by bits, has_limits; 0: nothing is to be asked
    std::uint32_t first_position = no_slot;  // linked, newest first
    std::uint32_t first_holding = 0;         // of token days with something left (delivery/deliveries.hpp)
    Money penalty{};
    Text<32> name{};
    Sequence after_armed{};            // the command that armed cancel.after
    std::uint32_t first_delivery = 0;  // nodes of its deliveries (delivery/deliveries.hpp)
    std::uint32_t last_delivery = 0;

    bool is_killed() const { return (killed & kill_by::any) != 0; }
    bool limited() const { return (killed & has_limits) != 0; }
};

struct Key {
    Text<24> name{};
    std::array<std::uint8_t, 32> public_key{};
    AccountId account = no_account;
    std::uint8_t roles = 0;
    bool on_behalf = false;
};

// Invariant: every change to these and the accounts sums to zero; clearing is zero at every commit.
struct House {
    Money clearing{};
    Money fee_income{};
    Money tax_payable{};
    Money default_fund{};
    Money bank{};
};

class Accounts {
  public:
    void reserve(std::size_t accounts, std::size_t keys) {
        accounts_limit_ = accounts;
        keys_limit_ = keys;
        accounts_.reserve(accounts);
        groups_.reserve(accounts);
        limits_.reserve(accounts);
        keys_.reserve(keys);
    }

    std::optional<AccountId> find(const Text<32>& name) const;
    std::optional<KeyIndex> find_key(const Text<24>& name) const;
    bool known(AccountId id) const { return id.value < accounts_.size(); }
    bool full() const { return accounts_.size() == accounts_limit_; }
    bool keys_full() const { return keys_.size() == keys_limit_; }
    std::size_t accounts_limit() const { return accounts_limit_; }
    std::size_t keys_limit() const { return keys_limit_; }

    AccountId open(const Text<32>& name, const Text<24>& group, std::uint8_t roles);
    KeyIndex set_key(const Key& key);

    Account& operator[](AccountId id) { return accounts_[id.value]; }
    const Account& operator[](AccountId id) const { return accounts_[id.value]; }
    const PoolVector<Account>& all() const { return accounts_; }
    const std::vector<Key>& keys() const { return keys_; }
    const Text<24>& group_name(GroupId id) const { return groups_[id.value].name; }
    const AccountLimits& limits(AccountId id) const { return limits_[id.value]; }
    void set_limits(AccountId id, const AccountLimits& limits);
    // Kills or clears a group: each of its accounts knows, also those that join it later.
    void set_killed(GroupId id, bool on);

    House house{};

  private:
    GroupId group_of(const Text<24>& name);

    PoolVector<Account> accounts_;
    struct Group {
        Text<24> name{};  // empty: a group of one account, shared with nobody
        bool killed = false;
    };
    std::vector<Group> groups_;
    std::vector<AccountLimits> limits_;  // [account]
    std::vector<Key> keys_;
    std::size_t accounts_limit_ = 0;
    std::size_t keys_limit_ = 0;
};

}  // namespace gridbook::engine
