// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/banding.hpp"

#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/impact.hpp"
#include "engine/bands/moving.hpp"
#include "engine/regulation/changes.hpp"
#include "engine/regulation/guidance.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

void tell_inputs(Step& step, const SetGuidance& body, const HardBand& after) {
    GuidanceSet& e = next_event<GuidanceSet>(step, step.command.account);
    e.family = body.family;
    e.formula = body.formula;
    e.version = after.version;
    e.price = after.guidance;
    e.life_h = body.life_h;
    e.cost = cost_of(body.inputs());
    e.capex = body.capex;
    e.utilisation = body.utilisation;
    e.power_w = body.power_w;
    e.pue = body.pue;
    e.tariff = body.tariff;
    e.opex_h = body.opex_h;
    e.index = body.index;
    e.rationale = after.rationale;
}

Change proposal_of(const BandAsk& ask, const HardBand& after, const Impact& impact) {
    Change change;
    change.family = ask.family;
    change.class_id = no_class;
    change.effective = ask.effective;
    change.floor = after.low;
    change.ceiling = after.high;
    change.guidance = after.guidance;
    change.orders_parked = impact.orders;
    change.qty_parked = impact.qty;
    change.participants = impact.participants;
    return change;
}

void accept(Step& step, const BandAsk& ask, const BandChange& change, const HardBand& after,
            const Impact& impact) {
    State& state = step.state;
    Family& family = state.catalogue.family(ask.family);
    const bool later = ask.effective > state.time;
    family.last_version = change.version;
    if (ask.rationale_inputs != nullptr) tell_inputs(step, *ask.rationale_inputs, after);
    BandChanged e = told_band(ask.family, after, later ? BandStatus::scheduled : BandStatus::applied, impact);
    e.origin = step.command.origin;
    tell(step, step.command.account, e, event_flag::reply);
    if (later) {
        family.schedule.add(change);
        return refresh_timer(state);
    }
    push_followers(state, ask.family);
    put_in_force(state, ask.family, after);
}

template <class Body>
void set(Step& step, const Body& body, const Sanction& by) {
    State& state = step.state;
    const BandAsk ask = ask_of(body);
    if (const Refused r = check_ask(state, ask); !passed(r)) return refuse(step, r);
    BandChange change = change_of(state, ask);
    change.blob = by.text(step, body.blob);
    change.proposer = by.told();
    HardBand after = outcome(state, ask.family, change);
    const Impact impact = impact_of(state, ask.family, after);
    if (!by.approved() && needs_second(state, state.catalogue.family(ask.family).band, after))
        return propose(step, body, proposal_of(ask, after, impact));
    accept(step, ask, change, after, impact);
}

}  // namespace

void set_band(Step& step, const SetBand& body, const Sanction& by) { set(step, body, by); }

void set_guidance(Step& step, const SetGuidance& body, const Sanction& by) { set(step, body, by); }

void bring_into_force(Step& step, FamilyId id) {
    State& state = step.state;
    Family& family = state.catalogue.family(id);
    const BandChange change = family.schedule.front();
    family.schedule.pop_front();
    HardBand after = outcome(state, id, change);
    // Another change may have come in between that makes this one impossible: the edges then meet, never
    // cross, and are never further apart than a book can hold.
    after.high = std::clamp(after.high, after.low, Price{after.low.value + widest_band});
    Impact impact(state);
    impact.add(state, id, after);
    tell(step, no_account, told_band(id, after, BandStatus::in_force, impact));
    put_in_force(state, id, after);
}

void put_in_force(State& state, FamilyId id, const HardBand& after) {
    Family& family = state.catalogue.family(id);
    const HardBand before = family.band;
    family.band = after;
    // Guidance alone moves bands too: R follows it until the first takeover.
    if (before.low == after.low && before.high == after.high && before.guidance == after.guidance) return;
    move_all(state, id, BandCause::guidance);
}

void move_all(State& state, FamilyId id, BandCause cause) {
    state.agenda.push(Task{.kind = TaskKind::move_family, .family = id, .cause = cause});
    state.agenda.push(Task{.kind = TaskKind::wake_family, .family = id});
}

bool move_family(Step& step, Task& task) {
    State& state = step.state;
    const Family& family = state.catalogue.family(task.family);
    for (; task.cursor < family.horizon; ++task.cursor) {
        Book& book = nth_book(state, family, task.cursor);
        if (!moves(book)) continue;
        if (task.part == move_part::idle) {
            if (step.sink.room() == 0) return false;
            const EffectiveBand before = book.band;
            refresh_band(step, book, task.cause);
            // The hard band moves only by its own changes; a suspension moves effective edges.
            begin_move(state, task, book, before, task.cause == BandCause::guidance);
        }
        if (!tell_orders(step, task)) return false;
        task.part = move_part::idle;
    }
    return true;
}

bool wake_family(Step& step, Task& task) {
    State& state = step.state;
    const Family& family = state.catalogue.family(task.family);
    for (; task.cursor < family.horizon; ++task.cursor)
        if (!wake_book(step, nth_book(state, family, task.cursor))) return false;
    return true;
}

bool move_book(Step& step, Task& task) { return move_on(step, task); }

}  // namespace gridbook::engine
