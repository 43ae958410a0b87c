// SPDX-License-Identifier: Apache-2.0
#include "engine/book/matching.hpp"

#include <algorithm>

#include "engine/book/checks.hpp"
#include "engine/book/fills.hpp"
#include "engine/book/orders.hpp"

namespace gridbook::engine {
namespace {

// What the hold or margin of a live order gives up for `lots` of its leaves, which are taken off. Resold lots
// go first.
Money give_up(const State& state, OrderRecord& record, std::uint32_t lots) {
    const Money before = hold_for(state, record, record.leaves, record.free);
    record.leaves -= lots;
    record.free -= std::min(record.free, lots);
    return record.leaves == 0 ? before : before - hold_for(state, record, record.leaves, record.free);
}

// Takes what was traded out of the book and ends the order when nothing is left.
void after_fill(State& state, std::uint32_t slot, std::uint32_t lots) {
    OrderRecord& record = state.records[slot];
    if (record.leaves == 0) {
        if (record.resting != 0) {
            // The order still counts its last lots in its level.
            unrest(state, record);
        }
        return finish(state, slot, OrderState::filled, CancelReason::none);
    }
    if (record.resting == 0) return;
    RestingOrder& order = state.orders[record.resting];
    order.leaves -= lots;
    state.books[order.book].reduce(state.levels, order, lots);
}

// What becomes of an order that met all it could.
void end_or_rest(Step& step, std::uint32_t slot) {
    OrderRecord& record = step.state.records[slot];
    if (record.leaves == 0) return;
    if (record.has(order_option::market))
        return cancel(step, slot, record.cum == 0 ? CancelReason::no_liquidity_in_band : CancelReason::ioc);
    if (record.tif == TimeInForce::ioc || record.tif == TimeInForce::fok)
        return cancel(step, slot, CancelReason::ioc);
    rest(step.state, slot);
}

}  // namespace

void fill_order(Step& step, std::uint32_t slot, const Deal& deal, Liquidity liquidity, bool call) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    const Money fee = state.rates.fee(deal.notional, liquidity);
    const Money tax = state.rates.tax_on(fee);
    const Money given = give_up(state, record, deal.lots);
    Money released{};
    if (record.side == Side::buy) {
        released = given - deal.notional - fee - tax;
        bought(state, record.account, record.position, deal, given, released, fee, tax);
    } else {
        sold(state, record.account, record.position, deal, given);
    }
    record.cum += deal.lots;
    tell_numbered(step, record.account,
                  Fill{.order = record.id,
                       .cid = record.cid,
                       .trade = deal.trade,
                       .fee = fee,
                       .tax = tax,
                       .released = released,
                       .instrument = deal.instrument,
                       .price = deal.price,
                       .qty = deal.lots,
                       .leaves = record.leaves,
                       .side = record.side,
                       .liquidity = liquidity,
                       .of = OrderKind::order,
                       .call = call});
    after_fill(state, slot, deal.lots);
}

void trade(Step& step, std::uint32_t maker, std::uint32_t taker, Price price, std::uint32_t lots, bool call) {
    State& state = step.state;
    Book& book = state.book(state.records[maker].instrument);
    const Deal deal = make_deal(state, book, price, lots, call);
    fill_order(step, maker, deal, Liquidity::maker, call);
    fill_order(step, taker, deal, call ? Liquidity::maker : Liquidity::taker, call);
}

void prevent(Step& step, std::uint32_t maker, std::uint32_t taker) {
    State& state = step.state;
    const SelfTrade mode = state.records[taker].self_trade;
    if (mode == SelfTrade::decrement) {
        const std::uint32_t lots = std::min(state.records[maker].leaves, state.records[taker].leaves);
        decrement(step, maker, lots);
        decrement(step, taker, lots);
        return;
    }
    if (mode != SelfTrade::cancel_taker) cancel(step, maker, CancelReason::self_trade);
    if (mode != SelfTrade::cancel_maker) cancel(step, taker, CancelReason::self_trade);
}

bool match(Step& step, std::uint32_t slot, std::uint32_t session) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    Book& book = state.book(record.instrument);
    if (book.phase == Phase::open) {
        const Side other = opposite(record.side);
        const GroupId group = state.accounts[record.account].group;
        const Ladder& ladder = book.side(other);
        for (Price best; record.live() && (best = book.front_of(other)) != Price{} &&
                         crosses(record.side, record.price, best);) {
            if (step.sink.room() < meeting_events) return false;
            const RestingOrder& front = state.orders[ladder.level(state.levels, best).head];
            if (front.next != 0) state.records.prefetch(state.orders[front.next].record);
            if (front.group == group)
                prevent(step, front.record, slot);
            else
                trade(step, front.record, slot, best, std::min(front.leaves, record.leaves));
        }
        if (!record.live()) return true;
    }
    if (step.sink.room() == 0) return false;
    end_or_rest(step, slot);
    if (session != 0 && record.resting != 0) state.orders.session(record.resting) = session;
    return true;
}

Tradable tradable(const State& state, const Candidate& c) {
    Tradable found;
    const Side other = opposite(c.side);
    const GroupId group = state.accounts[c.account].group;
    std::uint32_t wanted = c.lots;
    Price price = c.book->front_of(other);
    while (wanted > 0 && price != Price{} && crosses(c.side, c.price, price)) {
        const Level& level = c.book->side(other).level(state.levels, price);
        for (std::uint32_t slot = level.head; slot != 0 && wanted > 0; slot = state.orders[slot].next) {
            const RestingOrder& order = state.orders[slot];
            const std::uint32_t lots = std::min(wanted, order.leaves);
            if (order.group == group) {
                if (c.self_trade == SelfTrade::cancel_maker) continue;
                if (c.self_trade != SelfTrade::decrement) return found;
                wanted -= lots;
                continue;
            }
            wanted -= lots;
            found.lots += lots;
            if (++found.makers > most_makers) return found;
        }
        price = c.book->executable_from(state.levels, other,
                                        Price{other == Side::buy ? price.value - 1 : price.value + 1});
    }
    return found;
}

}  // namespace gridbook::engine
