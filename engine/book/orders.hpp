// SPDX-License-Identifier: Apache-2.0
#pragma once
// The life of an order between the door and the book: what is held for it, how it rests, how it ends. Every
// change of money and capacity that an order causes outside of a trade is in this file and its source.

#include "engine/step.hpp"

namespace gridbook::engine {

// Money held for what is left of a live order: buy hold, or margin of the lots that are not resold ones.
inline Money hold_for(const State& state, Product product, const OrderRecord& record) {
    if (record.side == Side::buy) return state.rates.buy_hold(record.price, Quantity{record.leaves}, product);
    return state.rates.sell_margin(record.margin_price(), Quantity{record.leaves - record.free}, product);
}
// What hold_for says of a live order, without a look at its record's hold.
inline Money held(const State& state, const OrderRecord& record) {
    if (!record.live()) return Money{};
    return hold_for(state, state.catalogue.family(record.instrument.family).product, record);
}

// What a second order of the same client order id is compared by.
[[gnu::always_inline]] inline std::uint64_t terms_of(const PlaceOrder& body) {
    return words_sum<sizeof(Cid)>(body);
}

// Flags and deviation of an order that has any; others have none.
std::uint8_t told_flags(const State& state, const OrderRecord& record);
std::int32_t told_deviation(const OrderRecord& record);

// What tells of an order besides its record.
struct Telling {
    Origin origin{};
    bool replaced = false;
    bool priority_kept = false;
    bool moved = false;
};

// Writes the order as its owner is told it; every field.
[[gnu::always_inline]] inline void write_order(OrderEvent& e, const State& state, const OrderRecord& record,
                                               Money hold, const Telling& telling) {
    const bool plain = record.options == 0 && !state.orders[record.live_slot].non_executable;
    e.origin = telling.origin;
    e.order = record.id;
    e.cid = record.cid;
    e.hold = hold;
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
    e.replaced = telling.replaced;
    e.priority_kept = telling.priority_kept;
    e.moved = telling.moved;
    e.order_flags = 0;
    e.deviation = 0;
    if (plain) return;
    e.order_flags = told_flags(state, record);
    e.deviation = told_deviation(record);
}
inline OrderEvent order_event(const State& state, const OrderRecord& record) {
    OrderEvent e;
    write_order(e, state, record, held(state, record), {});
    return e;
}
// Tells its owner.
[[gnu::always_inline]] inline void tell_order(Step& step, const OrderRecord& record, Money hold,
                                              const Telling& telling, std::uint8_t flags) {
    write_order(numbered_slot<OrderEvent>(step, record.account, flags), step.state, record, hold, telling);
}

// Takes hold or margin and capacity for the record's leaves / gives them back.
[[gnu::always_inline]] inline void take_hold(State& state, OrderRecord& record, Money amount) {
    Account& account = state.accounts[record.account];
    record.hold = amount;
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
[[gnu::always_inline]] inline void release_hold(State& state, const OrderRecord& record) {
    Account& account = state.accounts[record.account];
    const Money amount = record.hold;
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

// Puts the order's leaves at the end of its level / takes it out of the book.
[[gnu::always_inline]] inline void rest(State& state, Book& book, OrderRecord& record, std::uint32_t slot,
                                        GroupId group) {
    const std::uint32_t live = record.live_slot;
    state.orders[live] = RestingOrder{.leaves = record.leaves,
                                      .price = record.price,
                                      .record = slot,
                                      .group = group,
                                      .book = state.book_index(book),
                                      .side = record.side};
    if (record.tif == TimeInForce::gtt) [[unlikely]]
        state.arm(TimerIds::order(state, live), Due{.time = record.time,
                                                    .kind = due_kind::expiry,
                                                    .symbol = symbol_rank(state, record.instrument),
                                                    .sequence = record.priority.value});
    book.append(state.levels, state.orders, live);
    if (book.strips != 0) [[unlikely]]
        state.note_improved(book, record.side);
    if (book.at_edge() || book.limit != LimitKind::none) [[unlikely]]
        state.touch(book);
}
[[gnu::always_inline]] inline void unrest(State& state, Book& book, OrderRecord& record) {
    book.remove(state.levels, state.orders, record.live_slot);
    state.orders[record.live_slot].non_executable = false;
    if (book.limit != LimitKind::none) [[unlikely]]
        state.touch(book);
    // One order less may be all that a strip waits for that met too many (strip_list.hpp).
    if (book.strips != 0 && state.strips.crowded() != 0) [[unlikely]]
        state.note_improved(book, record.side);
    if (record.tif == TimeInForce::gtt) [[unlikely]]
        state.disarm(TimerIds::order(state, record.live_slot));
}
inline void unrest(State& state, OrderRecord& record) {
    const RestingOrder& order = state.orders[record.live_slot];
    if (order.where != Where::nowhere) unrest(state, state.books[order.book], record);
}
// Stands it in a book, that is: not being matched?
inline bool rests(const State& state, const OrderRecord& record) {
    return state.orders[record.live_slot].where != Where::nowhere;
}

// Where a live order, strip or standby offer is linked in its account.
inline std::uint32_t open_node(const State& state, const OrderRecord& record) {
    if (record.kind == OrderKind::strip) return state.open.strip(record.live_slot);
    if (record.kind == OrderKind::standby) return state.open.standby(record.live_slot);
    return record.live_slot;
}
// Open orders of an account by their records, in the order in which they were entered; no_slot: no more.
inline std::uint32_t first_open(const State& state, AccountId account) {
    return state.open.first(state.accounts[account]);
}
inline std::uint32_t next_open(const State& state, std::uint32_t slot) {
    return state.open.after(open_node(state, state.records[slot]));
}

// A live order begins / has ended: links, counters, retention. `finish` does not touch holds.
[[gnu::always_inline]] inline void begin(State& state, std::uint32_t slot) {
    OrderRecord& record = state.records[slot];
    Account& account = state.accounts[record.account];
    record.state = OrderState::open;
    account.open_orders += 1;
    state.open_orders += 1;
    if (record.kind != OrderKind::order) return;
    state.positions[record.position].open_orders += 1;
    record.live_slot = state.orders.take();
    state.open.add(account, record.live_slot, slot);
}
[[gnu::always_inline]] inline void finish(State& state, OrderRecord& record, OrderState end,
                                          CancelReason reason) {
    Account& account = state.accounts[record.account];
    record.state = end;
    record.reason = reason;
    record.leaves = 0;
    record.free = 0;
    record.time = state.time;
    account.open_orders -= 1;
    state.open_orders -= 1;
    if (record.kind != OrderKind::order) return;
    state.open.remove(account, record.live_slot);
    state.orders.give_back(record.live_slot);
    record.live_slot = 0;
    record.hold = Money{};
    state.positions[record.position].open_orders -= 1;
    state.positions.remove_if_idle(state.accounts, record.position);
    record.position = no_slot;
}

// Ends a live order or strip before it is filled: releases, takes it out, tells its owner. The origin is told
// with flag reply.
void cancel(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags = 0);

// Takes lots away from a live order without a trade (self-trade prevention by `decrement`) and tells its
// owner; ends it when nothing is left.
void decrement(Step& step, std::uint32_t slot, std::uint32_t lots);

}  // namespace gridbook::engine
