// SPDX-License-Identifier: Apache-2.0
// Strips at the door: the checks in the order of the engine's README, then at once, or into the list.
#include "engine/strips/strip_entry.hpp"

#include <algorithm>

#include "engine/book/checks.hpp"
#include "engine/book/orders.hpp"
#include "engine/book/remembered.hpp"
#include "engine/refusal.hpp"
#include "engine/strips/hour_checks.hpp"
#include "engine/strips/strip_fills.hpp"
#include "engine/strips/strips.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

// A strip on its way in: as it would rest, and as the checks that it shares with orders see it.
struct Entry {
    RestingStrip strip;
    Candidate c;
};

bool refused(Refused& r, RejectReason reason, RejectField field, InstrumentId i) {
    r = refusal(reason, field, i);
    return false;
}

// By the scope of the first kill that hits: account or group, hours, family, market.
bool check_strip_killed(const State& state, AccountId account, const PlaceStrip& body, Refused& r) {
    const InstrumentId first = instrument(body.family, body.start);
    if (state.accounts[account].killed != 0)
        return refused(r, RejectReason::killed, RejectField::account, first);
    if (state.catalogue.known(body.family)) {
        const Family& family = state.catalogue.family(body.family);
        for (std::uint32_t h = 0; h < body.hours; ++h) {
            const InstrumentId i = instrument(body.family, Period{body.start.value + h});
            if (i.period > family.last_listed) break;
            const Book* book = state.find_book(i);
            if (book != nullptr && book->killed)
                return refused(r, RejectReason::killed, RejectField::symbol, first);
        }
        if (family.killed) return refused(r, RejectReason::killed, RejectField::family, first);
    }
    return !state.killed || refused(r, RejectReason::killed, RejectField::none, first);
}

bool check_window(const State& state, const PlaceStrip& body, Refused& r) {
    const InstrumentId first = instrument(body.family, body.start);
    if (body.hours < fewest_hours || body.hours > most_hours) {
        r = refusal(RejectReason::format_value, RejectField::hours, first, most_hours, body.hours);
        r.limit_low = fewest_hours;
        return false;
    }
    if (state.catalogue.known(body.family) && state.catalogue.family(body.family).product != Product::gpu)
        return refused(r, RejectReason::format_value, RejectField::family, first);
    for (std::uint32_t h = 0; h < body.hours; ++h) {
        const InstrumentId i = instrument(body.family, Period{body.start.value + h});
        const Phase phase = state.phase(i);
        if (phase == Phase::open) continue;
        r = phase_refusal(phase, i);
        return false;
    }
    return true;
}

bool check_hard_band(const Candidate& c, Refused& r) {
    const HardBand& hard = c.family->band;
    if (hard.holds(c.price)) return true;
    r = refusal(RejectReason::price_band_hard, RejectField::price, c.instrument, decimal_of(hard.high).value,
                c.asked_price.value);
    r.limit_low = decimal_of(hard.low).value;
    r.band = hard.version;
    return false;
}

// Price and lots on their steps and within their limits; the notional is that of all hours.
bool check_numbers(const State& state, const PlaceStrip& body, Candidate& c, Refused& r) {
    const bool good = check_tick(c, r) && check_lot(c, RejectField::qty, body.qty, r) &&
                      check_qty(c, RejectField::qty, body.qty, Decimal{state.genesis.max_qty}, r);
    if (!good) return false;
    c.asked_qty = Decimal{body.qty.value * body.hours};
    if (!check_notional(state, c, r) || !check_hard_band(c, r)) return false;
    c.lots = static_cast<std::uint32_t>(lots_of(body.qty, c.family->product).value);
    // Sets the flags of the soft range; a reason is not asked of strips.
    c.has_reason = true;
    return check_reason(state, c, r);
}

// Fixes how many lots of each hour carry no margin.
void fix_legs(const State& state, AccountId account, RestingStrip& strip) {
    for (std::uint32_t h = 0; h < strip.hours; ++h) {
        const std::uint32_t position = state.positions.find(account, hour_of(strip, h));
        const Quantity free = position == no_slot ? Quantity{} : state.positions[position].free();
        strip.legs[h].free =
            static_cast<std::uint32_t>(least(Quantity{strip.lots}, most(free, Quantity{})).value);
    }
}

RestingStrip strip_of(const State& state, const PlaceStrip& body, const Candidate& c) {
    RestingStrip strip;
    strip.family = body.family;
    strip.hours = body.hours;
    strip.start = body.start;
    strip.side = body.side;
    strip.account = c.account;
    strip.group = state.accounts[c.account].group;
    strip.lots = c.lots;
    strip.price = c.price;
    if (body.side == Side::sell) fix_legs(state, c.account, strip);
    return strip;
}

// What the record of the strip says to those who ask it for holds, before there is one.
OrderRecord drafted(const Candidate& c) {
    OrderRecord record;
    record.instrument = c.instrument;
    record.price = c.price;
    record.guidance = c.family->band.guidance;
    return record;
}

bool check_funds_and_capacity(const State& state, Entry& entry, Refused& r) {
    Candidate& c = entry.c;
    c.hold = strip_hold(state, entry.strip, drafted(c));
    if (!check_funds(state, c, r)) return false;
    Candidate leg = c;
    for (std::uint32_t h = 0; h < entry.strip.hours; ++h) {
        leg.instrument = hour_of(entry.strip, h);
        leg.position = state.positions.find(c.account, leg.instrument);
        if (!check_capacity(state, leg, r)) return false;
    }
    return true;
}

