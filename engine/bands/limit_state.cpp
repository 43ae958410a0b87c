// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/limit_state.hpp"

#include "engine/bands/moving.hpp"
#include "engine/bands/pause.hpp"
#include "engine/book/call.hpp"
#include "engine/book/checks.hpp"
#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

bool lasts(LimitKind kind) { return kind == LimitKind::limit_up || kind == LimitKind::limit_down; }
bool upward(LimitKind kind) { return kind == LimitKind::limit_up || kind == LimitKind::wall_up; }

// What the fronts of an open book say: limit before wall, up before down.
LimitKind kind_now(const State& state, const Book& book) {
    if (!book.at_edge()) return LimitKind::none;
    const Family& family = state.catalogue.family(book.instrument.family);
    const bool up = book.front_of(Side::buy) == book.band.high;
    const bool down = book.front_of(Side::sell) == book.band.low;
    const bool dynamic = family.dynamic_in_force();
    if (dynamic && up && book.band.high < family.band.high && has_unparked(state, book, Side::sell))
        return LimitKind::limit_up;
    if (dynamic && down && book.band.low > family.band.low && has_unparked(state, book, Side::buy))
        return LimitKind::limit_down;
    if (up && book.band.high == family.band.high) return LimitKind::wall_up;
    if (down && book.band.low == family.band.low) return LimitKind::wall_down;
    return LimitKind::none;
}

void tell_limit(Step& step, const Book& book, bool on, Time pause) {
    LimitState& e = next_event<LimitState>(step, no_account);
    e.instrument = book.instrument;
    e.pause = pause;
    e.edge = book.limit_edge;
    e.what = book.limit;
    e.on = on;
}

void end_limit(Step& step, Book& book) {
    tell_limit(step, book, false, Time{});
    if (lasts(book.limit)) step.state.disarm(TimerIds::book(step.state, step.state.book_index(book)));
    book.limit = LimitKind::none;
    book.limit_edge = Price{};
    book.limit_since = Time{};
}

void begin_limit(Step& step, Book& book, LimitKind kind) {
    State& state = step.state;
    book.limit = kind;
    book.limit_edge = upward(kind) ? book.band.high : book.band.low;
    book.limit_since = state.time;
    if (!lasts(kind)) return tell_limit(step, book, true, Time{});
    const Time due = state.time + millisecond * state.rules.limit_state_ms;
    state.arm(TimerIds::book(state, state.book_index(book)),
              Due{.time = due,
                  .kind = due_kind::limit,
                  .symbol = symbol_rank(state, book.instrument),
                  .sequence = 0});
    tell_limit(step, book, true, due);
}

void tell_indicative(Step& step, const Book& book) {
    const CallPrice now = find_call_price(step.state.levels, book, book.pause.reference);
    Indicative& e = next_event<Indicative>(step, no_account);
    e.instrument = book.instrument;
    e.price = now.price;
    e.surplus = static_cast<std::int32_t>(now.surplus);
    e.qty = Quantity{now.volume};
}

// One timer fires: an indicative price, a limit state that lasted, or the end of a pause.
void fire(Step& step, Task& task, std::uint32_t id) {
    State& state = step.state;
    const Due due = state.timers.due(id);
    state.disarm(id);
    const std::uint32_t first_indicative = TimerIds::indicative(state, 0);
    if (id >= first_indicative) {
        tell_indicative(step, state.books[id - first_indicative]);
        const Time next = state.time + millisecond * state.rules.indicative_ms;
        if (state.rules.indicative_ms != 0)
            state.arm(id, Due{.time = next, .kind = due.kind, .symbol = due.symbol, .sequence = 1});
        return;
    }
    Book& book = state.books[id - TimerIds::book(state, 0)];
    if (book.phase == Phase::paused) return end_pause(step, task, book);
    GRIDBOOK_CHECK(book.phase == Phase::open && lasts(book.limit));
    begin_pause(step, task, book, Time{}, PhaseReason::limit_state);
}

bool limit_is_due(const State& state) {
    return !state.timers.empty() && state.timers.next().time <= state.time &&
           state.timers.next().kind == due_kind::limit;
}

// The phase that an instrument must be in for this action.
Phase wanted(PhaseAction action) { return action == PhaseAction::pause ? Phase::open : Phase::paused; }

Refused check_phases(const State& state, const SetPhase& body) {
    const InstrumentId scope = body.scope;
    if (!state.catalogue.known(scope.family)) return phase_refusal(Phase::unlisted, scope);
    const bool one = scope.period != Period{};
    const Phase phase = one ? state.phase(scope) : wanted(body.action);
    const Refused r = phase_refusal(phase, scope);
    if (r.reason != RejectReason::phase_closed) return r;
    if (body.until != Time{} && body.until <= state.time) {
        Refused late = refusal(RejectReason::format_value, RejectField::until, scope, 0, body.until.value);
        late.limit_low = state.time.value;
        return late;
    }
    if (one) return phase == wanted(body.action) ? Refused{} : r;
    const Family& family = state.catalogue.family(scope.family);
    for (std::uint32_t i = 0; i < family.horizon; ++i)
        if (state.books[family.first_book + i].phase == wanted(body.action)) return {};
    return r;
}

void act(Step& step, Task& task, Book& book) {
    switch (task.action) {
        case PhaseAction::pause: return begin_pause(step, task, book, task.until, PhaseReason::operator_);
        case PhaseAction::resume: return resume(step, task, book);
        case PhaseAction::call: return end_pause(step, task, book);
    }
}

}  // namespace

void update_limit(Step& step, Book& book) {
    if (book.phase != Phase::open) return;
    const LimitKind kind = kind_now(step.state, book);
    // The same kind at another edge is the same state: its time goes on.
    if (kind == book.limit) return;
    if (book.limit != LimitKind::none) end_limit(step, book);
    if (kind != LimitKind::none) begin_limit(step, book, kind);
}

bool limits_due(Step& step, Task& task) {
    for (;;) {
        if (task.part != move_part::idle && !go_on(step, task)) return false;
        if (!limit_is_due(step.state)) return true;
        if (step.sink.room() < pause_events) return false;
        fire(step, task, step.state.timers.next_id());
    }
}

void set_phase(Step& step, const SetPhase& body) {
    if (const Refused r = check_phases(step.state, body); !passed(r)) return refuse(step, r);
    step.state.agenda.push(Task{.kind = TaskKind::set_phases,
                                .family = body.scope.family,
                                .replies = true,
                                .scope = body.scope,
                                .origin = step.command.origin,
                                .action = body.action,
                                .until = body.until});
}

bool set_phases(Step& step, Task& task) {
    State& state = step.state;
    const Family& family = state.catalogue.family(task.family);
    const bool one = task.scope.period != Period{};
    for (;;) {
        if (task.part != move_part::idle && !go_on(step, task)) return false;
        if (task.cursor == (one ? 1 : family.horizon)) return true;
        if (step.sink.room() < pause_events) return false;
        Book& book = one ? state.book(task.scope) : nth_book(state, family, task.cursor);
        ++task.cursor;
        if (book.phase == wanted(task.action)) act(step, task, book);
    }
}

void forget_limit(State& state, Book& book) {
    const std::uint32_t index = state.book_index(book);
    state.disarm(TimerIds::book(state, index));
    state.disarm(TimerIds::indicative(state, index));
    book.limit = LimitKind::none;
    book.limit_edge = Price{};
    book.limit_since = Time{};
    book.pause = Pause{};
}

}  // namespace gridbook::engine
