// SPDX-License-Identifier: Apache-2.0
// What a snapshot holds of token packages, where there ever were any.
#include "engine/packages/granting.hpp"
#include "engine/snapshot/restorer.hpp"
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

bool between(std::int64_t low, std::int64_t high, std::int64_t value) {
    return value >= low && value <= high;
}

}  // namespace

bool Restorer::sound_package(const Package& p, PackageId last) const {
    const std::int64_t most = state_.genesis.max_notional;
    return p.id > state_.packages.last_id() && p.id <= last && state_.accounts.known(p.issuer) &&
           class_has_tokens(state_, p.class_id) && between(1, most_package_blocks, p.blocks) &&
           between(1, most_package_days, p.days) && between(0, most_carry, p.carry) &&
           between(1, most, p.price.value) && between(0, most, p.overage.value);
}

// It begins in the past, lasts one period or two, and its balance is what may be left of it.
bool Restorer::sound_grant(const Grant& g, GrantId last) const {
    const std::uint32_t slot = state_.packages.find(g.package);
    if (slot == 0 || g.id <= state_.grants.last_id() || g.id > last || !state_.accounts.known(g.buyer) ||
        !between(1, most_packages_bought, g.qty) || !between(0, state_.time.value, g.begin.value))
        return false;
    const Package& package = state_.packages[slot];
    const std::uint64_t granted = package.quarters(g.qty);
    return g.end == g.begin + package.period() * (g.carried ? 2 : 1) && g.buyer != package.issuer &&
           g.balance <= (g.carried ? granted * package.carry / 100 : granted) &&
           state_.grants.bought_as(g.buyer, g.purchase) == 0;
}

// Each by rising ids. A withdrawn package is kept for its grants alone.
void Restorer::packages() {
    PackageId last;
    in_(last);
    for (std::size_t n = in_.count(state_.packages.limit()); n > 0 && good(); --n) {
        Package package;
        fields(in_, package);
        if (in_.expect(sound_package(package, last))) state_.packages.add(package);
    }
    if (!in_.expect(state_.packages.kept())) return;
    state_.packages.set_last_id(last);
    grants();
    for_each_by_id(state_.packages,
                   [&](const Package& package) { in_.expect(!package.withdrawn || package.grants != 0); });
}

void Restorer::grants() {
    GrantId last;
    in_(last);
    for (std::size_t n = in_.count(state_.grants.limit()); n > 0 && good(); --n) {
        Grant grant;
        fields(in_, grant);
        if (!in_.expect(sound_grant(grant, last))) return;
        grant.issuer = state_.packages[state_.packages.find(grant.package)].issuer;
        const std::uint32_t slot = open_grant(state_, grant);
        state_.timers.arm(TimerIds::grant(state_, slot), grant_due(state_.grants[slot]));
    }
    state_.grants.set_last_id(last);
}

}  // namespace gridbook::engine
