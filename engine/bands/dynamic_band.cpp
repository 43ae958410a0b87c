// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/dynamic_band.hpp"

#include <algorithm>

#include "engine/bands/moving.hpp"
#include "engine/book/short_way.hpp"

namespace gridbook::engine {
namespace {

Duration window_of(const State& state) { return second * state.rules.reference_window_s; }

// The effective band of the moment. Without a dynamic layer in force it is the hard band, also in a pause;
// while paused it is the collar: around what R and d were when the pause began, wider with each extension.
EffectiveBand band_now(const State& state, const Book& book) {
    const Family& family = state.catalogue.family(book.instrument.family);
    if (!family.dynamic_in_force()) return {family.band.low, family.band.high};
    if (book.phase == Phase::open)
        return effective_band(family.band, book.reference.price, width_now(state, book));
    const std::int64_t width = book.pause.width.value + static_cast<std::int64_t>(book.pause.extension + 1) *
                                                            state.rules.collar_step.value;
    // Wider than a hundred times R is as wide as the hard band allows.
    constexpr std::int64_t widest = 100 * basis_points_one;
    return effective_band(family.band, book.pause.reference,
                          BasisPoints{static_cast<std::int32_t>(std::min(width, widest))});
}

// Does a mean take over from a reference of this age?
bool takes_over(const State& state, const Reference& reference, Price mean) {
    if (mean == Price{} || mean == reference.price) return false;
    if (state.time - reference.since < second * state.rules.reference_age_s) return false;
    const std::int64_t r = reference.price.value;
    const std::int64_t distance = mean.value > r ? mean.value - r : r - mean.value;
    return distance * basis_points_one >= r * state.rules.takeover.value;
}

// R of an open instrument becomes the mean of its window, if it is time. True: told.
bool look(Step& step, Book& book) {
    State& state = step.state;
    if (book.phase != Phase::open || !state.catalogue.family(book.instrument.family).dynamic()) return false;
    const Price mean = book.reference.mean(state.time, window_of(state), minute);
    if (!takes_over(state, book.reference, mean)) return false;
    const Standing before = standing(book);
    book.reference.price = mean;
    book.reference.since = state.time;
    book.reference.taken_over = true;
    renew_band(state, book);
    tell_reference(step, book, BandCause::takeover, before,
                   book.reference.fraction(state.time, window_of(state), minute).trades);
    return true;
}

// Does the bucket of the last trade of all still count at `time`?
bool counts_at(const State& state, Time time) {
    if (state.last_bucket_trade == Time{}) return false;
    const std::int64_t end = (state.last_bucket_trade.value / minute.value + 1) * minute.value;
    return end > time.value - window_of(state).value;
}

// The period whose d is doubled exactly now; Period{}: none.
Period widened_now(const State& state, const Family& family) {
    const Time gate = state.time + second * state.rules.widen_s;
    const Period period = period_at(gate + gate_lead, family.product);
    return gate_time(period, family.product) == gate ? period : Period{};
}

}  // namespace

EffectiveBand effective_band(const HardBand& hard, Price reference, BasisPoints width) {
    const std::int64_t r = std::clamp(reference, hard.low, hard.high).value;
    const std::int64_t one = basis_points_one;
    // Rounded inward; a lower edge below zero is rounded somehow and never used.
    const std::int64_t low = (r * (one - width.value) + one - 1) / one;
    const std::int64_t high = r * (one + width.value) / one;
    return {Price{static_cast<std::int32_t>(std::max<std::int64_t>(low, hard.low.value))},
            Price{static_cast<std::int32_t>(std::min<std::int64_t>(high, hard.high.value))}};
}

BasisPoints width_now(const State& state, const Book& book) {
    const Family& family = state.catalogue.family(book.instrument.family);
    const std::int32_t width = family.defined.dynamic_width.value;
    const Time gate = gate_time(book.instrument.period, family.product);
    if (state.time < gate - second * state.rules.widen_s) return BasisPoints{width};
    return BasisPoints{std::min(2 * width, static_cast<std::int32_t>(basis_points_one))};
}

void begin_bands(State& state, Book& book) {
    book.reference = Reference{};
    book.pause = Pause{};
    book.limit = LimitKind::none;
    book.limit_edge = Price{};
    if (state.catalogue.family(book.instrument.family).dynamic()) book.reference.since = state.time;
    renew_band(state, book);
}

void renew_band(State& state, Book& book) {
    const Family& family = state.catalogue.family(book.instrument.family);
    const EffectiveBand before = book.band;
    if (!book.spans(family.band.low, family.band.high))
        book.rebase(state.levels, state.orders, family.band.low, family.band.high);
    // While paused R stays what it was when the pause began.
    if (book.phase == Phase::open && family.dynamic() && !book.reference.taken_over)
        book.reference.price = family.band.guidance;
    book.band = band_now(state, book);
    // Invariant: lo_hard <= lo_eff <= hi_eff <= hi_hard.
    GRIDBOOK_CHECK(family.band.low <= book.band.low && book.band.low <= book.band.high &&
                   book.band.high <= family.band.high);
    book.find_fronts(state.levels);
    find_easy_prices(state, book);
    // What is a limit state and what a wall follows from the hard edges too, which may have moved alone.
    if (book.band != before || book.limit != LimitKind::none || book.at_edge()) state.touch(book);
    if (book.band == before) return;
    for (const Side side : {Side::buy, Side::sell}) state.note_improved(book, side);
}

void tell_reference(Step& step, const Book& book, BandCause cause, const Standing& before,
                    std::uint32_t trades) {
    const Family& family = step.state.catalogue.family(book.instrument.family);
    if (!family.dynamic() || standing(book) == before) return;
    ReferenceChanged& e = next_event<ReferenceChanged>(step, no_account);
    e.instrument = book.instrument;
    e.reference = book.reference.price;
    e.low = book.band.low;
    e.high = book.band.high;
    e.band = family.band.version;
    e.trades = trades;
    e.cause = cause;
}

void refresh_band(Step& step, Book& book, BandCause cause) {
    const Standing before = standing(book);
    renew_band(step.state, book);
    tell_reference(step, book, cause, before);
}

void look_at_reference(Step& step, Book& book) {
    const EffectiveBand before = book.band;
    if (look(step, book)) push_move(step.state, book, before);
}

void set_reference(State& state, Book& book, Price price) {
    if (!state.catalogue.family(book.instrument.family).dynamic()) return;
    book.reference.price = price;
    book.reference.since = state.time;
    book.reference.taken_over = true;
    book.reference.clear_buckets();
}

Time next_widening(const State& state) {
    Time next = never;
    const Duration lead = second * state.rules.widen_s;
    for (const Family& family : state.catalogue.families()) {
        if (!family.dynamic()) continue;
        const Period period{period_at(state.time + lead + gate_lead, family.product).value + 1};
        if (period <= family.last_listed) next = std::min(next, gate_time(period, family.product) - lead);
    }
    return next;
}

Time next_minute(const State& state) {
    const Time next{(state.time.value / minute.value + 1) * minute.value};
    return counts_at(state, next) ? next : never;
}

bool widenings_due(Step& step, Task& task) {
    State& state = step.state;
    const auto& order = state.catalogue.by_symbol();
    for (;;) {
        if (task.part != move_part::idle && !move_on(step, task)) return false;
        if (task.cursor == order.size()) return true;
        if (step.sink.room() == 0) return false;
        const FamilyId id = order[task.cursor++];
        const Family& family = state.catalogue.family(id);
        const Period period = widened_now(state, family);
        if (!family.dynamic() || period == Period{}) continue;
        Book& book = state.books[family.book_of(period)];
        if (book.instrument != instrument(id, period) || !moves(book)) continue;
        const EffectiveBand before = book.band;
        refresh_band(step, book, BandCause::widened);
        begin_move(state, task, book, before);
    }
}

bool minutes_due(Step& step, Task& task) {
    State& state = step.state;
    if (state.time.value % minute.value != 0 || !counts_at(state, state.time)) return true;
    const auto& order = state.catalogue.by_symbol();
    for (; task.cursor < order.size(); ++task.cursor, task.count = 0) {
        const Family& family = state.catalogue.family(order[task.cursor]);
        for (;;) {
            if (task.part != move_part::idle && !move_on(step, task)) return false;
            if (task.count == family.horizon) break;
            if (step.sink.room() == 0) return false;
            Book& book = nth_book(state, family, task.count++);
            const EffectiveBand before = book.band;
            if (look(step, book)) begin_move(state, task, book, before);
        }
    }
    return true;
}

}  // namespace gridbook::engine
