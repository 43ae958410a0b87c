// SPDX-License-Identifier: Apache-2.0
// Strips in the twin: what is refused, the sweep over the hours, what stands in the way of one that rests,
// and which older strip it could take (market-rules section 4).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::InstrumentId;
using engine::OrderState;
using engine::Phase;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;
using engine::Wide;

namespace {

constexpr std::int64_t most_met = 2'000;

}  // namespace

// ---- what is refused ----

NaiveExchange::Refusal NaiveExchange::strip_hours_refusal(const engine::PlaceStrip& p) const {
    if (p.hours < 2 || p.hours > 168) {
        auto r = refusal(RejectReason::format_value, RejectField::hours);
        r.limit_low = 2;
        r.limit_high = 168;
        r.got = p.hours;
        return r;
    }
    if (p.family.value < families_.size() && product(p.family) == engine::Product::token)
        return refusal(RejectReason::format_value, RejectField::family);
    for (std::uint32_t k = 0; k < p.hours; ++k) {
        const InstrumentId i = engine::instrument(p.family, engine::Period{p.start.value + k});
        Refusal r = symbol_refusal(i);
        if (!r && hours_.at(i).phase != Phase::open)
            r = refusal(RejectReason::phase_closed, RejectField::symbol);
        if (!r) continue;
        r->instrument = i;
        return r;
    }
    return std::nullopt;
}

// Money for all hours; capacity in each.
NaiveExchange::Refusal NaiveExchange::strip_account_refusal(const Strip& s) const {
    const std::int64_t cash = accounts_[s.account.value].cash;
    const Wide notional = Wide{s.price} * s.lots * s.hours * engine::micro_per_tick_lot(product(s.family));
    if (s.side == Side::buy) return funds_refusal(cash, buy_hold(notional));
    std::int64_t margin = 0;
    for (const std::int64_t m : s.margin) margin += m;
    if (auto r = funds_refusal(cash, margin)) return r;
    for (std::int64_t k = 0; k < s.hours; ++k) {
        const auto at = positions_.find({s.account, s.hour(k)});
        const Position p = at == positions_.end() ? Position{} : at->second;
        const std::int64_t room = capacity(s.account, s.hour(k)) + p.bought - p.sold - p.open_sells;
        if (auto r = capacity_refusal(s.hour(k), room, s.lots)) return r;
    }
    return std::nullopt;
}

NaiveExchange::Refusal NaiveExchange::strip_refusal(const engine::PlaceStrip& p) const {
    const InstrumentId first = engine::instrument(p.family, p.start);
    const auto checks = [&]() -> Refusal {
        if (auto r = killed_refusal(first, p.hours)) return r;
        if (auto r = strip_hours_refusal(p)) return r;
        if (auto r = tick_refusal(p.price)) return r;
        engine::PlaceOrder one;  // the quantity of one hour is that of an order
        one.instrument = first;
        one.qty = p.qty;
        if (auto r = quantity_refusal(one)) return r;
        const engine::Product product_ = product(p.family);
        if (auto r =
                notional_refusal(Wide{engine::ticks_of(p.price)} * engine::lots_of(p.qty, product_).value *
                                 p.hours * engine::micro_per_tick_lot(product_)))
            return r;
        if (auto r = hard_refusal(p.family, p.price)) return r;
        const Strip s = strip_of(p);
        if (auto r = strip_account_refusal(s)) return r;
        if (outlook(s).sweep.met > most_met) {
            auto r = pool_full(engine::Pool::events, most_met);
            r.got = most_met + 1;
            return r;
        }
        return limit_refusal(p.tif == engine::TimeInForce::fok ? engine::Pool::none : engine::Pool::strips);
    };
    Refusal r = checks();
    if (r && r->instrument == engine::no_instrument) r->instrument = first;
    return r;
}

Strip NaiveExchange::strip_of(const engine::PlaceStrip& p) const {
    Strip s;
    s.account = header().account;
    s.cid = p.cid;
    s.family = p.family;
    s.start = p.start;
    s.hours = p.hours;
    s.side = p.side;
    s.tif = p.tif == engine::TimeInForce::fok ? p.tif : engine::TimeInForce::gate;
    s.price = engine::ticks_of(p.price);
    s.lots = engine::lots_of(p.qty, product(p.family)).value;
    s.priority = priorities_ + 1;
    s.entered = sequence_;
    s.session = session_of_order();
    s.band = families_[p.family.value].band.version;
    s.guidance = families_[p.family.value].band.guidance;
    s.soft = soft_flags(s.price, s.guidance);
    if (s.side == Side::buy) return s;
    for (std::int64_t k = 0; k < s.hours; ++k) {
        const auto at = positions_.find({s.account, s.hour(k)});
        const Position position = at == positions_.end() ? Position{} : at->second;
        s.free.push_back(std::min(s.lots, position.bought - position.offered_again));
        s.margin.push_back(margin_for(s.family, std::max(s.price, s.guidance), s.lots - s.free.back()));
    }
    return s;
}

// ---- looking ----

