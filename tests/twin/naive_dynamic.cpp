// SPDX-License-Identifier: Apache-2.0
// The dynamic layer of the twin: references from buckets of trades, effective bands, the orders that move
// with them, waking; and what follows a command or a timer (market-rules sections 4 and 5).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::BandCause;
using engine::CancelReason;
using engine::Duration;
using engine::InstrumentId;
using engine::OrderState;
using engine::Phase;
using engine::Side;
using engine::Time;
using engine::Wide;

Mean mean_of(const Buckets& buckets, Time now, Duration window, Duration span) {
    Mean mean;
    for (const auto& [begin, bucket] : buckets) {
        const Duration left = begin + span - (now - window);
        if (left.value <= 0) continue;
        const std::int64_t share = std::min(left.value, span.value);
        mean.sum += Wide{bucket.sum} * share;
        mean.weight += Wide{bucket.trades} * share;
        mean.trades += bucket.trades;
    }
    return mean;
}

// ---- references and bands ----

bool NaiveExchange::layered(engine::FamilyId f) const {
    return families_[f.value].defined.dynamic_width.value != 0;
}

bool NaiveExchange::suspended(engine::FamilyId f) const { return families_[f.value].suspended.value != 0; }

// d in basis points, doubled before the gate.
std::int64_t NaiveExchange::width(InstrumentId i) const {
    const std::int64_t d = family(i).defined.dynamic_width.value;
    const Time gate = engine::gate_time(i.period, product(i.family));
    return now_ >= gate - engine::second * rules_.widen_s ? std::min<std::int64_t>(2 * d, 10'000) : d;
}

// Remembered in a pause; G of the moment until something took over.
std::int64_t NaiveExchange::reference(InstrumentId i) const {
    if (!layered(i.family)) return 0;
    const Hour& hour = hours_.at(i);
    if (hour.phase == Phase::paused || hour.phase == Phase::call) return hour.pause_reference;
    return hour.taken_over ? hour.reference : family(i).band.guidance;
}

// In force until it is moved: what is due is told first.
Edges NaiveExchange::effective(InstrumentId i) const { return hours_.at(i).standing; }

Edges NaiveExchange::due_band(InstrumentId i) const {
    const Edges hard = family(i).band.edges();
    if (!layered(i.family) || suspended(i.family)) return hard;
    const Hour& hour = hours_.at(i);
    const bool collar = hour.phase == Phase::paused || hour.phase == Phase::call;
    const std::int64_t bp =
        collar ? hour.pause_width + rules_.collar_step.value * (hour.extension + 1) : width(i);
    const std::int64_t r = std::clamp(reference(i), hard.lo, hard.hi);
    const std::int64_t lo = (r * (10'000 - bp) + 9'999) / 10'000;
    const std::int64_t hi = r * (10'000 + bp) / 10'000;
    return {std::max(hard.lo, lo), std::min(hard.hi, hi)};
}

// The mean takes over when it is far enough from the reference, and that one old enough.
void NaiveExchange::look(InstrumentId i) {
    const auto at = hours_.find(i);
    if (at == hours_.end() || at->second.phase != Phase::open || !layered(i.family)) return;
    Hour& hour = at->second;
    const Duration window = engine::second * rules_.reference_window_s;
    std::erase_if(hour.buckets, [&](const auto& b) { return b.first + engine::minute <= now_ - window; });
    const Mean mean = mean_of(hour.buckets, now_, window, engine::minute);
    if (mean.weight == 0) return;
    const std::int64_t cut = static_cast<std::int64_t>(mean.sum / mean.weight);
    const std::int64_t r = reference(i);
    const std::int64_t apart = cut > r ? cut - r : r - cut;
    if (apart == 0 || apart * 10'000 < r * rules_.takeover.value) return;
    if (now_ - hour.since < engine::second * rules_.reference_age_s) return;
    hour.taken_over = true;
    hour.reference = cut;
    hour.since = now_;
    move(i, BandCause::takeover, mean.trades);
    wake(i);
}

// The band of an instrument may have moved: it is told if so, then every order whose state or flag changed.
void NaiveExchange::move(InstrumentId i, BandCause cause, std::int64_t trades) {
    Hour& hour = hours_.at(i);
    const Edges now = due_band(i);
    const std::int64_t r = reference(i);
    const bool same = now == hour.standing && r == hour.standing_reference;
    hour.standing = now;
    hour.standing_reference = r;
    if (!same && layered(i.family)) {
        engine::ReferenceChanged e;
        e.instrument = i;
        e.reference = price_of(r);
        e.low = price_of(now.lo);
        e.high = price_of(now.hi);
        e.band = family(i).band.version;
        e.trades = static_cast<std::uint32_t>(trades);
        e.cause = cause;
        emit(engine::no_account, e);
    }
    touch(i);
    for (const Side side : {Side::buy, Side::sell}) {
        for (const engine::OrderId id : resting(i, side)) {
            Order& order = live_.at(id);
            const bool inside = family(i).band.inside(order.price);
            const OrderState state = inside ? OrderState::open : OrderState::parked;
            const bool beyond = inside && (side == Side::buy ? order.price > now.hi : order.price < now.lo);
            if (state == order.state && beyond == order.non_executable) continue;
            order.state = state;
            order.non_executable = beyond;
            tell(order);
        }
    }
}

void NaiveExchange::move_family(engine::FamilyId f, BandCause cause) {
    for (const InstrumentId i : hours_of(f))
        if (hours_.at(i).listed()) move(i, cause);
    for (const InstrumentId i : hours_of(f)) wake(i);
}

// The gate is near: d is doubled.
void NaiveExchange::widen() {
    for (const engine::FamilyId f : by_symbol()) {
        if (!layered(f)) continue;
        for (const InstrumentId i : hours_of(f)) {
            const Time gate = engine::gate_time(i.period, product(f));
            if (!hours_.at(i).listed() || gate - engine::second * rules_.widen_s != now_) continue;
            move(i, BandCause::widened);
            wake(i);
        }
    }
}

// While the fronts cross they trade at the older one's price; the younger is the taker.
void NaiveExchange::wake(InstrumentId i) {
    while (hours_.at(i).phase == Phase::open) {
        const Order* bid = best(i, Side::buy);
        const Order* ask = best(i, Side::sell);
        if (bid == nullptr || ask == nullptr || bid->price < ask->price) return;
        const bool bid_older = bid->priority < ask->priority;
        Order& older = live_.at(bid_older ? bid->id : ask->id);
        Order& younger = live_.at(bid_older ? ask->id : bid->id);
        if (younger.post_only)
            cancel_and_tell(younger.id, CancelReason::post_only);
        else if (same_group(older.account, younger.account))
            prevent(older, younger);
        else
            trade(older, younger, older.price);
    }
}

// ---- what follows a command or a timer ----

// (a) strips, (b) the references of what traded, again until nothing moves, (c) limit states and walls.
void NaiveExchange::follow() {
    while (moved_ || !traded_.empty()) {
        retry_strips();
        const auto looked_at = in_symbol_order(traded_);
        traded_.clear();
        for (const InstrumentId i : looked_at) look(i);
    }
    const auto touched = in_symbol_order(touched_);
    touched_.clear();
    for (const InstrumentId i : touched) limit_state(i);
}

}  // namespace gridbook::twin
