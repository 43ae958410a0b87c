// SPDX-License-Identifier: Apache-2.0
#pragma once
// What providers registered (market-rules section 3): the count is the capacity of every window of that
// family until it is withdrawn, less what is in maintenance. What is registered by participant and family is
// kept summed.

#include <vector>

#include "engine/accounts/accounts.hpp"
#include "engine/accounts/maintenance.hpp"
#include "engine/units/likely.hpp"

namespace gridbook::engine {

struct Resource {
    std::uint32_t id = 0;  // counts up from 1, never given again
    AccountId account = no_account;
    FamilyId family = no_family;
    std::uint16_t factor = 0;  // k train it was registered under, thousandths
    std::uint32_t factor_version = 0;
    std::uint16_t green_share = 0;
    std::uint16_t pue = 0;
    Quantity count{};
    Decimal cost{};  // declared, of a unit-hour; 0: none
};

class Resources {
  public:
    void reserve(std::size_t limit, std::size_t accounts, std::size_t families);

    bool full() const { return resources_.size() == limit_; }
    std::size_t limit() const { return limit_; }
    // Gives it its id.
    std::uint32_t add(Resource resource);
    const Resource* find(std::uint32_t id) const;  // null: never registered, or withdrawn
    // For restoring a snapshot: with the id it had; the caller goes by rising ids.
    void put_back(const Resource& resource);
    void set_last_id(std::uint32_t id) { last_id_ = id; }
    // With what was declared of it.
    void withdraw(std::uint32_t id);
    Quantity registered(AccountId account, FamilyId family) const {
        return registered_[account.value * families_ + family.value];
    }
    Quantity maintained(AccountId account, InstrumentId instrument) const {
        if (usually(maintenances_.first_of(account) == 0)) return {};
        return maintenances_.sum(account, instrument.period,
                                 [&](const Maintenance& m) { return m.family == instrument.family; });
    }
    // What may be owed at most in one window: open sells + sold - bought.
    Quantity capacity(AccountId account, InstrumentId instrument) const {
        return registered(account, instrument.family) - maintained(account, instrument);
    }
    Maintenances& maintenances() { return maintenances_; }
    const Maintenances& maintenances() const { return maintenances_; }
    // The highest cost declared with any resource of the family; 0: none is.
    Decimal dearest(FamilyId family) const;
    // For restoring a snapshot. False: there is no such resource.
    bool set_cost(std::uint32_t id, Decimal cost);
    const std::vector<Resource>& all() const { return resources_; }
    std::uint32_t last_id() const { return last_id_; }

  private:
    Quantity& sum(AccountId account, FamilyId family);

    std::vector<Resource> resources_;   // those not withdrawn, by id
    std::vector<Quantity> registered_;  // [account · families + family]
    Maintenances maintenances_;
    std::uint32_t last_id_ = 0;
    std::size_t limit_ = 0;
    std::size_t families_ = 0;
};

}  // namespace gridbook::engine
