// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/granting.hpp"

#include <algorithm>

namespace gridbook::engine {
namespace {

const Package& package_of(const State& state, const Grant& grant) {
    return state.packages[state.packages.find(grant.package)];
}
Package& package_of(State& state, const Grant& grant) {
    return state.packages[state.packages.find(grant.package)];
}

void lower(State& state, Grant& grant, std::uint64_t amount) {
    grant.balance -= amount;
    state.packages.backing(package_of(state, grant)).outstanding -= amount;
}

// Takes it out of all tables; a withdrawn package goes with its last grant.
void close_grant(State& state, std::uint32_t slot) {
    const Grant& grant = state.grants[slot];
    const std::uint32_t of = state.packages.find(grant.package);
    Package& package = state.packages[of];
    Backing& backing = state.packages.backing(package);
    backing.grants -= 1;
    backing.issued -= package.quarters(grant.qty);
    package.grants -= 1;
    state.disarm(TimerIds::grant(state, slot));
    state.grants.remove(slot);
    if (package.withdrawn && package.grants == 0) state.packages.remove(of);
}

void notice(Step& step, const Grant& grant) {
    if (grant.balance == 0) return;
    GrantChanged e = told_grant(step.state, grant, GrantChange::notice);
    e.other = grant.issuer;
    e.party = Side::buy;
    tell_numbered(step, grant.buyer, e);
}

// What is carried over of it, once.
std::uint64_t carried_part(const State& state, const Grant& grant) {
    return grant.carried ? 0 : grant.balance * package_of(state, grant).carry / 100;
}

void carry_over(Step& step, Grant& grant, std::uint64_t part) {
    State& state = step.state;
    const Package& package = package_of(state, grant);
    const std::uint64_t lost = grant.balance - part;
    lower(state, grant, lost);
    grant.carried = true;
    grant.noticed = package.period() <= grant_notice;
    grant.end = grant.end + package.period();
    GrantChanged e = told_grant(state, grant, GrantChange::carried);
    e.amount = lost;
    tell_both(step, grant, e);
}

void expire(Step& step, Grant& grant) {
    const std::uint64_t lost = grant.balance;
    lower(step.state, grant, lost);
    GrantChanged e = told_grant(step.state, grant, GrantChange::expired);
    e.amount = lost;
    tell_both(step, grant, e);
}

}  // namespace

std::uint32_t open_grant(State& state, const Grant& grant) {
    Package& package = package_of(state, grant);
    package.grants += 1;
    Backing& backing = state.packages.backing(package);
    backing.grants += 1;
    backing.issued += package.quarters(grant.qty);
    backing.outstanding += grant.balance;
    return state.grants.add(grant);
}

Due grant_due(const Grant& grant) {
    const Time time = grant.noticed ? grant.end : grant.end - grant_notice;
    return Due{.time = time,
               .kind = due_kind::expiry,
               .symbol = due_kind::behind_orders,
               .sequence = grant.id.value,
               .session = 0};
}

GrantChanged told_grant(const State& state, const Grant& grant, GrantChange change) {
    GrantChanged e;
    e.grant = grant.id;
    e.package = grant.package;
    e.class_id = package_of(state, grant).class_id;
    e.change = change;
    e.end = grant.end;
    e.balance = grant.balance;
    return e;
}

void tell_both(Step& step, const Grant& grant, GrantChanged told) {
    told.other = grant.buyer;
    told.party = Side::sell;
    tell_numbered(step, grant.issuer, told);
    told.other = grant.issuer;
    told.party = Side::buy;
    tell_numbered(step, grant.buyer, told);
}

Refused check_charge(const State& state, AccountId buyer, GrantId id, std::uint64_t amount, Charge& charge) {
    const std::uint32_t slot = state.grants.find(id);
    if (slot == 0 || state.grants[slot].buyer != buyer)
        return refusal(RejectReason::package_unknown, RejectField::grant, 0, id.value);
    const Grant& grant = state.grants[slot];
    charge.grant = slot;
    charge.excess = amount - std::min(amount, grant.balance);
    const Money overage = package_of(state, grant).overage;
    if (charge.excess == 0) return {};
    if (overage == Money{})
        return refusal(RejectReason::quota_exhausted, RejectField::grant,
                       static_cast<std::int64_t>(grant.balance), static_cast<std::int64_t>(amount));
    const Wide wide = static_cast<Wide>(charge.excess) * overage.value;
    const Wide cost = (wide + block_quarters - 1) / block_quarters;
    charge.cost = Money{static_cast<std::int64_t>(std::min(cost, Wide{INT64_MAX}))};
    const Money cash = state.accounts[buyer].cash;
    if (cost <= cash.value) return {};
    return refusal(RejectReason::funds, RejectField::cash, cash.value, charge.cost.value);
}

void charge_grant(Step& step, const Charge& charge, std::uint64_t amount, const Text<32>& usage) {
    State& state = step.state;
    Grant& grant = state.grants[charge.grant];
    lower(state, grant, amount - charge.excess);
    state.accounts[grant.buyer].cash -= charge.cost;
    state.accounts[grant.issuer].cash += charge.cost;
    GrantChanged e = told_grant(state, grant, GrantChange::drawn);
    e.amount = amount;
    e.excess = charge.excess;
    e.cost = charge.cost;
    e.reference = usage;
    tell_both(step, grant, e);
}

void strike_grant(Step& step, std::uint32_t slot) {
    State& state = step.state;
    Grant& grant = state.grants[slot];
    if (!grant.noticed) {
        grant.noticed = true;
        notice(step, grant);
    } else if (const std::uint64_t part = carried_part(state, grant); part != 0) {
        carry_over(step, grant, part);
    } else {
        expire(step, grant);
        return close_grant(state, slot);
    }
    state.arm(TimerIds::grant(state, slot), grant_due(grant));
}

GrantRow grant_row(const State& state, const Grant& grant, Side party) {
    const Package& package = package_of(state, grant);
    GrantRow row;
    row.grant = grant.id;
    row.package = grant.package;
    row.issuer = grant.issuer;
    row.buyer = grant.buyer;
    row.class_id = package.class_id;
    row.party = party;
    row.carried = grant.carried;
    row.qty = grant.qty;
    row.granted = package.quarters(grant.qty);
    row.balance = grant.balance;
    row.begin = grant.begin;
    row.end = grant.end;
    row.purchase = grant.purchase;
    return row;
}

}  // namespace gridbook::engine
