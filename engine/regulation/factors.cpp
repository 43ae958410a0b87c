// SPDX-License-Identifier: Apache-2.0
#include "engine/regulation/factors.hpp"

#include <algorithm>

#include "engine/bands/band_checks.hpp"
#include "engine/bands/impact.hpp"
#include "engine/regulation/changes.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

// Before anything was accepted, a class's own figure is its nameplate.
FactorRegistry registry_of(const ClassEntry& entry) {
    FactorRegistry registry = entry.registry;
    if (entry.last_version > 1) return registry;
    registry.own_train = entry.defined.k_train;
    registry.own_infer = entry.defined.k_infer;
    return registry;
}

FactorRegistry changed(FactorRegistry registry, const FactorChange& change) {
    if (change.provenance == Provenance::measured) {
        registry.certified_train = change.k_train;
        registry.certified_infer = change.k_infer;
        registry.issued = change.issued;
    } else {
        registry.own_train = change.k_train;
        registry.own_infer = change.k_infer;
        registry.provenance = change.provenance;
    }
    return registry;
}

std::uint16_t lesser(std::uint16_t own, std::uint16_t certified) {
    return certified == 0 ? own : std::min(own, certified);
}
std::uint16_t train(const FactorRegistry& r) { return lesser(r.own_train, r.certified_train); }
std::uint16_t infer(const FactorRegistry& r) { return lesser(r.own_infer, r.certified_infer); }

Time certificate_end(const FactorRegistry& r) {
    return r.certified_train == 0 ? never : r.issued + certificate_life;
}

Refused check_factor(const SetFactors& body, const ClassEntry& entry) {
    for (const std::uint16_t k : {body.k_train, body.k_infer}) {
        if (k != 0 && !entry.defined.benchmark) continue;
        if (entry.defined.benchmark && k == factor_one) continue;
        // The benchmark is what all others are measured by: its factor is 1.
        Refused r = refusal(RejectReason::format_value, RejectField::factor,
                            entry.defined.benchmark ? factor_one : UINT16_MAX, k);
        r.limit_low = entry.defined.benchmark ? factor_one : 1;
        return r;
    }
    return {};
}

Refused check_issued(const State& state, const SetFactors& body) {
    const Time from = std::max(body.effective, state.time);
    const bool measured = body.provenance == Provenance::measured;
    const bool good =
        measured ? body.issued > from - certificate_life && body.issued <= state.time && body.issued > Time{}
                 : body.issued == Time{};
    if (good) return {};
    Refused r = refusal(RejectReason::format_value, RejectField::issued, state.time.value, body.issued.value);
    r.limit_low = measured ? (from - certificate_life).value : 0;
    return r;
}

FactorChange change_of(const State& state, const SetFactors& body) {
    return {.version = state.catalogue.classes()[body.class_id.value].last_version + 1,
            .provenance = body.provenance,
            .k_train = body.k_train,
            .k_infer = body.k_infer,
            .issued = body.issued,
            .effective = std::max(body.effective, state.time)};
}

struct Told {
    BandStatus status;
    std::uint32_t version;
    Time effective;
    Sequence blob;
    std::uint16_t proposer;
};

FactorsChanged told(const State& state, ClassId of, const FactorRegistry& after, const Told& as) {
    FactorsChanged e;
    e.class_id = of;
    e.provenance = after.provenance;
    e.status = as.status;
    e.version = as.version;
    e.k_train = train(after);
    e.k_infer = infer(after);
    e.own_train = after.own_train;
    e.own_infer = after.own_infer;
    e.certified_train = after.certified_train;
    e.certified_infer = after.certified_infer;
    e.issued = after.certified_train == 0 ? Time{} : after.issued;
    e.effective = as.effective;
    e.blob = as.blob;
    e.proposer = as.proposer;
    Impact impact(state);
    for_class_followers(state, of, [&](FamilyId id, const Family& family) {
        impact.add(state, id, band_with(state, family, e.k_train));
        e.families += 1;
        return true;
    });
    e.orders_parked = impact.orders;
    e.participants = impact.participants;
    e.qty_parked = impact.qty;
    return e;
}

void put_in_force(ClassEntry& entry, const FactorRegistry& after, std::uint32_t version) {
    entry.registry = after;
    entry.version = version;
    entry.defined.k_train = train(after);
    entry.defined.k_infer = infer(after);
}

bool too_far(const State& state, const ClassEntry& entry, const FactorRegistry& after) {
    const std::int64_t most = state.rules.four_eyes.value;
    const auto far = [&](std::int64_t before, std::int64_t now) {
        return (before < now ? now - before : before - now) * basis_points_one > most * before;
    };
    return most > 0 && (far(entry.defined.k_train, train(after)) || far(entry.defined.k_infer, infer(after)));
}

