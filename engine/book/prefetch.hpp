// SPDX-License-Identifier: Apache-2.0
#pragma once
// What commands will touch is asked of the memory while others before them are worked on
// (pipeline/lookahead.hpp). At three distances, because a line that another one names can be asked for only
// when that has arrived. Nothing here changes or decides anything. All of it is inlined into
// Exchange::prefetch: a function that only asks has no effect that the compiler knows of, and a call of it
// would be left out.

#include "engine/state.hpp"

namespace gridbook::engine {

// Positions of few instruments stay in the cache: asking for them would cost more than it saves.
[[gnu::always_inline]] inline bool many_instruments(const State& state) {
    return state.catalogue.books_used() > 16;
}

// The order that a cancel or replace names by its id; of other commands any number.
[[gnu::always_inline]] inline OrderId order_named(const Command& c) {
    static_assert(offsetof(CancelOrder, order) == offsetof(ReplaceOrder, order));
    return c.view<CancelOrder>().order;
}

// Its record, if it is a live order's; null: it is not.
[[gnu::always_inline]] inline const OrderRecord* live_order_named(const State& state, const Command& c) {
    const OrderRecord& record = state.records[state.records.slot_of(order_named(c))];
    const bool there = record.id == order_named(c) && record.kind == OrderKind::order && record.live();
    return there ? &record : nullptr;
}

[[gnu::always_inline]] inline void ask_level(const State& state, const Book& book, Side side, Price price) {
    __builtin_prefetch(book.side(side).level_if_any(state.levels, price), 1);
}

// The last order at a price, behind which another one will stand.
[[gnu::always_inline]] inline void ask_tail(const State& state, const Book& book, Side side, Price price) {
    const Level* level = book.side(side).level_if_any(state.levels, price);
    if (level != nullptr) state.orders.prefetch(level->tail);
}

// The first order that an order at this price would meet; 0: none, as books stand now.
[[gnu::always_inline]] inline std::uint32_t first_met(const State& state, const Book& book, Side side,
                                                      Price price) {
    const Price best = book.front_of(opposite(side));
    if (best == Price{} || !crosses(side, price, best)) return 0;
    return book.side(opposite(side)).level(state.levels, best).head;
}

// What a price asks of whole ticks; anything where it is none.
[[gnu::always_inline]] inline Price ticks_asked(const PlaceOrder& body) {
    return Price{static_cast<std::int32_t>(exact_quotient<tick_decimal>(body.price.value))};
}

// What the command itself names.
[[gnu::always_inline]] inline void ask_far(const State& state, const Command& command) {
    if (command.kind() != CommandKind::place_order)
        return state.records.prefetch(state.records.slot_of(order_named(command)));
    const PlaceOrder& body = command.view<PlaceOrder>();
    state.records.prefetch_cid(CidIndex::hash(command.header.account, body.cid));
    state.records.prefetch_next();
    if (!many_instruments(state)) return;
    state.positions.prefetch_bucket(command.header.account, body.instrument);
    if (state.catalogue.known(body.instrument.family)) __builtin_prefetch(&state.book(body.instrument));
}

// What that leads to.
[[gnu::always_inline]] inline void ask_nearer(const State& state, const Command& command) {
    if (command.kind() == CommandKind::place_order) {
        state.records.prefetch_displaced();
        const PlaceOrder& body = command.view<PlaceOrder>();
        if (many_instruments(state)) state.positions.prefetch_first(command.header.account, body.instrument);
        if (!state.levels.many() || !state.catalogue.known(body.instrument.family)) return;
        const Book& book = state.book(body.instrument);
        const std::uint32_t met = first_met(state, book, body.side, ticks_asked(body));
        if (met == 0) return ask_level(state, book, body.side, ticks_asked(body));
        return state.orders.prefetch(met);
    }
    const OrderRecord* record = live_order_named(state, command);
    if (record == nullptr) return;
    state.orders.prefetch(record->live_slot);
    state.open.prefetch(record->live_slot);
    if (many_instruments(state)) state.positions.prefetch(record->position);
}

// Neighbours and levels. Those of few levels are near as it is: asking costs more than it saves.
[[gnu::always_inline]] inline void ask_near(const State& state, const Command& command) {
    if (!state.levels.many()) return;
    if (command.kind() == CommandKind::place_order) {
        const PlaceOrder& body = command.view<PlaceOrder>();
        if (!state.catalogue.known(body.instrument.family)) return;
        const Book& book = state.book(body.instrument);
        const std::uint32_t met = first_met(state, book, body.side, ticks_asked(body));
        if (met == 0) return ask_tail(state, book, body.side, ticks_asked(body));
        state.records.prefetch(state.orders[met].record);
        state.open.prefetch(met);
        return state.orders.prefetch(state.orders[met].next);
    }
    const OrderRecord* record = live_order_named(state, command);
    if (record == nullptr) return;
    const RestingOrder& order = state.orders[record->live_slot];
    state.orders.prefetch(order.next);
    state.orders.prefetch(order.previous);
    state.open.prefetch_neighbours(record->live_slot);
    ask_level(state, state.books[order.book], order.side, order.price);
}

}  // namespace gridbook::engine
