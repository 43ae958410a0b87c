// SPDX-License-Identifier: Apache-2.0
// What is refused in the twin, in its order (market-rules section 4), with what each refusal tells.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::OrderType;
using engine::Phase;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::TimeInForce;
using engine::Wide;

// The first kill that hits: account, group, one of the hours, family, market.
NaiveExchange::Refusal NaiveExchange::killed_refusal(engine::InstrumentId first, std::int64_t hours) const {
    const engine::AccountId who = header().account;
    if (kills_.accounts.count(who) != 0 || kills_.groups.count(accounts_[who.value].group) != 0)
        return refusal(RejectReason::killed, RejectField::account);
    for (const engine::InstrumentId i : kills_.instruments)
        if (i.family == first.family && i.period >= first.period &&
            i.period.value < std::int64_t{first.period.value} + hours)
            return refusal(RejectReason::killed, RejectField::symbol);
    if (kills_.families.count(first.family) != 0) return refusal(RejectReason::killed, RejectField::family);
    if (kills_.market) return refusal(RejectReason::killed, RejectField::none);
    return std::nullopt;
}

NaiveExchange::Refusal NaiveExchange::symbol_refusal(engine::InstrumentId i) const {
    if (i.family.value >= families_.size() || i.reserved != 0)
        return refusal(RejectReason::symbol_unknown, RejectField::symbol);
    const Family& f = families_[i.family.value];
    const std::uint32_t last = engine::period_at(now_, f.defined.product).value + f.defined.horizon;
    if (i.period.value > last) return refusal(RejectReason::symbol_unknown, RejectField::symbol);
    if (engine::gate_time(i.period, f.defined.product) <= now_)
        return refusal(RejectReason::gate_closed, RejectField::symbol);
    return std::nullopt;
}

NaiveExchange::Refusal NaiveExchange::tick_refusal(engine::Decimal price) const {
    if (engine::on_tick(price)) return std::nullopt;
    auto r = refusal(RejectReason::tick, RejectField::price);
    r.limit_high = engine::tick_decimal;
    r.got = price.value;
    return r;
}

// LOT, then QTY_LIMIT; each of the quantity, then of the minimum.
NaiveExchange::Refusal NaiveExchange::quantity_refusal(const engine::PlaceOrder& p) const {
    const engine::Product product_ = product(p.instrument.family);
    for (const auto& [value, field] :
         {std::pair{p.qty, RejectField::qty}, std::pair{p.min_qty, RejectField::min_qty}}) {
        if (engine::on_lot(value, product_)) continue;
        auto r = refusal(RejectReason::lot, field);
        r.limit_high = engine::lot_decimal(product_);
        r.got = value.value;
        return r;
    }
    if (p.qty.value <= 0 || p.qty.value > most_qty()) {
        auto r = refusal(RejectReason::qty_limit, RejectField::qty);
        r.limit_low = engine::lot_decimal(product_);
        r.limit_high = most_qty();
        r.got = p.qty.value;
        return r;
    }
    if (p.min_qty > p.qty) {
        auto r = refusal(RejectReason::qty_limit, RejectField::min_qty);
        r.limit_high = p.qty.value;
        r.got = p.min_qty.value;
        return r;
    }
    return std::nullopt;
}

NaiveExchange::Refusal NaiveExchange::notional_refusal(Wide notional) const {
    if (notional <= most_notional()) return std::nullopt;
    auto r = refusal(RejectReason::notional_limit, RejectField::notional);
    r.limit_high = most_notional();
    r.got = narrow(notional);
    return r;
}

NaiveExchange::Refusal NaiveExchange::hard_refusal(engine::FamilyId f, engine::Decimal price) const {
    const Band& band = families_[f.value].band;
    if (band.inside(engine::ticks_of(price))) return std::nullopt;
    auto r = refusal(RejectReason::price_band_hard, RejectField::price);
    r.limit_low = band.lo * engine::tick_decimal;
    r.limit_high = band.hi * engine::tick_decimal;
    r.got = price.value;
    r.band = band.version;
    return r;
}

