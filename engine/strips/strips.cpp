// SPDX-License-Identifier: Apache-2.0
#include "engine/strips/strips.hpp"

#include "engine/book/orders.hpp"
#include "engine/strips/strip_entry.hpp"
#include "engine/strips/strip_fills.hpp"

namespace gridbook::engine {
namespace {

// Did an hour improve that this strip sweeps? Only then can what failed before succeed.
bool served(const State& state, const RestingStrip& strip) {
    const auto side = static_cast<std::size_t>(opposite(strip.side));
    for (const std::uint32_t b : state.follow.improved)
        if (state.books[b].improved[side] && strip.covers(state.books[b].instrument)) return true;
    return false;
}

// The hour that was short when the strip was last tried still is, while it did not improve: no sweep is
// needed to know that. Another strip may still serve it where bands or phases moved.
bool still_short(const State& state, const RestingStrip& strip, std::uint32_t slot) {
    if (strip.short_hour == Period{} || strip.crowded) return false;
    const Book& book = state.book(instrument(strip.family, strip.short_hour));
    if (book.improved[static_cast<std::size_t>(opposite(strip.side))]) return false;
    return !has_partner(state, strip, slot);
}

// Tries one strip. False: the sink has no room for its fills.
bool try_strip(Step& step, std::uint32_t slot, bool& filled) {
    State& state = step.state;
    RestingStrip& strip = state.strips[slot];
    if (!served(state, strip) || still_short(state, strip, slot)) return true;
    const Chance c = chance(state, strip, slot);
    if (c.fills()) {
        if (step.sink.room() < fill_events(strip, c)) return false;
        fill_strip(step, strip, c);
        filled = true;
        return true;
    }
    strip.short_hour = c.swept.hour;
    state.strips.set_crowded(slot, c.swept.crowded());
    return true;
}

void forget_improved(State& state) {
    for (const std::uint32_t b : state.follow.improved)
        state.books[b].improved[0] = state.books[b].improved[1] = false;
    state.follow.improved.clear();
    state.follow.strips = false;
}

// Cancels, in time order, the strips that `which` accepts.
template <class Which>
bool cancel_strips(Step& step, CancelReason reason, std::uint32_t& count, Which&& which) {
    StripList& strips = step.state.strips;
    for (std::uint32_t slot = strips.first(); slot != 0;) {
        const std::uint32_t next = strips[slot].next;
        if (which(strips[slot])) {
            if (step.sink.room() == 0) return false;
            cancel_strip(step, strips[slot].record, reason);
            count += 1;
        }
        slot = next;
    }
    return true;
}

}  // namespace

bool try_strips(Step& step) {
    StripList& strips = step.state.strips;
    for (std::uint32_t slot = strips.first(); slot != 0;) {
        const std::uint32_t next = strips[slot].next;
        bool filled = false;
        if (!try_strip(step, slot, filled)) return false;
        // From the first again after each fill (market-rules section 4).
        slot = filled ? strips.first() : next;
    }
    forget_improved(step.state);
    return true;
}

void cancel_strip(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    release_strip_hold(state, state.strips[record.live_slot], record);
    unrest_strip(state, record);
    finish(state, state.records[slot], OrderState::cancelled, reason);
    StripEvent& e = next_numbered<StripEvent>(step, record.account, flags);
    e = told_strip(record, Money{});
    if ((flags & event_flag::reply) != 0) e.origin = step.command.origin;
}

bool cancel_strips_starting(Step& step, InstrumentId first_hour, CancelReason reason) {
    const Book* book = step.state.find_book(first_hour);
    if (book == nullptr || book->strips == 0) return true;
    std::uint32_t count = 0;
    return cancel_strips(step, reason, count, [&](const RestingStrip& strip) {
        return strip.family == first_hour.family && strip.start == first_hour.period;
    });
}

bool cancel_strips_covering(Step& step, InstrumentId scope, CancelReason reason, std::uint32_t& count) {
    return cancel_strips(step, reason, count, [&](const RestingStrip& strip) {
        return scope.period == Period{} ? strip.family == scope.family : strip.covers(scope);
    });
}

StripEvent strip_event(const State& state, const OrderRecord& record) {
    if (!record.live()) return told_strip(record, Money{});
    const RestingStrip& strip = state.strips[record.live_slot];
    StripEvent e = told_strip(record, strip_hold(state, strip, record));
    tell_obstacle(strip, sweep(state, sweep_of(strip)), e);
    return e;
}

}  // namespace gridbook::engine
