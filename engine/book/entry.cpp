// SPDX-License-Identifier: Apache-2.0
#include "engine/book/entry.hpp"

#include <algorithm>

#include "engine/book/checks.hpp"
#include "engine/book/matching.hpp"
#include "engine/book/orders.hpp"
#include "engine/book/remembered.hpp"
#include "engine/delivery/standby.hpp"
#include "engine/refusal.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

Candidate candidate(AccountId account, const PlaceOrder& body) {
    Candidate c;
    c.account = account;
    c.instrument = body.instrument;
    c.asked_price = body.price;
    c.asked_qty = body.qty;
    c.side = body.side;
    c.market = body.type == OrderType::market;
    c.post_only = body.post_only;
    c.rests = !c.market && (body.tif == TimeInForce::gate || body.tif == TimeInForce::gtt);
    c.has_reason = !body.reason.empty();
    c.on_band = body.on_band;
    c.self_trade = body.self_trade;
    c.options = static_cast<std::uint16_t>((c.market ? order_option::market : 0) |
                                           (c.post_only ? order_option::post_only : 0) |
                                           (c.has_reason ? order_option::has_reason : 0));
    return c;
}

[[gnu::always_inline]] inline void set_lots(const State& state, Candidate& c, std::uint32_t cum) {
    c.lots = c.total - cum;
    c.position = state.positions.find(c.account, c.instrument);
}

// A market order's price is the edge of the effective band at this moment; tick and bands have nothing to
// ask.
bool check_price(Candidate& c, Refused& r) {
    if (!c.market) return check_tick(c, r);
    c.price = c.book->band.edge(c.side);
    c.asked_price = decimal_of(c.price);
    return true;
}

// Each step, then each size.
bool check_sizes(const State& state, const PlaceOrder& body, Candidate& c, Refused& r) {
    if (!check_lots(c, r) || !check_lot(c, RejectField::min_qty, body.min_qty, r)) return false;
    if (!check_qty(c, RejectField::qty, body.qty, most_qty(state, c.account), r)) return false;
    return body.min_qty == Decimal{} || check_qty(c, RejectField::min_qty, body.min_qty, body.qty, r);
}

// A fok that would meet too many makers for the events of one command.
bool check_makers(const Tradable& found, const Candidate& c, Refused& r) {
    if (found.makers <= most_makers) return true;
    r = pool_full(Pool::events, most_makers, c.instrument);
    r.got = found.makers;
    return false;
}

// The checks of a new order, in their order; `c` is what it would be.
bool check_new(State& state, const PlaceOrder& body, Candidate& c, Refused& r) {
    locate(state, c);
    if (seldom(!check_killed(state, c, r))) return false;
    // What needs a partner at once has none in a pause.
    if (seldom(!check_phase(state, c, c.rests && body.min_qty == Decimal{}, r))) return false;
    if (seldom(body.tif == TimeInForce::gtt) && c.rests && !check_expire(state, c, body.expire, r))
        return false;
    if (seldom(!check_price(c, r))) return false;
    if (seldom(!check_sizes(state, body, c, r))) return false;
    if (seldom(!check_notional(state, c, r))) return false;
    if (!c.market && seldom(!check_bands(c, r))) return false;
    if (!c.market && seldom(!check_reason(state, c, r))) return false;
    set_lots(state, c, 0);
    fix_hold(state, c);
    if (seldom(!check_funds(state, c, r))) return false;
    if (seldom(!check_capacity(state, c, r))) return false;
    if (seldom(!check_post_only(c, r))) return false;
    return check_limits(state, c, r);
}

// A refusal is remembered under its client order id, and told.
void refuse_order(Step& step, const PlaceOrder& body, const OrderRecords::Place& place, Refused r) {
    r.cid = body.cid;
    remember_refusal(step, OrderKind::order, body.cid, place, terms_of(body), r);
}

// The record of a new order; all of it is written here and once.
[[gnu::always_inline]] inline std::uint32_t enter(Step& step, const PlaceOrder& body, const Candidate& c,
                                                  const OrderRecords::Place& place) {
    State& state = step.state;
    const std::uint32_t slot = state.records.claim(place);
    const TimeInForce tif = c.market && body.tif != TimeInForce::fok ? TimeInForce::ioc : body.tif;
    state.records[slot] = OrderRecord{.id = state.records.last_id(),
                                      .instrument = body.instrument,
                                      .account = c.account,
                                      .price = c.price,
                                      .qty = c.total,
                                      .leaves = c.lots,
                                      .position = c.position,
                                      .free = c.free,
                                      .side = c.side,
                                      .tif = tif,
                                      .self_trade = body.self_trade,
                                      .options = c.options,
                                      .cid = body.cid,
                                      .body_hash = terms_of(body),
                                      .priority = step.command.sequence,
                                      .time = tif == TimeInForce::gtt ? body.expire : Time{},
                                      .guidance = c.family->band.guidance,
                                      .band = c.family->band.version};
    return slot;
}

