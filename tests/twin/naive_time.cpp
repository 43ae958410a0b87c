// SPDX-License-Identifier: Apache-2.0
// Time in the twin: which timer comes next, what happens at one instant and in which order, gates, the
// rolling listing, expiries.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::InstrumentId;
using engine::LimitKind;
using engine::Period;
using engine::Phase;
using engine::PhaseReason;
using engine::Side;
using engine::Time;

// Whole minutes matter while trades are in a window.
Time NaiveExchange::next_minute() const {
    const Time next{now_.value - now_.value % engine::minute.value + engine::minute.value};
    return last_bucket_end_ > next - engine::second * rules_.reference_window_s ? next : engine::never;
}

Time NaiveExchange::next_timer() const {
    if (!started_) return engine::never;
    Time next = next_minute();
    const auto sooner = [&](Time due) { next = std::min(next, due); };
    for (const Family& f : families_) {
        const engine::Product product_ = f.defined.product;
        for (const BandChange& s : f.scheduled) sooner(s.effective);
        if (f.suspended.value != 0) sooner(f.suspended);
        sooner(engine::window_start(Period{engine::period_at(now_, product_).value + 1}, product_));
    }
    for (const Factors& f : factors_) {
        for (const FactorChange& s : f.scheduled) sooner(s.effective);
        sooner(f.certificate_end());
    }
    for (const auto& [id, change] : changes_)
        if (change.told.state == engine::ChangeState::open) sooner(change.told.expires);
    for (const auto& [i, hour] : hours_) {
        if (!hour.listed()) continue;
        const Time gate = engine::gate_time(i.period, product(i.family));
        const Time widening = gate - engine::second * rules_.widen_s;
        sooner(gate);
        if (layered(i.family) && widening > now_) sooner(widening);
        if (hour.limit == LimitKind::limit_up || hour.limit == LimitKind::limit_down) sooner(hour.limit_due);
        if (hour.phase == Phase::paused) sooner(std::min(hour.pause_end, hour.next_indicative));
    }
    for (const auto& [id, order] : live_) sooner(order.expire);
    for (const auto& [account, armed] : switches_) sooner(armed.due);
    for (const Session& s : sessions_)
        if (s.lost) sooner(s.due);
    sooner(next_of_deliveries());
    sooner(next_of_grants());
    return next;
}

void NaiveExchange::advance(Time to) {
    while (next_timer() <= to) fire(next_timer());
    now_ = std::max(now_, to);
    if (header().origin.connection == 0) return;  // nobody asked
    engine::TimeAdvanced done;
    done.origin = header().origin;
    done.to = now_;
    emit(header().account, done, false, engine::event_flag::reply);
}

// ---- orders of things ----

std::vector<engine::FamilyId> NaiveExchange::by_symbol() const {
    std::vector<engine::FamilyId> all;
    for (std::size_t f = 0; f < families_.size(); ++f) all.emplace_back(static_cast<std::uint16_t>(f));
    std::sort(all.begin(), all.end(),
              [&](auto a, auto b) { return families_[a.value].symbol < families_[b.value].symbol; });
    return all;
}

std::vector<InstrumentId> NaiveExchange::hours_of(engine::FamilyId f) const {
    std::vector<InstrumentId> all;
    for (const auto& [i, hour] : hours_)
        if (i.family == f) all.push_back(i);
    return all;
}

std::vector<InstrumentId> NaiveExchange::hours_by_symbol() const {
    std::vector<InstrumentId> all;
    for (const engine::FamilyId f : by_symbol())
        for (const InstrumentId i : hours_of(f)) all.push_back(i);
    return all;
}

std::vector<InstrumentId> NaiveExchange::in_symbol_order(const std::set<InstrumentId>& some) const {
    std::vector<InstrumentId> all(some.begin(), some.end());
    std::stable_sort(all.begin(), all.end(), [&](const InstrumentId& a, const InstrumentId& b) {
        const std::string &x = family(a).symbol, &y = family(b).symbol;
        return std::tie(x, a.period) < std::tie(y, b.period);
    });
    return all;
}

// ---- one instant ----

// Rule changes, gates, windows, expiries, limit states and pauses, widening, whole minutes, deliveries. All
// timers of one kind act as one command: what follows a command follows each kind.
void NaiveExchange::fire(Time instant) {
    now_ = instant;
    bands_due();
    follow();
    std::vector<InstrumentId> gated;
    for (const InstrumentId i : hours_by_symbol())
        if (hours_.at(i).listed() && engine::gate_time(i.period, product(i.family)) == instant)
            gated.push_back(i), close_gate(i);
    for (const InstrumentId i : gated) pair(i);
    follow();
    for (const engine::FamilyId f : by_symbol())
        if (engine::window_start(engine::period_at(instant, product(f)), product(f)) == instant)
            cross_boundary(f);
    follow();
    expire();
    grants_due();
    lost_sessions_and_switches();
    follow();
    limits_and_pauses();
    follow();
    widen();
    follow();
    if (instant.value % engine::minute.value == 0)
        for (const InstrumentId i : hours_by_symbol()) look(i);
    follow();
    clock();
    follow();
}

// A newly listed instrument is open, without a call; its first reference is G.
void NaiveExchange::list(InstrumentId i) {
    Hour& hour = hours_[i];
    hour = Hour{};
    hour.since = now_;
    hour.standing = due_band(i);
    hour.standing_reference = reference(i);
    tell_phase(i, PhaseReason::listed, engine::gate_time(i.period, product(i.family)));
}

// What rests ends: bids, asks, then the strips whose first hour it is.
void NaiveExchange::close_gate(InstrumentId i) {
    Hour& hour = hours_.at(i);
    hour.phase = Phase::gated;
    hour.limit = LimitKind::none;
    hour.buckets.clear();
    tell_phase(i, PhaseReason::gate, engine::window_start(i.period, product(i.family)));
    for (const Side side : {Side::buy, Side::sell})
        for (const engine::OrderId id : resting(i, side)) cancel_and_tell(id, CancelReason::gate_closed);
    for (const engine::OrderId id : strips_in_time())
        if (strips_.at(id).hour(0) == i) cancel_and_tell(id, CancelReason::gate_closed);
    touch(i);
}

// The period that begins is delivered; the period at the horizon is listed.
void NaiveExchange::cross_boundary(engine::FamilyId f) {
    const engine::Product product_ = product(f);
    const Period current = engine::period_at(now_, product_);
    const InstrumentId i = engine::instrument(f, current);
    if (hours_.count(i) != 0) {  // else its gate had passed before the family was defined
        hours_.at(i).phase = Phase::delivering;
        tell_phase(i, PhaseReason::window, engine::window_end(current, product_));
        hours_.erase(i);
        touched_.erase(i);
    }
    kills_.instruments.erase(i);
    list(engine::instrument(f, Period{current.value + families_[f.value].defined.horizon}));
}

// Orders by symbol, then sequence.
void NaiveExchange::expire() {
    std::vector<const Order*> due;
    for (const auto& [id, order] : live_)
        if (order.expire <= now_) due.push_back(&order);
    std::sort(due.begin(), due.end(), [&](const Order* a, const Order* b) {
        const std::string &x = family(a->instrument).symbol, &y = family(b->instrument).symbol;
        return std::tie(x, a->instrument.period, a->priority) <
               std::tie(y, b->instrument.period, b->priority);
    });
    std::vector<engine::OrderId> ids;
    for (const Order* order : due) ids.push_back(order->id);
    for (const engine::OrderId id : ids) cancel_and_tell(id, CancelReason::expired);
}

}  // namespace gridbook::twin
