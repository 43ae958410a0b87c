// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one match does to money and positions, whoever meets: orders, strips and any-ofs share it
// (market-rules section 6).

#include "engine/step.hpp"

namespace gridbook::engine {

// A match before either side is told.
struct Deal {
    TradeId trade;
    InstrumentId instrument;
    Price price;
    std::uint32_t lots;
    Money notional;
};

// Enters a trade into the reference of its instrument.
void note_trade(State& state, Book& book, Price price);

// Gives the match its trade id and notes what follows it. Invariant: no trade outside its effective band.
// Trades of a call do not enter the reference.
inline Deal make_deal(State& state, Book& book, Price price, std::uint32_t lots, bool call) {
    GRIDBOOK_CHECK(book.band.holds(price));
    const Family& family = state.catalogue.family(book.instrument.family);
    if (!call && family.dynamic()) note_trade(state, book, price);
    if (book.limit != LimitKind::none) state.touch(book);
    state.last_trade.value += 1;
    return {state.last_trade, book.instrument, price, lots, notional(price, Quantity{lots}, family.product)};
}

// The buyer pays the notional, fee and tax out of `hold`; the rest of it, `released`, returns to its cash.
inline void bought(State& state, AccountId id, std::uint32_t position, const Deal& deal, Money hold,
                   Money released, Money fee, Money tax) {
    // Invariant: never negative, because the hold is rounded up and fee and tax are rounded down.
    GRIDBOOK_CHECK(released >= Money{});
    Account& account = state.accounts[id];
    account.hold -= hold;
    account.cash += released;
    state.accounts.house.fee_income += fee;
    state.accounts.house.tax_payable += tax;
    state.positions[position].bought += Quantity{deal.lots};
}

inline void bought(State& state, AccountId id, std::uint32_t position, const Deal& deal, Money hold,
                   const Fill& fill) {
    bought(state, id, position, deal, hold, fill.released, fill.fee, fill.tax);
}

// Fee and tax of a fill, and what its fill tells of the match.
inline void charge(const State& state, const Deal& deal, Liquidity liquidity, Fill& fill) {
    fill.trade = deal.trade;
    fill.fee = state.rates.fee(deal.notional, liquidity);
    fill.tax = state.rates.tax_on(fill.fee);
    fill.instrument = deal.instrument;
    fill.price = deal.price;
    fill.qty = deal.lots;
    fill.liquidity = liquidity;
}

// The seller's fee and tax are posted at settlement; `margin` stays with the sold lots until FINAL.
inline void sold(State& state, AccountId account, std::uint32_t slot, const Deal& deal, Money margin,
                 Money fee, Money tax) {
    Position& position = state.positions[slot];
    position.fee += fee;
    position.tax += tax;
    position.margin += margin;
    position.open_sells -= Quantity{deal.lots};
    position.sold += Quantity{deal.lots};
    position.receivable += deal.notional;
    state.accounts[account].receivable += deal.notional;
}

}  // namespace gridbook::engine
