// SPDX-License-Identifier: Apache-2.0
#include "engine/strips/hour_fills.hpp"

#include <algorithm>

namespace gridbook::engine {
namespace {

// The last fill pays with all that is left of the hold, so that it returns what was not needed.
void settle_buy(State& state, HoursTrader& trader, const OrderRecord& record, const Deal& deal, Fill& fill) {
    const std::uint32_t position = state.positions.enter(state.accounts, record.account, deal.instrument);
    const Money cost = deal.notional + fill.fee + fill.tax;
    const Money paid = trader.last_hour && trader.leaves == 0 ? trader.hold : cost;
    fill.released = paid - cost;
    trader.hold -= paid;
    bought(state, record.account, position, deal, paid, fill);
}

// Resold lots go first: they carry no margin.
void settle_sell(State& state, HoursTrader& trader, const OrderRecord& record, const Deal& deal,
                 const Fill& fill) {
    StripLeg& leg = trader.legs[trader.hour];
    const Money before = leg_margin(state, record, leg, trader.leaves + deal.lots);
    leg.free -= std::min(leg.free, deal.lots);
    const Money after = leg_margin(state, record, leg, trader.leaves);
    sold(state, record.account, leg.position, deal, before - after, fill.fee, fill.tax);
}

}  // namespace

Money leg_margin(const State& state, const OrderRecord& record, const StripLeg& leg, std::uint32_t leaves) {
    const Product product = state.catalogue.family(record.instrument.family).product;
    return state.rates.sell_margin(record.margin_price(), Quantity{leaves - leg.free}, product);
}

void fill_hour(Step& step, HoursTrader& trader, const Deal& deal, Liquidity liquidity) {
    State& state = step.state;
    const OrderRecord& record = state.records[trader.record];
    trader.leaves -= deal.lots;
    Fill& fill = next_numbered<Fill>(step, record.account);
    charge(state, deal, liquidity, fill);
    if (record.side == Side::buy)
        settle_buy(state, trader, record, deal, fill);
    else
        settle_sell(state, trader, record, deal, fill);
    fill.order = record.id;
    fill.cid = record.cid;
    fill.leaves = trader.leaves;
    fill.side = record.side;
    fill.of = trader.of;
}

void take_hours(Step& step, const Sweep& wanted, HoursTrader& taker) {
    State& state = step.state;
    for (std::uint32_t h = 0; h < wanted.hours; ++h) {
        Book& book = state.book(instrument(wanted.family, Period{wanted.start.value + h}));
        taker.enter_hour(h, wanted.hours, wanted.lots);
        const std::uint32_t left =
            walk_hour(state, book, wanted, [&](std::uint32_t slot, Price price, std::uint32_t lots) {
                const Deal deal = make_deal(state, book, price, lots, false);
                fill_order(step, state.orders[slot].record, deal, Liquidity::maker);
                fill_hour(step, taker, deal, Liquidity::taker);
                return true;
            });
        GRIDBOOK_CHECK(left == 0);
    }
}

std::size_t positions_missing(const State& state, AccountId account, const Sweep& wanted) {
    std::size_t missing = 0;
    for (std::uint32_t h = 0; h < wanted.hours; ++h)
        missing += state.positions.find(account, instrument(wanted.family, Period{wanted.start.value + h})) ==
                   no_slot;
    return missing;
}

}  // namespace gridbook::engine
