// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/standby.hpp"

#include "engine/book/checks.hpp"
#include "engine/book/orders.hpp"
#include "engine/book/remembered.hpp"
#include "engine/refusal.hpp"

namespace gridbook::engine {
namespace {

Candidate candidate(AccountId account, const PlaceOrder& body) {
    Candidate c;
    c.account = account;
    c.instrument = body.instrument;
    c.asked_price = body.price;
    c.asked_qty = body.qty;
    c.side = body.side;
    c.rests = false;  // in no book
    c.has_reason = true;
    c.options = order_option::standby;
    return c;
}

// A plain sell of a GPU hour until the gate, in a market that delivers.
bool check_form(const State& state, const PlaceOrder& body, const Candidate& c, Refused& r) {
    const bool gpu = c.family == nullptr || c.family->product == Product::gpu;
    const bool plain = body.side == Side::sell && body.type == OrderType::limit &&
                       body.tif == TimeInForce::gate && !body.post_only && body.min_qty == Decimal{};
    if (state.deliveries.kept() && gpu && plain) return true;
    r = refusal(RejectReason::format_value, RejectField::standby, c.instrument);
    return false;
}

bool check_pool(const State& state, const Candidate& c, Refused& r) {
    return !state.strips_full() || refusing::pool(c, Pool::strips, state.strips.limit(), r);
}

// Positions and records, the pool, the account's limit of open orders.
bool check_room(const State& state, const Candidate& c, Refused& r) {
    if (c.position == no_slot && state.positions.full())
        return refusing::pool(c, Pool::positions, state.positions.limit(), r);
    if (state.open_orders + 1 >= state.records.limit())
        return refusing::pool(c, Pool::records, state.records.limit(), r);
    if (!check_pool(state, c, r)) return false;
    return state.accounts[c.account].open_orders < most_orders(state, c.account) ||
           refusing::orders(state, c, r);
}

// As a limit order, without dynamic band, reason code and post-only.
bool check_offer(State& state, const PlaceOrder& body, Candidate& c, Refused& r) {
    locate(state, c);
    if (!check_killed(state, c, r) || !check_form(state, body, c, r)) return false;
    if (!check_phase(state, c, true, r) || !check_tick(c, r) || !check_lots(c, r)) return false;
    if (!check_qty(c, RejectField::qty, body.qty, most_qty(state, c.account), r)) return false;
    if (!check_notional(state, c, r)) return false;
    if (!c.family->band.holds(c.price)) return refusing::hard_band(c, r);
    if (!check_reason(state, c, r)) return false;
    c.lots = c.total;
    c.position = state.positions.find(c.account, c.instrument);
    fix_hold(state, c);
    return check_funds(state, c, r) && check_capacity(state, c, r) && check_room(state, c, r);
}

std::uint32_t enter(Step& step, const PlaceOrder& body, const Candidate& c,
                    const OrderRecords::Place& place) {
    State& state = step.state;
    const std::uint32_t slot = state.records.claim(place);
    state.records[slot] = OrderRecord{.id = state.records.last_id(),
                                      .instrument = body.instrument,
                                      .account = c.account,
                                      .price = c.price,
                                      .qty = c.total,
                                      .leaves = c.lots,
                                      .position = c.position,
                                      .free = c.free,
                                      .side = Side::sell,
                                      .kind = OrderKind::standby,
                                      .self_trade = body.self_trade,
                                      .options = c.options,
                                      .cid = body.cid,
                                      .body_hash = terms_of(body),
                                      .priority = step.command.sequence,
                                      .guidance = c.family->band.guidance,
                                      .band = c.family->band.version};
    return slot;
}

void begin_standby(Step& step, std::uint32_t slot) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    begin(state, slot);
    state.positions[record.position].open_orders += 1;
    record.live_slot = state.standbys.append(slot);
    const std::uint32_t node = state.open.standby(record.live_slot);
    Account& account = state.accounts[record.account];
    state.open.add(account, node, slot);
    if (account.sessions != 0)
        state.open.session(node) = state.sessions.of(record.account, step.command.origin.connection);
}

// Cancels those that `which` accepts, by time.
template <class Which>
bool cancel_those(Step& step, CancelReason reason, std::uint32_t& count, Which&& which) {
    State& state = step.state;
    for (std::uint32_t slot = state.standbys.first(); slot != 0;) {
        const std::uint32_t record = state.standbys.record(slot);
        slot = state.standbys.next(slot);
        if (!which(state.records[record])) continue;
        if (step.sink.room() == 0) return false;
        cancel_standby(step, record, reason);
        count += 1;
    }
    return true;
}

}  // namespace

void place_standby(Step& step, const PlaceOrder& body, const OrderRecords::Place& place) {
    State& state = step.state;
    Candidate c = candidate(step.command.account, body);
    Refused& r = state.refused;
    if (!check_offer(state, body, c, r)) {
        r.cid = body.cid;
        return remember_refusal(step, OrderKind::order, body.cid, place, terms_of(body), r);
    }
    if (c.position == no_slot) c.position = state.positions.enter(state.accounts, c.account, body.instrument);
    const std::uint32_t slot = enter(step, body, c, place);
    begin_standby(step, slot);
    OrderRecord& record = state.records[slot];
    take_hold(state, record, c.hold);
    tell_order(step, record, c.hold, {.origin = step.command.origin}, event_flag::reply);
}

bool firm(const State& state, const OrderRecord& record) {
    return gate_time(record.instrument.period, Product::gpu) <= state.time;
}

void finish_standby(State& state, OrderRecord& record, OrderState end, CancelReason reason) {
    state.open.remove(state.accounts[record.account], state.open.standby(record.live_slot));
    state.standbys.remove(record.live_slot);
    record.live_slot = 0;
    record.hold = Money{};
    finish(state, record, end, reason);
    state.positions[record.position].open_orders -= 1;
    state.positions.remove_if_idle(state.accounts, record.position);
    record.position = no_slot;
}

void cancel_standby(Step& step, std::uint32_t slot, CancelReason reason, std::uint8_t flags) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    release_hold(state, record);
    finish_standby(state, record, OrderState::cancelled, reason);
    const bool reply = (flags & event_flag::reply) != 0;
    tell_order(step, record, Money{}, {.origin = reply ? step.command.origin : Origin{}}, flags);
}

bool cancel_standbys(Step& step, InstrumentId scope, CancelReason reason, std::uint32_t& count) {
    const State& state = step.state;
    return cancel_those(step, reason, count, [&](const OrderRecord& record) {
        const InstrumentId i = record.instrument;
        const bool inside = scope.period == Period{} ? i.family == scope.family : i == scope;
        return inside && !firm(state, record);
    });
}

bool end_standbys(Step& step, FamilyId family) {
    const Time now = step.state.time;
    if (now.value % hour.value != 0) return true;
    std::uint32_t count = 0;
    return cancel_those(step, CancelReason::gate_closed, count, [&](const OrderRecord& record) {
        return record.instrument.family == family &&
               window_end(record.instrument.period, Product::gpu) <= now;
    });
}

}  // namespace gridbook::engine
