// SPDX-License-Identifier: Apache-2.0
#include "engine/accounts/maintaining.hpp"

#include <algorithm>

#include "engine/accounts/registering.hpp"
#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

Refused outside(RejectField field, std::int64_t low, std::int64_t high, std::int64_t got) {
    Refused r = refusal(RejectReason::format_value, field, high, got);
    r.limit_low = low;
    return r;
}

// It is declared ahead: its first window has not begun, its last begins within the horizon.
Refused check_windows(Time now, Product product, const DeclareMaintenance& body) {
    if (body.windows < 1 || body.windows > most_maintained)
        return outside(RejectField::windows, 1, most_maintained, body.windows);
    const Time horizon = now + maintenance_horizon;
    const Period next{period_at(now, product).value + 1};
    const std::uint64_t last = std::uint64_t{body.start.value} + body.windows - 1;
    if (body.start >= next && last <= period_at(horizon, product).value) return {};
    const Period told = std::min(body.start, period_at(Time{INT64_MAX}, product));  // far beyond any calendar
    return outside(RejectField::start, window_start(next, product).value, horizon.value,
                   window_start(told, product).value);
}

// Of a resource, the least that is there in all these windows.
Quantity least_there(const Maintenances& all, const Resource& resource, const Maintenance& wanted) {
    Quantity gone{};
    for (std::uint32_t w = 0; w < wanted.windows; ++w)
        gone = most(gone, all.sum(resource.account, Period{wanted.start.value + w},
                                  [&](const Maintenance& m) { return m.resource == resource.id; }));
    return resource.count - gone;
}

Refused check_count(const State& state, const Resource& resource, const Maintenance& wanted) {
    const Product product = state.catalogue.family(resource.family).product;
    const Quantity there = least_there(state.resources.maintenances(), resource, wanted);
    if (wanted.count > Quantity{} && wanted.count <= there) return {};
    Refused r = refusal(RejectReason::qty_limit, RejectField::count, decimal_of(there, product).value,
                        decimal_of(wanted.count, product).value);
    r.limit_low = lot_decimal(product);
    return r;
}

// What is over is forgotten when another comes.
void forget_past(State& state) {
    Maintenances& all = state.resources.maintenances();
    for (std::uint32_t slot = all.first(); slot != 0;) {
        const std::uint32_t declared = slot;
        slot = all.next(slot);
        const Product product = state.catalogue.family(all[declared].family).product;
        if (all[declared].over(state.time, product)) all.remove(declared);
    }
}

Refused check_room(const Maintenances& all, const Maintenance& wanted) {
    if (all.full()) return pool_full(Pool::maintenance, Maintenances::limit);
    std::uint32_t known = 0;
    for (std::uint32_t slot = all.first_of(wanted.account); slot != 0; slot = all.next_of_account(slot))
        known += all[slot].family == wanted.family;
    return known < Maintenances::limit_of_family
               ? Refused{}
               : pool_full(Pool::maintenance, Maintenances::limit_of_family);
}

Refused check_owed(const State& state, const Maintenance& wanted) {
    return check_obligations(state, wanted.account, wanted.family, [&](InstrumentId i) {
        const Quantity gone = wanted.covers(i.period) ? wanted.count : Quantity{};
        return state.resources.capacity(wanted.account, i) - gone;
    });
}

// The least of its windows that are not final. What is over, and so forgotten some day, has none of these.
Quantity least_capacity(const State& state, const Maintenance& m) {
    const Product product = state.catalogue.family(m.family).product;
    Quantity all = state.resources.registered(m.account, m.family);
    for (std::uint32_t w = 0; w < m.windows; ++w) {
        const Period period{m.start.value + w};
        if (window_end(period, product) + final_after > state.time)
            all = least(all, state.resources.capacity(m.account, instrument(m.family, period)));
    }
    return all;
}

MaintenanceChanged told_maintenance(const State& state, const Maintenance& m, MaintenanceState what) {
    MaintenanceChanged e;
    e.maintenance = m.id;
    e.resource = m.resource;
    e.family = m.family;
    e.state = what;
    e.start = m.start;
    e.windows = m.windows;
    e.count = m.count;
    e.capacity = least_capacity(state, m);
    return e;
}

