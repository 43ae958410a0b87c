// SPDX-License-Identifier: Apache-2.0
#pragma once
// The single checks of an order. Each answers whether it is passed; one that is not fills in the refusal. The
// order in which they are asked is in entry.cpp and nowhere else. They stand in the header because every
// order passes all of them; how a refusal is told is in checks.cpp.
//
// A check is asked aloud, with a `Refused` to fill in, or silently, with an `Unsaid`: then `false` means that
// there is something to say, a refusal or a flag, and whoever asked asks again aloud. Nearly every order
// passes silently, and its candidate never leaves the registers.

#include <algorithm>

#include "engine/state.hpp"
#include "engine/units/likely.hpp"

namespace gridbook::engine {

// An order as it would stand in the book.
struct Candidate {
    AccountId account{};
    InstrumentId instrument{};
    const Family* family = nullptr;  // set by locate, as is the book; null: unknown, not listed
    Book* book = nullptr;
    Decimal asked_price{};
    Decimal asked_qty{};
    Side side = Side::buy;
    bool market = false;
    bool post_only = false;
    bool rests = true;  // it could rest: neither ioc nor fok
    bool has_reason = false;
    OnBand on_band = OnBand::reject;
    SelfTrade self_trade = SelfTrade::cancel_taker;
    std::uint16_t options = 0;  // order_option, those that checking finds
    Price price{};
    std::uint32_t total = 0;           // lots, filled ones included
    std::uint32_t lots = 0;            // leaves it would have
    std::uint32_t position = no_slot;  // of the account in the instrument; no_slot: none yet
    std::uint32_t free = 0;            // of the lots, resold ones
    Money hold{};                      // money or margin it needs
    // What a replaced order gives back first.
    Money old_held{};
    std::uint32_t old_leaves = 0;
    std::uint32_t old_free = 0;
};

struct Unsaid {};

// What is said when a check is not passed.
template <class Say>
bool say(Refused& r, Say&& refuse) {
    return refuse(r);
}
template <class Say>
[[gnu::always_inline]] inline bool say(Unsaid&, Say&&) {
    return false;
}

// How each refusal is told: out of the way of what passes.
namespace refusing {
[[gnu::cold]] bool killed(const State& state, const Candidate& c, Refused& r);
[[gnu::cold]] bool phase(const State& state, const Candidate& c, Refused& r);
[[gnu::cold]] bool expire(const State& state, const Candidate& c, Time expire, Refused& r);
[[gnu::cold]] bool tick(const Candidate& c, Refused& r);
[[gnu::cold]] bool lot(const Candidate& c, RejectField field, Decimal qty, Refused& r);
[[gnu::cold]] bool qty(const Candidate& c, RejectField field, Decimal qty, Decimal most, Refused& r);
[[gnu::cold]] bool notional(const State& state, const Candidate& c, Refused& r);
[[gnu::cold]] bool hard_band(const Candidate& c, Refused& r);
[[gnu::cold]] bool dynamic_band(Candidate& c, Refused& r);  // or caps
[[gnu::cold]] bool reason(const Candidate& c, Refused& r);
[[gnu::cold]] bool funds(const Candidate& c, Money available, Refused& r);
[[gnu::cold]] bool capacity(const Candidate& c, Quantity left, Refused& r);
[[gnu::cold]] bool post_only(const Candidate& c, Price best, Refused& r);
[[gnu::cold]] bool pool(const Candidate& c, Pool pool, std::size_t limit, Refused& r);
[[gnu::cold]] bool orders(const State& state, const Candidate& c, Refused& r);
}  // namespace refusing

// Finds family and book, if the instrument names any; asks nothing.
[[gnu::always_inline]] inline void locate(State& state, Candidate& c) {
    if (seldom(!state.catalogue.known(c.instrument.family))) return;
    c.family = &state.catalogue.family(c.instrument.family);
    Book& book = state.books[c.family->book_of(c.instrument.period)];
    if (usually(book.instrument == c.instrument)) c.book = &book;
}

template <class Said>
[[gnu::always_inline]] inline bool check_killed(const State& state, const Candidate& c, Said& r) {
    const bool killed = state.killed || state.accounts[c.account].killed != 0 ||
                        (c.family != nullptr && c.family->killed) || (c.book != nullptr && c.book->killed);
    return usually(!killed) || say(r, [&](Refused& to) { return refusing::killed(state, c, to); });
}

// A paused instrument takes orders that can wait.
template <class Said>
[[gnu::always_inline]] inline bool check_phase(const State& state, const Candidate& c, bool waits, Said& r) {
    if (usually(c.book != nullptr) && usually(c.book->phase == Phase::open)) return true;
    if (c.book != nullptr && c.book->phase == Phase::paused && waits) return true;
    return say(r, [&](Refused& to) { return refusing::phase(state, c, to); });
}

template <class Said>
[[gnu::always_inline]] inline bool check_expire(const State& state, const Candidate& c, Time expire,
                                                Said& r) {
    return usually(expire > state.time) ||
           say(r, [&](Refused& to) { return refusing::expire(state, c, expire, to); });
}

// The price on its step: sets it. What is beyond every book is beyond every band too: told as that, without
// leaving the type's range.
template <class Said>
[[gnu::always_inline]] inline bool check_tick(Candidate& c, Said& r) {
    const std::int64_t ticks = ticks_of(c.asked_price);
    if (seldom(ticks * tick_decimal != c.asked_price.value))
        return say(r, [&](Refused& to) { return refusing::tick(c, to); });
    c.price = Price{static_cast<std::int32_t>(ticks)};
    if (seldom(ticks < 0)) c.price = Price{};
    if (seldom(ticks > max_price.value)) c.price = Price{max_price.value + 1};
    return true;
}

template <class Said>
[[gnu::always_inline]] inline bool check_lot(const Candidate& c, RejectField field, Decimal qty, Said& r) {
    return usually(on_lot(qty, c.family->product)) ||
           say(r, [&](Refused& to) { return refusing::lot(c, field, qty, to); });
}

template <class Said>
[[gnu::always_inline]] inline bool check_qty(const Candidate& c, RejectField field, Decimal qty, Decimal most,
                                             Said& r) {
    return (usually(qty.value >= lot_decimal(c.family->product)) && usually(qty <= most)) ||
           say(r, [&](Refused& to) { return refusing::qty(c, field, qty, most, to); });
}

template <class Said>
[[gnu::always_inline]] inline bool check_notional(const State& state, const Candidate& c, Said& r) {
    std::int64_t narrow = 0;
    if (usually(!__builtin_mul_overflow(c.asked_price.value, c.asked_qty.value, &narrow)) &&
        usually(narrow / decimal_one <= state.genesis.max_notional))
        return true;
    const Wide value = static_cast<Wide>(c.asked_price.value) * c.asked_qty.value;
    return value < (static_cast<Wide>(state.genesis.max_notional) + 1) * decimal_one ||
           say(r, [&](Refused& to) { return refusing::notional(state, c, to); });
}

// Hard band, then dynamic band; on_band cap moves the price to the edge.
template <class Said>
[[gnu::always_inline]] inline bool check_bands(Candidate& c, Said& r) {
    if (seldom(!c.family->band.holds(c.price)))
        return say(r, [&](Refused& to) { return refusing::hard_band(c, to); });
    return usually(!better(c.side, c.price, c.book->band.edge(c.side))) ||
           say(r, [&](Refused& to) { return refusing::dynamic_band(c, to); });
}

// The soft range of the guidance: sets the flags; outside it a family may want a reason code.
template <class Said>
[[gnu::always_inline]] inline bool check_reason(const State& state, Candidate& c, Said& r) {
    const std::int64_t price = c.price.value * basis_points_one;
    const std::int64_t guidance = c.family->band.guidance.value;
    const std::int64_t soft = guidance * state.rules.soft_range.value;
    const std::int64_t middle = guidance * basis_points_one;
    if (price >= middle - soft && price <= middle + soft) return true;
    c.options |= price < middle ? order_option::guidance_below : order_option::guidance_above;
    return usually(!c.family->defined.require_reason || c.has_reason) ||
           say(r, [&](Refused& to) { return refusing::reason(c, to); });
}

// Fixes how many lots carry no margin, and the hold.
[[gnu::always_inline]] inline void fix_hold(const State& state, Candidate& c) {
    const Product product = c.family->product;
    if (c.side == Side::buy) {
        c.hold = state.rates.buy_hold(c.price, Quantity{c.lots}, product);
        return;
    }
    c.free = 0;
    if (c.position != no_slot) {
        const Quantity free = state.positions[c.position].free() + Quantity{c.old_free};
        c.free = static_cast<std::uint32_t>(least(Quantity{c.lots}, most(free, Quantity{})).value);
    }
    const Price guidance = c.family->band.guidance;
    c.hold =
        state.rates.sell_margin(c.price < guidance ? guidance : c.price, Quantity{c.lots - c.free}, product);
}

template <class Said>
[[gnu::always_inline]] inline bool check_funds(const State& state, const Candidate& c, Said& r) {
    const Money available = state.accounts[c.account].cash + c.old_held;
    return usually(c.hold <= available) ||
           say(r, [&](Refused& to) { return refusing::funds(c, available, to); });
}

template <class Said>
[[gnu::always_inline]] inline bool check_capacity(const State& state, const Candidate& c, Said& r) {
    if (c.side == Side::buy) return true;
    const Quantity committed = c.position == no_slot ? Quantity{} : state.positions[c.position].committed();
    const Quantity left =
        state.resources.registered(c.account, c.instrument.family) - committed + Quantity{c.old_leaves};
    return usually(Quantity{c.lots} <= left) ||
           say(r, [&](Refused& to) { return refusing::capacity(c, left, to); });
}

template <class Said>
[[gnu::always_inline]] inline bool check_post_only(const Candidate& c, Said& r) {
    if (usually(!c.post_only) || c.book->phase != Phase::open) return true;
    const Price best = c.book->front_of(opposite(c.side));
    return best == Price{} || !crosses(c.side, c.price, best) ||
           say(r, [&](Refused& to) { return refusing::post_only(c, best, to); });
}

// A page of levels is there or left for the candidate's price, should it rest.
template <class Said>
[[gnu::always_inline]] inline bool check_levels(const State& state, const Candidate& c, Said& r) {
    return usually(!state.levels.full()) || c.book->side(c.side).has_page(state.levels, c.price) ||
           say(r, [&](Refused& to) { return refusing::pool(c, Pool::levels, state.levels.limit(), to); });
}

// Pools and the account's limit of open orders.
template <class Said>
[[gnu::always_inline]] inline bool check_limits(const State& state, const Candidate& c, Said& r) {
    if (seldom(c.position == no_slot && state.positions.full()))
        return say(
            r, [&](Refused& to) { return refusing::pool(c, Pool::positions, state.positions.limit(), to); });
    // One record must always be left for a refusal or an order that ends at once.
    if (seldom(state.open_orders + 1 >= state.records.limit()))
        return say(r,
                   [&](Refused& to) { return refusing::pool(c, Pool::records, state.records.limit(), to); });
    if (seldom(c.rests && state.orders.full()))
        return say(r, [&](Refused& to) { return refusing::pool(c, Pool::orders, state.orders.limit(), to); });
    if (seldom(c.rests && !check_levels(state, c, r))) return false;
    return usually(state.accounts[c.account].open_orders < state.genesis.account_orders) ||
           say(r, [&](Refused& to) { return refusing::orders(state, c, to); });
}

// The parts of a refusal that strips and any-ofs share with orders.
Refused phase_refusal(Phase phase, InstrumentId instrument);
Refused pool_full(Pool pool, std::size_t limit, InstrumentId instrument);

}  // namespace gridbook::engine
