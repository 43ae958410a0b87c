// SPDX-License-Identifier: Apache-2.0
#include "ledger/surveillance/market_sight.hpp"

#include <algorithm>

namespace gridbook::ledger {

using engine::AccountId;
using engine::AccountOpened;
using engine::BandChanged;
using engine::BandStatus;
using engine::Decimal;
using engine::Event;
using engine::EventKind;
using engine::FamilyDefined;
using engine::FamilyId;
using engine::Fill;
using engine::GroupId;
using engine::InstrumentId;
using engine::OrderEvent;
using engine::OrderId;
using engine::OrderState;
using engine::Price;
using engine::Product;
using engine::ResourceRegistered;
using engine::ResourceWithdrawn;
using engine::Side;

void MarketSight::open(OrderId id, const Open& order) {
    close(id);
    orders_[id.value] = order;
    ++levels_[{order.account, order.instrument, order.side}][order.price];
}

void MarketSight::close(OrderId id) {
    const auto known = orders_.find(id.value);
    if (known == orders_.end()) return;
    const Open& order = known->second;
    const auto place = levels_.find({order.account, order.instrument, order.side});
    const auto level = place->second.find(order.price);
    if (--level->second == 0) place->second.erase(level);
    if (place->second.empty()) levels_.erase(place);
    orders_.erase(known);
}

void MarketSight::hear_account(const Event& event) {
    const auto opened = event.as<AccountOpened>();
    groups_.resize(std::max<std::size_t>(groups_.size(), event.header.account.value + std::size_t{1}));
    groups_[event.header.account.value] = opened.group;
    names_.emplace(opened.group, (opened.group_name.empty() ? opened.name.view() : opened.group_name.view()));
}

void MarketSight::hear_resource(const Event& event) {
    if (event.kind() == EventKind::resource_registered) {
        const auto e = event.as<ResourceRegistered>();
        if (e.cost != Decimal{}) costs_[{event.header.account, e.family}][e.resource] = e.cost;
        return;
    }
    const auto e = event.as<ResourceWithdrawn>();
    const auto known = costs_.find({event.header.account, e.family});
    if (known == costs_.end()) return;
    known->second.erase(e.resource);
    if (known->second.empty()) costs_.erase(known);
}

void MarketSight::hear(const Event& event) {
    if (event.kind() == EventKind::account_opened) {
        hear_account(event);
    } else if (event.kind() == EventKind::resource_registered ||
               event.kind() == EventKind::resource_withdrawn) {
        hear_resource(event);
    } else if (event.kind() == EventKind::family_defined) {
        families_.push_back({event.as<FamilyDefined>().product, Price{}});
    } else if (event.kind() == EventKind::band_changed) {
        const auto band = event.as<BandChanged>();
        if (band.status != BandStatus::scheduled && band.family.value < families_.size())
            families_[band.family.value].floor = band.floor;
    } else if (event.kind() == EventKind::order) {
        const auto e = event.as<OrderEvent>();
        // Standby offers stand in no book: they are no levels.
        const bool shown = (e.order_flags & engine::order_flag::standby) == 0;
        if (shown && (e.state == OrderState::open || e.state == OrderState::parked))
            open(e.order, {event.header.account, e.instrument, e.side, e.price, e.leaves});
        else
            close(e.order);
    } else if (event.kind() == EventKind::fill) {
        const auto f = event.as<Fill>();
        const auto known = orders_.find(f.order.value);
        if (known == orders_.end()) return;
        known->second.leaves = f.leaves;
        if (f.leaves == 0) close(f.order);
    }
}

const MarketSight::Open* MarketSight::order(OrderId id) const {
    const auto known = orders_.find(id.value);
    return known == orders_.end() ? nullptr : &known->second;
}

std::size_t MarketSight::levels(AccountId account, InstrumentId instrument, Side side) const {
    const auto place = levels_.find({account, instrument, side});
    return place == levels_.end() ? 0 : place->second.size();
}

GroupId MarketSight::group(AccountId account) const {
    return account.value < groups_.size() ? groups_[account.value] : GroupId{};
}

const std::string& MarketSight::group_name(GroupId group) const {
    static const std::string none;
    const auto known = names_.find(group);
    return known == names_.end() ? none : known->second;
}

Price MarketSight::floor(FamilyId family) const {
    return family.value < families_.size() ? families_[family.value].floor : Price{};
}

Decimal MarketSight::declared_cost(AccountId account, FamilyId family) const {
    Decimal most{};
    if (const auto known = costs_.find({account, family}); known != costs_.end())
        for (const auto& [resource, cost] : known->second) most = std::max(most, cost);
    return most;
}

Product MarketSight::product(FamilyId family) const {
    return family.value < families_.size() ? families_[family.value].product : Product::gpu;
}

}  // namespace gridbook::ledger
