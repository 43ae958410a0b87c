// SPDX-License-Identifier: Apache-2.0
#pragma once
// The part of the market that indicators ask for: who is in which group, what is open, where the floors are.
// Its memory is that of the open orders.

#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::ledger {

class MarketSight {
  public:
    struct Open {
        engine::AccountId account{};
        engine::InstrumentId instrument{};
        engine::Side side{};
        engine::Price price{};
        std::uint32_t leaves = 0;
    };

    // To be called behind the indicators: they see an order as it was before the event.
    void hear(const engine::Event& event);

    const Open* order(engine::OrderId id) const;
    // Levels on which the account has orders on that side of that hour.
    std::size_t levels(engine::AccountId account, engine::InstrumentId instrument, engine::Side side) const;
    engine::GroupId group(engine::AccountId account) const;
    // As it was named; a group of its own has its account's name.
    const std::string& group_name(engine::GroupId group) const;
    engine::Price floor(engine::FamilyId family) const;
    // The highest cost that the provider declared with a resource of the family; 0: none.
    engine::Decimal declared_cost(engine::AccountId account, engine::FamilyId family) const;
    engine::Product product(engine::FamilyId family) const;

  private:
    using Place = std::tuple<engine::AccountId, engine::InstrumentId, engine::Side>;
    void open(engine::OrderId id, const Open& order);
    void close(engine::OrderId id);
    void hear_account(const engine::Event& event);
    void hear_resource(const engine::Event& event);

    std::unordered_map<std::uint64_t, Open> orders_;
    std::map<Place, std::map<engine::Price, std::uint32_t>> levels_;  // orders on each
    std::vector<engine::GroupId> groups_;                             // [account]
    std::map<engine::GroupId, std::string> names_;
    struct FamilySight {
        engine::Product product{};
        engine::Price floor{};
    };
    std::vector<FamilySight> families_;
    // Costs that are declared, by resource.
    std::map<std::pair<engine::AccountId, engine::FamilyId>, std::map<std::uint32_t, engine::Decimal>> costs_;
};

}  // namespace gridbook::ledger
