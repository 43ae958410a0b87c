// SPDX-License-Identifier: Apache-2.0
// What must hold of token packages: a grant has what was bought less what was drawn and lost, and no more
// grants and packages are open than genesis has places for.
#include <fmt/format.h>

#include <cstring>

#include "tests/twin/invariants.hpp"

namespace gridbook::twin {

using engine::GrantChange;
using engine::Side;

// Invariant: what is over is gone; a package that is withdrawn is kept for its grants alone; a purchase id
// names one open grant.
Difference broken_grant(const NaiveExchange& m) {
    std::set<NaiveExchange::UsageKey> purchases;
    std::set<engine::PackageId> of_grants;
    for (const auto& [id, g] : m.grants()) {
        of_grants.insert(g.package);
        if (g.end <= m.time()) return fmt::format("grant {} is over and open", id.value);
        if (g.balance > g.granted) return fmt::format("grant {} has more than was granted", id.value);
        if (m.packages().count(g.package) == 0)
            return fmt::format("grant {} is of package {}, which is not kept", id.value, g.package.value);
        if (!purchases.insert({g.buyer, g.purchase}).second)
            return fmt::format("two grants of a{} have one purchase id", g.buyer.value);
    }
    for (const auto& [id, package] : m.packages())
        if (package.withdrawn && of_grants.count(id) == 0)
            return fmt::format("package {} is withdrawn and kept for nothing", id.value);
    const std::size_t places = m.genesis().packages;
    if (m.packages().size() > places || m.grants().size() > places * 16)
        return fmt::format("{} packages and {} grants are open", m.packages().size(), m.grants().size());
    return std::nullopt;
}

// Invariant: the buyer is told what the issuer was told, from the other side; a notice alone.
Difference GrantWitness::see(const engine::Event& e, const std::optional<engine::TokensDrawn>& use) {
    if (e.header.flags & engine::event_flag::duplicate) return std::nullopt;
    const auto told = e.as<engine::GrantChanged>();
    const auto id = told.grant.value;
    if (told.party == Side::sell) {
        if (issuer_told_) return fmt::format("the buyer of grant {} is not told", issuer_told_->grant.value);
        if (told.change == GrantChange::notice) return fmt::format("grant {} is noticed to its issuer", id);
        issuer_told_ = told;
        if (told.change == GrantChange::bought)
            open_[told.grant] = {e.header.account, told.other, 0, told.end, false};
        if (open_.count(told.grant) == 0) return fmt::format("grant {} is none", id);
        if (open_.at(told.grant).issuer != e.header.account || open_.at(told.grant).buyer != told.other)
            return fmt::format("grant {} is told to others", id);
        return change(told, e.header.time, use);
    }
    if (open_.count(told.grant) == 0) return fmt::format("grant {} is none", id);
    const Known& known = open_.at(told.grant);
    if (known.buyer != e.header.account || known.issuer != told.other)
        return fmt::format("grant {} is told to others", id);
    if (told.change == GrantChange::notice) return change(told, e.header.time, use);
    engine::GrantChanged mirror = told;
    mirror.party = Side::sell;
    mirror.other = e.header.account;
    mirror.origin = {};
    const bool same = issuer_told_ && std::memcmp(&mirror, &*issuer_told_, sizeof mirror) == 0;
    issuer_told_.reset();
    if (told.change == GrantChange::expired) open_.erase(told.grant);
    return same ? std::nullopt : Difference(fmt::format("grant {} is told differently", id));
}

// Invariant: what is told of a grant adds up to the quarter of a token, at the time when it may be told.
Difference GrantWitness::change(const engine::GrantChanged& g, engine::Time now,
                                const std::optional<engine::TokensDrawn>& use) {
    Known& known = open_.at(g.grant);
    const auto broken = [&] {
        return fmt::format("grant {} changes by {} to {}", g.grant.value, g.amount, g.balance);
    };
    bool good = false;
    const std::uint64_t before = known.balance;
    switch (g.change) {
        case GrantChange::bought: good = g.balance == g.amount && g.balance != 0 && g.end > now; break;
        case GrantChange::drawn:
            good = use && use->grant == g.grant && use->amount == g.amount && use->remaining == g.balance &&
                   use->usage == g.reference && now < known.end && g.end == known.end &&
                   g.excess <= g.amount && g.balance + (g.amount - g.excess) == before &&
                   (g.excess == 0 || g.balance == 0) && (g.excess != 0) == (g.cost.value != 0);
            break;
        case GrantChange::notice:
            good = now == known.end - engine::day && g.balance == before && before != 0 && g.amount == 0;
            break;
        case GrantChange::carried:
            good = now == known.end && !known.carried && g.end > now && g.balance != 0 &&
                   g.balance + g.amount == before;
            known.carried = true;
            known.end = g.end;
            break;
        case GrantChange::expired:
            good = now == known.end && g.end == now && g.balance == 0 && g.amount == before;
            break;
        default: break;
    }
    known.balance = g.balance;
    return good ? std::nullopt : Difference(broken());
}

Difference GrantWitness::unfinished() const {
    if (!issuer_told_) return std::nullopt;
    return fmt::format("the buyer of grant {} is not told", issuer_told_->grant.value);
}

}  // namespace gridbook::twin
