// SPDX-License-Identifier: Apache-2.0
// The hard band in the twin: changes and their dates, their impact; and the suspension of the dynamic layer.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::BandStatus;
using engine::Decimal;
using engine::Period;
using engine::RejectField;
using engine::RejectReason;

namespace {

// The highest price there is, and the ticks between the edges of the widest band that a book can hold.
constexpr std::int64_t highest = (1 << 30) - 1;
constexpr std::int64_t widest = (1 << 21) - 4'096;
constexpr std::size_t changes_ahead = 8;

}  // namespace

Band NaiveExchange::changed(const Band& before, const BandChange& change) const {
    Band after = before;
    after.version = change.version;
    after.effective = change.effective;
    after.blob = change.blob;
    after.proposer = change.proposer;
    const auto& a = change.asked;
    // Who sets a value of its own follows nobody any more.
    if (a.guidance.value != 0 || a.floor.value != 0 || a.ceiling.value != 0) after.converted = false;
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
    if (after.converted) return after;
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
        r.limit_high = highest * engine::tick_decimal;
    } else if (engine::ticks_of(value) > highest) {
        r = refusal(RejectReason::engine_limit, field);
        r.pool = engine::Pool::price;
        r.limit_high = highest * engine::tick_decimal;
    } else {
        return std::nullopt;
    }
    r.got = value.value;
    return r;
}

// What the family's band becomes: converted anew, or with the values that were asked for.
Band NaiveExchange::outcome(engine::FamilyId id, const BandChange& change) const {
    const Family& f = families_[id.value];
    if (!change.asked.follow) return changed(f.band, change);
    Band after = converted(families_[benchmark_of(id)->value].band,
                           classes_[f.defined.class_id.value].k_train, f.band);
    after.version = change.version;
    after.effective = change.effective;
    return after;
}

NaiveExchange::Refusal NaiveExchange::band_shape_refusal(const Band& after) const {
    const auto too_much = [&](std::int64_t most, std::int64_t got) {
        auto r = refusal(RejectReason::engine_limit, RejectField::ceiling);
        r.pool = engine::Pool::price;
        r.limit_high = most * engine::tick_decimal;
        r.got = got * engine::tick_decimal;
        return r;
    };
    if (after.hi > highest) return too_much(highest, after.hi);
    if (after.lo > after.hi || after.lo < 1) {
        auto r = refusal(RejectReason::format_value, RejectField::floor);
        r.limit_low = engine::tick_decimal;
        r.limit_high = after.hi * engine::tick_decimal;
        r.got = after.lo * engine::tick_decimal;
        return r;
    }
    if (after.hi - after.lo > widest) return too_much(widest, after.hi - after.lo);
    if (!after.inside(after.guidance)) {
        auto r = refusal(RejectReason::format_value, RejectField::guidance);
        r.limit_low = after.lo * engine::tick_decimal;
        r.limit_high = after.hi * engine::tick_decimal;
        r.got = after.guidance * engine::tick_decimal;
        return r;
    }
    return std::nullopt;
}

// `instrument` names the family the refusal speaks of: a follower may stand in the way.
NaiveExchange::Refusal NaiveExchange::band_refusal(const engine::SetBand& s,
                                                   const engine::SetGuidance* formula) const {
    if (s.family.value >= families_.size()) {
        auto r = refusal(RejectReason::symbol_unknown, RejectField::family);
        r.instrument = engine::instrument(engine::no_family, Period{0});
        return r;
    }
    const Family& f = families_[s.family.value];
    const auto of = [&](engine::FamilyId id, Refusal r) {
        if (r) r->instrument = engine::instrument(id, Period{0});
        return r;
    };
    if (s.expect != f.last_version) {
        auto r = refusal(RejectReason::version_conflict, RejectField::expect);
        r.band = f.last_version;
        r.limit_high = f.last_version;
        r.got = s.expect;
        return of(s.family, r);
    }
    if (s.effective.value != 0 && s.effective < now_) {
        auto r = refusal(RejectReason::effective, RejectField::effective);
        r.limit_low = now_.value;
        r.got = s.effective.value;
        return of(s.family, r);
    }
    const bool sets = s.floor.value != 0 || s.ceiling.value != 0 || s.guidance.value != 0;
    if (s.follow && (sets || !benchmark_of(s.family)))
        return of(s.family, refusal(RejectReason::format_value, RejectField::family));
    for (const auto& [value, field] :
         {std::pair{s.floor, RejectField::floor}, std::pair{s.ceiling, RejectField::ceiling},
          std::pair{s.guidance, RejectField::guidance}})
        if (const auto r = band_value_refusal(value, field)) return of(s.family, r);
    if (formula != nullptr)
        if (const auto r = guidance_refusal(*formula)) return of(s.family, r);
    if (s.effective > now_ && f.scheduled.size() == changes_ahead)
        return of(s.family, pool_full(engine::Pool::agenda, changes_ahead));
    const Band after = outcome(s.family, {f.last_version + 1, s, now_, {}, 0});
    if (const auto r = band_shape_refusal(after)) return of(s.family, r);
    const Bands followers = following(s.family, after);
    for (const auto& [id, band] : followers)
        if (const auto r = band_shape_refusal(band)) return of(id, r);
    if (formula == nullptr ? s.reasoned || !s.rationale.empty() : formula->reasoned) return std::nullopt;
    if (const auto r = cost_refusal(s.family, after)) return of(s.family, r);
    for (const auto& [id, band] : followers)
        if (const auto r = cost_refusal(id, band)) return of(id, r);
    return std::nullopt;
}

