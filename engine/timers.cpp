// SPDX-License-Identifier: Apache-2.0
#include "engine/timers.hpp"

#include <algorithm>

#include "engine/bands/banding.hpp"
#include "engine/book/orders.hpp"
#include "engine/catalogue/define.hpp"

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

// The best resting order of a book, bids first; 0: the book is empty.
std::uint32_t front_order(const State& state, const Book& book) {
    if (const Price bid = book.bids.highest_at_most(state.levels, max_price); bid != Price{})
        return book.bids.level(state.levels, bid).head;
    if (const Price ask = book.asks.lowest_at_least(state.levels, Price{1}); ask != Price{})
        return book.asks.level(state.levels, ask).head;
    return 0;
}

void tell_phase(Step& step, InstrumentId i, Phase phase, Time until) {
    PhaseChanged e;
    e.instrument = i;
    e.phase = phase;
    e.until = until;
    tell(step, no_account, e);
}

// Closes one instrument: told, then what rests is cancelled in price-time order.
bool close_gate(Step& step, Task& task, Book& book, const Family& family) {
    const Period period = book.instrument.period;
    if (task.part == 0) {
        if (step.sink.room() == 0) return false;
        book.phase = Phase::gated;
        tell_phase(step, book.instrument, Phase::gated, window_start(period, family.product));
        task.part = 1;
    }
    while (const std::uint32_t slot = front_order(step.state, book)) {
        if (step.sink.room() == 0) return false;
        cancel(step, step.state.orders[slot].record, CancelReason::gate_closed);
    }
    task.part = 0;
    return true;
}

// Puts what is due now, and comes next in the order of one instant, on the agenda. False: nothing is left at
// this instant.
bool push_next_stage(State& state) {
    Advance& a = state.advance;
    switch (a.stage) {
        case DueStage::none: return false;
        case DueStage::bands:
            a.stage = DueStage::gates;
            state.agenda.push(Task{.kind = TaskKind::bands_due});
            return true;
        case DueStage::gates:
            a.stage = DueStage::begins;
            state.agenda.push(Task{.kind = TaskKind::gates_due});
            return true;
        case DueStage::begins:
            a.stage = DueStage::none;
            refresh_timer(state);
            state.agenda.push(Task{.kind = TaskKind::begins_due});
            return true;
    }
    return false;
}

}  // namespace

Time next_timer(const State& state) {
    Time next = never;
    bool trades[2] = {false, false};
    for (const Family& family : state.catalogue.families()) {
        trades[static_cast<std::size_t>(family.product)] = true;
        if (!family.schedule.empty()) next = std::min(next, family.schedule.front().effective);
    }
    for (const Product product : {Product::gpu, Product::token})
        if (trades[static_cast<std::size_t>(product)])
            next = std::min({next, next_gate(state.time, product), next_window(state.time, product)});
    return next;
}

void begin_advance(State& state, Time target, Origin origin) {
    state.advance = Advance{.running = true, .stage = DueStage::none, .target = target, .origin = origin};
}

bool advance(Step& step) {
    State& state = step.state;
    while (state.advance.running) {
        if (!run_agenda(step)) return false;
        if (push_next_stage(state)) continue;
        if (state.next_due <= state.advance.target) {
            state.time = state.next_due;
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
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor) {
        const FamilyId id = order[task.cursor];
        while (!state.catalogue.family(id).schedule.empty() &&
               state.catalogue.family(id).schedule.front().effective <= state.time) {
            if (step.sink.room() == 0) return false;
            bring_into_force(step, id);
        }
    }
    return true;
}

bool gates_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor) {
        const Family& family = state.catalogue.family(order[task.cursor]);
        const Period period = gated_now(state.time, family.product);
        if (gate_time(period, family.product) != state.time) continue;
        Book& book = state.books[family.book_of(period)];
        if (book.instrument != instrument(order[task.cursor], period)) continue;
        if (!close_gate(step, task, book, family)) return false;
    }
    return true;
}

bool begins_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.part = 0) {
        const FamilyId id = order[task.cursor];
        Family& family = state.catalogue.family(id);
        const Period period = period_at(state.time, family.product);
        if (window_start(period, family.product) != state.time) continue;
        if (step.sink.room() < 2) return false;
        const Book& book = state.books[family.book_of(period)];
        if (book.instrument == instrument(id, period))
            tell_phase(step, book.instrument, Phase::delivering, window_end(period, family.product));
        family.last_listed = Period{period.value + family.horizon};
        list_period(step, id, family.last_listed);
    }
    return true;
}

}  // namespace gridbook::engine
