// SPDX-License-Identifier: Apache-2.0
#pragma once
// The single checks of an order. Each answers whether it is passed; one that is not fills in the refusal. The
// order in which they are asked is in entry.cpp and nowhere else. They stand in the header because every
// order passes all of them; how a refusal is told is in checks.cpp.
// What most orders need not be asked one by one is in short_way.cpp.

#include <algorithm>

#include "engine/accounts/limits.hpp"
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

inline bool check_killed(const State& state, const Candidate& c, Refused& r) {
    const bool killed = state.killed || state.accounts[c.account].is_killed() ||
                        (c.family != nullptr && c.family->killed) || (c.book != nullptr && c.book->killed);
    return usually(!killed) || refusing::killed(state, c, r);
}

// A paused instrument takes orders that can wait.
inline bool check_phase(const State& state, const Candidate& c, bool waits, Refused& r) {
    if (usually(c.book != nullptr) && usually(c.book->phase == Phase::open)) return true;
    if (c.book != nullptr && c.book->phase == Phase::paused && waits) return true;
    return refusing::phase(state, c, r);
}

inline bool check_expire(const State& state, const Candidate& c, Time expire, Refused& r) {
    return usually(expire > state.time) || refusing::expire(state, c, expire, r);
}

// The price on its step: sets it. What is beyond every book is beyond every band too: told as that, without
// leaving the type's range.
inline bool check_tick(Candidate& c, Refused& r) {
    const std::int64_t ticks = ticks_of(c.asked_price);
    if (seldom(ticks * tick_decimal != c.asked_price.value)) return refusing::tick(c, r);
    c.price = Price{static_cast<std::int32_t>(ticks)};
    if (seldom(ticks < 0)) c.price = Price{};
    if (seldom(ticks > max_price.value)) c.price = Price{max_price.value + 1};
    return true;
}

inline bool check_lot(const Candidate& c, RejectField field, Decimal qty, Refused& r) {
    return usually(on_lot(qty, c.family->product)) || refusing::lot(c, field, qty, r);
}

// The quantity on its step: sets the lots. More than their type holds is beyond QTY_LIMIT, which comes next.
inline bool check_lots(Candidate& c, Refused& r) {
    const std::int64_t lots = lots_of(c.asked_qty, c.family->product).value;
    c.total = static_cast<std::uint32_t>(lots);
    return usually(lots * lot_decimal(c.family->product) == c.asked_qty.value) ||
           refusing::lot(c, RejectField::qty, c.asked_qty, r);
}

inline bool check_qty(const Candidate& c, RejectField field, Decimal qty, Decimal most, Refused& r) {
    return (usually(qty.value >= lot_decimal(c.family->product)) && usually(qty <= most)) ||
           refusing::qty(c, field, qty, most, r);
}

inline bool check_notional(const State& state, const Candidate& c, Refused& r) {
    std::int64_t narrow = 0;
    if (usually(!state.accounts[c.account].limited()) &&
        usually(!__builtin_mul_overflow(c.asked_price.value, c.asked_qty.value, &narrow)) &&
        usually(narrow <= state.most_product))
        return true;
    const Wide value = static_cast<Wide>(c.asked_price.value) * c.asked_qty.value;
    return value < (static_cast<Wide>(most_notional(state, c.account).value) + 1) * decimal_one ||
           refusing::notional(state, c, r);
}

// Hard band, then dynamic band; on_band cap moves the price to the edge.
inline bool check_bands(Candidate& c, Refused& r) {
    if (seldom(!c.family->band.holds(c.price))) return refusing::hard_band(c, r);
    return usually(!better(c.side, c.price, c.book->band.edge(c.side))) || refusing::dynamic_band(c, r);
}

// The soft range of the guidance: sets the flags; outside it a family may want a reason code.
inline bool check_reason(const State& state, Candidate& c, Refused& r) {
    const std::int64_t price = c.price.value * basis_points_one;
    const std::int64_t guidance = c.family->band.guidance.value;
    const std::int64_t soft = guidance * state.rules.soft_range.value;
    const std::int64_t middle = guidance * basis_points_one;
    if (price >= middle - soft && price <= middle + soft) return true;
    c.options |= price < middle ? order_option::guidance_below : order_option::guidance_above;
    return usually(!c.family->defined.require_reason || c.has_reason) || refusing::reason(c, r);
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

inline bool check_funds(const State& state, const Candidate& c, Refused& r) {
    const Money available = state.accounts[c.account].cash + c.old_held;
    return usually(c.hold <= available) || refusing::funds(c, available, r);
}

inline bool check_capacity(const State& state, const Candidate& c, Refused& r) {
    if (c.side == Side::buy) return true;
    const Quantity committed = c.position == no_slot ? Quantity{} : state.positions[c.position].committed();
    const Quantity left =
        state.resources.capacity(c.account, c.instrument) - committed + Quantity{c.old_leaves};
    return usually(Quantity{c.lots} <= left) || refusing::capacity(c, left, r);
}

inline bool check_post_only(const Candidate& c, Refused& r) {
    if (usually(!c.post_only) || c.book->phase != Phase::open) return true;
    const Price best = c.book->front_of(opposite(c.side));
    return best == Price{} || !crosses(c.side, c.price, best) || refusing::post_only(c, best, r);
}

// A page of levels is there or left for the candidate's price, should it rest.
inline bool check_levels(const State& state, const Candidate& c, Refused& r) {
    return usually(!state.levels.full()) || c.book->side(c.side).has_page(state.levels, c.price) ||
           refusing::pool(c, Pool::levels, state.levels.limit(), r);
}

// Pools and the account's limit of open orders.
inline bool check_limits(const State& state, const Candidate& c, Refused& r) {
    if (seldom(c.position == no_slot && state.positions.full()))
        return refusing::pool(c, Pool::positions, state.positions.limit(), r);
    // One record must always be left for a refusal or an order that ends at once.
    if (seldom(state.open_orders + 1 >= state.records.limit()))
        return refusing::pool(c, Pool::records, state.records.limit(), r);
    if (seldom(c.rests && state.orders.full()))
        return refusing::pool(c, Pool::orders, state.orders.limit(), r);
    if (seldom(c.rests && !check_levels(state, c, r))) return false;
    return usually(state.accounts[c.account].open_orders < most_orders(state, c.account)) ||
           refusing::orders(state, c, r);
}

// The parts of a refusal that strips and any-ofs share with orders.
Refused phase_refusal(Phase phase, InstrumentId instrument);
Refused pool_full(Pool pool, std::size_t limit, InstrumentId instrument);

}  // namespace gridbook::engine
