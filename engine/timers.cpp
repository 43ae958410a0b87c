// SPDX-License-Identifier: Apache-2.0
#include "engine/timers.hpp"

#include <algorithm>

#include "engine/accounts/switches.hpp"
#include "engine/bands/banding.hpp"
#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/limit_state.hpp"
#include "engine/book/mass_cancel.hpp"
#include "engine/book/orders.hpp"
#include "engine/catalogue/define.hpp"
#include "engine/delivery/pairing.hpp"
#include "engine/packages/granting.hpp"
#include "engine/regulation/factors.hpp"
#include "engine/regulation/following.hpp"
#include "engine/strips/strips.hpp"

namespace gridbook::engine {
namespace {

Time next_gate(Time now, Product product) {
    return gate_time(Period{period_at(now + gate_lead, product).value + 1}, product);
}
Time next_window(Time now, Product product) {
    return window_start(Period{period_at(now, product).value + 1}, product);
}
// The period whose gate is exactly now.
Period gated_now(Time now, Product product) { return period_at(now + gate_lead, product); }

void tell_phase(Step& step, InstrumentId i, Phase phase, PhaseReason reason, Time until) {
    PhaseChanged& e = next_event<PhaseChanged>(step, no_account);
    e.instrument = i;
    e.phase = phase;
    e.reason = reason;
    e.until = until;
}

// Closes one instrument: told, then what rests is cancelled in price-time order, then the strips that begin
// with it.
bool close_gate(Step& step, Task& task, Book& book, const Family& family) {
    State& state = step.state;
    const Period period = book.instrument.period;
    if (task.part == 0) {
        if (step.sink.room() == 0) return false;
        forget_limit(state, book);
        book.phase = Phase::gated;
        tell_phase(step, book.instrument, Phase::gated, PhaseReason::gate,
                   window_start(period, family.product));
        task.part = 1;
    }
    if (!cancel_book(step, book, CancelReason::gate_closed, task.count)) return false;
    if (!cancel_strips_starting(step, book.instrument, CancelReason::gate_closed)) return false;
    task.part = 0;
    return true;
}

Task due_task(TaskKind kind) { return Task{.kind = kind}; }

// The stage of one instant after `stage`, and its task.
struct Stage {
    DueStage next;
    TaskKind task;
};
Stage after(DueStage stage) {
    switch (stage) {
        case DueStage::none: break;
        case DueStage::bands: return {DueStage::gates, TaskKind::bands_due};
        case DueStage::gates: return {DueStage::begins, TaskKind::gates_due};
        case DueStage::begins: return {DueStage::expiries, TaskKind::begins_due};
        case DueStage::expiries: return {DueStage::limits, TaskKind::expiries_due};
        case DueStage::limits: return {DueStage::widenings, TaskKind::limits_due};
        case DueStage::widenings: return {DueStage::minutes, TaskKind::widenings_due};
        case DueStage::minutes: return {DueStage::deliveries, TaskKind::minutes_due};
        case DueStage::deliveries: return {DueStage::none, TaskKind::deliveries_due};
    }
    return {DueStage::none, TaskKind::none};
}

// Puts what is due now, and comes next in the order of one instant, on the agenda. False: nothing is left at
// this instant.
bool push_next_stage(State& state) {
    Advance& a = state.advance;
    const Stage stage = after(a.stage);
    if (stage.task == TaskKind::none) return false;
    a.stage = stage.next;
    if (a.stage == DueStage::deliveries && !state.deliveries.kept()) a.stage = DueStage::none;
    state.agenda.push(due_task(stage.task));
    return true;
}

// Changes of rules at one instant, in this order: factors by class, scheduled bands by family symbol, each
// with those converted from it; proposals that expire; all of these before any family moves. Then the ends of
// suspensions by family symbol, each moved before the next one.
namespace due_part {
constexpr std::uint32_t factors = 0, bands = 1, expiries = 2, suspensions = 3;
}

// `count` is where the followers of the class or family at the cursor stand, `whole` whether they are told.
bool factor_changes_due(Step& step, Task& task) {
    for (; task.cursor < step.state.catalogue.classes().size(); ++task.cursor)
        if (!factors_due(step, ClassId{static_cast<std::uint16_t>(task.cursor)}, task.count, task.whole))
            return false;
    return true;
}

bool band_changes_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor) {
        const FamilyId id = order[task.cursor];
        Family& family = state.catalogue.family(id);
        for (;;) {
            if (task.whole && !tell_followers(step, id, task.count)) return false;
            task.whole = false;
            task.count = 0;
            if (family.schedule.empty() || family.schedule.front().effective > state.time) break;
            if (step.sink.room() == 0) return false;
            bring_into_force(step, id);
            task.whole = true;
        }
    }
    return true;
}

