// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/buying.hpp"

#include <algorithm>

#include "engine/accounts/limits.hpp"
#include "engine/packages/granting.hpp"
#include "engine/packages/reserve.hpp"

namespace gridbook::engine {
namespace {

// What is told of a sale, now and whenever the purchase is said again: `begin` and `qty` do not change.
GrantChanged told_sale(const State& state, const Grant& grant, const Package& package) {
    GrantChanged e = told_grant(state, grant, GrantChange::bought);
    e.end = grant.begin + package.period();
    e.balance = e.amount = package.quarters(grant.qty);
    e.cost = package.cost(grant.qty);
    e.reference = grant.purchase;
    return e;
}

// To the issuer, then to the buyer, whose copy is the answer.
void tell_sale(Step& step, const Grant& grant, GrantChanged told) {
    told.other = grant.buyer;
    tell_numbered(step, grant.issuer, told);
    told.origin = step.command.origin;
    told.other = grant.issuer;
    told.party = Side::buy;
    tell_numbered(step, grant.buyer, told, event_flag::reply);
}

void tell_again(Step& step, const Grant& known, const BuyPackage& body) {
    const State& state = step.state;
    if (known.package != body.package || known.qty != body.qty)
        return refuse(step, refusal(RejectReason::cid_reused, RejectField::purchase));
    GrantChanged told = told_sale(state, known, state.packages[state.packages.find(known.package)]);
    told.origin = step.command.origin;
    told.other = known.issuer;
    told.party = Side::buy;
    tell(step, known.buyer, told, event_flag::reply | event_flag::duplicate);
}

Refused check_parties(const State& state, AccountId buyer, const Package& package) {
    const Account& buys = state.accounts[buyer];
    const Account& sells = state.accounts[package.issuer];
    if (buys.is_killed() || sells.is_killed()) return refusal(RejectReason::killed, RejectField::account);
    if (state.killed) return refusal(RejectReason::killed, RejectField::none);
    if (package.issuer == buyer || buys.group == sells.group)
        return refusal(RejectReason::format_value, RejectField::package, 0, package.id.value);
    return {};
}

Refused check_qty(std::uint32_t qty) {
    if (qty >= 1 && qty <= most_packages_bought) return {};
    Refused r = refusal(RejectReason::qty_limit, RejectField::qty, most_packages_bought * decimal_one,
                        qty * decimal_one);
    r.limit_low = decimal_one;
    return r;
}

Refused check_money(const State& state, AccountId buyer, Money cost) {
    const Money most = most_notional(state, buyer);
    if (cost > most)
        return refusal(RejectReason::notional_limit, RejectField::notional, most.value, cost.value);
    if (state.grants.full()) return pool_full(Pool::grants, state.grants.limit());
    const Money cash = state.accounts[buyer].cash;
    if (cost > cash) return refusal(RejectReason::funds, RejectField::cash, cash.value, cost.value);
    return {};
}

// The issuer holds 80 % of what it owes with this sale.
Refused check_reserve(const State& state, const Package& package, std::uint64_t quarters) {
    const std::uint64_t owed = state.packages.backing(package).outstanding + quarters;
    const std::uint64_t held = held_of(state, package.issuer, package.class_id);
    const std::uint64_t needed = std::min<std::uint64_t>(needed_for(owed), INT64_MAX);
    if (held >= needed_for(owed)) return {};
    return refusal(RejectReason::reserve, RejectField::package, static_cast<std::int64_t>(held),
                   static_cast<std::int64_t>(needed));
}

Refused check(const State& state, AccountId buyer, const BuyPackage& b) {
    const std::uint32_t slot = state.packages.find(b.package);
    if (slot == 0 || state.packages[slot].withdrawn)
        return refusal(RejectReason::package_unknown, RejectField::package, 0, b.package.value);
    const Package& package = state.packages[slot];
    Refused r = check_parties(state, buyer, package);
    if (passed(r)) r = check_qty(b.qty);
    if (passed(r)) r = check_money(state, buyer, package.cost(b.qty));
    if (passed(r)) r = check_reserve(state, package, package.quarters(b.qty));
    return r;
}

}  // namespace

void buy_package(Step& step, const BuyPackage& body) {
    State& state = step.state;
    const AccountId buyer = step.command.account;
    if (!state.packages.kept()) return refuse(step, pool_full(Pool::packages, 0));
    if (const std::uint32_t known = state.grants.bought_as(buyer, body.purchase); known != 0)
        return tell_again(step, state.grants[known], body);
    if (const Refused r = check(state, buyer, body); !passed(r)) return refuse(step, r);
    const Package& package = state.packages[state.packages.find(body.package)];
    Grant grant;
    grant.package = package.id;
    grant.issuer = package.issuer;
    grant.buyer = buyer;
    grant.qty = body.qty;
    grant.balance = package.quarters(body.qty);
    grant.begin = state.time;
    grant.end = grant.begin + package.period();
    grant.noticed = package.period() <= grant_notice;
    grant.purchase = body.purchase;
    const std::uint32_t slot = open_grant(state, grant);
    state.arm(TimerIds::grant(state, slot), grant_due(state.grants[slot]));
    state.accounts[buyer].cash -= package.cost(body.qty);
    state.accounts[package.issuer].cash += package.cost(body.qty);
    tell_sale(step, state.grants[slot], told_sale(state, state.grants[slot], package));
}

}  // namespace gridbook::engine
