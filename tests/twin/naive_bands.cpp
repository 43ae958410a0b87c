// SPDX-License-Identifier: Apache-2.0
// Bands in the twin: changes and their dates, what they do to orders, and what waking orders trade.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::BandStatus;
using engine::Decimal;
using engine::OrderState;
using engine::Period;
using engine::RejectField;
using engine::RejectReason;
using engine::Side;

namespace {

// The widest price of a book: 2^20 - 1 ticks.
constexpr std::int64_t widest = (1 << 20) - 1;
constexpr std::size_t changes_ahead = 8;

engine::Price price_of(std::int64_t ticks) { return engine::Price{static_cast<std::int32_t>(ticks)}; }

}  // namespace

Band NaiveExchange::changed(const Band& before, const BandChange& change) const {
    Band after = before;
    after.version = change.version;
    after.effective = change.effective;
    after.blob = change.blob;
    if (!change.asked.rationale.empty()) after.rationale = change.asked.rationale;
    if (change.asked.guidance.value != 0) after.guidance = engine::ticks_of(change.asked.guidance);
    if (change.asked.floor.value != 0) {
        after.lo = engine::ticks_of(change.asked.floor);
        after.floor_set = true;
    }
    if (change.asked.ceiling.value != 0) {
        after.hi = engine::ticks_of(change.asked.ceiling);
        after.ceiling_set = true;
    }
    if (!after.floor_set) after.lo = (after.guidance * 70 + 99) / 100;
    if (!after.ceiling_set) after.hi = after.guidance * 140 / 100;
    return after;
}

NaiveExchange::Refusal NaiveExchange::band_value_refusal(Decimal value, RejectField field) const {
    engine::Refused r;
    if (!engine::on_tick(value)) {
        r = refusal(RejectReason::tick, field);
        r.limit_high = engine::tick_decimal;
    } else if (value.value < 0) {
        r = refusal(RejectReason::format_value, field);
        r.limit_high = widest * engine::tick_decimal;
    } else if (engine::ticks_of(value) > widest) {
        r = refusal(RejectReason::engine_limit, field);
        r.pool = engine::Pool::price;
        r.limit_high = widest * engine::tick_decimal;
    } else {
        return std::nullopt;
    }
    r.got = value.value;
    return r;
}

NaiveExchange::Refusal NaiveExchange::band_refusal(const engine::SetBand& s) const {
    const Family& f = families_[s.family.value];
    if (s.expect != f.last_version) {
        auto r = refusal(RejectReason::version_conflict, RejectField::expect);
        r.band = f.last_version;
        r.limit_high = f.last_version;
        r.got = s.expect;
        return r;
    }
    if (s.effective.value != 0 && s.effective < now_) {
        auto r = refusal(RejectReason::effective, RejectField::effective);
        r.limit_low = now_.value;
        r.got = s.effective.value;
        return r;
    }
    for (const auto& [value, field] :
         {std::pair{s.floor, RejectField::floor}, std::pair{s.ceiling, RejectField::ceiling},
          std::pair{s.guidance, RejectField::guidance}})
        if (const auto r = band_value_refusal(value, field)) return r;
    if (s.effective > now_ && f.scheduled.size() == changes_ahead)
        return pool_full(engine::Pool::agenda, changes_ahead);
    const Band after = changed(f.band, {f.last_version + 1, s, now_, {}});
    if (after.lo > after.hi || after.lo < 1 || after.hi > widest) {
        auto r = refusal(RejectReason::format_value, RejectField::floor);
        r.limit_low = engine::tick_decimal;
        r.limit_high = std::min(after.hi, widest) * engine::tick_decimal;
        r.got = after.lo * engine::tick_decimal;
        return r;
    }
    if (!after.inside(after.guidance)) {
        auto r = refusal(RejectReason::format_value, RejectField::guidance);
        r.limit_low = after.lo * engine::tick_decimal;
        r.limit_high = after.hi * engine::tick_decimal;
        r.got = after.guidance * engine::tick_decimal;
        return r;
    }
    return std::nullopt;
}