// A floor under what any provider of the family declared needs a reason.
NaiveExchange::Refusal NaiveExchange::cost_refusal(engine::FamilyId id, const Band& after) const {
    std::int64_t dearest = 0;
    for (const Resource& resource : resources_)
        if (resource.live && resource.family == id) dearest = std::max(dearest, resource.cost);
    if (after.lo * engine::tick_decimal >= dearest) return std::nullopt;
    auto r = refusal(RejectReason::reason_required, RejectField::floor);
    r.limit_low = dearest;
    r.got = after.lo * engine::tick_decimal;
    return r;
}

// What would park: orders inside the bands of now and outside these.
template <class Told>
void NaiveExchange::count_parked(const Bands& bands, Told& e) const {
    std::set<engine::AccountId> participants;
    for (const auto& [id, after] : bands)
        for (const auto& [order_id, order] : live_) {
            if (order.instrument.family != id || !families_[id.value].band.inside(order.price)) continue;
            if (after.inside(order.price)) continue;
            participants.insert(order.account);
            ++e.orders_parked;
            e.qty_parked += engine::Quantity{order.leaves()};
        }
    e.participants = static_cast<std::uint32_t>(participants.size());
}
template void NaiveExchange::count_parked(const Bands&, engine::FactorsChanged&) const;
template void NaiveExchange::count_parked(const Bands&, engine::BandChanged&) const;

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
    e.converted = after.converted;
    e.proposer = after.proposer;
    if (status == BandStatus::in_force) count_parked({{id, after}}, e);
    return e;
}

// With a formula it is a guidance: its inputs are told first. What is answered counts those that follow, too.
void NaiveExchange::set_band(const engine::SetBand& s, const engine::SetGuidance* formula, By by) {
    if (const auto r = band_refusal(s, formula)) return refuse(*r);
    Family& f = families_[s.family.value];
    const bool later = s.effective > now_;
    const BandChange change{f.last_version + 1, s, later ? s.effective : now_, text_of(s.blob, by),
                            by.proposer};
    const Band after = outcome(s.family, change);
    Bands all = following(s.family, after);
    const Bands followers = all;
    all.insert(all.begin(), {s.family, after});
    auto e = told(s.family, after, later ? BandStatus::scheduled : BandStatus::applied);
    count_parked(all, e);
    const bool large = above_four_eyes(f.band.lo, after.lo) || above_four_eyes(f.band.hi, after.hi) ||
                       above_four_eyes(f.band.guidance, after.guidance);
    if (large && by.proposed.value == 0) {
        engine::Change c;
        c.family = s.family;
        c.class_id = engine::no_class;
        c.effective = s.effective;
        c.floor = e.floor;
        c.ceiling = e.ceiling;
        c.guidance = e.guidance;
        c.orders_parked = e.orders_parked;
        c.qty_parked = e.qty_parked;
        c.participants = e.participants;
        return propose(formula != nullptr ? engine::Command::of(*formula) : engine::Command::of(s), c);
    }
    ++f.last_version;
    if (formula != nullptr) tell_inputs(*formula, after);
    e.origin = header().origin;
    emit(header().account, e, false, engine::event_flag::reply);
    if (later) {
        f.scheduled.push_back(change);
        return std::stable_sort(f.scheduled.begin(), f.scheduled.end(),
                                [](const auto& a, const auto& b) { return a.effective < b.effective; });
    }
    f.band = after;
    std::vector<engine::FamilyId> moved{s.family};
    tell_followers(followers, moved);
    for (const engine::FamilyId id : moved) move_family(id, engine::BandCause::guidance);
}

// All changes of this instant come into force: factors by class, then bands by symbol, each with those that
// follow it; what nobody approved is over; then orders move. Then suspensions end.
void NaiveExchange::bands_due() {
    std::vector<engine::FamilyId> moved;
    factors_due(moved);
    for (const engine::FamilyId id : by_symbol()) {
        Family& f = families_[id.value];
        while (!f.scheduled.empty() && f.scheduled.front().effective == now_) {
            Band after = outcome(id, f.scheduled.front());
            f.scheduled.erase(f.scheduled.begin());
            after.hi =
                std::max(after.hi, after.lo);  // another change came between: the edges meet, never cross
            emit(engine::no_account, told(id, after, BandStatus::in_force));
            if (f.band.moved_by(after)) moved.push_back(id);
            f.band = after;
            tell_followers(following(id, after), moved);
        }
    }
    changes_due();
    for (const engine::FamilyId id : moved) move_family(id, engine::BandCause::guidance);
    for (const engine::FamilyId id : by_symbol()) {
        Family& f = families_[id.value];
        if (f.suspended.value == 0 || f.suspended > now_) continue;
        f.suspended = {};
        engine::DynamicSuspended e;
        e.family = id;
        emit(engine::no_account, e);
        move_family(id, engine::BandCause::suspended);
    }
}

// The dynamic layer of the family is out of force until then, or in force again.
void NaiveExchange::suspend(const engine::SuspendDynamic& s) {
    if (s.family.value >= families_.size())
        return refuse(refusal(RejectReason::symbol_unknown, RejectField::family));
    const engine::Time last = now_ + engine::second * rules_.suspend_s;
    if (s.until.value != 0 && (s.until <= now_ || s.until > last)) {
        auto r = refusal(RejectReason::format_value, RejectField::until);
        r.limit_low = now_.value;
        r.limit_high = last.value;
        r.got = s.until.value;
        r.instrument = engine::instrument(s.family, Period{0});
        return refuse(r);
    }
    families_[s.family.value].suspended = s.until;
    engine::DynamicSuspended e;
    e.origin = header().origin;
    e.family = s.family;
    e.until = s.until;
    emit(header().account, e, false, engine::event_flag::reply);
    move_family(s.family, engine::BandCause::suspended);
}

}  // namespace gridbook::twin
