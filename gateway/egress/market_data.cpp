// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/market_data.hpp"

#include <tuple>

namespace gridbook::gateway {

using engine::EventKind;
using engine::InstrumentId;
using engine::Phase;

namespace {

// Null when the instrument is not listed. Written once for both who may change it and who may not.
auto lookup(auto& families, InstrumentId instrument) -> decltype(&families[0][0]) {
    if (instrument.family.value >= families.size()) return nullptr;
    auto& family = families[instrument.family.value];
    if (family.empty() || instrument.period < family.front().instrument.period) return nullptr;
    const std::size_t place = instrument.period.value - family.front().instrument.period.value;
    if (place >= family.size() || family[place].phase == Phase::unlisted) return nullptr;
    return &family[place];
}

}  // namespace

void MarketData::apply(const engine::Event& event) {
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
    switch (event.kind()) {
        case EventKind::phase_changed: return take(event.as<engine::PhaseChanged>(), event.header.sequence);
        case EventKind::reference_changed: return take(event.as<engine::ReferenceChanged>());
        case EventKind::order: return take(event.as<engine::OrderEvent>());
        case EventKind::strip: return take_strip(event.as<engine::StripEvent>());
        case EventKind::any_of: return take_strip(event.as<engine::AnyOfEvent>());
        case EventKind::fill: return take(event.as<engine::Fill>(), event.header);
        case EventKind::replaced: return take(event.as<engine::Replaced>());
        default: return;
    }
}

void MarketData::take(const engine::PhaseChanged& change, engine::Sequence sequence) {
    const bool known = find(change.instrument) != nullptr;
    Market& m = list(change.instrument);
    if (!known) m.sequence = m.previous = sequence;
    m.phase = change.phase;
    m.until = change.until;
    if (change.low != engine::Price{}) {
        m.low = change.low;
        m.high = change.high;
    }
    // A delivered hour stays until the next one of its family delivers, so the listing never grows.
    if (change.phase == Phase::delivering) forget_before(change.instrument);
}

void MarketData::take(const engine::ReferenceChanged& change) {
    if (Market* m = market(change.instrument)) {
        m->reference = change.reference;
        m->low = change.low;
        m->high = change.high;
    }
}

template <class Event>
void MarketData::take_strip(const Event& strip) {
    if (strip.state != engine::OrderState::open) {
        strips_.erase(strip.order);
        return;
    }
    strips_.try_emplace(strip.order, Strip{strip.qty, std::uint64_t{strip.qty} * strip.hours});
}

std::uint32_t MarketData::strip_qty(engine::OrderId order) const {
    const auto found = strips_.find(order);
    GRIDBOOK_CHECK(found != strips_.end());
    return found->second.qty;
}

// Whatever happened to it, an order event tells the whole state: the old one goes, the new one comes.
void MarketData::take(const engine::OrderEvent& order) {
    if (const MirroredOrder* old = orders_.find(order.order); old != nullptr && old->shown)
        change_level(*old, -static_cast<std::int64_t>(old->leaves));
    const bool standby = (order.order_flags & engine::order_flag::standby) != 0;
    const bool shown = order.state == engine::OrderState::open && !standby;
    if (order.state != engine::OrderState::open && order.state != engine::OrderState::parked)
        return orders_.erase(order.order);
    const MirroredOrder now{order.order, order.instrument, order.price, order.leaves,
                            order.cum,   order.side,       shown};
    orders_.put(now);
    if (shown) change_level(now, now.leaves);
}

void MarketData::fill_strip(const engine::Fill& fill) {
    const auto found = strips_.find(fill.order);
    GRIDBOOK_CHECK(found != strips_.end() && found->second.leaves >= fill.qty);
    found->second.leaves -= fill.qty;
    if (found->second.leaves == 0) strips_.erase(found);
}

void MarketData::fill_order(const engine::Fill& fill) {
    MirroredOrder* order = orders_.find(fill.order);
    GRIDBOOK_CHECK(order != nullptr && order->leaves == fill.leaves + fill.qty);
    if (order->shown) change_level(*order, -static_cast<std::int64_t>(fill.qty));
    order->leaves = fill.leaves;
    order->cum += fill.qty;
    if (fill.leaves == 0) orders_.erase(fill.order);
}

// A standby offer took over a part of a delivery: told twice, and never in the book.
void MarketData::take(const engine::Replaced& told) {
    MirroredOrder* order = orders_.find(told.order);
    if (told.party != engine::Side::sell || order == nullptr) return;
    order->leaves = told.leaves;
    order->cum += told.qty;
    if (told.leaves == 0) orders_.erase(told.order);
}

void MarketData::recall_trade(const engine::Fill& fill, const engine::EventHeader& header) {
    const Trade trade{fill.trade, header.sequence, header.time, fill.instrument,
                      fill.price, fill.qty,        fill.side,   fill.call};
    tape_.add(trade);
    candles_.add(trade);
}

void MarketData::recall(const ledger::InstrumentTotals& totals) {
    Market* m = market(totals.instrument);
    if (m == nullptr) return;
    m->sequence = m->previous = totals.sequence;
    m->last_price = totals.last_price;
    m->traded = totals.traded;
    m->trades = totals.trades;
}

void MarketData::take(const engine::Fill& fill, const engine::EventHeader& header) {
    fill.of == engine::OrderKind::order ? fill_order(fill) : fill_strip(fill);
    if (!completes_trade(fill)) return;
    recall_trade(fill, header);
    if (Market* m = market(fill.instrument)) {
        m->last_price = fill.price;
        m->traded += engine::Quantity{fill.qty};
        ++m->trades;
    }
}

void MarketData::change_level(const MirroredOrder& order, std::int64_t lots) {
    if (lots == 0) return;
    Market* m = market(order.instrument);
    GRIDBOOK_CHECK(m != nullptr);
    Depth& depth = m->side(order.side);
    touches_.push_back({order.instrument, order.side, order.price,
                        static_cast<std::uint32_t>(touches_.size()), depth.lots_at(order.price)});
    depth.change(order.price, lots);
    if (m->phase != Phase::open && depth.empty()) depth.give_back();
}

// By instrument, bids before asks, best first, and the first touch of a level before later ones.
void MarketData::sort_touches() {
    std::sort(touches_.begin(), touches_.end(), [](const Touch& a, const Touch& b) {
        const auto place = [](const Touch& t) { return std::tie(t.instrument, t.side); };
        if (place(a) != place(b)) return place(a) < place(b);
        if (a.price != b.price) return better(a.side, a.price, b.price);
        return a.ordinal < b.ordinal;
    });
}

std::span<const LevelChange> MarketData::close_command(engine::Sequence sequence) {
    changes_.clear();
    if (touches_.empty()) return changes_;
    sort_touches();
    const Touch* last = nullptr;
    for (const Touch& touch : touches_) {
        const bool again = last != nullptr && last->instrument == touch.instrument &&
                           last->side == touch.side && last->price == touch.price;
        last = &touch;
        const Market* m = again ? nullptr : find(touch.instrument);
        if (m == nullptr) continue;
        const engine::Quantity now = m->side(touch.side).lots_at(touch.price);
        if (now != touch.before) changes_.push_back({touch.instrument, touch.side, touch.price, now});
    }
    touches_.clear();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        if (i != 0 && changes_[i].instrument == changes_[i - 1].instrument) continue;
        Market& m = *market(changes_[i].instrument);
        m.previous = m.sequence;
        m.sequence = sequence;
    }
    return changes_;
}

