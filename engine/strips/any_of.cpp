// SPDX-License-Identifier: Apache-2.0
#include "engine/strips/any_of.hpp"

#include <algorithm>

#include "engine/book/checks.hpp"
#include "engine/book/remembered.hpp"
#include "engine/refusal.hpp"
#include "engine/strips/hour_checks.hpp"
#include "engine/strips/hour_fills.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

// What the need costs in one of the families.
struct Choice {
    Sweep wanted;
    Swept swept;
    std::uint16_t factor = 0;
    Money cost{};  // 0: not to be had

    bool to_be_had() const { return swept.why == CancelReason::none; }
};

// The order on its way in.
struct Entry {
    Candidate c;  // as the checks that it shares with orders see it
    std::array<Choice, PlaceAnyOf::most_families> choices{};
    std::uint32_t count = 0;
    const Choice* cheapest = nullptr;  // null: no family can be had
    bool too_dear = false;             // even that one

    bool fills() const { return cheapest != nullptr && !too_dear; }
};

bool refused(Refused& r, RejectReason reason, RejectField field, InstrumentId i, std::int64_t low = 0,
             std::int64_t high = 0, std::int64_t got = 0) {
    r = refusal(reason, field, i, high, got);
    r.limit_low = low;
    return false;
}

// A killed family or hour is only an alternative that cannot be had.
bool check_killed_any_of(const State& state, const Candidate& c, Refused& r) {
    if (state.accounts[c.account].is_killed())
        return refused(r, RejectReason::killed, RejectField::account, c.instrument);
    return !state.killed || refused(r, RejectReason::killed, RejectField::none, c.instrument);
}

bool check_shape(const State& state, const PlaceAnyOf& body, const Candidate& c, Refused& r) {
    if (body.hours < 1 || body.hours > most_hours)
        return refused(r, RejectReason::format_value, RejectField::hours, c.instrument, 1, most_hours,
                       body.hours);
    if (body.count < 1 || body.count > PlaceAnyOf::most_families)
        return refused(r, RejectReason::format_value, RejectField::family, c.instrument, 1,
                       PlaceAnyOf::most_families, body.count);
    for (std::uint32_t i = 0; i < body.count; ++i) {
        const FamilyId id = body.families[i];
        if (!state.catalogue.known(id) || state.catalogue.family(id).product != Product::gpu)
            return refused(r, RejectReason::symbol_unknown, RejectField::family, c.instrument);
    }
    return true;
}

// The calendar of the first family is that of all; a pause is the business of each alternative.
bool check_hours(const State& state, const PlaceAnyOf& body, Refused& r) {
    for (std::uint32_t h = 0; h < body.hours; ++h) {
        const InstrumentId i = instrument(body.families[0], Period{body.start.value + h});
        const Phase phase = state.phase(i);
        if (phase == Phase::open || phase == Phase::paused || phase == Phase::call) continue;
        r = phase_refusal(phase, i);
        return false;
    }
    return true;
}

bool check_numbers(const State& state, const PlaceAnyOf& body, Candidate& c, Refused& r) {
    c.family = &state.catalogue.family(body.families[0]);
    c.asked_price = body.price;
    const bool good = check_tick(c, r) && check_lot(c, RejectField::need, body.need, r) &&
                      check_qty(c, RejectField::need, body.need, most_qty(state, c.account), r);
    if (!good) return false;
    c.asked_qty = Decimal{body.need.value * body.hours};
    return check_notional(state, c, r);
}

Choice choice_of(const State& state, const PlaceAnyOf& body, FamilyId family, GroupId group) {
    const DefineClass& kind =
        state.catalogue.classes()[state.catalogue.family(family).defined.class_id.value].defined;
    Choice choice;
    choice.factor = body.profile == Profile::train ? kind.k_train : kind.k_infer;
    choice.wanted = {.family = family,
                     .start = body.start,
                     .hours = body.hours,
                     .side = Side::buy,
                     .lots = lots_for(body.need, choice.factor),
                     .group = group};
    if (choice.wanted.lots == 0) {
        choice.swept.why = CancelReason::no_liquidity_in_band;
        choice.swept.hour = body.start;
        return choice;
    }
    choice.swept = sweep(state, choice.wanted);
    const Wide cost = choice.swept.tick_lots * micro_per_tick_lot(Product::gpu);
    if (choice.to_be_had())
        choice.cost = Money{static_cast<std::int64_t>(std::min(cost, static_cast<Wide>(INT64_MAX)))};
    return choice;
}

// Sweeps every family; ties go to the one listed first.
void look_around(const State& state, const PlaceAnyOf& body, Entry& entry) {
    const GroupId group = state.accounts[entry.c.account].group;
    entry.count = body.count;
    for (std::uint32_t i = 0; i < body.count; ++i) {
        Choice& choice = entry.choices[i];
        choice = choice_of(state, body, body.families[i], group);
        if (!choice.to_be_had()) continue;
        if (entry.cheapest == nullptr || choice.cost < entry.cheapest->cost) entry.cheapest = &choice;
    }
    if (entry.cheapest == nullptr) return;
    // total <= need * hours * price, both in millionths of a micro-CNY.
    const Wide limit = static_cast<Wide>(body.price.value) * body.need.value * body.hours;
    entry.too_dear = static_cast<Wide>(entry.cheapest->cost.value) * decimal_one > limit;
}

bool check_events(const Entry& entry, Refused& r) {
    for (std::uint32_t i = 0; i < entry.count; ++i)
        if (!check_makers(entry.choices[i].swept, entry.c.instrument, r)) return false;
    return true;
}