// What would park: orders inside the band of now and outside that one.
engine::BandChanged NaiveExchange::told(engine::FamilyId id, const Band& after, BandStatus status) const {
    engine::BandChanged e;
    e.family = id;
    e.status = status;
    e.version = after.version;
    e.floor = price_of(after.lo);
    e.ceiling = price_of(after.hi);
    e.guidance = price_of(after.guidance);
    e.effective = after.effective;
    e.blob = after.blob;
    e.rationale = after.rationale;
    std::set<engine::AccountId> participants;
    for (const auto& [order_id, order] : live_) {
        if (order.instrument.family != id || !families_[id.value].band.inside(order.price)) continue;
        if (after.inside(order.price)) continue;
        participants.insert(order.account);
        ++e.orders_parked;
        e.qty_parked += engine::Quantity{order.leaves()};
    }
    e.participants = static_cast<std::uint32_t>(participants.size());
    return e;
}

void NaiveExchange::set_band(const engine::SetBand& s) {
    if (s.family.value >= families_.size()) {
        auto r = refusal(RejectReason::symbol_unknown, RejectField::family);
        r.instrument = engine::no_instrument;
        return refuse(r);
    }
    if (auto r = band_refusal(s)) {
        r->instrument = engine::instrument(s.family, Period{0});
        return refuse(*r);
    }
    Family& f = families_[s.family.value];
    const bool later = s.effective > now_;
    BandChange change{++f.last_version, s, later ? s.effective : now_, {}};
    if (s.blob != engine::Sha256{}) change.blob = sequence_;
    const Band after = changed(f.band, change);
    auto e = told(s.family, after, later ? BandStatus::scheduled : BandStatus::applied);
    e.origin = header().origin;
    emit(header().account, e, false, engine::event_flag::reply);
    if (later) {
        f.scheduled.push_back(change);
        return std::stable_sort(f.scheduled.begin(), f.scheduled.end(),
                                [](const auto& a, const auto& b) { return a.effective < b.effective; });
    }
    f.band = after;
    park(s.family);
    wake(s.family);
}

// All changes of this instant come into force; then orders move.
void NaiveExchange::bands_due() {
    std::vector<engine::FamilyId> moved;
    for (const engine::FamilyId id : by_symbol()) {
        Family& f = families_[id.value];
        while (!f.scheduled.empty() && f.scheduled.front().effective == now_) {
            Band after = changed(f.band, f.scheduled.front());
            f.scheduled.erase(f.scheduled.begin());
            after.hi =
                std::max(after.hi, after.lo);  // another change came between: the edges meet, never cross
            emit(engine::no_account, told(id, after, BandStatus::in_force));
            f.band = after;
            moved.push_back(id);
        }
    }
    for (const engine::FamilyId id : moved) {
        park(id);
        wake(id);
    }
}

// Orders that lie outside park, those that lie inside again are open: by period, bids first, best first, then
// time.
void NaiveExchange::park(engine::FamilyId f) {
    for (const auto& [i, phase] : phases_) {
        if (i.family != f || phase != engine::Phase::open) continue;
        for (const Side side : {Side::buy, Side::sell}) {
            for (const engine::OrderId id : resting(i, side)) {
                Order& order = live_.at(id);
                const OrderState state =
                    families_[f.value].band.inside(order.price) ? OrderState::open : OrderState::parked;
                if (state == order.state) continue;
                order.state = state;
                tell(order);
            }
        }
    }
}

void NaiveExchange::wake(engine::FamilyId f) {
    for (const auto& [i, phase] : phases_)
        if (i.family == f && phase == engine::Phase::open) wake_hour(i);
}

// While the fronts cross they trade at the older one's price; the younger is the taker.
void NaiveExchange::wake_hour(engine::InstrumentId i) {
    for (;;) {
        const auto bids = queue(i, Side::buy);
        const auto asks = queue(i, Side::sell);
        if (bids.empty() || asks.empty() || bids.front()->price < asks.front()->price) return;
        const bool bid_older = bids.front()->priority < asks.front()->priority;
        Order& older = live_.at(bid_older ? bids.front()->id : asks.front()->id);
        Order& younger = live_.at(bid_older ? asks.front()->id : bids.front()->id);
        if (accounts_[older.account.value].group != accounts_[younger.account.value].group) {
            trade(older, younger, older.price);
            continue;
        }
        const engine::OrderId id = younger.id;
        end(younger, OrderState::cancelled, engine::CancelReason::self_trade);
        tell(done_.at(id));
    }
}

}  // namespace gridbook::twin
