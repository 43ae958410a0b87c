// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/band_checks.hpp"

#include "engine/regulation/guidance.hpp"

namespace gridbook::engine {
namespace {

Refused refused(FamilyId family, RejectReason reason, RejectField field) {
    Refused r = refusal(reason, field);
    r.instrument = instrument(family, Period{0});
    return r;
}

// A value given off its step, or too high for a book.
Refused check_value(FamilyId family, Decimal value, RejectField field) {
    Refused r;
    if (!on_tick(value)) {
        r = refused(family, RejectReason::tick, field);
        r.limit_high = tick_decimal;
    } else if (value < Decimal{} || value > decimal_of(max_price)) {
        r = refused(family, value < Decimal{} ? RejectReason::format_value : RejectReason::engine_limit,
                    field);
        r.pool = value < Decimal{} ? Pool::none : Pool::price;
        r.limit_high = decimal_of(max_price).value;
    }
    r.got = value.value;
    return r;
}

// A limit of what a book can hold: the highest price, or the widest band.
Refused too_much(FamilyId family, std::int32_t most, std::int64_t got) {
    Refused r = refused(family, RejectReason::engine_limit, RejectField::ceiling);
    r.pool = Pool::price;
    r.limit_high = decimal_of(Price{most}).value;
    r.got = got * tick_decimal;
    return r;
}

Refused check_version(const Family& family, const BandAsk& ask) {
    if (ask.expect == family.last_version) return {};
    Refused r = refused(ask.family, RejectReason::version_conflict, RejectField::expect);
    r.band = family.last_version;
    r.limit_high = family.last_version;
    r.got = ask.expect;
    return r;
}

Refused check_effective(const State& state, const BandAsk& ask) {
    if (ask.effective == Time{} || ask.effective >= state.time) return {};
    Refused r = refused(ask.family, RejectReason::effective, RejectField::effective);
    r.limit_low = state.time.value;
    r.got = ask.effective.value;
    return r;
}

// Who follows sets no value, and there is somebody to follow.
Refused check_follow(const State& state, const Family& family, const BandAsk& ask) {
    if (!ask.follow) return {};
    const bool sets = ask.floor != Decimal{} || ask.ceiling != Decimal{} || ask.guidance != Decimal{};
    if (!sets && state.catalogue.benchmark_of(family) != no_family) return {};
    return refused(ask.family, RejectReason::format_value, RejectField::family);
}

Refused check_inputs(const Family& family, const BandAsk& ask) {
    if (ask.rationale_inputs == nullptr) return {};
    if (ask.guidance < Decimal{tick_decimal}) {
        Refused r = refused(ask.family, RejectReason::format_value, RejectField::guidance);
        r.limit_low = tick_decimal;
        r.limit_high = decimal_of(max_price).value;
        r.got = ask.guidance.value;
        return r;
    }
    Refused r = family.product == Product::gpu ? check_formula(*ask.rationale_inputs)
                                               : refusal(RejectReason::format_value, RejectField::family);
    if (!passed(r)) r.instrument = instrument(ask.family, Period{0});
    return r;
}

// Bands that are converted from this one must fit into their books, too.
Refused check_followers(const State& state, FamilyId id, const HardBand& after) {
    Refused r;
    for_followers(state, id, [&](FamilyId follower, const Family& family) {
        r = check_shape(follower, follow(state, family, after));
        return passed(r);
    });
    return r;
}

// A floor under what a provider says its hour costs.
Refused check_cost(const State& state, FamilyId id, const HardBand& after) {
    const Decimal cost = state.resources.dearest(id);
    if (decimal_of(after.low) >= cost) return {};
    Refused r = refused(id, RejectReason::reason_required, RejectField::floor);
    r.limit_low = cost.value;
    r.got = decimal_of(after.low).value;
    return r;
}

// Of the family, then of those that follow it.
Refused check_costs(const State& state, FamilyId id, const HardBand& after) {
    Refused r = check_cost(state, id, after);
    if (!passed(r)) return r;
    for_followers(state, id, [&](FamilyId follower, const Family& family) {
        r = check_cost(state, follower, follow(state, family, after));
        return passed(r);
    });
    return r;
}

std::int64_t share_moved(Price before, Price after) {
    const std::int64_t step = std::int64_t{after.value} - before.value;
    return (step < 0 ? -step : step) * basis_points_one;
}

}  // namespace

BandAsk ask_of(const SetBand& body) {
    return {.family = body.family,
            .expect = body.expect,
            .floor = body.floor,
            .ceiling = body.ceiling,
            .guidance = body.guidance,
            .follow = body.follow,
            .reasoned = body.reasoned || !body.rationale.empty(),
            .effective = body.effective,
            .rationale = body.rationale,
            .blob = body.blob};
}

BandAsk ask_of(const SetGuidance& body) {
    return {.family = body.family,
            .expect = body.expect,
            .guidance = body.price,
            .reasoned = body.reasoned,
            .effective = body.effective,
            .blob = body.blob,
            .rationale_inputs = &body};
}

BandChange change_of(const State& state, const BandAsk& ask) {
    BandChange change;
    change.version = state.catalogue.family(ask.family).last_version + 1;
    change.floor = Price{static_cast<std::int32_t>(ticks_of(ask.floor))};
    change.ceiling = Price{static_cast<std::int32_t>(ticks_of(ask.ceiling))};
    change.guidance = Price{static_cast<std::int32_t>(ticks_of(ask.guidance))};
    change.follow = ask.follow;
    change.effective = ask.effective > state.time ? ask.effective : state.time;
    change.rationale =
        ask.rationale_inputs != nullptr ? rationale_name(change.effective, change.version) : ask.rationale;
    return change;
}

HardBand outcome(const State& state, FamilyId id, const BandChange& change) {
    const Family& family = state.catalogue.family(id);
    HardBand after = changed(family.band, change);
    if (!change.follow) return after;
    const FamilyId benchmark = state.catalogue.benchmark_of(family);
    after = follow(state, family, state.catalogue.family(benchmark).band);
    after.version = change.version;
    after.effective = change.effective;
    return after;
}

Refused check_shape(FamilyId family, const HardBand& band) {
    if (band.high > max_price) return too_much(family, max_price.value, band.high.value);
    if (band.low > band.high || band.low < Price{1}) {
        Refused r = refused(family, RejectReason::format_value, RejectField::floor);
        r.limit_low = decimal_of(Price{1}).value;
        r.limit_high = decimal_of(band.high).value;
        r.got = decimal_of(band.low).value;
        return r;
    }
    if (const std::int32_t width = band.high.value - band.low.value; width > widest_band)
        return too_much(family, widest_band, width);
    if (!band.holds(band.guidance)) {
        Refused r = refused(family, RejectReason::format_value, RejectField::guidance);
        r.limit_low = decimal_of(band.low).value;
        r.limit_high = decimal_of(band.high).value;
        r.got = decimal_of(band.guidance).value;
        return r;
    }
    return {};
}

Refused check_ask(const State& state, const BandAsk& ask) {
    const FamilyId id = ask.family;
    if (!state.catalogue.known(id))
        return refused(no_family, RejectReason::symbol_unknown, RejectField::family);
    const Family& family = state.catalogue.family(id);
    Refused r = check_version(family, ask);
    if (passed(r)) r = check_effective(state, ask);
    if (passed(r)) r = check_follow(state, family, ask);
    if (passed(r)) r = check_value(id, ask.floor, RejectField::floor);
    if (passed(r)) r = check_value(id, ask.ceiling, RejectField::ceiling);
    if (passed(r)) r = check_value(id, ask.guidance, RejectField::guidance);
    if (passed(r)) r = check_inputs(family, ask);
    if (passed(r) && ask.effective > state.time && family.schedule.full()) {
        r = refused(id, RejectReason::engine_limit, RejectField::pool);
        r.pool = Pool::agenda;
        r.limit_high = BandSchedule::limit;
    }
    if (!passed(r)) return r;
    const HardBand after = outcome(state, id, change_of(state, ask));
    r = check_shape(id, after);
    if (passed(r)) r = check_followers(state, id, after);
    if (passed(r) && !ask.reasoned) r = check_costs(state, id, after);
    return r;
}

Impact impact_of(const State& state, FamilyId id, const HardBand& after) {
    Impact impact(state);
    impact.add(state, id, after);
    for_followers(state, id, [&](FamilyId follower, const Family& family) {
        impact.add(state, follower, follow(state, family, after));
        return true;
    });
    return impact;
}

bool needs_second(const State& state, const HardBand& before, const HardBand& after) {
    const std::int64_t most = state.rules.four_eyes.value;
    return most > 0 && (share_moved(before.low, after.low) > most * before.low.value ||
                        share_moved(before.high, after.high) > most * before.high.value ||
                        share_moved(before.guidance, after.guidance) > most * before.guidance.value);
}

}  // namespace gridbook::engine