// A price beyond the dynamic edge is refused or becomes the edge; the passive direction is always allowed.
NaiveExchange::Refusal NaiveExchange::band_refusal(Asked& a) const {
    const engine::PlaceOrder& p = a.body;
    if (auto r = hard_refusal(p.instrument.family, p.price)) return r;
    const Edges band = effective(p.instrument);
    const bool beyond = p.side == Side::buy ? a.price > band.hi : a.price < band.lo;
    if (!beyond) return std::nullopt;
    if (a.old == nullptr && p.on_band == engine::OnBand::cap) {
        a.price = p.side == Side::buy ? band.hi : band.lo;
        a.capped = true;
        return std::nullopt;
    }
    auto r = refusal(RejectReason::price_band_dynamic, RejectField::price);
    r.limit_low = band.lo * engine::tick_decimal;
    r.limit_high = band.hi * engine::tick_decimal;
    r.got = p.price.value;
    r.band = family(p.instrument).band.version;
    return r;
}

std::uint8_t NaiveExchange::soft_flags(std::int64_t price, std::int64_t guidance) const {
    const std::int64_t soft = rules_.soft_range.value;
    if (price * 10'000 < guidance * (10'000 - soft)) return engine::order_flag::guidance_below;
    if (price * 10'000 > guidance * (10'000 + soft)) return engine::order_flag::guidance_above;
    return 0;
}

NaiveExchange::Refusal NaiveExchange::reason_refusal(const Asked& a) const {
    const Family& f = family(a.body.instrument);
    const bool given = a.old == nullptr ? !a.body.reason.empty() : a.old->reason_given;
    if (!f.defined.require_reason || given || soft_flags(a.price, f.band.guidance) == 0) return std::nullopt;
    return refusal(RejectReason::reason_required, RejectField::reason);
}

NaiveExchange::Refusal NaiveExchange::funds_refusal(std::int64_t available, std::int64_t needed) const {
    if (needed <= available) return std::nullopt;
    auto r = refusal(RejectReason::funds, RejectField::cash);
    r.limit_high = available;
    r.got = needed;
    return r;
}

NaiveExchange::Refusal NaiveExchange::capacity_refusal(engine::InstrumentId i, std::int64_t room,
                                                       std::int64_t lots) const {
    if (lots <= room) return std::nullopt;
    auto r = refusal(RejectReason::capacity, RejectField::capacity);
    r.limit_high = room * engine::lot_decimal(product(i.family));
    r.got = lots * engine::lot_decimal(product(i.family));
    r.instrument = i;
    return r;
}

// Money first, then capacity; a replace counts what the old order reserved as free.
NaiveExchange::Refusal NaiveExchange::account_refusal(const Asked& a) const {
    const engine::InstrumentId i = a.body.instrument;
    const engine::Product product_ = product(i.family);
    const std::int64_t cum = a.old == nullptr ? 0 : a.old->cum;
    const std::int64_t leaves = engine::lots_of(a.body.qty, product_).value - cum;
    const auto at = positions_.find({header().account, i});
    Position position = at == positions_.end() ? Position{} : at->second;
    if (a.old != nullptr && a.old->side == Side::sell) {
        position.open_sells -= a.old->leaves();
        position.offered_again -= a.old->free;
    }
    const std::int64_t free = std::min(leaves, position.bought - position.offered_again);
    const std::int64_t margin_price = std::max(a.price, family(i).band.guidance);
    const Wide notional = Wide{a.price} * leaves * engine::micro_per_tick_lot(product_);
    const std::int64_t needed =
        a.body.side == Side::buy ? buy_hold(notional) : margin_for(i.family, margin_price, leaves - free);
    const std::int64_t back = a.old == nullptr ? 0 : a.old->hold;
    if (auto r = funds_refusal(accounts_[header().account.value].cash + back, needed)) return r;
    if (a.body.side == Side::buy) return std::nullopt;
    const std::int64_t room =
        capacity(header().account, i) + position.bought - position.sold - position.open_sells;
    return capacity_refusal(i, room, leaves);
}

// Whoever owns what it would cross. In a pause nothing crosses.
NaiveExchange::Refusal NaiveExchange::post_only_refusal(const Asked& a) const {
    const engine::InstrumentId i = a.body.instrument;
    if (!a.body.post_only || hours_.at(i).phase != Phase::open) return std::nullopt;
    const Order* other = best(i, engine::opposite(a.body.side));
    if (other == nullptr) return std::nullopt;
    const bool crosses = a.body.side == Side::buy ? other->price <= a.price : other->price >= a.price;
    if (!crosses) return std::nullopt;
    auto r = refusal(RejectReason::post_only, RejectField::price);
    r.limit_high = other->price * engine::tick_decimal;
    r.got = a.price * engine::tick_decimal;
    return r;
}

