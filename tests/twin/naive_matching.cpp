// SPDX-License-Identifier: Apache-2.0
// Matching in the twin: price, then time; self-trade prevention; what a fill does to money and positions;
// holds.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::Liquidity;
using engine::OrderState;
using engine::OrderType;
using engine::SelfTrade;
using engine::Side;
using engine::TimeInForce;
using engine::Wide;

// ---- books ----

void NaiveExchange::enter_book(Order& order) {
    Book& book = books_[order.instrument];
    const bool bid = order.side == Side::buy;
    (bid ? book.bids : book.asks).insert({bid ? -order.price : order.price, order.priority, &order});
}

void NaiveExchange::leave_book(Order& order) {
    Book& book = books_[order.instrument];
    const bool bid = order.side == Side::buy;
    (bid ? book.bids : book.asks).erase({bid ? -order.price : order.price, order.priority, nullptr});
    if (book.bids.empty() && book.asks.empty()) books_.erase(order.instrument);
}

std::vector<const Order*> NaiveExchange::queue(engine::InstrumentId i, Side side) const {
    std::vector<const Order*> all;
    const auto book = books_.find(i);
    if (book == books_.end()) return all;
    for (const Place& place : side == Side::buy ? book->second.bids : book->second.asks)
        if (place.order->executable()) all.push_back(place.order);
    return all;
}

const Order* NaiveExchange::best(engine::InstrumentId i, Side side) const {
    const auto book = books_.find(i);
    if (book == books_.end()) return nullptr;
    for (const Place& place : side == Side::buy ? book->second.bids : book->second.asks)
        if (place.order->executable()) return place.order;
    return nullptr;
}

bool NaiveExchange::unparked(engine::InstrumentId i, Side side) const {
    const auto book = books_.find(i);
    if (book == books_.end()) return false;
    const auto& places = side == Side::buy ? book->second.bids : book->second.asks;
    return std::any_of(places.begin(), places.end(),
                       [](const Place& p) { return p.order->state == OrderState::open; });
}

std::vector<engine::OrderId> NaiveExchange::resting(engine::InstrumentId i, Side side) const {
    std::vector<engine::OrderId> ids;
    const auto book = books_.find(i);
    if (book == books_.end()) return ids;
    for (const Place& place : side == Side::buy ? book->second.bids : book->second.asks)
        ids.push_back(place.order->id);
    return ids;
}

// The limit state of the instrument and the strips must be looked at before the command is over.
void NaiveExchange::touch(engine::InstrumentId i) {
    touched_.insert(i);
    moved_ = true;
}

// ---- matching ----

void NaiveExchange::match(Order& order) {
    const engine::OrderId id = order.id;
    if (hours_.at(order.instrument).phase != engine::Phase::open) return;
    for (;;) {
        const Order* other = best(order.instrument, engine::opposite(order.side));
        if (other == nullptr) break;
        const bool crosses =
            order.side == Side::buy ? other->price <= order.price : other->price >= order.price;
        if (!crosses) break;
        Order& maker = live_.at(other->id);
        if (same_group(maker.account, order.account))
            prevent(maker, order);
        else
            trade(maker, order, maker.price);
        if (live_.count(id) == 0) return;
    }
    if (order.tif != TimeInForce::ioc) return;
    const bool nothing = order.type == OrderType::market && order.cum == 0;
    cancel_and_tell(id, nothing ? CancelReason::no_liquidity_in_band : CancelReason::ioc);
}

// The maker is told first. What is decremented keeps its place; what reaches nothing is cancelled.
void NaiveExchange::prevent(Order& maker, Order& taker) {
    const engine::OrderId maker_id = maker.id, taker_id = taker.id;
    ++prevented_[taker.self_trade];
    switch (taker.self_trade) {
        case SelfTrade::cancel_taker: return cancel_and_tell(taker_id, CancelReason::self_trade);
        case SelfTrade::cancel_maker: return cancel_and_tell(maker_id, CancelReason::self_trade);
        case SelfTrade::cancel_both:
            cancel_and_tell(maker_id, CancelReason::self_trade);
            return cancel_and_tell(taker_id, CancelReason::self_trade);
        case SelfTrade::decrement: break;
    }
    const std::int64_t lots = std::min(maker.left, taker.left);
    for (Order* order : {&maker, &taker}) {
        if (order->left == lots) {
            cancel_and_tell(order->id, CancelReason::self_trade);
            continue;
        }
        shrink(*order, order->left - lots);
        touch(order->instrument);
        tell(*order, 0, engine::order_flag::decremented);
    }
}

