// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/packages.hpp"

#include <algorithm>
#include <utility>

namespace gridbook::engine {

std::vector<Backing>::iterator Packages::place(AccountId issuer, ClassId class_id) {
    return std::ranges::lower_bound(backings_, std::pair(issuer, class_id), {},
                                    [](const Backing& b) { return std::pair(b.issuer, b.class_id); });
}

std::uint32_t Packages::add(const Package& package) {
    auto at = place(package.issuer, package.class_id);
    const bool known =
        at != backings_.end() && at->issuer == package.issuer && at->class_id == package.class_id;
    if (!known) {
        Backing fresh;
        fresh.issuer = package.issuer;
        fresh.class_id = package.class_id;
        at = backings_.insert(at, fresh);
    }
    at->packages += 1;
    return table_.add(package);
}

void Packages::remove(std::uint32_t slot) {
    const Package& package = table_[slot];
    const auto at = place(package.issuer, package.class_id);
    at->packages -= 1;
    if (at->packages == 0) backings_.erase(at);
    table_.remove(slot);
}

}  // namespace gridbook::engine
