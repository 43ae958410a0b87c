// SPDX-License-Identifier: Apache-2.0
#pragma once
// The life of an order between the door and the book: what is held for it, how it rests, how it ends. Every
// change of money and capacity that an order causes outside of a trade is in this file and its source.

#include "engine/step.hpp"

namespace gridbook::engine {

// Money held for what is left: buy hold, or margin of the lots that are not resold ones. `held` asks the
// record, `hold_for` what it would be for other leaves.
inline Money hold_for(const State& state, const OrderRecord& record, std::uint32_t leaves,
                      std::uint32_t free) {
    const Product product = state.catalogue.family(record.instrument.family).product;
    if (record.side == Side::buy) return state.rates.buy_hold(record.price, Quantity{leaves}, product);
    return state.rates.sell_margin(record.margin_price(), Quantity{leaves - free}, product);
}
inline Money held(const State& state, const OrderRecord& record) {
    return record.live() ? hold_for(state, record, record.leaves, record.free) : Money{};
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

// The order as its owner is told it.
[[gnu::always_inline]] inline OrderEvent order_event(const State& state, const OrderRecord& record,
                                                     Money hold, const Telling& telling = {}) {
    const bool plain =
        record.options == 0 && (record.resting == 0 || !state.orders[record.resting].non_executable);
    return OrderEvent{.origin = telling.origin,
                      .order = record.id,
                      .cid = record.cid,
                      .hold = hold,
                      .instrument = record.instrument,
                      .price = record.price,
                      .qty = record.qty,
                      .leaves = record.leaves,
                      .cum = record.cum,
                      .band = record.band,
                      .side = record.side,
                      .state = record.state,
                      .reason = record.reason,
                      .tif = record.tif,
                      .replaced = telling.replaced,
                      .priority_kept = telling.priority_kept,
                      .moved = telling.moved,
                      .order_flags = plain ? std::uint8_t{0} : told_flags(state, record),
                      .deviation = plain ? 0 : told_deviation(record)};
}
inline OrderEvent order_event(const State& state, const OrderRecord& record) {
    return order_event(state, record, held(state, record));
}

// Takes hold or margin and capacity for the record's leaves / gives them back.
inline void take_hold(State& state, const OrderRecord& record, Money amount) {
    Account& account = state.accounts[record.account];
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
inline void release_hold(State& state, const OrderRecord& record) {
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

// Puts the order's leaves at the end of its level / takes it out of the book.
void rest(State& state, std::uint32_t slot);
void unrest(State& state, OrderRecord& record);

// A live order begins / has ended: links, counters, retention. `finish` does not touch holds.
void begin(State& state, std::uint32_t slot);
void finish(State& state, std::uint32_t slot, OrderState end, CancelReason reason);

// Ends a live order or strip before it is filled: releases, takes it out, tells its owner. The origin is told
// with flag reply.
void cancel(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags = 0);

// Takes lots away from a live order without a trade (self-trade prevention by `decrement`) and tells its
// owner; ends it when nothing is left.
void decrement(Step& step, std::uint32_t slot, std::uint32_t lots);

}  // namespace gridbook::engine
