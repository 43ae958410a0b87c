// SPDX-License-Identifier: Apache-2.0
// Time in the twin: rule changes, gates, the rolling listing, and what a band that moves does to orders.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::BandStatus;
using engine::OrderState;
using engine::Period;
using engine::Phase;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::Time;

Time NaiveExchange::next_timer() const {
    if (!started_) return engine::never;
    Time next = engine::never;
    for (const Family& f : families_) {
        const engine::Product product_ = f.defined.product;
        for (const BandChange& s : f.scheduled) next = std::min(next, s.effective);
        next = std::min(next,
                        engine::window_start(Period{engine::period_at(now_, product_).value + 1}, product_));
    }
    for (const auto& [i, phase] : phases_)
        if (phase == Phase::open) next = std::min(next, engine::gate_time(i.period, product(i.family)));
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

std::vector<engine::FamilyId> NaiveExchange::by_symbol() const {
    std::vector<engine::FamilyId> all;
    for (std::size_t f = 0; f < families_.size(); ++f) all.emplace_back(static_cast<std::uint16_t>(f));
    std::sort(all.begin(), all.end(),
              [&](auto a, auto b) { return families_[a.value].symbol < families_[b.value].symbol; });
    return all;
}

// At one instant: rule changes, gate closures, then the boundary of a period; within a kind by symbol.
void NaiveExchange::fire(Time instant) {
    now_ = instant;
    bands_due();
    for (const engine::FamilyId f : by_symbol())
        for (const auto& [i, phase] : std::map(phases_))
            if (i.family == f && phase == Phase::open && engine::gate_time(i.period, product(f)) == instant)
                close_gate(i);
    for (const engine::FamilyId f : by_symbol())
        if (engine::window_start(engine::period_at(instant, product(f)), product(f)) == instant)
            cross_boundary(f);
}

void NaiveExchange::list(engine::InstrumentId i) {
    phases_[i] = Phase::open;
    engine::PhaseChanged e;
    e.instrument = i;
    e.phase = Phase::open;
    e.until = engine::gate_time(i.period, product(i.family));
    emit(engine::no_account, e);
}

void NaiveExchange::close_gate(engine::InstrumentId i) {
    phases_[i] = Phase::gated;
    engine::PhaseChanged e;
    e.instrument = i;
    e.phase = Phase::gated;
    e.until = engine::window_start(i.period, product(i.family));
    emit(engine::no_account, e);
    for (const Side side : {Side::buy, Side::sell}) {
        for (const engine::OrderId id : resting(i, side)) {
            end(live_.at(id), OrderState::cancelled, engine::CancelReason::gate_closed);
            tell(done_.at(id));
        }
    }
}

std::vector<engine::OrderId> NaiveExchange::resting(engine::InstrumentId i, Side side) const {
    std::vector<const Order*> all;
    for (const auto& [id, order] : live_)
        if (order.instrument == i && order.side == side) all.push_back(&order);
    std::sort(all.begin(), all.end(), [&](const Order* a, const Order* b) {
        if (a->price != b->price) return side == Side::buy ? a->price > b->price : a->price < b->price;
        return a->priority < b->priority;
    });
    std::vector<engine::OrderId> ids;
    for (const Order* order : all) ids.push_back(order->id);
    return ids;
}

// The period that begins is delivered; the period at the horizon is listed.
void NaiveExchange::cross_boundary(engine::FamilyId f) {
    const engine::Product product_ = product(f);
    const Period current = engine::period_at(now_, product_);
    const engine::InstrumentId i = engine::instrument(f, current);
    if (phases_.count(i) != 0) {  // else its gate had passed before the family was defined
        phases_[i] = Phase::delivering;
        engine::PhaseChanged e;
        e.instrument = i;
        e.phase = Phase::delivering;
        e.until = engine::window_end(current, product_);
        emit(engine::no_account, e);
    }
    list(engine::instrument(f, Period{current.value + families_[f.value].defined.horizon}));
}

}  // namespace gridbook::twin