// The rest of this task goes behind what it leaves on the agenda.
bool suspensions_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor) {
        const FamilyId id = order[task.cursor];
        Family& family = state.catalogue.family(id);
        if (family.suspended_until == Time{} || family.suspended_until > state.time) continue;
        if (step.sink.room() == 0) return false;
        end_suspension(step, id);
        state.agenda.push(
            Task{.kind = TaskKind::bands_due, .part = due_part::suspensions, .cursor = task.cursor + 1});
        return true;
    }
    return true;
}

}  // namespace

Time next_timer(const State& state) {
    Time next = state.timers.empty() ? never : state.timers.next().time;
    bool trades[2] = {false, false};
    for (const Family& family : state.catalogue.families()) {
        trades[static_cast<std::size_t>(family.product)] = true;
        if (!family.schedule.empty()) next = std::min(next, family.schedule.front().effective);
        if (family.suspended_until != Time{}) next = std::min(next, family.suspended_until);
    }
    for (const Product product : {Product::gpu, Product::token})
        if (trades[static_cast<std::size_t>(product)])
            next = std::min({next, next_gate(state.time, product), next_window(state.time, product)});
    return std::min({next, next_widening(state), next_minute(state), next_factors(state), next_expiry(state),
                     state.deliveries.due});
}

void refresh_timer(State& state) {
    state.next_due = next_timer(state);
    state.timers_moved = false;
}

void begin_advance(State& state, Time target, Origin origin) {
    state.advance = Advance{.running = true, .stage = DueStage::none, .target = target, .origin = origin};
}

bool advance(Step& step) {
    State& state = step.state;
    while (state.advance.running) {
        if (!run_all(step)) return false;
        if (push_next_stage(state)) continue;
        refresh_timer(state);
        if (state.next_due <= state.advance.target) {
            // What is due at once (a grace period of nothing) is due at the market's own time.
            state.time = std::max(state.time, state.next_due);
            state.advance.stage = DueStage::bands;
            continue;
        }
        if (step.sink.room() == 0) return false;
        state.time = std::max(state.time, state.advance.target);
        refresh_timer(state);
        state.advance.running = false;
        if (state.advance.origin.connection != 0) {
            TimeAdvanced e;
            e.origin = state.advance.origin;
            e.to = state.time;
            tell(step, step.command.account, e, event_flag::reply);
        }
        state.advance = Advance{};
    }
    return true;
}

bool bands_due(Step& step, Task& task) {
    switch (task.part) {
        case due_part::factors:
            if (!factor_changes_due(step, task)) return false;
            task.part = due_part::bands, task.cursor = 0;
            [[fallthrough]];
        case due_part::bands:
            if (!band_changes_due(step, task)) return false;
            task.part = due_part::expiries;
            [[fallthrough]];
        case due_part::expiries:
            if (!changes_due(step)) return false;
            step.state.agenda.push(Task{.kind = TaskKind::bands_due, .part = due_part::suspensions});
            return true;
        default: return suspensions_due(step, task);
    }
}

bool gates_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; !task.whole && task.cursor < order.size(); ++task.cursor) {
        const Family& family = state.catalogue.family(order[task.cursor]);
        const Period period = gated_now(state.time, family.product);
        if (gate_time(period, family.product) != state.time) continue;
        Book& book = state.books[family.book_of(period)];
        if (book.instrument != instrument(order[task.cursor], period)) continue;
        // Something else may be due at an instant whose gates have closed already.
        if (book.phase == Phase::gated && task.part == 0) continue;
        if (!close_gate(step, task, book, family)) return false;
    }
    if (!state.deliveries.kept()) return true;
    // When all are closed, what was sold and bought is paired.
    if (!task.whole) task.whole = true, task.cursor = 0;
    return pair_gated(step, task);
}

bool begins_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.part = 0) {
        const FamilyId id = order[task.cursor];
        Family& family = state.catalogue.family(id);
        const Period period = period_at(state.time, family.product);
        if (window_start(period, family.product) != state.time) continue;
        if (family.last_listed.value >= period.value + family.horizon) continue;
        if (step.sink.room() < 2) return false;
        const Book& book = state.books[family.book_of(period)];
        if (book.instrument == instrument(id, period))
            tell_phase(step, book.instrument, Phase::delivering, PhaseReason::window,
                       window_end(period, family.product));
        family.list_up_to(Period{period.value + family.horizon});
        list_period(step, id, family.last_listed);
    }
    return true;
}

bool expiries_due(Step& step, Task&) {
    State& state = step.state;
    while (!state.timers.empty() && state.timers.next().time <= state.time &&
           state.timers.next().kind < due_kind::limit) {
        if (step.sink.room() == 0) return false;
        const std::uint32_t id = state.timers.next_id();
        if (const std::uint32_t first = TimerIds::grant(state, 0); id >= first) {
            if (step.sink.room() < 2) return false;
            strike_grant(step, id - first);
            continue;
        }
        if (state.timers.next().kind == due_kind::expiry) {
            cancel(step, state.orders[id].record, CancelReason::expired);
            continue;
        }
        state.disarm(id);
        switch_off(step, id);
    }
    return true;
}

}  // namespace gridbook::engine
