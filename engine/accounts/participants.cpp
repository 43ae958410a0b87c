// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/participants.hpp"

#include <algorithm>

#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

Refused check_resource(const State& state, const RegisterResource& body) {
    if (!state.catalogue.known(body.family))
        return refusal(RejectReason::class_unknown, body.unknown_field == RejectField::none
                                                        ? RejectField::class_name
                                                        : body.unknown_field);
    const Family& family = state.catalogue.family(body.family);
    if (!on_lot(body.count, family.product))
        return refusal(RejectReason::lot, RejectField::count, lot_decimal(family.product), body.count.value);
    if (body.count < Decimal{lot_decimal(family.product)} || body.count.value > state.genesis.max_qty) {
        Refused r =
            refusal(RejectReason::qty_limit, RejectField::count, state.genesis.max_qty, body.count.value);
        r.limit_low = lot_decimal(family.product);
        return r;
    }
    // The brochure's sparse figure is the known trap (market-rules section 2); a dense one must not exceed
    // the nameplate.
    const DefineClass& c = state.catalogue.classes()[family.defined.class_id.value].defined;
    const bool sparse = c.sparse_tflops != 0 && body.tflops == c.sparse_tflops;
    if (body.tflops != 0 && (sparse || body.tflops > c.tflops || (body.dense_given && !body.dense)))
        return refusal(RejectReason::spec_mismatch, RejectField::tflops, c.tflops, body.tflops);
    if (body.cost < Decimal{} || body.cost > decimal_of(max_price))
        return refusal(RejectReason::format_value, RejectField::cost, decimal_of(max_price).value,
                       body.cost.value);
    if (state.resources.full()) return pool_full(Pool::resources, state.resources.limit());
    return {};
}

// Does every hour that is not final still fit without `count` lots? All hours of the family are looked at:
// none is final before it is settled.
const Position* obligation(const State& state, AccountId account, FamilyId family, Quantity left) {
    std::uint32_t slot = state.accounts[account].first_position;
    const Position* worst = nullptr;
    for (; slot != no_slot; slot = state.positions[slot].next_of_account) {
        const Position& p = state.positions[slot];
        if (p.instrument.family != family || p.committed() <= left) continue;
        if (worst == nullptr || p.instrument < worst->instrument) worst = &p;
    }
    return worst;
}

}  // namespace

void open_account(Step& step, const OpenAccount& body) {
    Accounts& accounts = step.state.accounts;
    if (body.name.empty()) return refuse(step, refusal(RejectReason::format_value, RejectField::account));
    if (accounts.find(body.name))
        return refuse(step, refusal(RejectReason::format_value, RejectField::account));
    if (accounts.full()) return refuse(step, pool_full(Pool::accounts, accounts.accounts_limit()));
    const AccountId id = accounts.open(body.name, body.group, body.roles);
    AccountOpened e;
    e.origin = step.command.origin;
    e.name = body.name;
    e.group_name = body.group;
    e.group = accounts[id].group;
    e.roles = body.roles;
    tell(step, id, e, event_flag::reply);
}

void set_key(Step& step, const SetKey& body) {
    Accounts& accounts = step.state.accounts;
    const AccountId account = step.command.account;
    if (body.name.empty()) return refuse(step, refusal(RejectReason::format_value, RejectField::key));
    if (!accounts.known(account))
        return refuse(step, refusal(RejectReason::account_unknown, RejectField::account));
    if (accounts.keys_full() && !accounts.find_key(body.name))
        return refuse(step, pool_full(Pool::keys, accounts.keys_limit()));
    Key key;
    key.name = body.name;
    key.public_key = body.public_key;
    key.account = account;
    key.roles = body.roles;
    key.on_behalf = body.on_behalf;
    KeySet e;
    e.origin = step.command.origin;
    e.name = body.name;
    e.public_key = body.public_key;
    e.id = accounts.set_key(key);
    e.roles = body.roles;
    e.on_behalf = body.on_behalf;
    tell(step, account, e, event_flag::reply);
}

void credit(Step& step, const Credit& body) {
    Accounts& accounts = step.state.accounts;
    const AccountId id = step.command.account;
    if (!accounts.known(id))
        return refuse(step, refusal(RejectReason::account_unknown, RejectField::account));
    Account& account = accounts[id];
    // A thousandth of what 64 bits hold is a hundred times the world's product: more is a mistake.
    constexpr Money most{INT64_MAX / 1000};
    if (body.amount > most || body.amount < -most || account.cash + body.amount > most)
        return refuse(
            step, refusal(RejectReason::format_value, RejectField::amount, most.value, body.amount.value));
    if (account.cash + body.amount < Money{})
        return refuse(
            step, refusal(RejectReason::funds, RejectField::cash, account.cash.value, -body.amount.value));
    account.cash += body.amount;
    accounts.house.bank -= body.amount;
    Credited e;
    e.origin = step.command.origin;
    e.amount = body.amount;
    e.cash = account.cash;
    tell_numbered(step, id, e, event_flag::reply);
}

void register_resource(Step& step, const RegisterResource& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    if (const Refused r = check_resource(state, body); !passed(r)) return refuse(step, r);
    const Family& family = state.catalogue.family(body.family);
    const ClassEntry& c = state.catalogue.classes()[family.defined.class_id.value];
    Resource resource;
    resource.account = account;
    resource.family = body.family;
    resource.factor = c.defined.k_train;
    resource.factor_version = c.version;
    resource.green_share = body.green_share;
    resource.pue = body.pue;
    resource.count = lots_of(body.count, family.product);
    resource.cost = body.cost;
    ResourceRegistered e;
    e.origin = step.command.origin;
    e.resource = state.resources.add(resource);
    e.family = body.family;
    e.factor = resource.factor;
    e.factor_version = resource.factor_version;
    e.green_share = resource.green_share;
    e.pue = resource.pue;
    e.count = resource.count;
    e.registered = state.resources.registered(account, body.family);
    e.cost = resource.cost;
    tell_numbered(step, account, e, event_flag::reply);
}

void withdraw_resource(Step& step, const WithdrawResource& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const Resource* found = state.resources.find(body.resource);
    if (found == nullptr || found->account != account)
        return refuse(step, refusal(RejectReason::format_value, RejectField::order, 0, body.resource));
    const Resource resource = *found;
    const Quantity left = state.resources.registered(account, resource.family) - resource.count;
    if (const Position* owed = obligation(state, account, resource.family, left)) {
        const Product product = state.catalogue.family(resource.family).product;
        Refused r = refusal(RejectReason::obligation, RejectField::count, decimal_of(left, product).value,
                            decimal_of(owed->committed(), product).value);
        r.instrument = owed->instrument;
        return refuse(step, r);
    }
    state.resources.withdraw(body.resource);
    ResourceWithdrawn e;
    e.origin = step.command.origin;
    e.resource = body.resource;
    e.family = resource.family;
    e.count = resource.count;
    e.registered = left;
    tell_numbered(step, account, e, event_flag::reply);
}

}  // namespace gridbook::engine
