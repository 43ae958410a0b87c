// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/banding.hpp"

#include <algorithm>

#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/moving.hpp"
#include "engine/refusal.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

Refused refused(FamilyId family, RejectReason reason, RejectField field) {
    Refused r = refusal(reason, field);
    r.instrument = instrument(family, Period{0});
    return r;
}

// A value given off its step, or too high for a book.
Refused check_value(FamilyId family, Decimal value, RejectField field) {
    Refused r;
    if (!on_tick(value)) {
        r = refused(family, RejectReason::tick, field);
        r.limit_high = tick_decimal;
    } else if (value < Decimal{} || value > decimal_of(max_price)) {
        r = refused(family, value < Decimal{} ? RejectReason::format_value : RejectReason::engine_limit,
                    field);
        r.pool = value < Decimal{} ? Pool::none : Pool::price;
        r.limit_high = decimal_of(max_price).value;
    }
    r.got = value.value;
    return r;
}

// A limit of what a book can hold: the highest price, or the widest band.
Refused too_much(FamilyId family, std::int32_t most, std::int32_t got) {
    Refused r = refused(family, RejectReason::engine_limit, RejectField::ceiling);
    r.pool = Pool::price;
    r.limit_high = decimal_of(Price{most}).value;
    r.got = decimal_of(Price{got}).value;
    return r;
}

Refused check_shape(FamilyId family, const HardBand& band) {
    if (band.high > max_price) return too_much(family, max_price.value, band.high.value);
    if (band.low > band.high || band.low < Price{1}) {
        Refused r = refused(family, RejectReason::format_value, RejectField::floor);
        r.limit_low = decimal_of(Price{1}).value;
        r.limit_high = decimal_of(band.high).value;
        r.got = decimal_of(band.low).value;
        return r;
    }
    if (const std::int32_t width = band.high.value - band.low.value; width > widest_band)
        return too_much(family, widest_band, width);
    if (!band.holds(band.guidance)) {
        Refused r = refused(family, RejectReason::format_value, RejectField::guidance);
        r.limit_low = decimal_of(band.low).value;
        r.limit_high = decimal_of(band.high).value;
        r.got = decimal_of(band.guidance).value;
        return r;
    }
    return {};
}

Refused check_change(const State& state, FamilyId id, const SetBand& body) {
    const Family& family = state.catalogue.family(id);
    if (body.expect != family.last_version) {
        Refused r = refused(id, RejectReason::version_conflict, RejectField::expect);
        r.band = family.last_version;
        r.limit_high = family.last_version;
        r.got = body.expect;
        return r;
    }
    if (body.effective != Time{} && body.effective < state.time) {
        Refused r = refused(id, RejectReason::effective, RejectField::effective);
        r.limit_low = state.time.value;
        r.got = body.effective.value;
        return r;
    }
    Refused r = check_value(id, body.floor, RejectField::floor);
    if (passed(r)) r = check_value(id, body.ceiling, RejectField::ceiling);
    if (passed(r)) r = check_value(id, body.guidance, RejectField::guidance);
    if (passed(r) && body.effective > state.time && family.schedule.full()) {
        r = refused(id, RejectReason::engine_limit, RejectField::pool);
        r.pool = Pool::agenda;
        r.limit_high = BandSchedule::limit;
    }
    return r;
}

// Calls f(order) for every order of the side whose price lies in [low, high], best price first, then time. f
// answers whether to go on.
template <class F>
bool for_orders_between(const State& state, const Book& book, Side side, Price low, Price high, F&& f) {
    const Ladder& ladder = book.side(side);
    const auto next = [&](Price from) {
        return side == Side::buy ? ladder.highest_at_most(state.levels, from)
                                 : ladder.lowest_at_least(state.levels, from);
    };
    Price price = next(side == Side::buy ? high : low);
    while (price != Price{} && price >= low && price <= high) {
        std::uint32_t slot = ladder.level(state.levels, price).head;
        for (; slot != 0; slot = state.orders[slot].next)
            if (!f(slot)) return false;
        price = next(Price{side == Side::buy ? price.value - 1 : price.value + 1});
    }
    return true;
}

