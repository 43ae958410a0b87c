// SPDX-License-Identifier: Apache-2.0
#pragma once
// The whole state of the market. Everything that the next command's outcome depends on is here and nowhere
// else; the state hash covers it and a snapshot holds it. All memory is reserved by the genesis command.

#include <vector>

#include "engine/accounts/open_orders.hpp"
#include "engine/accounts/payouts.hpp"
#include "engine/accounts/positions.hpp"
#include "engine/accounts/rates.hpp"
#include "engine/accounts/resources.hpp"
#include "engine/accounts/sessions.hpp"
#include "engine/agenda.hpp"
#include "engine/book/book.hpp"
#include "engine/book/order_records.hpp"
#include "engine/catalogue/catalogue.hpp"
#include "engine/delivery/deliveries.hpp"
#include "engine/delivery/disputes.hpp"
#include "engine/delivery/standby_list.hpp"
#include "engine/follow_up.hpp"
#include "engine/packages/grants.hpp"
#include "engine/packages/packages.hpp"
#include "engine/regulation/changes.hpp"
#include "engine/strips/strip_list.hpp"
#include "engine/timer_heap.hpp"
#include "engine/tokens/usages.hpp"

namespace gridbook::engine {

class State {
  public:
    bool started = false;
    bool killed = false;  // the whole market
    Genesis genesis{};
    SetRules rules{};
    Rates rates{};
    std::int64_t most_lots[2] = {};  // [product]: of an order (QTY_LIMIT)
    std::int64_t most_product = 0;   // of Decimal price and quantity: surely within max_notional
    Sequence sequence{};
    Time time{};
    TradeId last_trade{};
    std::uint64_t open_orders = 0;
    Time next_due = never;     // next_timer(*this), kept because every command asks for it
    Time last_bucket_trade{};  // when a trade last entered a bucket; 0: never

    Catalogue catalogue;
    Accounts accounts;
    Positions positions;
    Resources resources;
    Sessions sessions;
    OrderPool orders;
    OpenOrders open;
    LevelPool levels;
    OrderRecords records;
    StripList strips;
    Deliveries deliveries;
    Disputes disputes;
    StandbyList standbys;
    Usages usages;
    Packages packages;
    Grants grants;
    Payouts payouts;
    Changes changes;
    PoolVector<Book> books;
    TimerHeap timers;
    FollowUp follow;
    Agenda agenda;
    Advance advance{};

    Book& book(InstrumentId i) { return books[catalogue.family(i.family).book_of(i.period)]; }
    const Book& book(InstrumentId i) const { return books[catalogue.family(i.family).book_of(i.period)]; }
    std::uint32_t book_index(const Book& book) const {
        return static_cast<std::uint32_t>(&book - books.data());
    }
    // The book of a listed instrument that can still be traded or delivers; null: unknown or past.
    const Book* find_book(InstrumentId i) const {
        if (!catalogue.known(i.family)) return nullptr;
        const Book& b = book(i);
        return b.instrument == i ? &b : nullptr;
    }
    // Is this instrument listed, and what is its phase? A gated or past one counts as gated.
    Phase phase(InstrumentId i) const;

    // Strips and standby offers share a pool.
    bool strips_full() const { return strips.used() + standbys.used() >= strips.limit(); }

    // Scratch of questions and impact counts, reserved so that they allocate nothing; no part of the state.
    // And where a refusal is made: it is large, and nearly no command needs it.
    mutable std::vector<std::uint32_t> scratch;
    Refused refused{};

    // Timers of the heap: next_due is kept with them.
    void arm(std::uint32_t id, const Due& due) {
        disarm(id);
        timers.arm(id, due);
        if (due.time < next_due) next_due = due.time;
    }
    void disarm(std::uint32_t id) {
        if (!timers.set(id)) return;
        timers_moved = timers_moved || timers.due(id).time <= next_due;
        timers.disarm(id);
    }
    bool timers_moved = false;  // next_due may be too early

    // Work is left over from the last command.
    bool busy() const { return advance.running || !agenda.empty(); }

    // Notes for what follows the command (follow_up.hpp).
    void touch(Book& b) {
        if (b.touched) return;
        b.touched = follow.noted = true;
        follow.touched.push_back(book_index(b));
    }
    void note_trade(Book& b) {
        if (b.traded) return;
        b.traded = follow.noted = true;
        follow.traded.push_back(book_index(b));
    }
    // An order of side `s` became executable in this hour: strips of the other side may fill now.
    void note_improved(Book& b, Side s) {
        if (b.strips == 0) return;
        if (!b.improved[0] && !b.improved[1]) follow.improved.push_back(book_index(b));
        b.improved[static_cast<std::size_t>(s)] = true;
        follow.strips = follow.noted = true;
    }
};

// Timer ids of the heap, in one space: orders by pool slot, then books (a limit state or pause, then its
// indicative price), accounts (cancel.after), sessions and grants by slot.
struct TimerIds {
    static std::uint32_t order(const State&, std::uint32_t slot) { return slot; }
    static std::uint32_t book(const State& s, std::uint32_t book) {
        return static_cast<std::uint32_t>(s.orders.slots()) + 1 + book;
    }
    static std::uint32_t indicative(const State& s, std::uint32_t b) {
        return book(s, static_cast<std::uint32_t>(s.books.size())) + b;
    }
    static std::uint32_t account(const State& s, AccountId a) {
        return indicative(s, static_cast<std::uint32_t>(s.books.size())) + a.value;
    }
    static std::uint32_t session(const State& s, std::uint32_t slot) {
        return account(s, AccountId{static_cast<std::uint32_t>(s.accounts.accounts_limit())}) + slot;
    }
    static std::uint32_t grant(const State& s, std::uint32_t slot) {
        return session(s, static_cast<std::uint32_t>(s.sessions.limit())) + slot;
    }
    static std::uint32_t limit(const State& s) {
        return grant(s, static_cast<std::uint32_t>(s.grants.slots()));
    }
};

// Kinds of heap timers in the order of one instant (market-rules section 1): orders that expire and behind
// them what is due of grants, then cancel.after and lost sessions, then limit states and pauses.
namespace due_kind {
inline constexpr std::uint8_t expiry = 1, switch_off = 2, limit = 3;
inline constexpr std::uint64_t behind_orders = UINT64_MAX;  // the symbol of a grant
}  // namespace due_kind

// The place of an instrument among all, by symbol: families by symbol, then period.
inline std::uint64_t symbol_rank(const State& state, InstrumentId i) {
    return static_cast<std::uint64_t>(state.catalogue.family(i.family).rank) << 32 | i.period.value;
}

}  // namespace gridbook::engine
