// SPDX-License-Identifier: Apache-2.0
// Orders in the twin: place, replace, cancel.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::OrderState;
using engine::OrderType;
using engine::Phase;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::TimeInForce;

namespace {

constexpr std::int64_t most_met = 2'000;

// A market order whose time in force would rest is immediate-or-cancel.
TimeInForce effective_tif(const engine::PlaceOrder& p) {
    const bool at_once = p.tif == TimeInForce::ioc || p.tif == TimeInForce::fok;
    return p.type == OrderType::market && !at_once ? TimeInForce::ioc : p.tif;
}

}  // namespace

// The open session of the connection, when it cancels its own orders.
std::uint32_t NaiveExchange::session_of_order() const {
    for (const Session& s : sessions_)
        if (!s.lost && s.connection == header().origin.connection && s.account == header().account &&
            s.mode == engine::CancelOnDisconnect::connection)
            return s.id;
    return 0;
}

// Compares with the guidance of now. A market order is never flagged.
void NaiveExchange::flag(Order& order) {
    order.guidance = family(order.instrument).band.guidance;
    order.band = family(order.instrument).band.version;
    order.soft = order.type == OrderType::market ? std::uint8_t{0} : soft_flags(order.price, order.guidance);
    const std::int64_t deviation = (order.price - order.guidance) * 10'000 / order.guidance;
    order.deviation = order.soft == 0 ? 0 : static_cast<std::int32_t>(deviation);
}

void NaiveExchange::place(const engine::PlaceOrder& p) {
    if (told_before(p.cid)) return;
    Asked a;
    a.body = p;
    if (const auto refused = order_refusal(a)) return refuse_order(*refused, p.cid);
    const engine::Product product_ = product(p.instrument.family);
    Order order;
    order.account = header().account;
    order.cid = p.cid;
    order.instrument = p.instrument;
    order.side = p.side;
    order.type = p.type;
    order.tif = effective_tif(p);
    order.self_trade = p.self_trade;
    order.post_only = p.post_only;
    order.capped = a.capped;
    order.reason_given = !p.reason.empty();
    order.price = a.price;
    order.qty = order.left = engine::lots_of(p.qty, product_).value;
    order.entered = sequence_;
    order.session = session_of_order();
    if (order.tif == TimeInForce::gtt) order.expire = p.expire;
    flag(order);
    if (p.standby) return place_standby(order);
    const Reach at_once = reach(order);
    const bool fok = order.tif == TimeInForce::fok;
    if (fok && at_once.met > most_met) {
        auto r = pool_full(engine::Pool::events, most_met);
        r.got = most_met + 1;
        r.instrument = p.instrument;
        return refuse_order(r, p.cid);
    }
    order.id = remember(p.cid);
    if ((fok && at_once.lots < order.qty) || at_once.lots < engine::lots_of(p.min_qty, product_).value) {
        order.state = OrderState::cancelled;
        order.reason = fok && at_once.lots < order.qty ? CancelReason::fok : CancelReason::min_qty;
        remembered_.at({order.account, order.cid}).done = now_;
        done_[order.id] = order;
        return tell(order, engine::event_flag::reply);
    }
    order.priority = ++priorities_;
    Order& entered = live_[order.id] = order;
    reserve(entered);
    engine::OrderEvent e = picture(entered);
    e.moved = true;
    e.origin = header().origin;
    emit(entered.account, e, true, engine::event_flag::reply);
    match(entered);
}

bool NaiveExchange::refuse_unless_live(engine::OrderId found, engine::OrderId id, const engine::Cid& cid) {
    const engine::AccountId who = header().account;
    OrderState state = OrderState::none;
    if (const Order* order = find(found); order != nullptr && order->account == who) state = order->state;
    for (const auto* strips : {&strips_, &done_strips_})
        if (const auto it = strips->find(found); it != strips->end() && it->second.account == who)
            state = it->second.state;
    if (const auto it = any_ofs_.find(found); it != any_ofs_.end() && it->second.account == who)
        state = it->second.told.state;
    if (state == OrderState::open || state == OrderState::parked) return false;
    auto r = refusal(state == OrderState::filled ? RejectReason::already_filled : RejectReason::order_unknown,
                     RejectField::order);
    r.cid = cid;
    r.got = static_cast<std::int64_t>(id.value);
    refuse(r);
    return true;
}

