// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/pause.hpp"

#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/limit_state.hpp"
#include "engine/bands/moving.hpp"
#include "engine/book/call.hpp"

namespace gridbook::engine {
namespace {

bool asked_for(const Task& task) { return task.kind == TaskKind::set_phases; }

// The first phase that a SetPhase brings about answers it.
void tell_phase(Step& step, Task& task, const Book& book, PhaseReason reason, Time until) {
    const bool answers = task.replies;
    task.replies = false;
    PhaseChanged& e = next_event<PhaseChanged>(step, answers ? step.command.account : no_account,
                                               answers ? event_flag::reply : std::uint8_t{0});
    if (answers) e.origin = task.origin;
    e.instrument = book.instrument;
    e.until = until;
    e.phase = book.phase;
    e.reason = reason;
    if (book.phase == Phase::paused) e.extension = static_cast<std::uint8_t>(book.pause.extension);
    e.low = book.band.low;
    e.high = book.band.high;
}

void arm(State& state, const Book& book, std::uint32_t id, Time time, std::uint64_t sequence) {
    state.arm(id, Due{.time = time,
                      .kind = due_kind::limit,
                      .symbol = symbol_rank(state, book.instrument),
                      .sequence = sequence});
}

// The collar is in force from here on, or a wider one.
void enter_pause(Step& step, Task& task, Book& book, const Standing& before, PhaseReason reason) {
    State& state = step.state;
    renew_band(state, book);
    tell_phase(step, task, book, reason, book.pause.until);
    tell_reference(step, book, BandCause::paused, before);
    arm(state, book, TimerIds::book(state, state.book_index(book)), book.pause.until, 0);
    begin_move(state, task, book, before.band);
}

void extend(Step& step, Task& task, Book& book) {
    const Standing before = standing(book);
    book.pause.extension += 1;
    book.pause.until = step.state.time + second * step.state.rules.pause_s;
    enter_pause(step, task, book, before, PhaseReason::extended);
}

// What an instrument opens with after a pause.
struct Opening {
    PhaseReason reason;
    BandCause cause;
    Price price{};  // the new R; Price{}: R stays
};

void open(Step& step, Task& task, Book& book, const Opening& opening) {
    State& state = step.state;
    const Standing before = standing(book);
    forget_limit(state, book);
    book.phase = Phase::open;
    if (opening.price != Price{}) set_reference(state, book, opening.price);
    renew_band(state, book);
    const Product product = state.catalogue.family(book.instrument.family).product;
    tell_phase(step, task, book, opening.reason, gate_time(book.instrument.period, product));
    tell_reference(step, book, opening.cause, before);
    // The phase alone lets strips trade and limit states begin, though the band be the same.
    state.touch(book);
    for (const Side side : {Side::buy, Side::sell}) state.note_improved(book, side);
    begin_move(state, task, book, before.band);
}

// The best price of a side that is neither parked nor non-executable; Price{}: none. Unlike the front it may
// lie behind the far edge of the band, where an order waits and nothing trades: a hard band that moved in the
// pause can bring the collar there.
Price best_waiting(const State& state, const Book& book, Side side) {
    const HardBand& hard = state.catalogue.family(book.instrument.family).band;
    const Price best = side == Side::buy ? book.bids.highest_at_most(state.levels, book.band.high)
                                         : book.asks.lowest_at_least(state.levels, book.band.low);
    return hard.holds(best) ? best : Price{};
}

// The best price that still stands at or beyond the old edge while the other side is not empty; Price{}:
// none.
Price pressing(const State& state, const Book& book) {
    const Price bid = best_waiting(state, book, Side::buy);
    if (bid != Price{} && bid >= book.pause.high && has_unparked(state, book, Side::sell)) return bid;
    const Price ask = best_waiting(state, book, Side::sell);
    if (ask != Price{} && ask <= book.pause.low && has_unparked(state, book, Side::buy)) return ask;
    return Price{};
}

void end_without_call(Step& step, Task& task, Book& book) {
    const PhaseReason reason = asked_for(task) ? PhaseReason::operator_ : PhaseReason::reopened;
    const Price price = pressing(step.state, book);
    const bool more = book.pause.extension < step.state.rules.extensions;
    if (price == Price{} || (more && asked_for(task)))
        return open(step, task, book, {.reason = reason, .cause = BandCause::resumed});
    if (more) return extend(step, task, book);
    open(step, task, book, {.reason = reason, .cause = BandCause::reopened, .price = price});
}

void begin_call(Step& step, Task& task, Book& book) {
    book.phase = Phase::call;
    book.pause.call_price = Price{};
    tell_phase(step, task, book, PhaseReason::called, step.state.time);
    task.part = move_part::calling;
    task.book = step.state.book_index(book);
}

void end_call(Step& step, Task& task, Book& book) {
    book.phase = Phase::paused;
    const Price price = book.pause.call_price;
    if (price == Price{}) return end_without_call(step, task, book);
    open(step, task, book, {.reason = PhaseReason::called, .cause = BandCause::call, .price = price});
}

}  // namespace

bool has_unparked(const State& state, const Book& book, Side side) {
    const HardBand& hard = state.catalogue.family(book.instrument.family).band;
    const Price lowest = book.side(side).lowest_at_least(state.levels, hard.low);
    return lowest != Price{} && lowest <= hard.high;
}

void begin_pause(Step& step, Task& task, Book& book, Time until, PhaseReason reason) {
    State& state = step.state;
    const Family& family = state.catalogue.family(book.instrument.family);
    const Standing before = standing(book);
    forget_limit(state, book);
    // Without a dynamic layer there is no R; a call then looks for the price nearest to G.
    book.pause.reference = family.dynamic() ? book.reference.price : family.band.guidance;
    book.pause.low = book.band.low;
    book.pause.high = book.band.high;
    book.pause.width = width_now(state, book);
    book.pause.until = until != Time{} ? until : state.time + second * state.rules.pause_s;
    book.phase = Phase::paused;
    enter_pause(step, task, book, before, reason);
    if (state.rules.indicative_ms != 0)
        arm(state, book, TimerIds::indicative(state, state.book_index(book)),
            state.time + millisecond * state.rules.indicative_ms, 1);
}

void end_pause(Step& step, Task& task, Book& book) {
    if (book.crossed()) return begin_call(step, task, book);
    end_without_call(step, task, book);
}

void resume(Step& step, Task& task, Book& book) {
    open(step, task, book, {.reason = PhaseReason::operator_, .cause = BandCause::resumed});
}

bool go_on(Step& step, Task& task) {
    if (task.part == move_part::calling) {
        Book& book = step.state.books[task.book];
        if (!run_call(step, book) || step.sink.room() < pause_events) return false;
        end_call(step, task, book);
    }
    return move_on(step, task);
}

}  // namespace gridbook::engine