const Market* MarketData::find(InstrumentId instrument) const { return lookup(families_, instrument); }

Market* MarketData::market(InstrumentId instrument) { return lookup(families_, instrument); }

// Periods are listed in ascending order and stand without gaps, so that a period finds its market by its
// distance from the first.
Market& MarketData::list(InstrumentId instrument) {
    if (instrument.family.value >= families_.size())
        families_.resize(instrument.family.value + std::size_t{1});
    std::deque<Market>& family = families_[instrument.family.value];
    if (family.empty()) family.emplace_back().instrument = instrument;
    GRIDBOOK_CHECK(instrument.period >= family.front().instrument.period);
    while (family.back().instrument.period < instrument.period) {
        const engine::Period next{family.back().instrument.period.value + 1};
        family.emplace_back().instrument = engine::instrument(instrument.family, next);
    }
    return family[instrument.period.value - family.front().instrument.period.value];
}

void MarketData::forget_before(InstrumentId instrument) {
    std::deque<Market>& family = families_[instrument.family.value];
    while (family.front().instrument.period < instrument.period) family.pop_front();
}

const std::deque<Market>& MarketData::markets(engine::FamilyId family) const {
    static const std::deque<Market> none;
    return family.value < families_.size() ? families_[family.value] : none;
}

}  // namespace gridbook::gateway
