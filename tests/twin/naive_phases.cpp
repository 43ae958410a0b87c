// SPDX-License-Identifier: Apache-2.0
// Limit states, pauses and calls of the twin (market-rules section 5).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::BandCause;
using engine::InstrumentId;
using engine::LimitKind;
using engine::Phase;
using engine::PhaseAction;
using engine::PhaseReason;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::Time;

// One at a time: up before down, a limit before a wall. The same kind at another edge goes on.
void NaiveExchange::limit_state(InstrumentId i) {
    const auto at = hours_.find(i);
    if (at == hours_.end() || at->second.phase != Phase::open) return;
    Hour& hour = at->second;
    const Edges hard = family(i).band.edges(), now = effective(i);
    const Order* bid = best(i, Side::buy);
    const Order* ask = best(i, Side::sell);
    LimitKind kind = LimitKind::none;
    const bool layer = layered(i.family) && !suspended(i.family);
    const bool bid_up = bid != nullptr && bid->price == now.hi;
    const bool ask_down = ask != nullptr && ask->price == now.lo;
    if (layer && bid_up && now.hi < hard.hi && unparked(i, Side::sell))
        kind = LimitKind::limit_up;
    else if (layer && ask_down && now.lo > hard.lo && unparked(i, Side::buy))
        kind = LimitKind::limit_down;
    else if (bid_up && now.hi == hard.hi)
        kind = LimitKind::wall_up;
    else if (ask_down && now.lo == hard.lo)
        kind = LimitKind::wall_down;
    if (kind == hour.limit) return;
    engine::LimitState e;
    e.instrument = i;
    if (hour.limit != LimitKind::none) {
        e.what = hour.limit;
        e.edge = price_of(hour.limit_edge);
        emit(engine::no_account, e);
    }
    hour.limit = kind;
    if (kind == LimitKind::none) return;
    const bool up = kind == LimitKind::limit_up || kind == LimitKind::wall_up;
    const bool limit = kind == LimitKind::limit_up || kind == LimitKind::limit_down;
    hour.limit_edge = up ? bid->price : ask->price;
    hour.limit_due = now_ + engine::millisecond * rules_.limit_state_ms;
    e.what = kind;
    e.on = true;
    e.edge = price_of(hour.limit_edge);
    e.pause = limit ? hour.limit_due : Time{};
    emit(engine::no_account, e);
}

void NaiveExchange::tell_phase(InstrumentId i, PhaseReason reason, Time until) {
    const Hour& hour = hours_.at(i);
    engine::PhaseChanged e;
    e.instrument = i;
    e.until = until;
    e.phase = hour.phase;
    e.reason = reason;
    if (hour.phase == Phase::paused) e.extension = static_cast<std::uint8_t>(hour.extension);
    if (hour.listed() || hour.phase == Phase::call) {
        e.low = price_of(due_band(i).lo);
        e.high = price_of(due_band(i).hi);
    }
    if (!phase_answers_) return emit(engine::no_account, e);
    phase_answers_ = false;
    e.origin = header().origin;
    emit(header().account, e, false, engine::event_flag::reply);
}

// Limit states that lasted, ends of pauses, indicative prices.
void NaiveExchange::limits_and_pauses() {
    for (const InstrumentId i : hours_by_symbol()) {
        Hour& hour = hours_.at(i);
        const bool limit = hour.limit == LimitKind::limit_up || hour.limit == LimitKind::limit_down;
        if (hour.phase == Phase::open && limit && hour.limit_due <= now_)
            begin_pause(i, PhaseReason::limit_state, now_ + engine::second * rules_.pause_s);
        if (hour.phase == Phase::paused && hour.pause_end <= now_) end_pause(i, PauseEnd::timer);
        if (hour.phase == Phase::paused && hour.next_indicative <= now_) {
            tell_indicative(i);
            hour.next_indicative = now_ + engine::millisecond * rules_.indicative_ms;
        }
    }
}

// The reference, the width and the band of now are remembered; the collar is the band from here on.
void NaiveExchange::begin_pause(InstrumentId i, PhaseReason reason, Time until) {
    Hour& hour = hours_.at(i);
    hour.pause_reference = layered(i.family) ? reference(i) : family(i).band.guidance;
    hour.pause_width = width(i);
    hour.pause_edges = effective(i);
    hour.pause_end = until;
    hour.next_indicative = now_ + engine::millisecond * rules_.indicative_ms;
    hour.extension = 0;
    hour.limit = LimitKind::none;
    hour.phase = Phase::paused;
    tell_phase(i, reason, until);
    move(i, BandCause::paused);
}

