// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/moving.hpp"

#include <algorithm>

#include "engine/book/matching.hpp"
#include "engine/book/orders.hpp"

namespace gridbook::engine {
namespace {

// Tells the owner what became of one order, if anything did. False: no room.
bool tell_one(Step& step, const Book& book, const HardBand& hard, std::uint32_t slot) {
    State& state = step.state;
    RestingOrder& order = state.orders[slot];
    const bool parked = !hard.holds(order.price);
    const bool non_executable = !parked && beyond(order.side, order.price, book.band);
    if (parked == order.parked && non_executable == order.non_executable) return true;
    if (step.sink.room() == 0) return false;
    order.parked = parked;
    order.non_executable = non_executable;
    OrderRecord& record = state.records[order.record];
    record.state = parked ? OrderState::parked : OrderState::open;
    tell_numbered(step, record.account, order_event(state, record));
    return true;
}

// Orders that the last re-basing put aside and that are not told yet. They stand in price-time order, because
// earlier ones are told: `ahead` of the ladder's span are those that come before it in the side's order.
bool tell_aside(Step& step, const Book& book, const HardBand& hard, Side side, bool ahead) {
    const State& state = step.state;
    for (std::uint32_t slot = book.aside_first; slot != 0; slot = state.orders[slot].next) {
        const RestingOrder& order = state.orders[slot];
        if (order.side != side || better(side, order.price, book.bids.base()) != ahead) continue;
        if (!tell_one(step, book, hard, slot)) return false;
    }
    return true;
}

// The prices of a side whose flag may have changed, both inclusive.
struct Range {
    Price low;
    Price high;
};
Range range_of(const Task& task, const Book& book, Side side) {
    if (task.whole) return {Price{1}, max_price};
    // Invariant: who is flagged follows from the edge alone, so nothing changed but between the two edges.
    if (side == Side::buy)
        return {Price{std::min(task.high, book.band.high).value + 1}, std::max(task.high, book.band.high)};
    return {std::min(task.low, book.band.low), Price{std::max(task.low, book.band.low).value - 1}};
}

// The levels of a side from the best one of the range to the last; `record` keeps the price it has come to.
bool tell_levels(Step& step, Task& task, const Book& book, const HardBand& hard, Side side) {
    const State& state = step.state;
    const Ladder& ladder = book.side(side);
    const Range range = range_of(task, book, side);
    const auto next = [&](Price from) {
        return side == Side::buy ? ladder.highest_at_most(state.levels, from)
                                 : ladder.lowest_at_least(state.levels, from);
    };
    Price price = task.record != 0 ? Price{static_cast<std::int32_t>(task.record)}
                                   : next(side == Side::buy ? range.high : range.low);
    while (price != Price{} && price >= range.low && price <= range.high) {
        task.record = static_cast<std::uint32_t>(price.value);
        std::uint32_t slot = ladder.level(state.levels, price).head;
        for (; slot != 0; slot = state.orders[slot].next)
            if (!tell_one(step, book, hard, slot)) return false;
        price = next(Price{side == Side::buy ? price.value - 1 : price.value + 1});
    }
    return true;
}

bool tell_side(Step& step, Task& task, const Book& book, Side side) {
    const HardBand& hard = step.state.catalogue.family(book.instrument.family).band;
    const bool aside = task.whole && book.aside_first != 0;
    if (aside && !tell_aside(step, book, hard, side, true)) return false;
    if (!tell_levels(step, task, book, hard, side)) return false;
    if (aside && !tell_aside(step, book, hard, side, false)) return false;
    task.record = 0;
    return true;
}

// The two front orders meet: the older one is the maker.
void wake_fronts(Step& step, const Book& book) {
    State& state = step.state;
    const RestingOrder& buy = state.orders[book.bids.level(state.levels, book.front_of(Side::buy)).head];
    const RestingOrder& sell = state.orders[book.asks.level(state.levels, book.front_of(Side::sell)).head];
    const bool buy_is_older = state.records[buy.record].priority < state.records[sell.record].priority;
    const RestingOrder& older = buy_is_older ? buy : sell;
    const RestingOrder& younger = buy_is_older ? sell : buy;
    // It was promised never to take: it goes, whoever owns the other one.
    if (state.records[younger.record].has(order_option::post_only))
        return cancel(step, younger.record, CancelReason::post_only);
    if (older.group == younger.group) return prevent(step, older.record, younger.record);
    trade(step, older.record, younger.record, older.price, std::min(buy.leaves, sell.leaves));
}

}  // namespace

void begin_move(const State& state, Task& task, const Book& book, const EffectiveBand& before, bool whole) {
    GRIDBOOK_CHECK(task.part == move_part::idle || task.part == move_part::calling);
    task.part = move_part::bids;
    task.book = state.book_index(book);
    task.record = 0;
    task.low = before.low;
    task.high = before.high;
    task.whole = whole;
}

void push_move(State& state, const Book& book, const EffectiveBand& before) {
    Task task{.kind = TaskKind::move_book};
    begin_move(state, task, book, before);
    state.agenda.push(task);
}

bool tell_orders(Step& step, Task& task) {
    const Book& book = step.state.books[task.book];
    for (; task.part < move_part::wake; ++task.part)
        if (!tell_side(step, task, book, task.part == move_part::bids ? Side::buy : Side::sell)) return false;
    return true;
}

bool wake_book(Step& step, Book& book) {
    while (book.phase == Phase::open && book.crossed()) {
        if (step.sink.room() < meeting_events) return false;
        wake_fronts(step, book);
    }
    return true;
}

bool move_on(Step& step, Task& task) {
    if (!tell_orders(step, task) || !wake_book(step, step.state.books[task.book])) return false;
    task.part = move_part::idle;
    return true;
}

}  // namespace gridbook::engine