// Pools, then the account's own limit. An order that cannot rest needs no place among those that do.
NaiveExchange::Refusal NaiveExchange::limit_refusal(engine::Pool resting) const {
    if (live_records() + 1 >= genesis_.records) return pool_full(engine::Pool::records, genesis_.records);
    if (resting == engine::Pool::orders && live_.size() >= genesis_.orders)
        return pool_full(resting, genesis_.orders);
    if (resting == engine::Pool::strips && strips_.size() + standbys_.size() >= genesis_.strips)
        return pool_full(resting, genesis_.strips);
    const auto open = static_cast<std::int64_t>(open_of(header().account).size());
    if (open < most_orders()) return std::nullopt;
    auto r = refusal(RejectReason::orders_limit, RejectField::account);
    r.limit_high = most_orders();
    r.got = open + 1;
    return r;
}

NaiveExchange::Refusal NaiveExchange::order_refusal(Asked& a) const {
    const engine::PlaceOrder& p = a.body;
    const auto checks = [&]() -> Refusal {
        if (auto r = killed_refusal(p.instrument, 1)) return r;
        if (auto r = standby_refusal(p)) return r;
        if (auto r = symbol_refusal(p.instrument)) return r;
        const bool market = p.type == OrderType::market;
        const bool at_once =
            market || p.tif == TimeInForce::ioc || p.tif == TimeInForce::fok || p.min_qty.value != 0;
        if (hours_.at(p.instrument).phase != Phase::open && at_once)
            return refusal(RejectReason::phase_closed, RejectField::symbol);
        if (!market && p.tif == TimeInForce::gtt && a.old == nullptr && p.expire <= now_) {
            auto r = refusal(RejectReason::format_value, RejectField::expire);
            r.limit_low = now_.value;
            r.got = p.expire.value;
            return r;
        }
        const Edges band = effective(p.instrument);
        a.price = !market ? engine::ticks_of(p.price) : p.side == Side::buy ? band.hi : band.lo;
        if (!market)
            if (auto r = tick_refusal(p.price)) return r;
        if (auto r = quantity_refusal(p)) return r;
        const engine::Product product_ = product(p.instrument.family);
        if (auto r = notional_refusal(Wide{a.price} * engine::lots_of(p.qty, product_).value *
                                      engine::micro_per_tick_lot(product_)))
            return r;
        if (p.standby) {
            if (auto r = hard_refusal(p.instrument.family, p.price)) return r;
            if (auto r = account_refusal(a)) return r;
            return limit_refusal(engine::Pool::strips);
        }
        if (!market) {
            if (auto r = band_refusal(a)) return r;
            if (auto r = reason_refusal(a)) return r;
        }
        if (auto r = account_refusal(a)) return r;
        if (auto r = post_only_refusal(a)) return r;
        if (a.old != nullptr) return std::nullopt;
        const bool rests = !market && (p.tif == TimeInForce::gate || p.tif == TimeInForce::gtt);
        return limit_refusal(rests ? engine::Pool::orders : engine::Pool::none);
    };
    Refusal r = checks();
    if (r) r->instrument = p.instrument;
    return r;
}

// Executable orders within the limit, by price and time. An own order ends the walk, is passed over, or
// lowers what is left to find.
NaiveExchange::Reach NaiveExchange::reach(const Order& order) const {
    Reach found;
    std::int64_t left = order.left;
    for (const Order* other : queue(order.instrument, engine::opposite(order.side))) {
        const bool crosses =
            order.side == Side::buy ? other->price <= order.price : other->price >= order.price;
        if (!crosses || left == 0) break;
        const std::int64_t lots = std::min(left, other->left);
        if (!same_group(other->account, order.account)) {
            ++found.met;
            found.lots += lots;
            left -= lots;
        } else if (order.self_trade == engine::SelfTrade::decrement) {
            left -= lots;
        } else if (order.self_trade != engine::SelfTrade::cancel_maker) {
            break;
        }
    }
    return found;
}

}  // namespace gridbook::twin