// The price that still presses against the edge of before the pause; 0: none does.
std::int64_t NaiveExchange::edge_met(InstrumentId i) const {
    const Hour& hour = hours_.at(i);
    const Order* bid = best(i, Side::buy);
    const Order* ask = best(i, Side::sell);
    if (bid != nullptr && bid->price >= hour.pause_edges.hi && unparked(i, Side::sell)) return bid->price;
    if (ask != nullptr && ask->price <= hour.pause_edges.lo && unparked(i, Side::buy)) return ask->price;
    return 0;
}

void NaiveExchange::end_pause(InstrumentId i, PauseEnd how) {
    Hour& hour = hours_.at(i);
    if (how == PauseEnd::resume) return reopen(i, PhaseReason::operator_, BandCause::resumed, 0);
    if (call_price(i).lots != 0) {
        hour.phase = Phase::call;
        tell_phase(i, PhaseReason::called, now_);
        if (const std::int64_t price = call(i); price != 0)
            return reopen(i, PhaseReason::called, BandCause::call, price);
        hour.phase = Phase::paused;  // all of it was own: the pause ends as if there had been no call
    }
    const std::int64_t edge = edge_met(i);
    const bool may_extend = hour.extension < rules_.extensions && how == PauseEnd::timer;
    if (edge != 0 && may_extend) {
        ++hour.extension;
        hour.pause_end = now_ + engine::second * rules_.pause_s;
        tell_phase(i, PhaseReason::extended, hour.pause_end);
        return move(i, BandCause::paused);
    }
    const PhaseReason reason = how == PauseEnd::timer ? PhaseReason::reopened : PhaseReason::operator_;
    if (edge != 0 && hour.extension >= rules_.extensions) return reopen(i, reason, BandCause::reopened, edge);
    reopen(i, reason, BandCause::resumed, 0);
}

// A price becomes the reference, and the buckets are emptied; 0: the reference stays.
void NaiveExchange::reopen(InstrumentId i, PhaseReason reason, BandCause cause, std::int64_t price) {
    Hour& hour = hours_.at(i);
    hour.phase = Phase::open;
    hour.extension = 0;
    if (price != 0 && layered(i.family)) {
        hour.taken_over = true;
        hour.reference = price;
        hour.since = now_;
        hour.buckets.clear();
    }
    tell_phase(i, reason, engine::gate_time(i.period, product(i.family)));
    move(i, cause);
    wake(i);
}

// ---- calls ----

// All ticks between the lowest ask and the highest bid; the largest volume, then the smallest surplus.
NaiveExchange::CallPrice NaiveExchange::call_price(InstrumentId i) const {
    const Order* bid = best(i, Side::buy);
    const Order* ask = best(i, Side::sell);
    if (bid == nullptr || ask == nullptr || bid->price < ask->price) return {};
    const std::int64_t low = ask->price, high = bid->price;
    const auto ticks = static_cast<std::size_t>(high - low) + 1;
    std::vector<std::int64_t> demand(ticks, 0), supply(ticks, 0);
    for (const Order* order : queue(i, Side::buy))
        if (order->price >= low) demand[static_cast<std::size_t>(order->price - low)] += order->left;
    for (const Order* order : queue(i, Side::sell))
        if (order->price <= high) supply[static_cast<std::size_t>(order->price - low)] += order->left;
    for (std::size_t t = 1; t < ticks; ++t) supply[t] += supply[t - 1];
    for (std::size_t t = ticks - 1; t > 0; --t) demand[t - 1] += demand[t];
    std::vector<CallPrice> best_ones;
    for (std::size_t t = 0; t < ticks; ++t) {
        const CallPrice c{low + static_cast<std::int64_t>(t), std::min(demand[t], supply[t]),
                          demand[t] - supply[t]};
        const auto rank = [](const CallPrice& x) { return std::pair{-x.lots, std::abs(x.surplus)}; };
        if (!best_ones.empty() && rank(c) > rank(best_ones.front())) continue;
        if (!best_ones.empty() && rank(c) < rank(best_ones.front())) best_ones.clear();
        best_ones.push_back(c);
    }
    const auto all = [&](auto&& sign) { return std::all_of(best_ones.begin(), best_ones.end(), sign); };
    if (all([](const CallPrice& c) { return c.surplus > 0; })) return best_ones.back();
    if (all([](const CallPrice& c) { return c.surplus < 0; })) return best_ones.front();
    const std::int64_t r = hours_.at(i).pause_reference;
    CallPrice nearest = best_ones.front();
    for (const CallPrice& c : best_ones)
        if (std::abs(c.price - r) <= std::abs(nearest.price - r)) nearest = c;  // the higher of two as near
    return nearest;
}