// For every hour the other side is walked until the quantity is found, own orders skipped; the first hour
// that stands in the way ends it.
NaiveExchange::Sweep NaiveExchange::sweep(InstrumentId first, std::int64_t hours, Side side,
                                          std::int64_t lots, engine::AccountId account, bool kills) const {
    Sweep found;
    const Side other = engine::opposite(side);
    for (std::int64_t k = 0; k < hours; ++k) {
        const InstrumentId i = engine::instrument(
            first.family, engine::Period{first.period.value + static_cast<std::uint32_t>(k)});
        found.hour = i.period;
        if (kills && (kills_.families.count(i.family) != 0 || kills_.instruments.count(i) != 0)) {
            found.why = CancelReason::killed;
            return found;
        }
        const auto hour = hours_.find(i);
        if (hour == hours_.end() || hour->second.phase != Phase::open) {
            found.why = CancelReason::phase_closed;
            return found;
        }
        const Edges band = effective(i);
        std::int64_t left = lots;
        bool beyond = false;
        found.hours.emplace_back();
        for (const engine::OrderId id : resting(i, other)) {
            const Order& order = live_.at(id);
            if (left == 0) break;
            if (order.state != OrderState::open || same_group(order.account, account)) continue;
            beyond |= other == Side::sell ? order.price > band.hi : order.price < band.lo;
            if (!band.inside(order.price)) continue;
            if (++found.met > most_met) break;
            const std::int64_t taken = std::min(left, order.left);
            found.hours.back().push_back({id, order.price, taken});
            found.total += Wide{order.price} * taken;
            left -= taken;
        }
        if (left == 0) continue;
        found.why = beyond ? CancelReason::leg_out_of_band : CancelReason::no_liquidity_in_band;
        return found;
    }
    found.hour = {};
    return found;
}

// The best price, then time: an older strip of the other side for the same hours and quantity.
const Strip* NaiveExchange::strip_to_take(const Strip& s) const {
    const Strip* taken = nullptr;
    for (const auto& [id, other] : strips_) {
        const bool fits = other.family == s.family && other.start == s.start && other.hours == s.hours &&
                          other.lots == s.lots && other.side != s.side && other.priority < s.priority &&
                          !same_group(other.account, s.account);
        const bool crosses = s.side == Side::buy ? other.price <= s.price : other.price >= s.price;
        if (!fits || !crosses) continue;
        bool inside = true;
        for (std::int64_t k = 0; k < s.hours && inside; ++k)
            inside = hours_.at(s.hour(k)).phase == Phase::open && effective(s.hour(k)).inside(other.price);
        if (!inside) continue;
        const bool better = taken == nullptr ||
                            (s.side == Side::buy ? other.price < taken->price : other.price > taken->price);
        if (better) taken = &other;
    }
    return taken;
}

NaiveExchange::Outlook NaiveExchange::outlook(const Strip& s) const {
    Outlook o;
    o.sweep = sweep(s.hour(0), s.hours, s.side, s.lots, s.account, false);
    o.why = o.sweep.why;
    const bool buys = s.side == Side::buy;
    const Wide all = Wide{s.lots} * s.hours;
    if (o.why == CancelReason::none) {
        // The average, rounded against the strip.
        o.best = static_cast<std::int64_t>((o.sweep.total + (buys ? all - 1 : 0)) / all);
        const bool within = buys ? o.sweep.total <= all * s.price : o.sweep.total >= all * s.price;
        if (!within) o.why = CancelReason::price;
        if (!within) o.missing = buys ? o.best - s.price : s.price - o.best;
    }
    o.fills = o.why == CancelReason::none;
    o.other = strip_to_take(s);
    if (o.other == nullptr) return o;
    const Wide strip_total = all * o.other->price;
    const bool sweep_better = buys ? o.sweep.total < strip_total : o.sweep.total > strip_total;
    if (o.fills && sweep_better) o.other = nullptr;
    o.fills = true;
    return o;
}

// Ids count up and a strip is never replaced, so their order is that of time.
std::vector<engine::OrderId> NaiveExchange::strips_in_time() const {
    std::vector<engine::OrderId> ids;
    for (const auto& [id, s] : strips_) ids.push_back(id);
    return ids;
}

// ---- telling ----

engine::StripEvent NaiveExchange::picture(const Strip& s, const Outlook* o) const {
    engine::StripEvent e;
    e.order = s.id;
    e.cid = s.cid;
    e.hold = engine::Money{s.hold};
    e.instrument = s.hour(0);
    e.price = price_of(s.price);
    e.qty = static_cast<std::uint32_t>(s.lots);
    e.band = s.band;
    e.hours = s.hours;
    e.side = s.side;
    e.state = s.state;
    e.reason = s.reason;
    e.tif = s.tif;
    e.order_flags = s.soft;
    if (o == nullptr) return e;
    e.best_achievable = price_of(o->best);
    e.missing_by = price_of(o->missing);
    e.why = o->why;
    e.hour = o->sweep.hour;
    return e;
}

// What a strip that rests could have now.
engine::StripEvent NaiveExchange::picture(const Strip& s) const {
    if (s.state != OrderState::open) return picture(s, nullptr);
    const Outlook now = outlook(s);
    return picture(s, &now);
}

void NaiveExchange::tell(const Strip& s, std::uint8_t flags) {
    engine::StripEvent e = picture(s);
    if (flags & engine::event_flag::reply) e.origin = header().origin;
    emit(s.account, e, (flags & engine::event_flag::duplicate) == 0, flags);
}

}  // namespace gridbook::twin
