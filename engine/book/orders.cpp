// SPDX-License-Identifier: Apache-2.0
#include "engine/book/orders.hpp"

#include <algorithm>

#include "engine/strips/strips.hpp"

namespace gridbook::engine {
namespace {

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

std::uint8_t told_flags(const State& state, const OrderRecord& record) {
    std::uint8_t flags = 0;
    if (record.has(order_option::guidance_below)) flags |= order_flag::guidance_below;
    if (record.has(order_option::guidance_above)) flags |= order_flag::guidance_above;
    if (record.has(order_option::capped)) flags |= order_flag::capped;
    if (record.has(order_option::post_only)) flags |= order_flag::post_only;
    if (record.has(order_option::market)) flags |= order_flag::market;
    if (record.resting != 0 && record.live() && state.orders[record.resting].non_executable)
        flags |= order_flag::non_executable;
    return flags;
}

std::int32_t told_deviation(const OrderRecord& record) {
    if (!record.has(order_option::guidance_below) && !record.has(order_option::guidance_above)) return 0;
    const std::int64_t away = static_cast<std::int64_t>(record.price.value) - record.guidance.value;
    return static_cast<std::int32_t>(away * basis_points_one / record.guidance.value);
}

void rest(State& state, std::uint32_t slot) {
    OrderRecord& record = state.records[slot];
    const Account& account = state.accounts[record.account];
    Book& book = state.book(record.instrument);
    const std::uint32_t resting = state.orders.take();
    state.orders[resting] = RestingOrder{.leaves = record.leaves,
                                         .price = record.price,
                                         .record = slot,
                                         .group = account.group,
                                         .book = state.book_index(book),
                                         .side = record.side};
    record.resting = resting;
    if (record.tif == TimeInForce::gtt)
        state.arm(TimerIds::order(state, resting), Due{.time = record.time,
                                                       .kind = due_kind::expiry,
                                                       .symbol = symbol_rank(state, record.instrument),
                                                       .sequence = record.priority.value});
    book.append(state.levels, state.orders, resting);
    if (book.strips != 0) state.note_improved(book, record.side);
    if (book.at_edge() || book.limit != LimitKind::none) state.touch(book);
}

void unrest(State& state, OrderRecord& record) {
    if (record.resting == 0) return;
    Book& book = state.books[state.orders[record.resting].book];
    book.remove(state.levels, state.orders, record.resting);
    if (book.limit != LimitKind::none) state.touch(book);
    // One order less may be all that a strip waits for that met too many (strip_list.hpp).
    if (book.strips != 0 && state.strips.crowded() != 0) state.note_improved(book, record.side);
    if (record.tif == TimeInForce::gtt) state.disarm(TimerIds::order(state, record.resting));
    state.orders.give_back(record.resting);
    record.resting = 0;
}

void begin(State& state, std::uint32_t slot) {
    OrderRecord& record = state.records[slot];
    record.state = OrderState::open;
    state.accounts[record.account].open_orders += 1;
    state.open_orders += 1;
    if (record.kind == OrderKind::order) state.positions[record.position].open_orders += 1;
    link_to_account(state, slot);
}

void finish(State& state, std::uint32_t slot, OrderState end, CancelReason reason) {
    OrderRecord& record = state.records[slot];
    record.state = end;
    record.reason = reason;
    record.leaves = 0;
    record.free = 0;
    record.time = state.time;
    state.accounts[record.account].open_orders -= 1;
    state.open_orders -= 1;
    unlink_from_account(state, record);
    if (record.kind != OrderKind::order) return;
    state.positions[record.position].open_orders -= 1;
    state.positions.remove_if_idle(state.accounts, record.position);
    record.position = no_slot;
}

void cancel(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    if (record.kind == OrderKind::strip) return cancel_strip(step, slot, reason, flags);
    release_hold(state, record);
    unrest(state, record);
    finish(state, slot, OrderState::cancelled, reason);
    const bool reply = (flags & event_flag::reply) != 0;
    tell_numbered(step, record.account,
                  order_event(state, record, Money{}, {.origin = reply ? step.command.origin : Origin{}}),
                  flags);
}

void decrement(Step& step, std::uint32_t slot, std::uint32_t lots) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    if (lots == record.leaves) return cancel(step, slot, CancelReason::self_trade);
    release_hold(state, record);
    if (record.resting != 0) {
        RestingOrder& order = state.orders[record.resting];
        order.leaves -= lots;
        state.books[order.book].reduce(state.levels, order, lots);
    }
    // As in a reduction, lots that carry margin go first: they would have been sold last.
    record.leaves -= lots;
    record.free = std::min(record.free, record.leaves);
    take_hold(state, record, held(state, record));
    OrderEvent e = order_event(state, record);
    e.order_flags |= order_flag::decremented;
    tell_numbered(step, record.account, e);
}

}  // namespace gridbook::engine
