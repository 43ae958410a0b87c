// SPDX-License-Identifier: Apache-2.0
#pragma once
// The single checks of an order. Each answers whether it is passed; one that is not fills in the refusal. The
// order in which they are asked is in entry.cpp and nowhere else. They stand in the header because every
// order passes all of them; how a refusal is told is in checks.cpp.

#include <algorithm>

#include "engine/state.hpp"

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
[[gnu::cold]] bool reason(const State& state, Candidate& c, Refused& r);
[[gnu::cold]] bool funds(const Candidate& c, Money available, Refused& r);
[[gnu::cold]] bool capacity(const Candidate& c, Quantity left, Refused& r);
[[gnu::cold]] bool post_only(const Candidate& c, Price best, Refused& r);
[[gnu::cold]] bool pool(const Candidate& c, Pool pool, std::size_t limit, Refused& r);
[[gnu::cold]] bool orders(const State& state, const Candidate& c, Refused& r);
}  // namespace refusing

// Finds family and book, if the instrument names any; asks nothing.
inline void locate(State& state, Candidate& c) {
    if (!state.catalogue.known(c.instrument.family)) [[unlikely]]
        return;
    c.family = &state.catalogue.family(c.instrument.family);
    Book& book = state.books[c.family->book_of(c.instrument.period)];
    if (book.instrument == c.instrument) c.book = &book;
}

inline bool check_killed(const State& state, const Candidate& c, Refused& r) {
    const bool killed = state.killed || state.accounts[c.account].killed != 0 ||
                        (c.family != nullptr && c.family->killed) || (c.book != nullptr && c.book->killed);
    return !killed || refusing::killed(state, c, r);
}

// A paused instrument takes orders that can wait.
inline bool check_phase(const State& state, const Candidate& c, bool waits, Refused& r) {
    if (c.book != nullptr && (c.book->phase == Phase::open || (c.book->phase == Phase::paused && waits)))
        [[likely]]
        return true;
    return refusing::phase(state, c, r);
}

inline bool check_expire(const State& state, const Candidate& c, Time expire, Refused& r) {
    return expire > state.time || refusing::expire(state, c, expire, r);
}

// The price on its step: sets it. What is beyond every book is beyond every band too: told as that, without
// leaving the type's range.
inline bool check_tick(Candidate& c, Refused& r) {
    const std::int64_t ticks = ticks_of(c.asked_price);
    if (ticks * tick_decimal != c.asked_price.value) [[unlikely]]
        return refusing::tick(c, r);
    c.price = Price{static_cast<std::int32_t>(std::clamp<std::int64_t>(ticks, 0, max_price.value + 1))};
    return true;
}

inline bool check_lot(const Candidate& c, RejectField field, Decimal qty, Refused& r) {
    return on_lot(qty, c.family->product) || refusing::lot(c, field, qty, r);
}

inline bool check_qty(const Candidate& c, RejectField field, Decimal qty, Decimal most, Refused& r) {
    return (qty.value >= lot_decimal(c.family->product) && qty <= most) ||
           refusing::qty(c, field, qty, most, r);
}

inline bool check_notional(const State& state, const Candidate& c, Refused& r) {
    const Wide value = static_cast<Wide>(c.asked_price.value) * c.asked_qty.value;
    return value < (static_cast<Wide>(state.genesis.max_notional) + 1) * decimal_one ||
           refusing::notional(state, c, r);
}

// Hard band, then dynamic band; on_band cap moves the price to the edge.
inline bool check_bands(Candidate& c, Refused& r) {
    if (!c.family->band.holds(c.price)) [[unlikely]]
        return refusing::hard_band(c, r);
    return !better(c.side, c.price, c.book->band.edge(c.side)) || refusing::dynamic_band(c, r);
}

// The soft range of the guidance: sets the flags; outside it a family may want a reason code.
inline bool check_reason(const State& state, Candidate& c, Refused& r) {
    const std::int64_t price = c.price.value * basis_points_one;
    const std::int64_t guidance = c.family->band.guidance.value;
    const std::int64_t soft = guidance * state.rules.soft_range.value;
    const std::int64_t middle = guidance * basis_points_one;
    return (price >= middle - soft && price <= middle + soft) || refusing::reason(state, c, r);
}

// Fixes how many lots carry no margin, and the hold.
inline void fix_hold(const State& state, Candidate& c) {
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

inline bool check_funds(const State& state, const Candidate& c, Refused& r) {
    const Money available = state.accounts[c.account].cash + c.old_held;
    return c.hold <= available || refusing::funds(c, available, r);
}

inline bool check_capacity(const State& state, const Candidate& c, Refused& r) {
    if (c.side == Side::buy) return true;
    const Quantity committed = c.position == no_slot ? Quantity{} : state.positions[c.position].committed();
    const Quantity left =
        state.resources.registered(c.account, c.instrument.family) - committed + Quantity{c.old_leaves};
    return Quantity{c.lots} <= left || refusing::capacity(c, left, r);
}

inline bool check_post_only(const Candidate& c, Refused& r) {
    if (!c.post_only || c.book->phase != Phase::open) [[likely]]
        return true;
    const Price best = c.book->front_of(opposite(c.side));
    return best == Price{} || !crosses(c.side, c.price, best) || refusing::post_only(c, best, r);
}

// A page of levels is there or left for the candidate's price, should it rest.
inline bool check_levels(const State& state, const Candidate& c, Refused& r) {
    return !state.levels.full() || c.book->side(c.side).has_page(state.levels, c.price) ||
           refusing::pool(c, Pool::levels, state.levels.limit(), r);
}

// Pools and the account's limit of open orders.
inline bool check_limits(const State& state, const Candidate& c, Refused& r) {
    if (c.position == no_slot && state.positions.full()) [[unlikely]]
        return refusing::pool(c, Pool::positions, state.positions.limit(), r);
    // One record must always be left for a refusal or an order that ends at once.
    if (state.open_orders + 1 >= state.records.limit()) [[unlikely]]
        return refusing::pool(c, Pool::records, state.records.limit(), r);
    if (c.rests && state.orders.full()) [[unlikely]]
        return refusing::pool(c, Pool::orders, state.orders.limit(), r);
    if (c.rests && !check_levels(state, c, r)) [[unlikely]]
        return false;
    return state.accounts[c.account].open_orders < state.genesis.account_orders ||
           refusing::orders(state, c, r);
}

// The parts of a refusal that strips and any-ofs share with orders.
Refused phase_refusal(Phase phase, InstrumentId instrument);
Refused pool_full(Pool pool, std::size_t limit, InstrumentId instrument);

}  // namespace gridbook::engine