// FOK and MIN_QTY: answered at once, without a hold; no maker is touched.
void cancel_at_once(Step& step, const PlaceOrder& body, const Candidate& c, const OrderRecords::Place& place,
                    CancelReason reason) {
    OrderRecord& record = step.state.records[enter(step, body, c, place)];
    record.state = OrderState::cancelled;
    record.reason = reason;
    record.leaves = record.free = 0;
    record.position = no_slot;
    record.time = step.state.time;
    tell_order(step, record, Money{}, {.origin = step.command.origin}, event_flag::reply);
}

// Takes the hold, tells the order as it stands before matching, then lets it meet the book. Most meet nobody.
[[gnu::always_inline]] inline void hold_and_match(Step& step, std::uint32_t slot, const Candidate& c,
                                                  std::uint32_t session, bool replaced) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    take_hold(state, record, c.hold);
    tell_order(step, record, c.hold, {.origin = step.command.origin, .replaced = replaced, .moved = true},
               event_flag::reply);
    const Price best = c.book->front_of(opposite(c.side));
    const bool alone = best == Price{} || !crosses(c.side, c.price, best);
    if (alone && c.rests && session == 0 && step.sink.room() != 0)
        return rest(state, *c.book, record, slot, state.accounts[c.account].group);
    if (match(step, slot, session)) return;
    state.agenda.push(Task{.kind = TaskKind::match_order, .record = slot, .session = session});
}

// An order that passed all checks begins.
[[gnu::always_inline]] inline void begin_order(Step& step, const PlaceOrder& body, Candidate& c,
                                               const OrderRecords::Place& place) {
    State& state = step.state;
    if (c.position == no_slot) [[unlikely]]
        c.position = state.positions.enter(state.accounts, c.account, body.instrument);
    const std::uint32_t slot = enter(step, body, c, place);
    begin(state, slot);
    const bool in_session = state.accounts[c.account].sessions != 0;
    const std::uint32_t session =
        in_session ? state.sessions.of(c.account, step.command.origin.connection) : 0;
    hold_and_match(step, slot, c, session, false);
}

// The account's own order that a replace or a cancel speaks of; no_slot: none.
std::uint32_t find_own(const State& state, AccountId account, OrderId id, const Cid& cid) {
    const std::uint32_t slot =
        id != OrderId{} ? state.records.find(id) : state.records.find(account, cid, state.time);
    return slot != no_slot && state.records[slot].account == account ? slot : no_slot;
}

[[gnu::cold]] void refuse_named(Step& step, RejectReason reason, OrderId id, const Cid& cid) {
    Refused r = refusal(reason, RejectField::order, 0, static_cast<std::int64_t>(id.value));
    r.cid = cid;
    refuse(step, r);
}

// It is not live, or there is none.
[[gnu::cold]] void refuse_done(Step& step, std::uint32_t slot, OrderId id, const Cid& cid) {
    const bool filled = slot != no_slot && step.state.records[slot].state == OrderState::filled;
    refuse_named(step, filled ? RejectReason::already_filled : RejectReason::order_unknown, id, cid);
}

// Same price and not more: fewer leaves in the same place. Margin-bearing lots go first, as they are sold
// last.
void reduce_in_place(Step& step, std::uint32_t slot, std::uint32_t total) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    release_hold(state, record);
    const std::uint32_t leaves = total - record.cum;
    RestingOrder& order = state.orders[record.live_slot];
    state.books[order.book].reduce(state.levels, order, order.leaves - leaves);
    order.leaves = leaves;
    record.leaves = leaves;
    record.qty = total;
    record.free = std::min(record.free, leaves);
    const Money hold = held(state, record);
    take_hold(state, record, hold);
    tell_order(step, record, hold, {.origin = step.command.origin, .replaced = true, .priority_kept = true},
               event_flag::reply);
}

Candidate candidate(const OrderRecord& record, const ReplaceOrder& body) {
    Candidate c;
    c.account = record.account;
    c.instrument = record.instrument;
    c.asked_price = body.price;
    c.asked_qty = body.qty;
    c.side = record.side;
    c.post_only = record.has(order_option::post_only);
    c.has_reason = record.has(order_option::has_reason);
    c.self_trade = record.self_trade;
    c.options = record.options & (order_option::post_only | order_option::has_reason);
    c.old_held = record.hold;
    c.old_leaves = record.leaves;
    c.old_free = record.free;
    return c;
}

