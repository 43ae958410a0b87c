// SPDX-License-Identifier: Apache-2.0
#include "engine/catalogue/define.hpp"

#include <algorithm>

#include "engine/bands/dynamic_band.hpp"
#include "engine/bands/impact.hpp"
#include "engine/refusal.hpp"
#include "engine/regulation/conversion.hpp"
#include "engine/timers.hpp"

namespace gridbook::engine {
namespace {

constexpr std::size_t catalogue_limit = Catalogue::most_entries;

template <class Entries, class Name, class NameOf>
bool check_entry(Step& step, const Entries& entries, const Name& name, NameOf name_of, RejectField field) {
    if (entries.size() == catalogue_limit)
        return refuse(step, pool_full(Pool::catalogue, catalogue_limit)), false;
    const bool known = std::any_of(entries.begin(), entries.end(),
                                   [&](const auto& entry) { return name_of(entry) == name; });
    if (known || name.empty()) return refuse(step, refusal(RejectReason::format_value, field)), false;
    return true;
}

Refused check_family(const State& state, const DefineFamily& body) {
    const Catalogue& c = state.catalogue;
    if (body.class_id.value >= c.classes().size())
        return refusal(RejectReason::class_unknown, RejectField::class_name);
    if (body.zone_id.value >= c.zones().size())
        return refusal(RejectReason::class_unknown, RejectField::zone);
    if (body.tier_id.value >= c.tiers().size())
        return refusal(RejectReason::class_unknown, RejectField::tier);
    if (c.exists(body.class_id, body.zone_id, body.tier_id))
        return refusal(RejectReason::format_value, RejectField::family);
    if (c.full()) return pool_full(Pool::families, c.families_limit());
    if (body.horizon == 0 || body.horizon > c.books_limit() - c.books_used())
        return pool_full(Pool::books, c.books_limit());
    return {};
}

// A family without values of its own is converted from the benchmark's, where there is one.
FamilyId to_follow(const State& state, const DefineFamily& body) {
    if (body.guidance != Decimal{} || body.floor != Decimal{} || body.ceiling != Decimal{}) return no_family;
    return state.catalogue.benchmark_of(body.class_id, body.zone_id, body.tier_id, body.product);
}

Refused check_band(const DefineFamily& body) {
    for (const auto& [value, field] :
         {std::pair{body.guidance, RejectField::guidance}, std::pair{body.floor, RejectField::floor},
          std::pair{body.ceiling, RejectField::ceiling}}) {
        const bool fits = on_tick(value) && value >= Decimal{} && value <= decimal_of(max_price);
        if (!fits || (value == Decimal{} && field == RejectField::guidance)) {
            Refused r = refusal(on_tick(value) ? RejectReason::format_value : RejectReason::tick, field);
            r.limit_high = on_tick(value) ? decimal_of(max_price).value : tick_decimal;
            r.got = value.value;
            return r;
        }
    }
    return {};
}

HardBand first_band(const State& state, const DefineFamily& body, FamilyId benchmark) {
    BandChange change;
    change.version = 1;
    change.guidance = Price{static_cast<std::int32_t>(ticks_of(body.guidance))};
    change.floor = Price{static_cast<std::int32_t>(ticks_of(body.floor))};
    change.ceiling = Price{static_cast<std::int32_t>(ticks_of(body.ceiling))};
    change.effective = state.time;
    change.rationale = body.rationale;
    if (benchmark == no_family) return changed(HardBand{}, change);
    const std::uint16_t k = state.catalogue.classes()[body.class_id.value].defined.k_train;
    HardBand band = converted(state.catalogue.family(benchmark).band, k, HardBand{});
    band.version = change.version;
    band.effective = change.effective;
    return band;
}

// A new family moves the ranks of those behind it: timers keep up with them, whenever they were armed.
void renew_ranks(State& state) {
    state.timers.rename_symbols([&](std::uint32_t id, const Due& due) {
        const std::uint32_t first_book = TimerIds::book(state, 0);
        const std::uint32_t first_indicative = TimerIds::indicative(state, 0);
        if (due.kind == due_kind::switch_off || due.symbol == due_kind::behind_orders) return due.symbol;
        if (due.kind == due_kind::expiry)
            return symbol_rank(state, state.records[state.orders[id].record].instrument);
        const std::uint32_t book = id < first_indicative ? id - first_book : id - first_indicative;
        return symbol_rank(state, state.books[book].instrument);
    });
}

void tell_family(Step& step, FamilyId id) {
    const Family& family = step.state.catalogue.family(id);
    FamilyDefined e;
    e.id = id;
    e.class_id = family.defined.class_id;
    e.zone_id = family.defined.zone_id;
    e.tier_id = family.defined.tier_id;
    e.horizon = family.defined.horizon;
    e.product = family.product;
    e.dynamic_width = family.defined.dynamic_width;
    tell(step, no_account, e);
    tell(step, no_account, told_band(id, family.band, BandStatus::applied, Impact(step.state)));
}

}  // namespace

void define_class(Step& step, const DefineClass& body) {
    auto& classes = step.state.catalogue.classes();
    if (!check_entry(
            step, classes, body.name, [](const ClassEntry& c) { return c.defined.name; },
            RejectField::class_name))
        return;
    classes.push_back(ClassEntry{.defined = body});
    ClassDefined e;
    e.id = ClassId{static_cast<std::uint16_t>(classes.size() - 1)};
    e.version = classes.back().version;
    e.name = body.name;
    e.tflops = body.tflops;
    e.memory_gb = body.memory_gb;
    e.bandwidth = body.bandwidth;
    e.k_train = body.k_train;
    e.k_infer = body.k_infer;
    e.sparse_tflops = body.sparse_tflops;
    e.benchmark = body.benchmark;
    tell(step, no_account, e);
}

void define_zone(Step& step, const DefineZone& body) {
    auto& zones = step.state.catalogue.zones();
    if (!check_entry(
            step, zones, body.name, [](const DefineZone& z) { return z.name; }, RejectField::zone))
        return;
    zones.push_back(body);
    ZoneDefined e;
    e.id = ZoneId{static_cast<std::uint16_t>(zones.size() - 1)};
    e.latency_ms = body.latency_ms;
    e.name = body.name;
    e.hub = body.hub;
    e.residency = body.residency;
    tell(step, no_account, e);
}

void define_tier(Step& step, const DefineTier& body) {
    auto& tiers = step.state.catalogue.tiers();
    if (!check_entry(
            step, tiers, body.name, [](const DefineTier& t) { return t.name; }, RejectField::tier))
        return;
    tiers.push_back(body);
    TierDefined e;
    e.id = TierId{static_cast<std::uint16_t>(tiers.size() - 1)};
    e.product = body.product;
    e.name = body.name;
    e.availability = body.availability;
    e.start_by_s = body.start_by_s;
    e.penalty = body.penalty;
    tell(step, no_account, e);
}

void define_family(Step& step, const DefineFamily& body) {
    State& state = step.state;
    Refused r = check_family(state, body);
    const FamilyId benchmark = passed(r) ? to_follow(state, body) : no_family;
    if (passed(r) && benchmark == no_family) r = check_band(body);
    const HardBand band = passed(r) ? first_band(state, body, benchmark) : HardBand{};
    if (passed(r) && (!band.holds(band.guidance) || band.high > max_price)) {
        r = refusal(RejectReason::format_value, RejectField::guidance);
        r.limit_low = decimal_of(band.low).value;
        r.limit_high = decimal_of(std::min(band.high, max_price)).value;
        r.got = body.guidance.value;
    }
    if (passed(r) && band.high.value - band.low.value > widest_band) {
        r = refusal(RejectReason::engine_limit, RejectField::ceiling, decimal_of(Price{widest_band}).value,
                    decimal_of(Price{band.high.value - band.low.value}).value);
        r.pool = Pool::price;
    }
    if (!passed(r)) return refuse(step, r);
    const FamilyId id = state.catalogue.add(body);
    renew_ranks(state);
    Family& family = state.catalogue.family(id);
    family.band = band;
    family.last_version = 1;
    // Periods whose gate is already over are never listed.
    family.list_up_to(Period{period_at(state.time, family.product).value + family.horizon});
    refresh_timer(state);
    tell_family(step, id);
    state.agenda.push(Task{.kind = TaskKind::list_family, .family = id});
}

void list_period(Step& step, FamilyId id, Period period) {
    State& state = step.state;
    const Family& family = state.catalogue.family(id);
    Book& book = state.books[family.book_of(period)];
    GRIDBOOK_CHECK(book.empty() && book.strips == 0);
    book.instrument = instrument(id, period);
    book.phase = Phase::open;
    book.killed = false;
    begin_bands(state, book);
    PhaseChanged& e = next_event<PhaseChanged>(step, no_account);
    e.instrument = book.instrument;
    e.phase = Phase::open;
    e.reason = PhaseReason::listed;
    e.until = gate_time(period, family.product);
    e.low = book.band.low;
    e.high = book.band.high;
}

bool list_family(Step& step, Task& task) {
    State& state = step.state;
    const Family& family = state.catalogue.family(task.family);
    const Period first{family.last_listed.value - family.horizon + 1};
    for (; task.cursor < family.horizon; ++task.cursor) {
        const Period period{first.value + task.cursor};
        if (gate_time(period, family.product) <= state.time) continue;
        if (step.sink.room() == 0) return false;
        list_period(step, task.family, period);
    }
    return true;
}

}  // namespace gridbook::engine
