// SPDX-License-Identifier: Apache-2.0
#include "engine/book/matching.hpp"

#include <algorithm>

#include "engine/book/checks.hpp"
#include "engine/book/fills.hpp"
#include "engine/book/orders.hpp"

namespace gridbook::engine {
namespace {

// One fill of a live order: its money, its leaves, its event. Resold lots go first.
[[gnu::always_inline]] inline void fill(Step& step, Product product, OrderRecord& record, const Deal& deal,
                                        Liquidity liquidity, bool call) {
    State& state = step.state;
    const Money fee = state.rates.fee(deal.notional, liquidity);
    const Money tax = state.rates.tax_on(fee);
    record.leaves -= deal.lots;
    record.free -= std::min(record.free, deal.lots);
    record.cum += deal.lots;
    const Money left = record.leaves == 0 ? Money{} : hold_for(state, product, record);
    const Money given = record.hold - left;
    record.hold = left;
    Money released{};
    if (record.side == Side::buy) {
        released = given - deal.notional - fee - tax;
        bought(state, record.account, record.position, deal, given, released, fee, tax);
    } else {
        sold(state, record.account, record.position, deal, given, fee, tax);
    }
    Fill& e = numbered_slot<Fill>(step, record.account);
    e.order = record.id;
    e.cid = record.cid;
    e.trade = deal.trade;
    e.fee = fee;
    e.tax = tax;
    e.released = released;
    e.instrument = deal.instrument;
    e.price = deal.price;
    e.qty = deal.lots;
    e.leaves = record.leaves;
    e.side = record.side;
    e.liquidity = liquidity;
    e.of = OrderKind::order;
    e.call = call;
}

// Takes what was traded out of the book and ends the order when nothing is left.
[[gnu::always_inline]] inline void after_fill(State& state, Book& book, OrderRecord& record,
                                              std::uint32_t lots) {
    if (record.leaves == 0) {
        // A resting order still counts its last lots in its level.
        if (rests(state, record)) unrest(state, book, record);
        return finish(state, record, OrderState::filled, CancelReason::none);
    }
    if (!rests(state, record)) return;
    RestingOrder& order = state.orders[record.live_slot];
    order.leaves -= lots;
    book.reduce(state.levels, order, lots);
}

// A trade of a resting order with the incoming one.
[[gnu::always_inline]] inline void meet(Step& step, Book& book, Product product, OrderRecord& maker,
                                        OrderRecord& taker, Price price, std::uint32_t lots) {
    const Deal deal = make_deal(step.state, book, price, lots, false);
    fill(step, product, maker, deal, Liquidity::maker, false);
    after_fill(step.state, book, maker, lots);
    fill(step, product, taker, deal, Liquidity::taker, false);
}

// What becomes of an order that met all it could.
void end_or_rest(Step& step, Book& book, std::uint32_t slot) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    if (record.has(order_option::market))
        return cancel(step, slot, record.cum == 0 ? CancelReason::no_liquidity_in_band : CancelReason::ioc);
    if (record.tif == TimeInForce::ioc || record.tif == TimeInForce::fok)
        return cancel(step, slot, CancelReason::ioc);
    rest(state, book, record, slot, state.accounts[record.account].group);
}

// What the fill after this one will touch, when it is at the same price.
[[gnu::always_inline]] inline void ask_second(const State& state, const RestingOrder& front) {
    if (front.next == 0) return;
    const RestingOrder& second = state.orders[front.next];
    state.orders.prefetch(second.next);
    state.records.prefetch(second.record);
    state.open.prefetch(front.next);
}

// Lets the live order meet the other side as far as it goes. False: the sink has no more room.
bool meet_all(Step& step, Book& book, std::uint32_t slot) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    const Side other = opposite(record.side);
    const GroupId group = state.accounts[record.account].group;
    const Product product = state.catalogue.family(book.instrument.family).product;
    const Ladder& ladder = book.side(other);
    for (Price best; (best = book.front_of(other)) != Price{} && crosses(record.side, record.price, best);) {
        if (step.sink.room() < meeting_events) [[unlikely]]
            return false;
        const std::uint32_t first = ladder.level(state.levels, best).head;
        const RestingOrder& front = state.orders[first];
        ask_second(state, front);
        state.open.prefetch_neighbours(first);
        if (front.group == group) [[unlikely]] {
            prevent(step, front.record, slot);
            if (!record.live()) return true;
            continue;
        }
        meet(step, book, product, state.records[front.record], record, best,
             std::min(front.leaves, record.leaves));
        if (record.leaves != 0) continue;
        finish(state, record, OrderState::filled, CancelReason::none);
        return true;
    }
    return true;
}

}  // namespace

void fill_order(Step& step, std::uint32_t slot, const Deal& deal, Liquidity liquidity, bool call) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    Book& book = state.book(record.instrument);
    const Product product = state.catalogue.family(record.instrument.family).product;
    fill(step, product, record, deal, liquidity, call);
    after_fill(state, book, record, deal.lots);
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
    if (book.phase == Phase::open && !meet_all(step, book, slot)) return false;
    if (!record.live()) return true;
    if (step.sink.room() == 0) return false;
    end_or_rest(step, book, slot);
    if (session != 0 && record.live()) state.open.session(record.live_slot) = session;
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