bool check_anew(State& state, Candidate& c, std::uint32_t cum, Refused& r) {
    if (seldom(!check_notional(state, c, r))) return false;
    if (!check_bands(c, r)) return false;
    if (!check_reason(state, c, r)) return false;
    set_lots(state, c, cum);
    fix_hold(state, c);
    if (seldom(!check_funds(state, c, r))) return false;
    if (seldom(!check_capacity(state, c, r))) return false;
    if (seldom(!check_post_only(c, r))) return false;
    return check_levels(state, c, r);
}

// A new place in the queue: all checks ran with the old hold and capacity counted as free, and it may trade.
void replace_anew(Step& step, std::uint32_t slot, const Candidate& c) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    const std::uint32_t session = state.open.session(record.live_slot);
    release_hold(state, record);
    unrest(state, record);
    record.price = c.price;
    record.qty = c.total;
    record.leaves = c.lots;
    record.free = c.free;
    record.options = c.options;
    record.guidance = c.family->band.guidance;
    record.band = c.family->band.version;
    record.priority = step.command.sequence;
    record.state = OrderState::open;
    hold_and_match(step, slot, c, session, true);
}

}  // namespace

void place_order(Step& step, const PlaceOrder& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const OrderRecords::Place place = state.records.look(account, body.cid);
    const std::uint32_t known = state.records.find(place, state.time);
    if (known != no_slot) [[unlikely]]
        return tell_again(step, known, terms_of(body));
    if (body.standby) [[unlikely]]
        return place_standby(step, body, place);
    Candidate c = candidate(account, body);
    Refused& r = state.refused;
    if (!check_new(state, body, c, r)) return refuse_order(step, body, place, r);
    if (body.tif == TimeInForce::fok || body.min_qty != Decimal{}) [[unlikely]] {
        const Tradable found = tradable(state, c);
        const bool fok = body.tif == TimeInForce::fok;
        if (fok && !check_makers(found, c, r)) return refuse_order(step, body, place, r);
        if (fok && found.lots < c.lots) return cancel_at_once(step, body, c, place, CancelReason::fok);
        if (Quantity{found.lots} < lots_of(body.min_qty, c.family->product) && !c.post_only)
            return cancel_at_once(step, body, c, place, CancelReason::min_qty);
    }
    begin_order(step, body, c, place);
}

void replace_order(Step& step, const ReplaceOrder& body) {
    State& state = step.state;
    const std::uint32_t slot = find_own(state, step.command.account, body.order, body.cid);
    // Strips, any-ofs and standby offers cannot be replaced.
    if (slot != no_slot && state.records[slot].kind != OrderKind::order) [[unlikely]]
        return refuse_named(step, RejectReason::format_value, body.order, body.cid);
    if (slot == no_slot || !state.records[slot].live()) [[unlikely]]
        return refuse_done(step, slot, body.order, body.cid);
    OrderRecord& record = state.records[slot];
    Refused& r = state.refused;
    Candidate c = candidate(record, body);
    const Family& family = state.catalogue.family(record.instrument.family);
    const std::uint32_t outstanding = record.cum + record.leaves;
    const bool on_step = on_tick(body.price) && on_lot(body.qty, family.product);
    const Quantity total = on_step ? lots_of(body.qty, family.product) : Quantity{-1};
    if (total >= Quantity{} && total <= Quantity{record.cum})
        return cancel(step, slot, CancelReason::replaced_below_filled, event_flag::reply);
    if (total > Quantity{} && total <= Quantity{outstanding} && decimal_of(record.price) == body.price)
        return reduce_in_place(step, slot, static_cast<std::uint32_t>(total.value));
    locate(state, c);
    const bool good = check_killed(state, c, r) && check_phase(state, c, true, r) && check_tick(c, r) &&
                      check_lots(c, r) &&
                      check_qty(c, RejectField::qty, body.qty, most_qty(state, c.account), r) &&
                      check_anew(state, c, record.cum, r);
    if (!good) {
        r.cid = record.cid;
        return refuse(step, r);
    }
    replace_anew(step, slot, c);
}

void cancel_order(Step& step, const CancelOrder& body) {
    State& state = step.state;
    const std::uint32_t slot = find_own(state, step.command.account, body.order, body.cid);
    if (slot == no_slot || !state.records[slot].live()) [[unlikely]]
        return refuse_done(step, slot, body.order, body.cid);
    if (state.records[slot].kind == OrderKind::standby && firm(state, state.records[slot])) [[unlikely]]
        return refuse_named(step, RejectReason::gate_closed, body.order, body.cid);
    cancel(step, slot, CancelReason::user, event_flag::reply);
}

}  // namespace gridbook::engine