// Which orders would park, and whose they are: told with the answer.
void count_impact(const State& state, FamilyId id, const HardBand& after, BandChanged& told) {
    const Family& family = state.catalogue.family(id);
    std::vector<std::uint32_t>& owners = state.scratch;
    owners.clear();
    for (std::uint32_t i = 0; i < family.horizon; ++i) {
        const Book& book = state.books[family.first_book + i];
        for (const Side side : {Side::buy, Side::sell})
            for_orders_between(state, book, side, family.band.low, family.band.high, [&](std::uint32_t slot) {
                const RestingOrder& order = state.orders[slot];
                if (after.holds(order.price)) return true;
                told.orders_parked += 1;
                told.qty_parked += Quantity{order.leaves};
                const std::uint32_t owner = state.records[order.record].account.value;
                if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
                return true;
            });
    }
    told.participants = static_cast<std::uint32_t>(owners.size());
}

BandChanged told_band(FamilyId id, const HardBand& band, BandStatus status) {
    BandChanged e;
    e.family = id;
    e.status = status;
    e.version = band.version;
    e.floor = band.low;
    e.ceiling = band.high;
    e.guidance = band.guidance;
    e.effective = band.effective;
    e.blob = band.blob;
    e.rationale = band.rationale;
    return e;
}

void put_in_force(State& state, FamilyId id, const HardBand& after) {
    Family& family = state.catalogue.family(id);
    const HardBand before = family.band;
    family.band = after;
    // Guidance alone moves bands too: R follows it until the first takeover.
    if (before.low == after.low && before.high == after.high && before.guidance == after.guidance) return;
    move_all(state, id, BandCause::guidance);
}

}  // namespace

void set_band(Step& step, FamilyId id, const SetBand& body) {
    State& state = step.state;
    if (!state.catalogue.known(id)) {
        return refuse(step, refused(no_family, RejectReason::symbol_unknown, RejectField::family));
    }
    if (const Refused r = check_change(state, id, body); !passed(r)) return refuse(step, r);
    Family& family = state.catalogue.family(id);
    const bool later = body.effective > state.time;
    BandChange change;
    change.version = family.last_version + 1;
    change.floor = Price{static_cast<std::int32_t>(ticks_of(body.floor))};
    change.ceiling = Price{static_cast<std::int32_t>(ticks_of(body.ceiling))};
    change.guidance = Price{static_cast<std::int32_t>(ticks_of(body.guidance))};
    change.effective = later ? body.effective : state.time;
    if (body.blob != Sha256{}) change.blob = step.command.sequence;
    change.rationale = body.rationale;
    const HardBand after = changed(family.band, change);
    if (const Refused r = check_shape(id, after); !passed(r)) return refuse(step, r);
    family.last_version = change.version;
    BandChanged e = told_band(id, after, later ? BandStatus::scheduled : BandStatus::applied);
    e.origin = step.command.origin;
    count_impact(state, id, after, e);
    tell(step, step.command.account, e, event_flag::reply);
    if (later)
        family.schedule.add(change), refresh_timer(state);
    else
        put_in_force(state, id, after);
}

void bring_into_force(Step& step, FamilyId id) {
    State& state = step.state;
    Family& family = state.catalogue.family(id);
    const BandChange change = family.schedule.front();
    family.schedule.pop_front();
    HardBand after = changed(family.band, change);
    // Another change may have come in between that makes this one impossible: the edges then meet, never
    // cross, and are never further apart than a book can hold.
    after.high = std::clamp(after.high, after.low, Price{after.low.value + widest_band});
    BandChanged e = told_band(id, after, BandStatus::in_force);
    count_impact(state, id, after, e);
    tell(step, no_account, e);
    put_in_force(state, id, after);
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
