// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/resources.hpp"

#include <algorithm>

namespace gridbook::engine {

void Resources::reserve(std::size_t limit, std::size_t accounts, std::size_t families) {
    limit_ = limit;
    families_ = families;
    resources_.reserve(limit);
    registered_.assign(accounts * families, Quantity{});
    maintenances_.reserve(accounts);
}

Quantity& Resources::sum(AccountId account, FamilyId family) {
    return registered_[account.value * families_ + family.value];
}

std::uint32_t Resources::add(Resource resource) {
    resource.id = ++last_id_;
    resources_.push_back(resource);
    sum(resource.account, resource.family) += resource.count;
    return resource.id;
}

void Resources::put_back(const Resource& resource) {
    resources_.push_back(resource);
    sum(resource.account, resource.family) += resource.count;
}

const Resource* Resources::find(std::uint32_t id) const {
    const auto at = std::lower_bound(resources_.begin(), resources_.end(), id,
                                     [](const Resource& r, std::uint32_t wanted) { return r.id < wanted; });
    return at != resources_.end() && at->id == id ? &*at : nullptr;
}

Decimal Resources::dearest(FamilyId family) const {
    Decimal most{};
    for (const Resource& r : resources_)
        if (r.family == family) most = std::max(most, r.cost);
    return most;
}

bool Resources::set_cost(std::uint32_t id, Decimal cost) {
    const Resource* found = find(id);
    if (found != nullptr) resources_[static_cast<std::size_t>(found - resources_.data())].cost = cost;
    return found != nullptr;
}

void Resources::withdraw(std::uint32_t id) {
    const Resource* resource = find(id);
    sum(resource->account, resource->family) -= resource->count;
    for (std::uint32_t slot = maintenances_.first_of(resource->account); slot != 0;) {
        const std::uint32_t declared = slot;
        slot = maintenances_.next_of_account(slot);
        if (maintenances_[declared].resource == id) maintenances_.remove(declared);
    }
    resources_.erase(resources_.begin() + (resource - resources_.data()));
}

}  // namespace gridbook::engine
