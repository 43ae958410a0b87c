// SPDX-License-Identifier: Apache-2.0
#pragma once
// The whole state of the market. Everything that the next command's outcome depends on is here and nowhere
// else; the state hash covers it and a snapshot holds it. All memory is reserved by the genesis command.

#include <vector>

#include "engine/accounts/positions.hpp"
#include "engine/accounts/rates.hpp"
#include "engine/accounts/resources.hpp"
#include "engine/agenda.hpp"
#include "engine/book/ladder.hpp"
#include "engine/book/order_records.hpp"
#include "engine/catalogue/catalogue.hpp"

namespace gridbook::engine {

struct Book {
    Ladder bids;
    Ladder asks;
    InstrumentId instrument{};
    Phase phase = Phase::unlisted;

    Ladder& side(Side s) { return s == Side::buy ? bids : asks; }
    const Ladder& side(Side s) const { return s == Side::buy ? bids : asks; }
};

class State {
  public:
    bool started = false;
    Genesis genesis{};
    Rates rates{};
    Sequence sequence{};
    Time time{};
    TradeId last_trade{};
    std::uint64_t open_orders = 0;
    Time next_due = never;  // next_timer(*this), kept because every command asks for it

    Catalogue catalogue;
    Accounts accounts;
    Positions positions;
    Resources resources;
    OrderPool orders;
    LevelPool levels;
    OrderRecords records;
    std::vector<Book> books;
    Agenda agenda;
    Advance advance{};

    Book& book(InstrumentId i) { return books[catalogue.family(i.family).book_of(i.period)]; }
    // Is this instrument listed, and what is its phase? A gated or past one counts as gated.
    Phase phase(InstrumentId i) const;

    // Scratch of questions and impact counts, reserved so that they allocate nothing; no part of the state.
    mutable std::vector<std::uint32_t> scratch;
};

// Best executable price of one side: inside the hard band. Price{0}: none.
inline Price best_executable(const State& state, const Book& book, Side side, const HardBand& band) {
    if (side == Side::buy) {
        const Price best = book.bids.highest_at_most(state.levels, band.high);
        return best >= band.low ? best : Price{};
    }
    const Price best = book.asks.lowest_at_least(state.levels, band.low);
    return best <= band.high ? best : Price{};
}

}  // namespace gridbook::engine