bool check_strip(State& state, AccountId account, const PlaceStrip& body, Entry& entry, Refused& r) {
    Candidate& c = entry.c;
    if (!check_strip_killed(state, account, body, r) || !check_window(state, body, r)) return false;
    c.account = account;
    c.instrument = instrument(body.family, body.start);
    c.family = &state.catalogue.family(body.family);
    c.asked_price = body.price;
    c.side = body.side;
    if (!check_numbers(state, body, c, r)) return false;
    entry.strip = strip_of(state, body, c);
    return check_funds_and_capacity(state, entry, r);
}

bool check_strip_limits(const State& state, const Entry& entry, const PlaceStrip& body, const Swept& swept,
                        Refused& r) {
    const InstrumentId first = entry.c.instrument;
    if (!check_makers(swept, first, r)) return false;
    if (!check_pools(state, entry.c.account, sweep_of(entry.strip), first, r)) return false;
    if (body.tif != TimeInForce::fok && state.strips_full()) {
        r = pool_full(Pool::strips, state.strips.limit(), first);
        return false;
    }
    return check_open_orders(state, entry.c.account, first, r);
}

std::uint32_t enter(Step& step, const PlaceStrip& body, const Entry& entry, const OrderRecords::Place& place,
                    std::uint64_t body_hash) {
    State& state = step.state;
    const Candidate& c = entry.c;
    const std::uint32_t slot = state.records.enter(c.account, body.cid, place);
    OrderRecord& record = state.records[slot];
    record.kind = OrderKind::strip;
    record.body_hash = body_hash;
    record.instrument = c.instrument;
    record.side = body.side;
    record.tif = body.tif == TimeInForce::fok ? TimeInForce::fok : TimeInForce::gate;
    record.options = c.options;
    record.price = c.price;
    record.qty = c.lots;
    record.position = body.hours;
    record.guidance = c.family->band.guidance;
    record.band = c.family->band.version;
    record.priority = step.command.sequence;
    return slot;
}

StripEvent& reply(Step& step, const OrderRecord& record, Money hold) {
    StripEvent& e = next_numbered<StripEvent>(step, record.account, event_flag::reply);
    e = told_strip(record, hold);
    e.origin = step.command.origin;
    return e;
}

// A fok strip that does not fill: answered at once, without a hold.
void cancel_at_once(Step& step, const Entry& entry, const Swept& swept, std::uint32_t slot) {
    OrderRecord& record = step.state.records[slot];
    record.state = OrderState::cancelled;
    record.reason = swept.short_of_lots() ? swept.why : CancelReason::price;
    record.time = step.state.time;
    tell_obstacle(entry.strip, swept, reply(step, record, Money{}));
}

// Takes the hold and tells the strip as it stands before it fills or rests.
void open_strip(Step& step, Entry& entry, const Chance& chance, std::uint32_t slot) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    RestingStrip& strip = entry.strip;
    strip.record = slot;
    record.leaves = strip.lots;
    begin(state, slot);
    take_strip_hold(state, strip, record, entry.c.hold);
    StripEvent& e = reply(step, record, entry.c.hold);
    if (chance.fills()) return fill_strip(step, strip, chance);
    tell_obstacle(strip, chance.swept, e);
    if (state.accounts[record.account].sessions != 0)
        strip.session = state.sessions.of(record.account, step.command.origin.connection);
    strip.short_hour = chance.swept.hour;
    rest_strip(state, strip);
}

}  // namespace

void place_strip(Step& step, const PlaceStrip& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const OrderRecords::Place place = state.records.look(account, body.cid);
    const std::uint64_t body_hash = mix(hash_of(body), static_cast<std::uint64_t>(CommandKind::place_strip));
    const std::uint32_t known = state.records.find(place, state.time);
    if (known != no_slot) return tell_again(step, known, body_hash);
    Entry entry;
    Refused r;
    bool good = check_strip(state, account, body, entry, r);
    Chance c;
    if (good) {
        c = chance(state, entry.strip, 0);
        good = check_strip_limits(state, entry, body, c.swept, r);
    }
    if (!good) {
        r.cid = body.cid;
        return remember_refusal(step, OrderKind::strip, body.cid, place, body_hash, r);
    }
    const std::uint32_t slot = enter(step, body, entry, place, body_hash);
    if (!c.fills() && body.tif == TimeInForce::fok) return cancel_at_once(step, entry, c.swept, slot);
    open_strip(step, entry, c, slot);
}

StripEvent told_strip(const OrderRecord& record, Money hold) {
    StripEvent e;
    e.order = record.id;
    e.cid = record.cid;
    e.hold = hold;
    e.instrument = record.instrument;
    e.price = record.price;
    e.qty = record.qty;
    e.band = record.band;
    e.hours = static_cast<std::uint16_t>(record.hours());
    e.side = record.side;
    e.state = record.state;
    e.reason = record.reason;
    e.tif = record.tif;
    if (record.has(order_option::guidance_below)) e.order_flags |= order_flag::guidance_below;
    if (record.has(order_option::guidance_above)) e.order_flags |= order_flag::guidance_above;
    return e;
}

void tell_obstacle(const RestingStrip& strip, const Swept& swept, StripEvent& e) {
    if (swept.short_of_lots()) {
        e.why = swept.why;
        e.hour = swept.hour;
        return;
    }
    // The average rounded against the strip.
    const Wide all = static_cast<Wide>(strip.lots) * strip.hours;
    const bool buy = strip.side == Side::buy;
    e.why = CancelReason::price;
    e.best_achievable = Price{static_cast<std::int32_t>((swept.tick_lots + (buy ? all - 1 : Wide{0})) / all)};
    const std::int32_t missing =
        buy ? e.best_achievable.value - strip.price.value : strip.price.value - e.best_achievable.value;
    e.missing_by = Price{std::max(missing, 0)};
}

}  // namespace gridbook::engine
