// SPDX-License-Identifier: Apache-2.0
#include "engine/book/matching.hpp"

#include <algorithm>

#include "engine/book/orders.hpp"

namespace gridbook::engine {
namespace {

// What a trade is, before either side is told.
struct Deal {
    TradeId trade;
    Price price;
    std::uint32_t lots;
    Money notional;
};

void settle_buy(State& state, OrderRecord& buy, const Deal& deal, Fill& fill) {
    Account& account = state.accounts[buy.account];
    const Money before = held(state, buy);
    buy.leaves -= deal.lots;
    const Money after = held(state, buy);
    fill.released = before - after - deal.notional - fill.fee - fill.tax;
    // Invariant: never negative, because the hold is rounded up and fee and tax are rounded down.
    GRIDBOOK_CHECK(fill.released >= Money{});
    account.hold -= before - after;
    account.cash += fill.released;
    state.accounts.house.fee_income += fill.fee;
    state.accounts.house.tax_payable += fill.tax;
    state.positions[buy.position].bought += Quantity{deal.lots};
}

// The seller's fee and tax are told now and posted at settlement; margin stays with the sold lots.
void settle_sell(State& state, OrderRecord& sell, const Deal& deal) {
    Position& position = state.positions[sell.position];
    const Money before = held(state, sell);
    sell.free -= std::min(sell.free, deal.lots);
    sell.leaves -= deal.lots;
    position.margin += before - held(state, sell);
    position.open_sells -= Quantity{deal.lots};
    position.sold += Quantity{deal.lots};
    position.receivable += deal.notional;
    state.accounts[sell.account].receivable += deal.notional;
}

void fill_one(Step& step, std::uint32_t slot, const Deal& deal, Liquidity liquidity) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    Fill fill;
    fill.fee = state.rates.fee(deal.notional, liquidity);
    fill.tax = state.rates.tax_on(fill.fee);
    if (record.side == Side::buy)
        settle_buy(state, record, deal, fill);
    else
        settle_sell(state, record, deal);
    record.cum += deal.lots;
    fill.order = record.id;
    fill.cid = record.cid;
    fill.trade = deal.trade;
    fill.instrument = record.instrument;
    fill.price = deal.price;
    fill.qty = deal.lots;
    fill.leaves = record.leaves;
    fill.side = record.side;
    fill.liquidity = liquidity;
    tell_numbered(step, record.account, fill);
}

// Takes what was traded out of the book and ends the order when nothing is left.
void after_fill(State& state, std::uint32_t slot, std::uint32_t lots) {
    OrderRecord& record = state.records[slot];
    if (record.resting != 0) {
        RestingOrder& order = state.orders[record.resting];
        order.leaves -= lots;
        state.books[order.book].side(order.side).reduce(state.levels, order.price, lots);
    }
    if (record.leaves != 0) return;
    unrest(state, record);
    finish(state, slot, OrderState::filled, CancelReason::none);
}

}  // namespace

void trade(Step& step, std::uint32_t maker, std::uint32_t taker, Price price, std::uint32_t lots) {
    State& state = step.state;
    const InstrumentId instrument = state.records[maker].instrument;
    const Family& family = state.catalogue.family(instrument.family);
    GRIDBOOK_CHECK(family.band.holds(price));  // Invariant: no trade outside its band.
    state.last_trade.value += 1;
    const Deal deal{state.last_trade, price, lots, notional(price, Quantity{lots}, family.product)};
    fill_one(step, maker, deal, Liquidity::maker);
    fill_one(step, taker, deal, Liquidity::taker);
    after_fill(state, maker, lots);
    after_fill(state, taker, lots);
}

bool match(Step& step, std::uint32_t slot) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    const HardBand& band = state.catalogue.family(record.instrument.family).band;
    Book& book = state.book(record.instrument);
    const Side other = opposite(record.side);
    const GroupId group = state.accounts[record.account].group;
    while (record.leaves > 0) {
        if (step.sink.room() < trade_events) return false;
        const Price best = best_executable(state, book, other, band);
        if (best == Price{} || !crosses(record.side, record.price, best)) break;
        const RestingOrder& front = state.orders[book.side(other).level(state.levels, best).head];
        if (front.group == group) {
            cancel(step, slot, CancelReason::self_trade);
            return true;
        }
        trade(step, front.record, slot, best, std::min(front.leaves, record.leaves));
    }
    if (record.leaves == 0) return true;
    if (record.tif == TimeInForce::ioc)
        cancel(step, slot, CancelReason::ioc);
    else
        rest(state, slot);
    return true;
}

}  // namespace gridbook::engine
