// SPDX-License-Identifier: Apache-2.0
#include "engine/strips/strip_fills.hpp"

#include <algorithm>

#include "engine/book/orders.hpp"

namespace gridbook::engine {
namespace {

bool same_window(const RestingStrip& a, const RestingStrip& b) {
    return a.family == b.family && a.start == b.start && a.hours == b.hours && a.lots == b.lots;
}

// May every hour of the strip trade at this price now?
bool every_hour_holds(const State& state, const RestingStrip& strip, Price price) {
    for (std::uint32_t h = 0; h < strip.hours; ++h) {
        const Book* book = state.find_book(hour_of(strip, h));
        if (book == nullptr || book->phase != Phase::open || !book->band.holds(price)) return false;
    }
    return true;
}

// The older strip that this one would trade with: best price, then time.
std::uint32_t best_partner(const State& state, const RestingStrip& strip, std::uint32_t end) {
    std::uint32_t best = 0;
    for (std::uint32_t slot = state.strips.first(); slot != end; slot = state.strips[slot].next) {
        const RestingStrip& older = state.strips[slot];
        if (older.side == strip.side || older.group == strip.group || !same_window(older, strip)) continue;
        if (!crosses(strip.side, strip.price, older.price)) continue;
        if (best != 0 && !better(older.side, older.price, state.strips[best].price)) continue;
        if (every_hour_holds(state, older, older.price)) best = slot;
    }
    return best;
}

// Is the one total better than the other for who pays it (buy) or gets it (sell)?
bool better_total(Side side, Wide a, Wide b) { return side == Side::buy ? a < b : a > b; }

// A buyer gets its positions with its fills. What its entry checked may be gone since then: it waits.
bool positions_left(const State& state, const RestingStrip& strip, const Chance& c) {
    std::size_t missing = positions_missing(state, strip.account, sweep_of(strip));
    if (c.partner != 0) missing += positions_missing(state, state.strips[c.partner].account, sweep_of(strip));
    return missing <= state.positions.limit() - state.positions.used();
}

void end_filled(State& state, const RestingStrip& strip) {
    const std::uint32_t slot = strip.record;
    OrderRecord& record = state.records[slot];
    if (strip.side == Side::sell)
        for (std::uint32_t h = 0; h < strip.hours; ++h)
            state.positions[strip.legs[h].position].open_orders -= 1;
    record.cum = record.qty;
    if (record.live_slot != 0) unrest_strip(state, record);
    finish(state, state.records[slot], OrderState::filled, CancelReason::none);
}

HoursTrader trader_of(const State& state, RestingStrip& strip) {
    HoursTrader trader;
    trader.record = strip.record;
    trader.of = OrderKind::strip;
    if (strip.side == Side::buy) trader.hold = strip_hold(state, strip, state.records[strip.record]);
    trader.legs = strip.legs.data();
    return trader;
}

// One trade an hour at the older one's limit, which is the maker.
void fill_pair(Step& step, RestingStrip& older, RestingStrip& younger) {
    State& state = step.state;
    HoursTrader maker = trader_of(state, older);
    HoursTrader taker = trader_of(state, younger);
    for (std::uint32_t h = 0; h < older.hours; ++h) {
        maker.enter_hour(h, older.hours, older.lots);
        taker.enter_hour(h, older.hours, older.lots);
        const Deal deal = make_deal(state, state.book(hour_of(older, h)), older.price, older.lots, false);
        fill_hour(step, maker, deal, Liquidity::maker);
        fill_hour(step, taker, deal, Liquidity::taker);
    }
    end_filled(state, older);
}

}  // namespace

Chance chance(const State& state, const RestingStrip& strip, std::uint32_t end) {
    Chance c;
    c.swept = sweep(state, sweep_of(strip));
    c.sweeps = !c.swept.short_of_lots() && !better_total(strip.side, limit_of(strip), c.swept.tick_lots);
    c.partner = best_partner(state, strip, end);
    // At equal totals the strip is taken.
    if (c.partner != 0 && c.sweeps) {
        const Wide total = limit_of(state.strips[c.partner]);
        if (better_total(strip.side, c.swept.tick_lots, total)) c.partner = 0;
    }
    if (c.fills() && !positions_left(state, strip, c)) c.partner = 0, c.sweeps = false;
    return c;
}

bool has_partner(const State& state, const RestingStrip& strip, std::uint32_t end) {
    return best_partner(state, strip, end) != 0;
}

std::size_t fill_events(const RestingStrip& strip, const Chance& c) {
    return c.partner != 0 ? std::size_t{2} * strip.hours : std::size_t{2} * c.swept.makers;
}

void fill_strip(Step& step, RestingStrip& strip, const Chance& c) {
    if (c.partner != 0) {
        fill_pair(step, step.state.strips[c.partner], strip);
    } else {
        HoursTrader taker = trader_of(step.state, strip);
        take_hours(step, sweep_of(strip), taker);
    }
    end_filled(step.state, strip);
}

Money strip_hold(const State& state, const RestingStrip& strip, const OrderRecord& record) {
    if (strip.side == Side::buy)
        return state.rates.buy_hold(record.price, Quantity{std::int64_t{strip.lots} * strip.hours},
                                    state.catalogue.family(strip.family).product);
    Money margin;
    for (std::uint32_t h = 0; h < strip.hours; ++h)
        margin += leg_margin(state, record, strip.legs[h], strip.lots);
    return margin;
}

void take_strip_hold(State& state, RestingStrip& strip, const OrderRecord& record, Money hold) {
    Account& account = state.accounts[record.account];
    account.cash -= hold;
    (strip.side == Side::buy ? account.hold : account.margin) += hold;
    if (strip.side == Side::buy) return;
    for (std::uint32_t h = 0; h < strip.hours; ++h) {
        StripLeg& leg = strip.legs[h];
        leg.position = state.positions.enter(state.accounts, record.account, hour_of(strip, h));
        Position& position = state.positions[leg.position];
        position.open_orders += 1;
        position.open_sells += Quantity{strip.lots};
        position.reoffered += Quantity{leg.free};
    }
}

void release_strip_hold(State& state, const RestingStrip& strip, const OrderRecord& record) {
    const Money hold = strip_hold(state, strip, record);
    Account& account = state.accounts[record.account];
    account.cash += hold;
    (strip.side == Side::buy ? account.hold : account.margin) -= hold;
    if (strip.side == Side::buy) return;
    for (std::uint32_t h = 0; h < strip.hours; ++h) {
        const StripLeg& leg = strip.legs[h];
        Position& position = state.positions[leg.position];
        position.open_orders -= 1;
        position.open_sells -= Quantity{strip.lots};
        position.reoffered -= Quantity{leg.free};
        state.positions.remove_if_idle(state.accounts, leg.position);
    }
}

void rest_strip(State& state, const RestingStrip& strip) {
    const std::uint32_t slot = state.strips.append(strip);
    state.records[strip.record].live_slot = slot;
    state.open.add(state.accounts[strip.account], state.open.strip(slot), strip.record);
    for (std::uint32_t h = 0; h < strip.hours; ++h) state.book(hour_of(strip, h)).strips += 1;
}

void unrest_strip(State& state, OrderRecord& record) {
    const RestingStrip& strip = state.strips[record.live_slot];
    for (std::uint32_t h = 0; h < strip.hours; ++h) state.book(hour_of(strip, h)).strips -= 1;
    state.open.remove(state.accounts[record.account], state.open.strip(record.live_slot));
    state.strips.remove(record.live_slot);
    record.live_slot = 0;
}

}  // namespace gridbook::engine
