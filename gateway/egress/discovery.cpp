// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/discovery.hpp"

#include <algorithm>

#include "gateway/decimal.hpp"
#include "gateway/egress/energy_members.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

namespace {

using engine::Money;
using engine::Price;
using engine::Quantity;

constexpr std::int64_t one = engine::decimal_one;

// Taking the lots from the best offer on, inside [low, high]; nullopt: not enough. `there` counts all.
std::optional<Offer> taken(const Market& market, Quantity lots, Price low, Price high,
                           engine::Product product) {
    Offer offer{.period = market.instrument.period};
    Quantity left = lots;
    for (std::size_t rank = 0; rank < market.asks.size(); ++rank) {
        const Level& level = market.asks.at(rank);
        if (level.price < low) continue;  // not executable now
        if (level.price > high) break;
        const Quantity part = least(left, level.lots);
        offer.total += notional(level.price, part, product);
        left -= part;
        offer.there += level.lots;
    }
    if (left > Quantity{} || offer.there == Quantity{}) return std::nullopt;
    return offer;
}

// The price of one unit in one window, rounded up to the tick.
Price average(Money total, Quantity lots, std::size_t windows, engine::Product product) {
    const std::int64_t per_tick =
        lots.value * static_cast<std::int64_t>(windows) * engine::micro_per_tick_lot(product);
    return Price{static_cast<std::int32_t>((total.value + per_tick - 1) / per_tick)};
}

// Calls `take` with every run of consecutive windows: the place of its first one, and how many.
template <class Take>
void each_run(const std::vector<Offer>& offers, Take&& take) {
    for (std::size_t first = 0, next = 0; first < offers.size(); first = next) {
        next = first + 1;
        while (next < offers.size() && offers[next].period.value == offers[next - 1].period.value + 1) ++next;
        take(first, next - first);
    }
}

// A parameter as millionths; 0: not given, or refused.
std::int64_t figure(Target& target, std::string_view name, std::int64_t most) {
    const std::string* text = target.parameter(name);
    if (text == nullptr) return 0;
    const auto value = parse_decimal(*text);
    if (value && value->value > 0 && value->value <= most) return value->value;
    target.refuse(bad_value(name, "a decimal above 0, at most " + std::to_string(most / one), *text));
    return 0;
}

// What is drawn for a unit of power and is not green, ten-millionths: the mean over the resources, unless the
// asker has figures of its own.
std::int64_t grey_of(const CostOf& of, const std::optional<ledger::Energy>& energy, std::int64_t pue) {
    if (energy && of.pue == 0 && of.green_share == 0) return energy->grey;
    const std::int64_t green =
        of.green_share != 0 || !energy ? of.green_share : std::int64_t{energy->green_mean} * 100;
    return static_cast<std::int64_t>(engine::Wide{pue} * (one - green) * 10 / one);
}

}  // namespace

std::int64_t half_even(engine::Wide numerator, engine::Wide denominator) {
    const engine::Wide whole = numerator / denominator, twice = 2 * (numerator % denominator);
    const bool up = twice > denominator || (twice == denominator && whole % 2 != 0);
    return static_cast<std::int64_t>(whole + (up ? 1 : 0));
}

std::vector<Offer> Discovery::offers(engine::FamilyId family, const Wanted& wanted) const {
    std::vector<Offer> found;
    const engine::Product product = directory_.product(family);
    for (const Market& m : market_.markets(family)) {
        const engine::Period period = m.instrument.period;
        if (m.phase != engine::Phase::open || period < wanted.from || period >= wanted.to) continue;
        const bool banded = m.high != Price{};
        const Price high = banded ? std::min(m.high, wanted.limit) : wanted.limit;
        if (const auto offer = taken(m, wanted.lots, banded ? m.low : Price{}, high, product))
            found.push_back(*offer);
    }
    return found;
}

