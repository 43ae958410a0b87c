// SPDX-License-Identifier: Apache-2.0
// Orders in the twin: what is refused, in its order; holds and margin; price, then time; self-trade
// prevention.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::OrderState;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::Wide;

namespace {

bool same_body(const engine::PlaceOrder& a, const engine::PlaceOrder& b) {
    return a.instrument == b.instrument && a.price == b.price && a.qty == b.qty && a.side == b.side &&
           a.tif == b.tif;
}

std::int64_t narrow(Wide value) { return static_cast<std::int64_t>(std::min<Wide>(value, INT64_MAX)); }

}  // namespace

// ---- cids ----

// Ids count up. What is remembered stands in a circle of `records` places, an id in the place of its low
// bits: places of live orders are passed over, so the oldest that is done is displaced.
engine::OrderId NaiveExchange::next_id(const CidKey& key) {
    const auto place = [&] { return records_ % genesis_.records; };
    do ++records_;
    while (circle_.count(place()) != 0 && live_.count(circle_[place()].first) != 0);
    auto& [id, owner] = circle_[place()];
    done_.erase(id);
    if (const auto it = remembered_.find(owner); it != remembered_.end() && it->second.id == id)
        remembered_.erase(it);
    id = engine::OrderId{records_};
    owner = key;
    return id;
}

const Remembered* NaiveExchange::remembered(const CidKey& key) const {
    const auto it = remembered_.find(key);
    if (it == remembered_.end()) return nullptr;
    // Kept until the order is done and the retention more.
    const engine::Duration retention = engine::second * genesis_.retention_s;
    if (it->second.done != engine::never && it->second.done + retention <= now_) return nullptr;
    return &it->second;
}

void NaiveExchange::remember_refusal(const engine::PlaceOrder& p, const engine::Refused& refused) {
    Remembered r;
    r.body = p;
    r.id = next_id({header().account, p.cid});
    r.refusal = true;
    r.refused = refused;
    r.done = now_;
    remembered_[{header().account, p.cid}] = r;
}

void NaiveExchange::tell_again(const Remembered& r) {
    const std::uint8_t flags = engine::event_flag::reply | engine::event_flag::duplicate;
    if (!r.refusal) return tell(*find(r.id, {}), flags);
    engine::Refused again = r.refused;
    again.origin = header().origin;
    again.command = command_.kind();
    emit(header().account, again, false, flags);
}

const Order* NaiveExchange::find(engine::OrderId id, const engine::Cid& cid) const {
    if (id.value == 0) {
        const Remembered* r = remembered({header().account, cid});
        if (r == nullptr || r->refusal) return nullptr;
        id = r->id;
    }
    if (const auto it = live_.find(id); it != live_.end()) return &it->second;
    // By its id a done order is known longer than by its cid.
    const auto it = done_.find(id);
    return it == done_.end() ? nullptr : &it->second;
}

// ---- what is refused, in this order ----

NaiveExchange::Refusal NaiveExchange::symbol_refusal(engine::InstrumentId i) const {
    if (i.family.value >= families_.size() || i.reserved != 0)
        return refusal(RejectReason::symbol_unknown, RejectField::symbol);
    const Family& f = families_[i.family.value];
    const std::uint32_t last = engine::period_at(now_, f.defined.product).value + f.defined.horizon;
    if (i.period.value > last) return refusal(RejectReason::symbol_unknown, RejectField::symbol);
    if (engine::gate_time(i.period, f.defined.product) <= now_)
        return refusal(RejectReason::gate_closed, RejectField::symbol);
    return std::nullopt;
}

