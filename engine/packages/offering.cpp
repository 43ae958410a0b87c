// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/offering.hpp"

#include "engine/refusal.hpp"
#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

void tell_package(Step& step, const Package& package, PackageChange change) {
    PackageChanged& e = next_numbered<PackageChanged>(step, package.issuer, event_flag::reply);
    e.origin = step.command.origin;
    e.package = package.id;
    e.issuer = package.issuer;
    e.class_id = package.class_id;
    e.change = change;
    e.blocks = package.blocks;
    e.days = package.days;
    e.carry = package.carry;
    e.price = package.price;
    e.overage = package.overage;
}

// Passed: it lies between both.
Refused check_range(RejectField field, std::int64_t low, std::int64_t high, std::int64_t got) {
    if (got >= low && got <= high) return {};
    Refused r = refusal(RejectReason::format_value, field, high, got);
    r.limit_low = low;
    return r;
}

Refused check_terms(const State& state, const OfferPackage& b) {
    if (!class_has_tokens(state, b.class_id))
        return refusal(RejectReason::class_unknown, RejectField::class_name);
    const std::int64_t most = state.genesis.max_notional;
    Refused r = check_range(RejectField::blocks, 1, most_package_blocks, b.blocks);
    if (passed(r)) r = check_range(RejectField::days, 1, most_package_days, b.days);
    if (passed(r)) r = check_range(RejectField::carry, 0, most_carry, b.carry);
    if (passed(r)) r = check_range(RejectField::price, 1, most, b.price.value);
    if (passed(r)) r = check_range(RejectField::overage, 0, most, b.overage.value);
    if (!passed(r) || !state.packages.full()) return r;
    return pool_full(Pool::packages, state.packages.limit());
}

}  // namespace

void offer_package(Step& step, const OfferPackage& body) {
    State& state = step.state;
    if (!state.packages.kept()) return refuse(step, pool_full(Pool::packages, 0));
    if (const Refused r = check_terms(state, body); !passed(r)) return refuse(step, r);
    Package package;
    package.issuer = step.command.account;
    package.class_id = body.class_id;
    package.blocks = body.blocks;
    package.days = body.days;
    package.carry = body.carry;
    package.price = body.price;
    package.overage = body.overage;
    const std::uint32_t slot = state.packages.add(package);
    tell_package(step, state.packages[slot], PackageChange::offered);
}

void withdraw_package(Step& step, const WithdrawPackage& body) {
    State& state = step.state;
    if (!state.packages.kept()) return refuse(step, pool_full(Pool::packages, 0));
    const std::uint32_t slot = state.packages.find(body.package);
    Package& package = state.packages[slot];
    if (slot == 0 || package.issuer != step.command.account || package.withdrawn)
        return refuse(step,
                      refusal(RejectReason::package_unknown, RejectField::package, 0, body.package.value));
    package.withdrawn = true;
    tell_package(step, package, PackageChange::withdrawn);
    if (package.grants == 0) state.packages.remove(slot);
}

PackageRow package_row(const Package& package) {
    PackageRow row;
    row.package = package.id;
    row.issuer = package.issuer;
    row.class_id = package.class_id;
    row.withdrawn = package.withdrawn;
    row.blocks = package.blocks;
    row.days = package.days;
    row.carry = package.carry;
    row.price = package.price;
    row.overage = package.overage;
    row.grants = package.grants;
    return row;
}

}  // namespace gridbook::engine