std::optional<Run> Discovery::cheapest(const std::vector<Offer>& offers, std::size_t hours) {
    std::optional<Run> best;
    each_run(offers, [&](std::size_t first, std::size_t count) {
        Money total{};
        for (std::size_t i = 0; i < count; ++i) {
            total += offers[first + i].total;
            if (i + 1 < hours) continue;
            if (i >= hours) total -= offers[first + i - hours].total;
            if (!best || total < best->total) best = {offers[first + i + 1 - hours].period, hours, total};
        }
    });
    return best;
}

Run Discovery::longest(const std::vector<Offer>& offers) {
    Run longest;
    each_run(offers, [&](std::size_t first, std::size_t count) {
        if (count <= longest.hours) return;
        longest = {offers[first].period, count, {}};
        for (std::size_t i = 0; i < count; ++i) longest.total += offers[first + i].total;
    });
    return longest;
}

void Discovery::append_family(engine::FamilyId family, std::string& out) const {
    const Directory::Family& f = directory_.families()[family.value];
    const Directory::Zone& zone = directory_.zones()[f.defined.zone_id.value];
    Members m(out);
    m.raw("\"family\":");
    append_quoted(f.name, out);
    m.text<"class">(directory_.classes()[f.defined.class_id.value].name)
        .text<"zone">(zone.name)
        .text<"tier">(directory_.tiers()[f.defined.tier_id.value].name)
        .text<"residency">(zone.defined.residency.view())
        .number<"latency_ms">(zone.defined.latency_ms);
    append_energy(directory_.energy(family), m);
}

void Discovery::append_capacity(engine::FamilyId family, const Wanted& wanted, bool each,
                                std::string& out) const {
    const engine::Product product = directory_.product(family);
    const std::vector<Offer> found = offers(family, wanted);
    const auto window = [&](engine::Period p) {
        directory_.append_window(engine::instrument(family, p), out);
    };
    const auto append_run = [&](const Run& run) {
        Members m(out);
        m.raw("{\"start\":\"");
        window(run.start);
        m.raw("\"")
            .number<"hours">(run.hours)
            .price<"average">(average(run.total, wanted.lots, run.hours, product))
            .money<"total">(run.total)
            .raw("}");
    };
    Members m(out);
    m.raw("{");
    append_family(family, out);
    m.qty<"qty">(wanted.lots, product).number<"available">(found.size());
    if (const auto run = cheapest(found, wanted.hours)) {
        m.raw(",\"cheapest\":");
        append_run(*run);
    }
    if (!found.empty()) {
        m.raw(",\"longest\":");
        append_run(longest(found));
    }
    if (each) {
        m.raw(",\"offers\":[");
        for (const Offer& offer : found) {
            if (out.back() != '[') out += ',';
            out += "[\"";
            window(offer.period);
            out += "\",\"";
            append_price(average(offer.total, wanted.lots, 1, product), out);
            out += "\",\"";
            append_quantity(offer.there, product, out);
            out += "\"]";
        }
        out += ']';
    }
    out += '}';
}

void Discovery::append_capacity_event(engine::FamilyId family, std::string& out) const {
    std::string row;
    append_capacity(family, {}, false, row);
    Members m(out);
    m.raw(R"({"ev":"capacity",)").raw(std::string_view(row).substr(1, row.size() - 2));
    m.number<"seq">(directory_.sequence().value).time<"ts">(directory_.time()).raw("}");
}

// ---- cost meters ----

Discovery::Meter Discovery::meter(engine::InstrumentId instrument) const {
    const Market* m = market_.find(instrument);
    const engine::Product product = directory_.product(instrument.family);
    if (m != nullptr && m->phase == engine::Phase::open)
        if (const auto offer =
                taken(*m, Quantity{1}, m->low, m->high != Price{} ? m->high : Price{INT32_MAX}, product))
            return {instrument, average(offer->total, Quantity{1}, 1, product), "ask"};
    if (m != nullptr && m->last_price != Price{}) return {instrument, m->last_price, "last"};
    const Bands::Version* band = bands_.in_force(instrument.family);
    return {instrument, band == nullptr ? Price{} : band->band.guidance, "guidance"};
}

std::optional<Discovery::Meter> Discovery::meter(engine::FamilyId family) const {
    for (const Market& m : market_.markets(family))
        if (m.phase == engine::Phase::open) return meter(m.instrument);
    return std::nullopt;
}

