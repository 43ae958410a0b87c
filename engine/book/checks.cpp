// SPDX-License-Identifier: Apache-2.0
#include "engine/book/checks.hpp"

#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

constexpr Refused no_refusal{};

Refused refused(RejectReason reason, RejectField field, InstrumentId instrument, std::int64_t limit = 0,
                std::int64_t got = 0) {
    Refused r = refusal(reason, field, limit, got);
    r.instrument = instrument;
    return r;
}

Refused pool_full(Pool pool, std::size_t limit, InstrumentId instrument) {
    Refused r = engine::pool_full(pool, limit);
    r.instrument = instrument;
    return r;
}

Refused with_limit(Refused r, std::int64_t limit, std::int64_t got) {
    r.limit_high = limit;
    r.got = got;
    return r;
}

}  // namespace

Refused check_phase(const State& state, InstrumentId instrument) {
    switch (state.phase(instrument)) {
        case Phase::open: return no_refusal;
        case Phase::unlisted: return refused(RejectReason::symbol_unknown, RejectField::symbol, instrument);
        case Phase::gated:
        case Phase::delivering:
        case Phase::settled: return refused(RejectReason::gate_closed, RejectField::symbol, instrument);
        case Phase::paused:
        case Phase::call: break;
    }
    return refused(RejectReason::phase_closed, RejectField::symbol, instrument);
}

Refused check_tick(InstrumentId instrument, Decimal price) {
    if (on_tick(price)) return no_refusal;
    return with_limit(refused(RejectReason::tick, RejectField::price, instrument), tick_decimal, price.value);
}

Refused check_lot(const State& state, InstrumentId instrument, Decimal qty) {
    const Product product = state.catalogue.family(instrument.family).product;
    if (on_lot(qty, product)) return no_refusal;
    return with_limit(refused(RejectReason::lot, RejectField::qty, instrument), lot_decimal(product),
                      qty.value);
}

Refused check_qty(const State& state, InstrumentId instrument, Decimal qty) {
    const std::int64_t least = lot_decimal(state.catalogue.family(instrument.family).product);
    if (qty.value >= least && qty.value <= state.genesis.max_qty) return no_refusal;
    Refused r = refused(RejectReason::qty_limit, RejectField::qty, instrument);
    r.limit_low = least;
    return with_limit(r, state.genesis.max_qty, qty.value);
}

Refused check_notional(const State& state, InstrumentId instrument, Decimal price, Decimal qty) {
    const Wide value = static_cast<Wide>(price.value) * qty.value / decimal_one;
    if (value <= state.genesis.max_notional) return no_refusal;
    const Wide told = value > INT64_MAX ? Wide{INT64_MAX} : value;
    return with_limit(refused(RejectReason::notional_limit, RejectField::notional, instrument),
                      state.genesis.max_notional, static_cast<std::int64_t>(told));
}

Refused check_band(const State& state, InstrumentId instrument, Decimal price) {
    const HardBand& band = state.catalogue.family(instrument.family).band;
    if (price >= decimal_of(band.low) && price <= decimal_of(band.high)) return no_refusal;
    Refused r = refused(RejectReason::price_band_hard, RejectField::price, instrument);
    r.band = band.version;
    r.limit_low = decimal_of(band.low).value;
    return with_limit(r, decimal_of(band.high).value, price.value);
}

Refused check_funds(const State& state, const Candidate& c) {
    const Product product = state.catalogue.family(c.instrument.family).product;
    const Money needed = c.side == Side::buy
                             ? state.rates.buy_hold(c.price, c.lots, product)
                             : state.rates.sell_margin(c.margin_price, c.lots - c.free, product);
    const Money available = state.accounts[c.account].cash + c.old_held;
    if (needed <= available) return no_refusal;
    return with_limit(refused(RejectReason::funds, RejectField::cash, c.instrument), available.value,
                      needed.value);
}

Refused check_capacity(const State& state, const Candidate& c) {
    if (c.side == Side::buy) return no_refusal;
    const std::uint32_t slot = state.positions.find(c.account, c.instrument);
    const Quantity committed = slot == no_slot ? Quantity{} : state.positions[slot].committed();
    const Quantity left =
        state.resources.registered(c.account, c.instrument.family) - committed + c.old_leaves;
    if (c.lots <= left) return no_refusal;
    const Product product = state.catalogue.family(c.instrument.family).product;
    return with_limit(refused(RejectReason::capacity, RejectField::capacity, c.instrument),
                      decimal_of(left, product).value, decimal_of(c.lots, product).value);
}

Refused check_limits(const State& state, const Candidate& c, bool resting) {
    const AccountId account = c.account;
    const InstrumentId instrument = c.instrument;
    if (state.positions.full() && state.positions.find(account, instrument) == no_slot)
        return pool_full(Pool::positions, state.positions.limit(), instrument);
    // One record must always be left for a refusal or an order that ends at once.
    if (state.open_orders + 1 >= state.records.limit())
        return pool_full(Pool::records, state.records.limit(), instrument);
    if (resting && state.orders.full()) return pool_full(Pool::orders, state.orders.limit(), instrument);
    if (resting) {
        if (const Refused r = check_levels(state, c); !passed(r)) return r;
    }
    if (state.accounts[account].open_orders >= state.genesis.account_orders)
        return with_limit(refused(RejectReason::orders_limit, RejectField::account, instrument),
                          state.genesis.account_orders, state.accounts[account].open_orders + 1);
    return no_refusal;
}

Refused check_levels(const State& state, const Candidate& c) {
    const Family& family = state.catalogue.family(c.instrument.family);
    const Ladder& ladder = state.books[family.book_of(c.instrument.period)].side(c.side);
    if (!state.levels.full() || ladder.has_page(state.levels, c.price)) return no_refusal;
    return pool_full(Pool::levels, state.levels.limit(), c.instrument);
}

void fix_margin(const State& state, Candidate& c) {
    if (c.side == Side::buy) return;
    const HardBand& band = state.catalogue.family(c.instrument.family).band;
    c.margin_price = c.price < band.guidance ? band.guidance : c.price;
    const std::uint32_t slot = state.positions.find(c.account, c.instrument);
    if (slot == no_slot) return;
    c.free = least(c.lots, most(state.positions[slot].free() + c.old_free, Quantity{}));
}

}  // namespace gridbook::engine
