// SPDX-License-Identifier: Apache-2.0
#include "engine/book/checks.hpp"

#include "engine/refusal.hpp"

namespace gridbook::engine {

Refused phase_refusal(Phase phase, InstrumentId i) {
    switch (phase) {
        case Phase::unlisted: return refusal(RejectReason::symbol_unknown, RejectField::symbol, i);
        case Phase::gated:
        case Phase::delivering:
        case Phase::settled: return refusal(RejectReason::gate_closed, RejectField::symbol, i);
        case Phase::open:
        case Phase::paused:
        case Phase::call: break;
    }
    return refusal(RejectReason::phase_closed, RejectField::symbol, i);
}

Refused pool_full(Pool pool, std::size_t limit, InstrumentId instrument) {
    Refused r = engine::pool_full(pool, limit);
    r.instrument = instrument;
    return r;
}

namespace refusing {
namespace {

bool refused(Refused& r, RejectReason reason, RejectField field, const Candidate& c, std::int64_t limit = 0,
             std::int64_t got = 0, std::int64_t low = 0) {
    r = refusal(reason, field, c.instrument, limit, got);
    r.limit_low = low;
    return false;
}

bool off_band(Refused& r, RejectReason reason, const Candidate& c, Price low, Price high) {
    refused(r, reason, RejectField::price, c, decimal_of(high).value, c.asked_price.value,
            decimal_of(low).value);
    r.band = c.family->band.version;
    return false;
}

}  // namespace

// The narrowest scope that hits is told.
bool killed(const State& state, const Candidate& c, Refused& r) {
    RejectField field = RejectField::none;
    if (state.accounts[c.account].is_killed())
        field = RejectField::account;
    else if (c.book != nullptr && c.book->killed)
        field = RejectField::symbol;
    else if (c.family != nullptr && c.family->killed)
        field = RejectField::family;
    return refused(r, RejectReason::killed, field, c);
}

bool phase(const State& state, const Candidate& c, Refused& r) {
    r = phase_refusal(state.phase(c.instrument), c.instrument);
    return false;
}

bool expire(const State& state, const Candidate& c, Time expire, Refused& r) {
    return refused(r, RejectReason::format_value, RejectField::expire, c, 0, expire.value, state.time.value);
}

bool tick(const Candidate& c, Refused& r) {
    return refused(r, RejectReason::tick, RejectField::price, c, tick_decimal, c.asked_price.value);
}

bool lot(const Candidate& c, RejectField field, Decimal qty, Refused& r) {
    return refused(r, RejectReason::lot, field, c, lot_decimal(c.family->product), qty.value);
}

bool qty(const Candidate& c, RejectField field, Decimal qty, Decimal most, Refused& r) {
    const std::int64_t least = field == RejectField::min_qty ? 0 : lot_decimal(c.family->product);
    return refused(r, RejectReason::qty_limit, field, c, most.value, qty.value, least);
}

bool notional(const State& state, const Candidate& c, Refused& r) {
    const Wide micro = static_cast<Wide>(c.asked_price.value) * c.asked_qty.value / decimal_one;
    const Wide told = micro > INT64_MAX ? Wide{INT64_MAX} : micro;
    return refused(r, RejectReason::notional_limit, RejectField::notional, c,
                   most_notional(state, c.account).value, static_cast<std::int64_t>(told));
}

bool hard_band(const Candidate& c, Refused& r) {
    return off_band(r, RejectReason::price_band_hard, c, c.family->band.low, c.family->band.high);
}

bool dynamic_band(Candidate& c, Refused& r) {
    const EffectiveBand& band = c.book->band;
    if (c.on_band == OnBand::reject)
        return off_band(r, RejectReason::price_band_dynamic, c, band.low, band.high);
    c.price = band.edge(c.side);
    c.options |= order_option::capped;
    return true;
}

bool reason(const Candidate& c, Refused& r) {
    return refused(r, RejectReason::reason_required, RejectField::reason, c);
}

bool funds(const Candidate& c, Money available, Refused& r) {
    return refused(r, RejectReason::funds, RejectField::cash, c, available.value, c.hold.value);
}

bool capacity(const Candidate& c, Quantity left, Refused& r) {
    const Product product = c.family->product;
    return refused(r, RejectReason::capacity, RejectField::capacity, c, decimal_of(left, product).value,
                   decimal_of(Quantity{c.lots}, product).value);
}

bool post_only(const Candidate& c, Price best, Refused& r) {
    return refused(r, RejectReason::post_only, RejectField::price, c, decimal_of(best).value,
                   decimal_of(c.price).value);
}

bool pool(const Candidate& c, Pool pool, std::size_t limit, Refused& r) {
    r = pool_full(pool, limit, c.instrument);
    return false;
}

bool orders(const State& state, const Candidate& c, Refused& r) {
    return refused(r, RejectReason::orders_limit, RejectField::account, c, most_orders(state, c.account),
                   static_cast<std::int64_t>(state.accounts[c.account].open_orders) + 1);
}

}  // namespace refusing
}  // namespace gridbook::engine
