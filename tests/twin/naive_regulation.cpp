// SPDX-License-Identifier: Apache-2.0
// Guidance by its formula, bands converted from the benchmark's, and the registry of factors, in the twin.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::BandStatus;
using engine::ClassId;
using engine::FamilyId;
using engine::Provenance;
using engine::RejectField;
using engine::RejectReason;
using engine::Time;
using engine::Wide;

namespace {

constexpr std::int64_t a_tick = 10'000;
constexpr std::size_t changes_ahead = 8;

// numerator / denominator, both positive, to the nearest whole number, halves to the even one.
std::int64_t nearest(Wide numerator, Wide denominator) {
    const Wide below = numerator / denominator;
    const Wide twice = 2 * (numerator - below * denominator);
    if (twice < denominator) return static_cast<std::int64_t>(below);
    if (twice > denominator) return static_cast<std::int64_t>(below + 1);
    return static_cast<std::int64_t>(below % 2 == 0 ? below : below + 1);
}

// CNY an hour of a device, in millionths: what it costs to buy, to feed and to run.
std::int64_t cost(const engine::SetGuidance& g) {
    const Wide hours = Wide{g.life_h} * g.utilisation.value;  // sold hours, ten-thousandths
    const Wide energy = Wide{g.power_w} * g.pue * g.tariff;   // millionths of a millionth
    return nearest(Wide{g.capex.value} * 10'000 * 1'000'000 + (energy + Wide{g.opex_h} * 1'000'000) * hours,
                   hours * 1'000'000);
}

std::string date(Time t) {
    const std::chrono::sys_days day{std::chrono::days{t.value / engine::day.value}};
    const std::chrono::year_month_day d{day};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                       static_cast<unsigned>(d.day()));
}

}  // namespace

// ---- guidance ----

