// SPDX-License-Identifier: Apache-2.0
#include "engine/book/orders.hpp"

namespace gridbook::engine {
namespace {

Product product_of(const State& state, const OrderRecord& record) {
    return state.catalogue.family(record.instrument.family).product;
}

void link_to_account(State& state, std::uint32_t slot) {
    OrderRecord& record = state.records[slot];
    Account& account = state.accounts[record.account];
    record.previous_of_account = account.last_order;
    record.next_of_account = no_slot;
    (account.last_order == no_slot ? account.first_order
                                   : state.records[account.last_order].next_of_account) = slot;
    account.last_order = slot;
}

void unlink_from_account(State& state, OrderRecord& record) {
    Account& account = state.accounts[record.account];
    (record.previous_of_account == no_slot ? account.first_order
                                           : state.records[record.previous_of_account].next_of_account) =
        record.next_of_account;
    (record.next_of_account == no_slot ? account.last_order
                                       : state.records[record.next_of_account].previous_of_account) =
        record.previous_of_account;
    record.next_of_account = record.previous_of_account = no_slot;
}

}  // namespace

Money held(const State& state, const OrderRecord& record) {
    if (!record.live()) return Money{};
    const Product product = product_of(state, record);
    if (record.side == Side::buy) return state.rates.buy_hold(record.price, Quantity{record.leaves}, product);
    return state.rates.sell_margin(record.margin_price, Quantity{record.leaves - record.free}, product);
}

OrderEvent order_event(const State& state, const OrderRecord& record) {
    OrderEvent e;
    e.order = record.id;
    e.cid = record.cid;
    e.hold = held(state, record);
    e.instrument = record.instrument;
    e.price = record.price;
    e.qty = record.qty;
    e.leaves = record.leaves;
    e.cum = record.cum;
    e.band = record.band;
    e.side = record.side;
    e.state = record.state;
    e.reason = record.reason;
    e.tif = record.tif;
    return e;
}

void take_hold(State& state, OrderRecord& record) {
    Account& account = state.accounts[record.account];
    const Money amount = held(state, record);
    account.cash -= amount;
    if (record.side == Side::buy) {
        account.hold += amount;
        return;
    }
    Position& position = state.positions[record.position];
    account.margin += amount;
    position.open_sells += Quantity{record.leaves};
    position.reoffered += Quantity{record.free};
}

void release_hold(State& state, OrderRecord& record) {
    Account& account = state.accounts[record.account];
    const Money amount = held(state, record);
    account.cash += amount;
    if (record.side == Side::buy) {
        account.hold -= amount;
        return;
    }
    Position& position = state.positions[record.position];
    account.margin -= amount;
    position.open_sells -= Quantity{record.leaves};
    position.reoffered -= Quantity{record.free};
}

void rest(State& state, std::uint32_t slot) {
    OrderRecord& record = state.records[slot];
    const Family& family = state.catalogue.family(record.instrument.family);
    const std::uint32_t resting = state.orders.take();
    RestingOrder& order = state.orders[resting];
    order.leaves = record.leaves;
    order.price = record.price;
    order.record = slot;
    order.group = state.accounts[record.account].group;
    order.book = family.book_of(record.instrument.period);
    order.side = record.side;
    record.resting = resting;
    state.books[order.book].side(record.side).append(state.levels, state.orders, resting);
}

void unrest(State& state, OrderRecord& record) {
    if (record.resting == 0) return;
    const RestingOrder& order = state.orders[record.resting];
    state.books[order.book].side(order.side).remove(state.levels, state.orders, record.resting);
    state.orders.give_back(record.resting);
    record.resting = 0;
}

void begin(State& state, std::uint32_t slot) {
    OrderRecord& record = state.records[slot];
    record.state = OrderState::open;
    state.positions[record.position].open_orders += 1;
    state.accounts[record.account].open_orders += 1;
    state.open_orders += 1;
    link_to_account(state, slot);
}

void finish(State& state, std::uint32_t slot, OrderState end, CancelReason reason) {
    OrderRecord& record = state.records[slot];
    record.state = end;
    record.reason = reason;
    record.leaves = 0;
    record.free = 0;
    record.done = state.time;
    state.accounts[record.account].open_orders -= 1;
    state.open_orders -= 1;
    unlink_from_account(state, record);
    state.positions[record.position].open_orders -= 1;
    state.positions.remove_if_idle(state.accounts, record.position);
    record.position = no_slot;
}

void cancel(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    release_hold(state, record);
    unrest(state, record);
    finish(state, slot, OrderState::cancelled, reason);
    OrderEvent e = order_event(state, record);
    if ((flags & event_flag::reply) != 0) e.origin = step.command.origin;
    tell_numbered(step, record.account, e, flags);
}

}  // namespace gridbook::engine