// Both sides in price-time order, paired at one price.
std::vector<NaiveExchange::Paired> NaiveExchange::pairs(InstrumentId i, const CallPrice& at) const {
    std::vector<Paired> paired;
    const auto bids = queue(i, Side::buy), asks = queue(i, Side::sell);
    std::size_t b = 0, a = 0;
    std::int64_t bid_used = 0, ask_used = 0;
    while (b < bids.size() && a < asks.size() && bids[b]->price >= at.price && asks[a]->price <= at.price) {
        const std::int64_t lots = std::min(bids[b]->left - bid_used, asks[a]->left - ask_used);
        paired.push_back({bids[b]->id, asks[a]->id, lots});
        bid_used += lots;
        ask_used += lots;
        if (bid_used == bids[b]->left) ++b, bid_used = 0;
        if (ask_used == asks[a]->left) ++a, ask_used = 0;
    }
    return paired;
}

// Own pairs are prevented first, the price is taken anew after each; then all trade at one price. Call trades
// do not enter the buckets.
std::int64_t NaiveExchange::call(InstrumentId i) {
    CallPrice at = call_price(i);
    std::vector<Paired> paired = pairs(i, at);
    const auto own = [&](const Paired& p) {
        return same_group(live_.at(p.bid).account, live_.at(p.ask).account);
    };
    for (auto p = std::find_if(paired.begin(), paired.end(), own); p != paired.end();
         p = std::find_if(paired.begin(), paired.end(), own)) {
        Order& bid = live_.at(p->bid);
        Order& ask = live_.at(p->ask);
        const bool bid_older = bid.priority < ask.priority;
        prevent(bid_older ? bid : ask, bid_older ? ask : bid);
        at = call_price(i);
        if (at.lots == 0) return 0;
        paired = pairs(i, at);
    }
    for (const Paired& p : paired) {
        ++trades_;
        fill(live_.at(p.ask), at.price, p.lots, engine::Liquidity::maker, true);
        fill(live_.at(p.bid), at.price, p.lots, engine::Liquidity::maker, true);
    }
    touch(i);
    return at.price;
}

void NaiveExchange::tell_indicative(InstrumentId i) {
    const CallPrice at = call_price(i);
    engine::Indicative e;
    e.instrument = i;
    e.price = price_of(at.price);
    e.surplus = static_cast<std::int32_t>(at.surplus);
    e.qty = engine::Quantity{at.lots};
    emit(engine::no_account, e);
}

// ---- the operator ----

void NaiveExchange::set_phase(const engine::SetPhase& s) {
    const auto refuse_with = [&](engine::Refused r) {
        r.instrument = s.scope;
        refuse(r);
    };
    const bool whole_family = s.scope.period.value == 0;
    if (s.scope.family.value >= families_.size())
        return refuse_with(refusal(RejectReason::symbol_unknown, RejectField::symbol));
    if (!whole_family)
        if (const auto r = symbol_refusal(s.scope)) return refuse_with(*r);
    if (s.action == PhaseAction::pause && s.until.value != 0 && s.until <= now_) {
        auto r = refusal(RejectReason::format_value, RejectField::until);
        r.limit_low = now_.value;
        r.got = s.until.value;
        return refuse_with(r);
    }
    const Phase from = s.action == PhaseAction::pause ? Phase::open : Phase::paused;
    std::vector<InstrumentId> all;
    for (const InstrumentId i : whole_family ? hours_of(s.scope.family) : std::vector{s.scope})
        if (hours_.at(i).phase == from) all.push_back(i);
    if (all.empty()) return refuse_with(refusal(RejectReason::phase_closed, RejectField::symbol));
    phase_answers_ = true;
    const Time until = s.until.value != 0 ? s.until : now_ + engine::second * rules_.pause_s;
    for (const InstrumentId i : all) {
        if (s.action == PhaseAction::pause)
            begin_pause(i, PhaseReason::operator_, until);
        else
            end_pause(i, s.action == PhaseAction::call ? PauseEnd::call : PauseEnd::resume);
    }
}

}  // namespace gridbook::twin
