// SPDX-License-Identifier: Apache-2.0
// Matching in the twin: price, then time; self-trade prevention; what a fill does to money and positions;
// holds.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::Liquidity;
using engine::OrderState;
using engine::Side;
using engine::Wide;

namespace {

std::int64_t narrow(Wide value) { return static_cast<std::int64_t>(std::min<Wide>(value, INT64_MAX)); }

}  // namespace

std::vector<const Order*> NaiveExchange::queue(engine::InstrumentId instrument, Side side) const {
    std::vector<const Order*> all;
    for (const auto& [id, order] : live_)
        if (order.instrument == instrument && order.side == side && order.state == OrderState::open)
            all.push_back(&order);
    std::sort(all.begin(), all.end(), [&](const Order* a, const Order* b) {
        if (a->price != b->price) return side == Side::buy ? a->price > b->price : a->price < b->price;
        return a->priority < b->priority;
    });
    return all;
}

void NaiveExchange::match(Order& order) {
    const engine::OrderId id = order.id;
    for (const Order* other : queue(order.instrument, engine::opposite(order.side))) {
        const bool crosses =
            order.side == Side::buy ? other->price <= order.price : other->price >= order.price;
        if (!crosses || order.leaves() == 0) break;
        if (accounts_[other->account.value].group == accounts_[order.account.value].group) {
            end(order, OrderState::cancelled, CancelReason::self_trade);
            return tell(done_.at(id));
        }
        trade(live_.at(other->id), order, other->price);
        if (live_.count(id) == 0) return;
    }
    if (order.tif == engine::TimeInForce::ioc) {
        end(order, OrderState::cancelled, CancelReason::ioc);
        tell(done_.at(id));
    }
}

void NaiveExchange::trade(Order& maker, Order& taker, std::int64_t price) {
    const std::int64_t lots = std::min(maker.leaves(), taker.leaves());
    ++trades_;
    fill(maker, price, lots, Liquidity::maker);
    fill(taker, price, lots, Liquidity::taker);
}

void NaiveExchange::fill(Order& order, std::int64_t price, std::int64_t lots, Liquidity liquidity) {
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
    std::int64_t released = 0;
    if (order.side == Side::buy) {
        order.hold = hold_for(order, order.leaves());
        released = before - order.hold - notional - fee - tax;
        account.hold -= before - order.hold;
        account.cash += released;
        fee_income_ += fee;
        tax_payable_ += tax;
        position.bought += lots;
    } else {
        order.free -= free_sold;
        order.hold = margin_for(order, order.leaves() - order.free);
        position.margin += before - order.hold;  // stays with what was sold
        account.receivable += notional;
        position.receivable += notional;
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
    f.price = engine::Price{static_cast<std::int32_t>(price)};
    f.qty = static_cast<std::uint32_t>(lots);
    f.leaves = static_cast<std::uint32_t>(order.leaves());
    f.side = order.side;
    f.liquidity = liquidity;
    emit(order.account, f, true);
    if (order.leaves() == 0) end(order, OrderState::filled, CancelReason::none);
}

// ---- holds and margin ----

std::int64_t NaiveExchange::hold_for(const Order& order, std::int64_t leaves) const {
    const std::int64_t one = 100'000'000;
    const std::int64_t rate = one + std::int64_t{genesis_.taker_fee.value} * (10'000 + genesis_.tax.value);
    const Wide notional =
        Wide{order.price} * leaves * engine::micro_per_tick_lot(product(order.instrument.family));
    return narrow((notional * rate + one - 1) / one);
}

std::int64_t NaiveExchange::margin_for(const Order& order, std::int64_t lots) const {
    const Wide notional =
        Wide{order.margin_price} * lots * engine::micro_per_tick_lot(product(order.instrument.family));
    return narrow((notional * genesis_.margin.value + 9'999) / 10'000);
}

void NaiveExchange::reserve(Order& order) {
    Account& account = accounts_[order.account.value];
    if (order.side == Side::buy) {
        order.hold = hold_for(order, order.leaves());
        account.hold += order.hold;
    } else {
        Position& position = positions_[{order.account, order.instrument}];
        order.margin_price = std::max(order.price, families_[order.instrument.family.value].band.guidance);
        order.free = std::min(order.leaves(), position.bought - position.offered_again);
        order.hold = margin_for(order, order.leaves() - order.free);
        account.margin += order.hold;
        position.offered_again += order.free;
        position.open_sells += order.leaves();
    }
    account.cash -= order.hold;
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
        position.open_sells -= order.leaves();
    }
    order.hold = 0;
    order.free = 0;
}

// The order leaves the market; what it still held goes back.
void NaiveExchange::end(Order& order, OrderState state, CancelReason reason) {
    give_back(order);
    order.state = state;
    order.reason = reason;
    remembered_.at({order.account, order.cid}).done = now_;
    const engine::OrderId id = order.id;
    done_[id] = order;
    live_.erase(id);
}

// ---- telling ----

engine::OrderEvent NaiveExchange::picture(const Order& order) const {
    engine::OrderEvent e;
    e.order = order.id;
    e.cid = order.cid;
    e.hold = engine::Money{order.hold};
    e.instrument = order.instrument;
    e.price = engine::Price{static_cast<std::int32_t>(order.price)};
    e.qty = static_cast<std::uint32_t>(order.qty);
    e.leaves = static_cast<std::uint32_t>(order.leaves());
    e.cum = static_cast<std::uint32_t>(order.cum);
    e.band = order.band;
    e.side = order.side;
    e.state = order.state;
    e.reason = order.reason;
    e.tif = order.tif;
    return e;
}

void NaiveExchange::tell(const Order& order, std::uint8_t flags) {
    engine::OrderEvent e = picture(order);
    if (flags & engine::event_flag::reply) e.origin = header().origin;
    emit(order.account, e, (flags & engine::event_flag::duplicate) == 0, flags);
}

}  // namespace gridbook::twin