void NaiveExchange::trade(Order& maker, Order& taker, std::int64_t price) {
    const std::int64_t lots = std::min(maker.left, taker.left);
    const engine::InstrumentId i = maker.instrument;
    ++trades_;
    fill(maker, price, lots, Liquidity::maker);
    fill(taker, price, lots, Liquidity::taker);
    traded(i, price);
}

// A trade counts once, whatever its size.
void NaiveExchange::traded(engine::InstrumentId i, std::int64_t price) {
    touch(i);
    if (!layered(i.family)) return;
    traded_.insert(i);
    const engine::Time minute{now_.value - now_.value % engine::minute.value};
    Bucket& bucket = hours_.at(i).buckets[minute];
    bucket.sum += price;
    ++bucket.trades;
    last_bucket_end_ = minute + engine::minute;
}

void NaiveExchange::fill(Order& order, std::int64_t price, std::int64_t lots, Liquidity liquidity,
                         bool call) {
    const engine::Product product_ = product(order.instrument.family);
    Account& account = accounts_[order.account.value];
    Position& position = positions_[{order.account, order.instrument}];
    const std::int64_t notional = price * lots * engine::micro_per_tick_lot(product_);
    const auto rate = liquidity == Liquidity::maker ? genesis_.maker_fee : genesis_.taker_fee;
    const std::int64_t fee = narrow(Wide{notional} * rate.value / 10'000);
    const std::int64_t tax = narrow(Wide{fee} * genesis_.tax.value / 10'000);
    const std::int64_t before = order.hold;
    const std::int64_t free_sold = std::min(order.free, lots);
    order.cum += lots;
    order.left -= lots;
    std::int64_t released = 0;
    if (order.side == Side::buy) {
        order.hold = hold_for(order, order.left);
        released = before - order.hold - notional - fee - tax;
        account.hold -= before - order.hold;
        account.cash += released;
        fee_income_ += fee;
        tax_payable_ += tax;
        position.bought += lots;
    } else {
        order.free -= free_sold;
        order.hold = margin_for(order.instrument.family, order.margin_price, order.left - order.free);
        position.margin += before - order.hold;  // stays with what was sold
        account.receivable += notional;
        position.receivable += notional;
        position.fee += fee;
        position.tax += tax;
        position.sold += lots;
        position.open_sells -= lots;
    }
    engine::Fill f;
    f.order = order.id;
    f.cid = order.cid;
    f.trade = engine::TradeId{trades_};
    f.fee = engine::Money{fee};
    f.tax = engine::Money{tax};
    f.released = engine::Money{released};
    f.instrument = order.instrument;
    f.price = price_of(price);
    f.qty = static_cast<std::uint32_t>(lots);
    f.leaves = static_cast<std::uint32_t>(order.left);
    f.side = order.side;
    f.liquidity = liquidity;
    f.call = call;
    emit(order.account, f, true);
    if (order.left == 0) end(order, OrderState::filled, CancelReason::none);
}

// ---- holds and margin ----

std::int64_t NaiveExchange::buy_hold(Wide notional) const {
    const std::int64_t one = 100'000'000;
    const std::int64_t rate = one + std::int64_t{genesis_.taker_fee.value} * (10'000 + genesis_.tax.value);
    return narrow((notional * rate + one - 1) / one);
}

std::int64_t NaiveExchange::hold_for(const Order& order, std::int64_t leaves) const {
    return buy_hold(Wide{order.price} * leaves *
                    engine::micro_per_tick_lot(product(order.instrument.family)));
}

std::int64_t NaiveExchange::margin_for(engine::FamilyId f, std::int64_t price, std::int64_t lots) const {
    const Wide notional = Wide{price} * lots * engine::micro_per_tick_lot(product(f));
    return narrow((notional * genesis_.margin.value + 9'999) / 10'000);
}

// From here on it stands in its book; a standby offer beside it.
void NaiveExchange::reserve(Order& order) {
    Account& account = accounts_[order.account.value];
    if (order.side == Side::buy) {
        order.hold = hold_for(order, order.left);
        account.hold += order.hold;
    } else {
        Position& position = positions_[{order.account, order.instrument}];
        order.margin_price = std::max(order.price, family(order.instrument).band.guidance);
        order.free = std::min(order.left, position.bought - position.offered_again);
        order.hold = margin_for(order.instrument.family, order.margin_price, order.left - order.free);
        account.margin += order.hold;
        position.offered_again += order.free;
        position.open_sells += order.left;
    }
    account.cash -= order.hold;
    if (order.standby) return;
    enter_book(order);
    touch(order.instrument);
}

void NaiveExchange::give_back(Order& order) {
    Account& account = accounts_[order.account.value];
    account.cash += order.hold;
    if (order.side == Side::buy) {
        account.hold -= order.hold;
    } else {
        Position& position = positions_[{order.account, order.instrument}];
        account.margin -= order.hold;
        position.offered_again -= order.free;
        position.open_sells -= order.left;
    }
    order.hold = 0;
    order.free = 0;
}

// The same order with less left: bought units stay those that are sold first, its rates stay.
void NaiveExchange::shrink(Order& order, std::int64_t leaves) {
    Account& account = accounts_[order.account.value];
    const std::int64_t free = std::min(order.free, leaves);
    give_back(order);
    order.left = leaves;
    order.free = free;
    order.hold = order.side == Side::buy
                     ? hold_for(order, leaves)
                     : margin_for(order.instrument.family, order.margin_price, leaves - free);
    account.cash -= order.hold;
    (order.side == Side::buy ? account.hold : account.margin) += order.hold;
    if (order.side == Side::buy) return;
    Position& position = positions_[{order.account, order.instrument}];
    position.open_sells += leaves;
    position.offered_again += free;
}

// The order leaves the market; what it still held goes back.
void NaiveExchange::end(Order& order, OrderState state, CancelReason reason) {
    leave_book(order);
    give_back(order);
    order.state = state;
    order.reason = reason;
    touch(order.instrument);
    remembered_.at({order.account, order.cid}).done = now_;
    const engine::OrderId id = order.id;
    done_[id] = order;
    live_.erase(id);
}

void NaiveExchange::cancel_and_tell(engine::OrderId id, CancelReason reason) {
    if (const auto it = strips_.find(id); it != strips_.end()) {
        end_strip(it->second, OrderState::cancelled, reason);
        return tell(done_strips_.at(id));
    }
    if (standbys_.count(id) != 0) {
        end_standby(id, OrderState::cancelled, reason);
        return tell(done_.at(id));
    }
    end(live_.at(id), OrderState::cancelled, reason);
    tell(done_.at(id));
}

// ---- telling ----

engine::OrderEvent NaiveExchange::picture(const Order& order) const {
    namespace flag = engine::order_flag;
    engine::OrderEvent e;
    e.order = order.id;
    e.cid = order.cid;
    e.hold = engine::Money{order.hold};
    e.instrument = order.instrument;
    e.price = price_of(order.price);
    e.qty = static_cast<std::uint32_t>(order.qty);
    e.leaves = static_cast<std::uint32_t>(order.leaves());
    e.cum = static_cast<std::uint32_t>(order.cum);
    e.band = order.band;
    e.side = order.side;
    e.state = order.state;
    e.reason = order.reason;
    e.tif = order.tif;
    int flags = order.soft;
    if (order.non_executable && order.live()) flags |= flag::non_executable;
    if (order.capped) flags |= flag::capped;
    if (order.post_only) flags |= flag::post_only;
    if (order.type == OrderType::market) flags |= flag::market;
    if (order.standby) flags |= flag::standby;
    e.order_flags = static_cast<std::uint8_t>(flags);
    e.deviation = order.deviation;
    return e;
}

void NaiveExchange::tell(const Order& order, std::uint8_t flags, std::uint8_t more) {
    engine::OrderEvent e = picture(order);
    e.order_flags = static_cast<std::uint8_t>(e.order_flags | more);
    if (flags & engine::event_flag::reply) e.origin = header().origin;
    emit(order.account, e, (flags & engine::event_flag::duplicate) == 0, flags);
}

}  // namespace gridbook::twin