NaiveExchange::Refusal NaiveExchange::number_refusal(const engine::PlaceOrder& p) const {
    const Family& f = families_[p.instrument.family.value];
    const engine::Product product_ = f.defined.product;
    if (!engine::on_tick(p.price)) {
        auto r = refusal(RejectReason::tick, RejectField::price);
        r.limit_high = engine::tick_decimal;
        r.got = p.price.value;
        return r;
    }
    if (!engine::on_lot(p.qty, product_)) {
        auto r = refusal(RejectReason::lot, RejectField::qty);
        r.limit_high = engine::lot_decimal(product_);
        r.got = p.qty.value;
        return r;
    }
    if (p.qty.value <= 0 || p.qty.value > genesis_.max_qty) {
        auto r = refusal(RejectReason::qty_limit, RejectField::qty);
        r.limit_low = engine::lot_decimal(product_);
        r.limit_high = genesis_.max_qty;
        r.got = p.qty.value;
        return r;
    }
    const Wide notional = Wide{engine::ticks_of(p.price)} * engine::lots_of(p.qty, product_).value *
                          engine::micro_per_tick_lot(product_);
    if (notional > genesis_.max_notional) {
        auto r = refusal(RejectReason::notional_limit, RejectField::notional);
        r.limit_high = genesis_.max_notional;
        r.got = narrow(notional);
        return r;
    }
    if (!f.band.inside(engine::ticks_of(p.price))) {
        auto r = refusal(RejectReason::price_band_hard, RejectField::price);
        r.limit_low = f.band.lo * engine::tick_decimal;
        r.limit_high = f.band.hi * engine::tick_decimal;
        r.got = p.price.value;
        return r;
    }
    return std::nullopt;
}

// Money first, then capacity; a replace counts what the old order reserved as free.
NaiveExchange::Refusal NaiveExchange::account_refusal(const engine::PlaceOrder& p, const Order* old,
                                                      std::int64_t cum) const {
    const Family& f = families_[p.instrument.family.value];
    const engine::Product product_ = f.defined.product;
    const std::int64_t leaves = engine::lots_of(p.qty, product_).value - cum;
    const auto at = positions_.find({header().account, p.instrument});
    Position position = at == positions_.end() ? Position{} : at->second;
    if (old != nullptr && old->side == Side::sell) {
        position.open_sells -= old->leaves();
        position.offered_again -= old->free;
    }
    Order order;
    order.instrument = p.instrument;
    order.side = p.side;
    order.price = engine::ticks_of(p.price);
    order.margin_price = std::max(order.price, f.band.guidance);
    const std::int64_t free = std::min(leaves, position.bought - position.offered_again);
    const std::int64_t needed =
        p.side == Side::buy ? hold_for(order, leaves) : margin_for(order, leaves - free);
    const std::int64_t available = accounts_[header().account.value].cash + (old == nullptr ? 0 : old->hold);
    if (needed > available) {
        auto r = refusal(RejectReason::funds, RejectField::cash);
        r.limit_high = available;
        r.got = needed;
        return r;
    }
    const std::int64_t room = registered(header().account, p.instrument.family) + position.bought -
                              position.sold - position.open_sells;
    if (p.side == Side::sell && leaves > room) {
        auto r = refusal(RejectReason::capacity, RejectField::capacity);
        r.limit_high = room * engine::lot_decimal(product_);
        r.got = leaves * engine::lot_decimal(product_);
        return r;
    }
    return std::nullopt;
}

// Pools, then the account's own limit. An order that cannot rest needs no place among those that do.
NaiveExchange::Refusal NaiveExchange::limit_refusal(bool rests) const {
    if (live_.size() + 1 >= genesis_.records) return pool_full(engine::Pool::records, genesis_.records);
    if (rests && live_.size() >= genesis_.orders) return pool_full(engine::Pool::orders, genesis_.orders);
    const auto open = std::count_if(live_.begin(), live_.end(), [&](const auto& entry) {
        return entry.second.account == header().account;
    });
    if (open < genesis_.account_orders) return std::nullopt;
    auto r = refusal(RejectReason::orders_limit, RejectField::account);
    r.limit_high = genesis_.account_orders;
    r.got = open + 1;
    return r;
}

NaiveExchange::Refusal NaiveExchange::order_refusal(const engine::PlaceOrder& p, const Order* old,
                                                    std::int64_t cum) const {
    Refusal r = symbol_refusal(p.instrument);
    if (!r) r = number_refusal(p);
    if (!r) r = account_refusal(p, old, cum);
    if (!r && old == nullptr) r = limit_refusal(p.tif == engine::TimeInForce::gate);
    if (!r) return r;
    r->instrument = p.instrument;
    if (r->reason == RejectReason::price_band_hard)
        r->band = families_[p.instrument.family.value].band.version;
    return r;
}

// ---- place, replace, cancel ----