// What only an order that fills needs: money, then pools and limits.
bool check_means(const State& state, Entry& entry, Refused& r) {
    Candidate& c = entry.c;
    c.hold = state.rates.buy_hold(entry.cheapest->cost);
    return check_funds(state, c, r) &&
           check_pools(state, c.account, entry.cheapest->wanted, c.instrument, r) &&
           check_open_orders(state, c.account, c.instrument, r);
}

bool check_any_of(const State& state, const PlaceAnyOf& body, Entry& entry, Refused& r) {
    Candidate& c = entry.c;
    if (!check_killed_any_of(state, c, r) || !check_shape(state, body, c, r)) return false;
    if (!check_hours(state, body, r) || !check_numbers(state, body, c, r)) return false;
    look_around(state, body, entry);
    if (!check_events(entry, r)) return false;
    return !entry.fills() || check_means(state, entry, r);
}

std::uint32_t enter(Step& step, const PlaceAnyOf& body, const Entry& entry, const OrderRecords::Place& place,
                    std::uint64_t body_hash) {
    State& state = step.state;
    const std::uint32_t slot = state.records.enter(entry.c.account, body.cid, place);
    OrderRecord& record = state.records[slot];
    record.kind = OrderKind::any_of;
    record.body_hash = body_hash;
    record.tif = TimeInForce::fok;
    record.self_trade = body.profile == Profile::train ? SelfTrade::cancel_taker : SelfTrade::cancel_maker;
    // As it was asked: it is never compared with a band.
    record.price = Price{static_cast<std::int32_t>(ticks_of(body.price))};
    record.position = body.hours;
    record.time = state.time;
    const std::uint64_t sequence = step.command.sequence.value;
    record.cum = static_cast<std::uint32_t>(sequence);
    record.live_slot = static_cast<std::uint32_t>(sequence >> 32);
    record.remember(body.need, entry.fills() ? entry.cheapest->cost : Money{});
    if (!entry.fills()) return slot;
    const Sweep& wanted = entry.cheapest->wanted;
    const HardBand& band = state.catalogue.family(wanted.family).band;
    record.instrument = instrument(wanted.family, wanted.start);
    record.qty = wanted.lots;
    record.guidance = band.guidance;
    record.band = band.version;
    return slot;
}

void tell_alternatives(Step& step, const Entry& entry, OrderId order) {
    for (std::uint32_t i = 0; i < entry.count; ++i) {
        const Choice& choice = entry.choices[i];
        Alternative& e = next_event<Alternative>(step, entry.c.account);
        e.origin = step.command.origin;
        e.order = order;
        e.cost = choice.cost;
        e.instrument = instrument(choice.wanted.family, choice.wanted.start);
        e.qty = choice.wanted.lots;
        e.factor = choice.factor;
        e.place = static_cast<std::uint8_t>(i);
        e.count = static_cast<std::uint8_t>(entry.count);
        e.why = choice.swept.why;
        e.hour = choice.swept.hour;
    }
}

void tell_any_of(Step& step, const OrderRecord& record, Money hold) {
    AnyOfEvent& e = next_numbered<AnyOfEvent>(step, record.account, event_flag::reply);
    e = any_of_event(record);
    e.hold = hold;
    e.origin = step.command.origin;
}

// Takes the hold, tells the order as it stands before it fills, then buys.
void fill_any_of(Step& step, const Entry& entry, std::uint32_t slot) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    const Money hold = entry.c.hold;
    state.accounts[record.account].cash -= hold;
    state.accounts[record.account].hold += hold;
    record.state = OrderState::open;
    tell_any_of(step, record, hold);
    HoursTrader taker;
    taker.record = slot;
    taker.of = OrderKind::any_of;
    taker.hold = hold;
    take_hours(step, entry.cheapest->wanted, taker);
    record.state = OrderState::filled;
}

}  // namespace

std::uint32_t lots_for(Decimal need, std::uint16_t factor) {
    if (factor == 0) return 0;
    const std::int64_t share = static_cast<std::int64_t>(factor) * (decimal_one / 1'000);
    const std::int64_t lots = (need.value + share - 1) / share * (decimal_one / gpu_lot_decimal);
    return lots > INT32_MAX ? 0 : static_cast<std::uint32_t>(lots);
}

Sequence entered_any_of(const OrderRecord& record) {
    return Sequence{std::uint64_t{record.live_slot} << 32 | record.cum};
}

void place_any_of(Step& step, const PlaceAnyOf& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const OrderRecords::Place place = state.records.look(account, body.cid);
    const std::uint64_t body_hash = mix(hash_of(body), static_cast<std::uint64_t>(CommandKind::place_any_of));
    const std::uint32_t known = state.records.find(place, state.time);
    if (known != no_slot) return tell_again(step, known, body_hash);
    Entry entry;
    entry.c.account = account;
    entry.c.instrument = instrument(body.families[0], body.start);
    Refused r;
    if (!check_any_of(state, body, entry, r)) {
        r.cid = body.cid;
        return remember_refusal(step, OrderKind::any_of, body.cid, place, body_hash, r);
    }
    const std::uint32_t slot = enter(step, body, entry, place, body_hash);
    OrderRecord& record = state.records[slot];
    tell_alternatives(step, entry, record.id);
    if (entry.fills()) return fill_any_of(step, entry, slot);
    record.state = OrderState::cancelled;
    record.reason = entry.cheapest == nullptr ? entry.choices[0].swept.why : CancelReason::price;
    tell_any_of(step, record, Money{});
}

}  // namespace gridbook::engine