NaiveExchange::Refusal NaiveExchange::guidance_refusal(const engine::SetGuidance& g) const {
    const auto outside = [&](RejectField field, std::int64_t low, std::int64_t high,
                             std::int64_t got) -> Refusal {
        if (low <= got && got <= high) return std::nullopt;
        auto r = refusal(RejectReason::format_value, field);
        r.limit_low = low;
        r.limit_high = high;
        r.got = got;
        return r;
    };
    const std::int64_t highest = ((1 << 30) - 1) * a_tick;
    if (const auto r = outside(RejectField::guidance, a_tick, highest, g.price.value)) return r;
    if (product(g.family) == engine::Product::token)
        return refusal(RejectReason::format_value, RejectField::family);
    if (g.formula != engine::Formula::cost_1) {
        auto r = refusal(RejectReason::format_value, RejectField::formula);
        r.limit_high = 1;
        r.got = static_cast<std::int64_t>(g.formula);
        return r;
    }
    constexpr std::int64_t million = 1'000'000;
    if (const auto r = outside(RejectField::capex, 0, 100 * million * million, g.capex.value)) return r;
    if (const auto r = outside(RejectField::life_h, 1, million, g.life_h)) return r;
    if (const auto r = outside(RejectField::utilisation, 1, 10'000, g.utilisation.value)) return r;
    if (const auto r = outside(RejectField::power_w, 0, 100 * million, g.power_w)) return r;
    if (const auto r = outside(RejectField::pue, 1'000, 10'000, g.pue)) return r;
    if (const auto r = outside(RejectField::tariff, 0, 1'000 * million, g.tariff)) return r;
    if (const auto r = outside(RejectField::opex_h, 0, 4'000 * million, g.opex_h)) return r;
    const std::int64_t gives = cost(g);
    if (std::max(gives, g.price.value) - std::min(gives, g.price.value) <= a_tick) return std::nullopt;
    auto r = refusal(RejectReason::guidance_formula, RejectField::guidance);
    r.limit_high = gives;
    r.got = g.price.value;
    return r;
}

void NaiveExchange::tell_inputs(const engine::SetGuidance& g, const Band& after) {
    engine::GuidanceSet e;
    e.family = g.family;
    e.formula = g.formula;
    e.version = after.version;
    e.price = price_of(after.guidance);
    e.cost = engine::Money{cost(g)};
    e.capex = g.capex;
    e.life_h = g.life_h;
    e.utilisation = g.utilisation;
    e.power_w = g.power_w;
    e.pue = g.pue;
    e.tariff = g.tariff;
    e.opex_h = g.opex_h;
    e.index = g.index;
    e.rationale = after.rationale;
    emit(header().account, e);
}

// A guidance is a band change that brings its formula along and is named by the exchange.
engine::SetBand NaiveExchange::band_of(const engine::SetGuidance& g) const {
    engine::SetBand s;
    s.family = g.family;
    s.expect = g.expect;
    s.guidance = g.price;
    s.effective = g.effective;
    s.blob = g.blob;
    if (g.family.value < families_.size())
        s.rationale = engine::Text<24>{fmt::format("G-{}/{}", date(std::max(g.effective, now_)),
                                                   families_[g.family.value].last_version + 1)};
    return s;
}
void NaiveExchange::set_guidance(const engine::SetGuidance& g, By by) { set_band(band_of(g), &g, by); }

// ---- conversion ----

std::optional<FamilyId> NaiveExchange::benchmark_of(const engine::DefineFamily& d) const {
    if (classes_[d.class_id.value].benchmark) return std::nullopt;
    for (std::size_t i = 0; i < families_.size(); ++i) {
        const auto& f = families_[i].defined;
        if (classes_[f.class_id.value].benchmark && f.zone_id == d.zone_id && f.tier_id == d.tier_id &&
            f.product == d.product)
            return FamilyId{static_cast<std::uint16_t>(i)};
    }
    return std::nullopt;
}
std::optional<FamilyId> NaiveExchange::benchmark_of(FamilyId f) const {
    return benchmark_of(families_[f.value].defined);
}

// F up, C down, G to the nearest tick; edges that would cross meet at the floor.
Band NaiveExchange::converted(const Band& from, std::uint16_t k, const Band& before) const {
    Band after = before;
    after.converted = true;
    after.lo = std::max<std::int64_t>((from.lo * k + 999) / 1'000, 1);
    after.hi = std::max(from.hi * k / 1'000, after.lo);
    after.guidance = std::clamp(nearest(Wide{from.guidance} * k, 1'000), after.lo, after.hi);
    after.floor_set = from.floor_set;
    after.ceiling_set = from.ceiling_set;
    after.proposer = from.proposer;
    after.blob = from.blob;
    after.rationale = from.rationale;
    return after;
}

NaiveExchange::Bands NaiveExchange::following(FamilyId benchmark, const Band& band) const {
    Bands all;
    for (const FamilyId id : by_symbol()) {
        const Family& f = families_[id.value];
        if (f.band.converted && benchmark_of(id) == benchmark)
            all.emplace_back(id, converted(band, classes_[f.defined.class_id.value].k_train, f.band));
    }
    return all;
}

NaiveExchange::Bands NaiveExchange::following(ClassId of, std::uint16_t k) const {
    Bands all;
    for (const FamilyId id : by_symbol()) {
        const Family& f = families_[id.value];
        if (f.band.converted && f.defined.class_id == of)
            all.emplace_back(id, converted(families_[benchmark_of(id)->value].band, k, f.band));
    }
    return all;
}

void NaiveExchange::tell_followers(const Bands& bands, std::vector<FamilyId>& moved) {
    for (auto [id, after] : bands) {
        Family& f = families_[id.value];
        after.version = ++f.last_version;
        after.effective = now_;
        emit(engine::no_account, told(id, after, BandStatus::in_force));
        if (f.band.moved_by(after)) moved.push_back(id);
        f.band = after;
    }
}

// ---- factors ----

NaiveExchange::Refusal NaiveExchange::factors_refusal(const engine::SetFactors& s) const {
    if (s.class_id.value >= classes_.size())
        return refusal(RejectReason::class_unknown, RejectField::class_name);
    const Factors& f = factors_[s.class_id.value];
    auto r = refusal(RejectReason::version_conflict, RejectField::expect);
    r.limit_high = f.last_version;
    r.got = s.expect;
    if (s.expect != f.last_version) return r;
    r = refusal(RejectReason::effective, RejectField::effective);
    r.limit_low = now_.value;
    r.got = s.effective.value;
    if (s.effective.value != 0 && s.effective < now_) return r;
    const bool benchmark = classes_[s.class_id.value].benchmark;
    for (const std::int64_t k : {s.k_train, s.k_infer}) {
        r = refusal(RejectReason::format_value, RejectField::factor);
        r.limit_low = benchmark ? 1'000 : 1;
        r.limit_high = benchmark ? 1'000 : 65'535;
        r.got = k;
        if (k < r.limit_low || k > r.limit_high) return r;
    }
    const Time in_force = s.effective > now_ ? s.effective : now_;
    r = refusal(RejectReason::format_value, RejectField::issued);
    r.limit_high = now_.value;
    r.got = s.issued.value;
    if (s.provenance == Provenance::measured) {
        const Time oldest = in_force - engine::day * 180;
        r.limit_low = oldest.value;
        if (s.issued.value <= 0 || s.issued > now_ || s.issued <= oldest) return r;
    } else if (s.issued.value != 0) {
        return r;
    }
    if (s.effective > now_ && f.scheduled.size() == changes_ahead)
        return pool_full(engine::Pool::agenda, changes_ahead);
    for (const auto& [id, band] : following(s.class_id, changed(f, s).train()))
        if (auto shape = band_shape_refusal(band)) {
            shape->instrument = engine::instrument(id, engine::Period{0});
            return shape;
        }
    return std::nullopt;
}

Factors NaiveExchange::changed(Factors f, const engine::SetFactors& s) const {
    if (s.provenance == Provenance::measured) {
        f.certified = true;
        f.certified_train = s.k_train;
        f.certified_infer = s.k_infer;
        f.issued = s.issued;
    } else {
        f.own_train = s.k_train;
        f.own_infer = s.k_infer;
        f.provenance = s.provenance;
    }
    return f;
}

engine::FactorsChanged NaiveExchange::told(ClassId of, const Factors& f) const {
    engine::FactorsChanged e;
    e.class_id = of;
    e.provenance = f.provenance;
    e.k_train = f.train();
    e.k_infer = f.infer();
    e.own_train = f.own_train;
    e.own_infer = f.own_infer;
    if (f.certified) {
        e.certified_train = f.certified_train;
        e.certified_infer = f.certified_infer;
        e.issued = f.issued;
    }
    const Bands followers = following(of, f.train());
    e.families = static_cast<std::uint32_t>(followers.size());
    count_parked(followers, e);
    return e;
}

void NaiveExchange::set_factors(const engine::SetFactors& s, By by) {
    if (const auto r = factors_refusal(s)) return refuse(*r);
    Factors& f = factors_[s.class_id.value];
    engine::DefineClass& c = classes_[s.class_id.value];
    const Factors after = changed(f, s);
    const bool later = s.effective > now_;
    auto e = told(s.class_id, after);
    const bool large = above_four_eyes(c.k_train, e.k_train) || above_four_eyes(c.k_infer, e.k_infer);
    if (large && by.proposed.value == 0) {
        engine::Change change;
        change.class_id = s.class_id;
        change.effective = s.effective;
        change.k_train = e.k_train;
        change.k_infer = e.k_infer;
        change.orders_parked = e.orders_parked;
        change.qty_parked = e.qty_parked;
        change.participants = e.participants;
        return propose(engine::Command::of(s), change);
    }
    const FactorChange accepted{++f.last_version, s, later ? s.effective : now_, text_of(s.blob, by),
                                by.proposer};
    e.origin = header().origin;
    e.status = later ? BandStatus::scheduled : BandStatus::applied;
    e.version = accepted.version;
    e.effective = accepted.effective;
    e.blob = accepted.blob;
    e.proposer = accepted.proposer;
    emit(header().account, e, false, engine::event_flag::reply);
    if (later) {
        f.scheduled.push_back(accepted);
        return std::stable_sort(f.scheduled.begin(), f.scheduled.end(),
                                [](const auto& a, const auto& b) { return a.effective < b.effective; });
    }
    const std::uint32_t last = f.last_version;
    f = after;
    f.version = f.last_version = last;
    c.k_train = f.train();
    c.k_infer = f.infer();
    std::vector<FamilyId> moved;
    tell_followers(following(s.class_id, c.k_train), moved);
    for (const FamilyId id : moved) move_family(id, engine::BandCause::guidance);
}

// By class: what is scheduled for now, and the end of a certificate.
void NaiveExchange::factors_due(std::vector<FamilyId>& moved) {
    for (std::size_t i = 0; i < factors_.size(); ++i) {
        const ClassId of{static_cast<std::uint16_t>(i)};
        for (;;) {
            Factors f = factors_[i];
            engine::FactorsChanged by{};
            if (!f.scheduled.empty() && f.scheduled.front().effective == now_) {
                const FactorChange next = f.scheduled.front();
                f.scheduled.erase(f.scheduled.begin());
                f = changed(f, next.asked);
                by.version = next.version;
                by.blob = next.blob;
                by.proposer = next.proposer;
            } else if (f.certificate_end() == now_) {
                f.certified = false;
                by.version = ++f.last_version;
            } else {
                break;
            }
            f.version = by.version;
            auto e = told(of, f);
            e.status = BandStatus::in_force;
            e.version = by.version;
            e.effective = now_;
            e.blob = by.blob;
            e.proposer = by.proposer;
            emit(engine::no_account, e);
            factors_[i] = f;
            classes_[i].k_train = f.train();
            classes_[i].k_infer = f.infer();
            tell_followers(following(of, f.train()), moved);
        }
    }
}

}  // namespace gridbook::twin