void NaiveExchange::place(const engine::PlaceOrder& p) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    if (const Remembered* r = remembered({header().account, p.cid})) {
        if (same_body(r->body, p)) return tell_again(*r);
        auto reused = refusal(RejectReason::cid_reused, RejectField::cid);
        reused.cid = p.cid;
        return refuse(reused);
    }
    if (auto refused = order_refusal(p, nullptr, 0)) {
        refused->cid = p.cid;
        remember_refusal(p, *refused);
        return refuse(*refused);
    }
    const Family& f = families_[p.instrument.family.value];
    Order order;
    order.id = next_id({header().account, p.cid});
    order.account = header().account;
    order.cid = p.cid;
    order.instrument = p.instrument;
    order.side = p.side;
    order.tif = p.tif;
    order.price = engine::ticks_of(p.price);
    order.qty = engine::lots_of(p.qty, f.defined.product).value;
    order.band = f.band.version;
    order.priority = ++priorities_;
    Remembered r;
    r.body = p;
    r.id = order.id;
    remembered_[{order.account, p.cid}] = r;
    Order& entered = live_[order.id] = order;
    reserve(entered);
    engine::OrderEvent e = picture(entered);
    e.moved = true;
    e.origin = header().origin;
    emit(entered.account, e, true, engine::event_flag::reply);
    match(entered);
}

bool NaiveExchange::refuse_unless_live(const Order* order, engine::OrderId id, const engine::Cid& cid) {
    if (order != nullptr && order->account == header().account && order->live()) return false;
    const bool filled =
        order != nullptr && order->account == header().account && order->state == OrderState::filled;
    auto r = refusal(filled ? RejectReason::already_filled : RejectReason::order_unknown, RejectField::order);
    r.cid = cid;
    r.got = static_cast<std::int64_t>(id.value);
    refuse(r);
    return true;
}

void NaiveExchange::replace(const engine::ReplaceOrder& change) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const Order* found = find(change.order, change.cid);
    if (refuse_unless_live(found, change.order, change.cid)) return;
    Order& order = live_.at(found->id);
    const engine::Product product_ = product(order.instrument.family);
    engine::PlaceOrder p;
    p.instrument = order.instrument;
    p.price = change.price;
    p.qty = change.qty;
    p.side = order.side;
    const bool on_step = engine::on_tick(p.price) && engine::on_lot(p.qty, product_);
    const std::int64_t lots = engine::lots_of(p.qty, product_).value;
    if (on_step && lots >= 0 && lots <= order.cum) {
        const engine::OrderId id = order.id;
        end(order, OrderState::cancelled, CancelReason::replaced_below_filled);
        engine::OrderEvent e = picture(done_.at(id));
        e.origin = header().origin;
        return emit(header().account, e, true, engine::event_flag::reply);
    }
    const bool kept =
        on_step && lots > order.cum && engine::ticks_of(p.price) == order.price && lots <= order.qty;
    if (!kept) {
        if (auto refused = order_refusal(p, &order, order.cum)) {
            refused->cid = order.cid;
            return refuse(*refused);
        }
    }
    const std::int64_t free_before = order.free;
    give_back(order);
    order.price = engine::ticks_of(p.price);
    order.qty = lots;
    if (kept) {
        // Priority kept: the same order made smaller. Bought units are still sold first; its rates stay.
        Position& position = positions_[{order.account, order.instrument}];
        Account& account = accounts_[order.account.value];
        order.free = std::min(free_before, order.leaves());
        order.hold = order.side == Side::buy ? hold_for(order, order.leaves())
                                             : margin_for(order, order.leaves() - order.free);
        account.cash -= order.hold;
        (order.side == Side::buy ? account.hold : account.margin) += order.hold;
        if (order.side == Side::sell) {
            position.open_sells += order.leaves();
            position.offered_again += order.free;
        }
    } else {
        order.priority = ++priorities_;
        order.state = OrderState::open;
        order.band = families_[order.instrument.family.value].band.version;
        reserve(order);
    }
    engine::OrderEvent e = picture(order);
    e.replaced = true;
    e.priority_kept = kept;
    e.moved = !kept;
    e.origin = header().origin;
    emit(order.account, e, true, engine::event_flag::reply);
    if (!kept) match(order);
}

void NaiveExchange::cancel(const engine::CancelOrder& c) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const Order* found = find(c.order, c.cid);
    if (refuse_unless_live(found, c.order, c.cid)) return;
    const engine::OrderId id = found->id;
    end(live_.at(id), OrderState::cancelled, CancelReason::user);
    engine::OrderEvent e = picture(done_.at(id));
    e.origin = header().origin;
    emit(header().account, e, true, engine::event_flag::reply);
}

}  // namespace gridbook::twin