Change proposal_of(const SetFactors& body, const FactorsChanged& would) {
    Change change;
    change.class_id = body.class_id;
    change.effective = body.effective;
    change.orders_parked = would.orders_parked;
    change.qty_parked = would.qty_parked;
    change.participants = would.participants;
    change.k_train = would.k_train;
    change.k_infer = would.k_infer;
    return change;
}

}  // namespace

HardBand band_with(const State& state, const Family& family, std::uint16_t k) {
    const FamilyId benchmark = state.catalogue.benchmark_of(family);
    return converted(state.catalogue.family(benchmark).band, k, family.band);
}

Refused check_factors(const State& state, const SetFactors& body) {
    if (body.class_id.value >= state.catalogue.classes().size())
        return refusal(RejectReason::class_unknown, RejectField::class_name);
    const ClassEntry& entry = state.catalogue.classes()[body.class_id.value];
    if (body.expect != entry.last_version)
        return refusal(RejectReason::version_conflict, RejectField::expect, entry.last_version, body.expect);
    if (body.effective != Time{} && body.effective < state.time) {
        Refused r = refusal(RejectReason::effective, RejectField::effective, 0, body.effective.value);
        r.limit_low = state.time.value;
        return r;
    }
    Refused r = check_factor(body, entry);
    if (passed(r)) r = check_issued(state, body);
    if (passed(r) && body.effective > state.time && entry.registry.schedule.full())
        r = pool_full(Pool::agenda, Schedule<FactorChange>::limit);
    if (!passed(r)) return r;
    const std::uint16_t k = train(changed(registry_of(entry), change_of(state, body)));
    for_class_followers(state, body.class_id, [&](FamilyId id, const Family& family) {
        r = check_shape(id, band_with(state, family, k));
        return passed(r);
    });
    return r;
}

FactorsChanged outcome(const State& state, const SetFactors& body) {
    const ClassEntry& entry = state.catalogue.classes()[body.class_id.value];
    const FactorChange change = change_of(state, body);
    const FactorRegistry after = changed(registry_of(entry), change);
    const BandStatus status = too_far(state, entry, after)  ? BandStatus::proposed
                              : body.effective > state.time ? BandStatus::scheduled
                                                            : BandStatus::applied;
    return told(state, body.class_id, after, {status, change.version, change.effective, {}, 0});
}

void set_factors(Step& step, const SetFactors& body, const Sanction& by) {
    State& state = step.state;
    if (const Refused r = check_factors(state, body); !passed(r)) return refuse(step, r);
    ClassEntry& entry = state.catalogue.classes()[body.class_id.value];
    FactorChange change = change_of(state, body);
    change.blob = by.text(step, body.blob);
    change.proposer = by.told();
    const FactorRegistry after = changed(registry_of(entry), change);
    const bool later = body.effective > state.time;
    FactorsChanged e = told(state, body.class_id, after,
                            {later ? BandStatus::scheduled : BandStatus::applied, change.version,
                             change.effective, change.blob, change.proposer});
    if (!by.approved() && too_far(state, entry, after)) return propose(step, body, proposal_of(body, e));
    e.origin = step.command.origin;
    tell(step, step.command.account, e, event_flag::reply);
    entry.registry = registry_of(entry);
    entry.last_version = change.version;
    if (later)
        entry.registry.schedule.add(change);
    else {
        put_in_force(entry, changed(entry.registry, change), change.version);
        push_class_followers(state, body.class_id);
    }
    refresh_timer(state);
}

Time next_factors(const State& state) {
    Time next = never;
    for (const ClassEntry& entry : state.catalogue.classes()) {
        if (entry.last_version == 1) continue;
        if (!entry.registry.schedule.empty())
            next = std::min(next, entry.registry.schedule.front().effective);
        next = std::min(next, certificate_end(entry.registry));
    }
    return next;
}

bool factors_due(Step& step, ClassId of, std::uint32_t& cursor, bool& telling) {
    State& state = step.state;
    ClassEntry& entry = state.catalogue.classes()[of.value];
    for (;;) {
        if (telling && !tell_class_followers(step, of, cursor)) return false;
        telling = false;
        cursor = 0;
        FactorRegistry after = entry.registry;
        Told as{BandStatus::in_force, 0, state.time, {}, 0};
        if (!after.schedule.empty() && after.schedule.front().effective <= state.time) {
            const FactorChange change = after.schedule.front();
            as.version = change.version;
            as.blob = change.blob;
            as.proposer = change.proposer;
            after.schedule.pop_front();
            after = changed(after, change);
        } else if (certificate_end(after) <= state.time) {
            // Too old a certificate says nothing any more.
            as.version = entry.last_version + 1;
            after.certified_train = after.certified_infer = 0;
            after.issued = Time{};
        } else {
            return true;
        }
        if (step.sink.room() == 0) return false;
        tell(step, no_account, told(state, of, after, as));
        entry.last_version = std::max(entry.last_version, as.version);
        put_in_force(entry, after, as.version);
        telling = true;
    }
}

}  // namespace gridbook::engine