void NaiveExchange::replace(const engine::ReplaceOrder& change_) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const engine::OrderId found = named(header().account, change_.order, change_.cid);
    // What is not an order cannot be replaced.
    engine::AccountId owner = engine::no_account;
    for (const auto* strips : {&strips_, &done_strips_})
        if (const auto it = strips->find(found); it != strips->end()) owner = it->second.account;
    if (const auto it = any_ofs_.find(found); it != any_ofs_.end()) owner = it->second.account;
    if (const Order* order = find(found); order != nullptr && order->standby) owner = order->account;
    if (owner == header().account) {
        auto r = refusal(RejectReason::format_value, RejectField::order);
        r.cid = change_.cid;
        r.got = static_cast<std::int64_t>(change_.order.value);
        return refuse(r);
    }
    if (refuse_unless_live(found, change_.order, change_.cid)) return;
    Order& order = live_.at(found);
    const engine::Product product_ = product(order.instrument.family);
    Asked a;
    a.old = &order;
    a.body.instrument = order.instrument;
    a.body.price = change_.price;
    a.body.qty = change_.qty;
    a.body.side = order.side;
    a.body.post_only = order.post_only;
    const bool on_step = engine::on_tick(change_.price) && engine::on_lot(change_.qty, product_);
    const std::int64_t lots = engine::lots_of(change_.qty, product_).value;
    if (on_step && lots >= 0 && lots <= order.cum) {
        end(order, OrderState::cancelled, CancelReason::replaced_below_filled);
        return tell(done_.at(found), engine::event_flag::reply);
    }
    const bool kept = on_step && lots > order.cum && engine::ticks_of(change_.price) == order.price &&
                      lots <= order.cum + order.left;
    if (!kept) {
        if (auto refused = order_refusal(a)) {
            refused->cid = order.cid;
            return refuse(*refused);
        }
    }
    change(order, a, lots, kept);
    engine::OrderEvent e = picture(order);
    e.replaced = true;
    e.priority_kept = kept;
    e.moved = !kept;
    e.origin = header().origin;
    emit(order.account, e, true, engine::event_flag::reply);
    if (!kept) match(order);
}

// Priority kept: the same order made smaller. Bought units are still sold first; its rates stay. Otherwise it
// is a new order under the old id.
void NaiveExchange::change(Order& order, const Asked& a, std::int64_t lots, bool kept) {
    touch(order.instrument);
    if (kept) {
        order.qty = lots;
        return shrink(order, lots - order.cum);
    }
    leave_book(order);
    give_back(order);
    order.price = a.price;
    order.qty = lots;
    order.left = lots - order.cum;
    order.priority = ++priorities_;
    order.entered = sequence_;
    order.state = OrderState::open;
    order.non_executable = false;
    order.capped = false;
    flag(order);
    reserve(order);
}

void NaiveExchange::cancel(const engine::CancelOrder& c) {
    if (!account_known(header().account))
        return refuse(refusal(RejectReason::account_unknown, RejectField::account));
    const engine::OrderId found = named(header().account, c.order, c.cid);
    if (refuse_unless_live(found, c.order, c.cid) || refuse_firm(found, c)) return;
    if (standbys_.count(found) != 0) {
        end_standby(found, OrderState::cancelled, CancelReason::user);
        return tell(done_.at(found), engine::event_flag::reply);
    }
    if (const auto it = strips_.find(found); it != strips_.end()) {
        end_strip(it->second, OrderState::cancelled, CancelReason::user);
        return tell(done_strips_.at(found), engine::event_flag::reply);
    }
    end(live_.at(found), OrderState::cancelled, CancelReason::user);
    tell(done_.at(found), engine::event_flag::reply);
}

}  // namespace gridbook::twin