void Discovery::append_meter(const Meter& meter, std::string& out) const {
    const engine::FamilyId family = meter.instrument.family;
    Members m(out);
    append_family(family, out);
    m.quoted<"symbol">([&] { directory_.append_symbol(meter.instrument, out); })
        .price<"price">(meter.price)
        .word<"price_is">(meter.is);
    const std::uint32_t tflops =
        directory_.classes()[directory_.families()[family.value].defined.class_id.value].defined.tflops;
    // Thousandths of a TFLOPS are millionths of a PFLOPS.
    if (directory_.product(family) == engine::Product::gpu && tflops != 0)
        m.money<"per_pflops_day">(
            Money{half_even(engine::Wide{decimal_of(meter.price).value} * 24 * one, tflops)});
}

CostOf cost_of(Target& target) {
    const CostOf of{.tokens_per_second = figure(target, "tokens_per_second", 1'000'000'000 * one),
                    .step_s = figure(target, "step_s", 1'000'000 * one),
                    .devices = figure(target, "devices", 1'000'000 * one),
                    .power_kw = figure(target, "power_kw", 1'000 * one),
                    .pue = figure(target, "pue", 10 * one),
                    .green_share = figure(target, "green_share", one),
                    .carbon_g = figure(target, "carbon_g", 10'000 * one)};
    if ((of.step_s != 0) != (of.devices != 0))
        target.refuse({"FORMAT_FIELD", "step_s and devices go together",
                       of.step_s == 0 ? "step_s" : "devices", "required"});
    if (of.carbon_g != 0 && of.power_kw == 0)
        target.refuse({"FORMAT_FIELD", "carbon_g needs power_kw, of one unit", "power_kw", "required"});
    return of;
}

void Discovery::append_cost(const Meter& meter, const CostOf& of, std::string& out) const {
    constexpr engine::Wide seconds = 3'600;
    const engine::FamilyId family = meter.instrument.family;
    const engine::Wide price = decimal_of(meter.price).value;
    out += '{';
    append_meter(meter, out);
    Members m(out);
    if (of.tokens_per_second != 0)
        m.money<"per_1k_tokens">(Money{half_even(price * 1'000 * one, of.tokens_per_second * seconds)});
    if (of.step_s != 0)
        m.money<"per_step">(Money{half_even(price * of.devices * of.step_s, seconds * one * one)});
    append_power(family, of, m);
    append_spreads(meter, out);
    out += '}';
}

// What is asked with its own figures is computed from these; the rest is what the configuration and the
// resources of the family say.
void Discovery::append_power(engine::FamilyId family, const CostOf& of, Members& m) const {
    const auto energy = directory_.energy(family);
    const bool asked = of.power_kw != 0;
    if (directory_.product(family) != engine::Product::gpu && !asked) return;
    const std::int64_t power_kw = asked ? of.power_kw : std::int64_t{power_of(family, directory_)} * 1'000;
    if (power_kw == 0 || (!asked && !energy)) return;
    const std::int64_t pue = of.pue != 0 ? of.pue : energy ? energy->drawn : one;
    m.decimal<"kwh_per_hour">(engine::Decimal{half_even(engine::Wide{power_kw} * pue, one)});
    const std::int64_t grid =
        of.carbon_g != 0 ? of.carbon_g : std::int64_t{carbon_of_grid(family, directory_)} * 1'000;
    if (grid == 0) return;
    m.decimal<"carbon_g_per_hour">(engine::Decimal{
        half_even(engine::Wide{power_kw} * grey_of(of, energy, pue) * grid, engine::Wide{one} * one * 10)});
}

void Discovery::append_cost_event(engine::FamilyId family, std::string& out) const {
    const auto now = meter(family);
    if (!now) return;
    Members m(out);
    m.raw(R"({"ev":"cost",)");
    append_meter(*now, out);
    append_power(family, {}, m);
    append_spreads(*now, out);
    m.number<"seq">(directory_.sequence().value).time<"ts">(directory_.time()).raw("}");
}

}  // namespace gridbook::gateway
