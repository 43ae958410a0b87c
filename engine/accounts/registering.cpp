// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/registering.hpp"

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

}  // namespace

ResourceRegistered told_resource(const State& state, const Resource& resource) {
    ResourceRegistered e;
    e.resource = resource.id;
    e.family = resource.family;
    e.factor = resource.factor;
    e.factor_version = resource.factor_version;
    e.green_share = resource.green_share;
    e.pue = resource.pue;
    e.count = resource.count;
    e.registered = state.resources.registered(resource.account, resource.family);
    e.cost = resource.cost;
    return e;
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
    resource.id = state.resources.add(resource);
    ResourceRegistered e = told_resource(state, resource);
    e.origin = step.command.origin;
    tell_numbered(step, account, e, event_flag::reply);
}

void withdraw_resource(Step& step, const WithdrawResource& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const Resource* found = state.resources.find(body.resource);
    // Its field is that of an order's id: journals from before resources had one tell it so.
    if (found == nullptr || found->account != account)
        return refuse(step, refusal(RejectReason::format_value, RejectField::order, 0, body.resource));
    const Resource resource = *found;
    const Quantity left = state.resources.registered(account, resource.family) - resource.count;
    const Refused owed = check_obligations(state, account, resource.family, [&](InstrumentId i) {
        return left - state.resources.maintenances().sum(account, i.period, [&](const Maintenance& m) {
            return m.family == resource.family && m.resource != resource.id;
        });
    });
    if (!passed(owed)) return refuse(step, owed);
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