Maintenance wanted_of(const State& state, const Resource& resource, const DeclareMaintenance& body) {
    const Product product = state.catalogue.family(resource.family).product;
    Maintenance m;
    m.resource = resource.id;
    m.account = resource.account;
    m.family = resource.family;
    m.start = body.start;
    m.windows = body.windows;
    m.count = body.count == Decimal{} ? resource.count : lots_of(body.count, product);
    return m;
}

void answer_maintenances(const State& state, Answer& answer, const Resource& resource) {
    const Maintenances& all = state.resources.maintenances();
    std::vector<std::uint32_t>& found = state.scratch;
    found.clear();
    for (std::uint32_t slot = all.first_of(resource.account); slot != 0; slot = all.next_of_account(slot)) {
        const Product product = state.catalogue.family(all[slot].family).product;
        if (all[slot].resource == resource.id && !all[slot].over(state.time, product)) found.push_back(slot);
    }
    std::ranges::sort(found, {}, [&](std::uint32_t slot) { return all[slot].id; });
    for (const std::uint32_t slot : found) {
        MaintenanceRow row{told_maintenance(state, all[slot], MaintenanceState::declared)};
        row.maintenance.origin = answer.origin();
        answer.row(row);
    }
}

}  // namespace

void declare_maintenance(Step& step, const DeclareMaintenance& body) {
    State& state = step.state;
    const Resource* resource = state.resources.find(body.resource);
    if (resource == nullptr || resource->account != step.command.account)
        return refuse(step, refusal(RejectReason::format_value, RejectField::resource, 0, body.resource));
    const Product product = state.catalogue.family(resource->family).product;
    if (const Refused r = check_windows(state.time, product, body); !passed(r)) return refuse(step, r);
    if (!on_lot(body.count, product))
        return refuse(step,
                      refusal(RejectReason::lot, RejectField::count, lot_decimal(product), body.count.value));
    const Maintenance wanted = wanted_of(state, *resource, body);
    if (const Refused r = check_count(state, *resource, wanted); !passed(r)) return refuse(step, r);
    forget_past(state);
    Maintenances& all = state.resources.maintenances();
    if (const Refused r = check_room(all, wanted); !passed(r)) return refuse(step, r);
    if (const Refused r = check_owed(state, wanted); !passed(r)) return refuse(step, r);
    MaintenanceChanged e = told_maintenance(state, all.add(wanted), MaintenanceState::declared);
    e.origin = step.command.origin;
    tell_numbered(step, wanted.account, e, event_flag::reply);
}

void cancel_maintenance(Step& step, const CancelMaintenance& body) {
    State& state = step.state;
    Maintenances& all = state.resources.maintenances();
    const std::uint32_t slot = all.find(body.maintenance);
    const Maintenance declared = slot == 0 ? Maintenance{} : all[slot];
    if (slot == 0 || declared.account != step.command.account ||
        declared.over(state.time, state.catalogue.family(declared.family).product))
        return refuse(
            step, refusal(RejectReason::format_value, RejectField::maintenance, 0, body.maintenance.value));
    all.remove(slot);
    MaintenanceChanged e = told_maintenance(state, declared, MaintenanceState::cancelled);
    e.origin = step.command.origin;
    tell_numbered(step, declared.account, e, event_flag::reply);
}

void answer_resources(const State& state, Answer& answer, const QueryResources& q) {
    const std::uint32_t limit = std::clamp<std::uint32_t>(q.limit, 1, page_limit);
    std::uint32_t listed = 0;
    for (const Resource& resource : state.resources.all()) {
        if (resource.account != answer.account() || resource.id <= q.after) continue;
        // What is declared of it follows it on the same page.
        if (listed++ == limit || answer.rows() >= page_limit) return answer.end(true);
        ResourceRow row{told_resource(state, resource)};
        row.resource.origin = answer.origin();
        answer.row(row);
        answer_maintenances(state, answer, resource);
    }
    answer.end(false);
}

}  // namespace gridbook::engine
