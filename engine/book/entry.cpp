// SPDX-License-Identifier: Apache-2.0
#include "engine/book/entry.hpp"

#include <algorithm>

#include "engine/book/checks.hpp"
#include "engine/book/matching.hpp"
#include "engine/book/orders.hpp"
#include "engine/refusal.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

Quantity lots(const State& state, InstrumentId instrument, Decimal qty) {
    return lots_of(qty, state.catalogue.family(instrument.family).product);
}

Candidate candidate(const State& state, AccountId account, const PlaceOrder& body) {
    Candidate c;
    c.account = account;
    c.instrument = body.instrument;
    c.side = body.side;
    c.price = Price{static_cast<std::int32_t>(ticks_of(body.price))};
    c.lots = lots(state, body.instrument, body.qty);
    fix_margin(state, c);
    return c;
}

// The checks of a new order, in their order; `c` is what it would be once it is on its steps.
Refused check_new(const State& state, AccountId account, const PlaceOrder& body, Candidate& c) {
    Refused r;
    if (r = check_phase(state, body.instrument); !passed(r)) return r;
    if (r = check_tick(body.instrument, body.price); !passed(r)) return r;
    if (r = check_lot(state, body.instrument, body.qty); !passed(r)) return r;
    if (r = check_qty(state, body.instrument, body.qty); !passed(r)) return r;
    if (r = check_notional(state, body.instrument, body.price, body.qty); !passed(r)) return r;
    if (r = check_band(state, body.instrument, body.price); !passed(r)) return r;
    c = candidate(state, account, body);
    if (r = check_funds(state, c); !passed(r)) return r;
    if (r = check_capacity(state, c); !passed(r)) return r;
    return check_limits(state, c, body.tif == TimeInForce::gate);
}

// The same cid again: the order's present state or its first refusal, or CID_REUSED for another body.
void tell_again(Step& step, const OrderRecord& record, std::uint64_t body_hash) {
    if (record.body_hash != body_hash) {
        Refused r;
        r.cid = record.cid;
        r.reason = RejectReason::cid_reused;
        r.field = RejectField::cid;
        return refuse(step, r);
    }
    constexpr std::uint8_t flags = event_flag::reply | event_flag::duplicate;
    if (record.state == OrderState::refused) {
        Refused r = record.refusal;
        r.origin = step.command.origin;
        return tell(step, record.account, r, flags);
    }
    OrderEvent e = order_event(step.state, record);
    e.origin = step.command.origin;
    tell(step, record.account, e, flags);
}

void remember_refusal(Step& step, const PlaceOrder& body, std::uint64_t body_hash, Refused r) {
    State& state = step.state;
    const std::uint32_t slot = state.records.enter(step.command.account, body.cid);
    OrderRecord& record = state.records[slot];
    record.body_hash = body_hash;
    record.state = OrderState::refused;
    record.done = state.time;
    r.cid = body.cid;
    r.command = CommandKind::place_order;
    record.refusal = r;
    refuse(step, r);
}

// Tells the order as it stands before matching, then lets it meet the book.
void enter_and_match(Step& step, std::uint32_t slot, OrderEvent e) {
    e.origin = step.command.origin;
    e.moved = true;
    tell_numbered(step, step.state.records[slot].account, e, event_flag::reply);
    if (match(step, slot)) return;
    step.state.agenda.push(Task{.kind = TaskKind::match_order, .record = slot});
}

void enter_candidate(State& state, OrderRecord& record, const Candidate& c, Sequence sequence) {
    record.price = c.price;
    record.leaves = static_cast<std::uint32_t>(c.lots.value);
    record.free = static_cast<std::uint32_t>(c.free.value);
    record.margin_price = c.margin_price;
    record.band = state.catalogue.family(c.instrument.family).band.version;
    record.priority = sequence;
    take_hold(state, record);
}

// The live order that a replace or a cancel speaks of; otherwise refuses and answers no_slot.
std::uint32_t find_live(Step& step, OrderId id, const Cid& cid) {
    State& state = step.state;
    const AccountId account = step.command.account;
    std::uint32_t slot =
        id != OrderId{} ? state.records.find(id) : state.records.find(account, cid, state.time);
    if (slot != no_slot && state.records[slot].account != account) slot = no_slot;
    if (slot != no_slot && state.records[slot].live()) return slot;
    Refused r;
    r.cid = cid;
    r.field = RejectField::order;
    r.got = static_cast<std::int64_t>(id.value);
    r.reason = slot != no_slot && state.records[slot].state == OrderState::filled
                   ? RejectReason::already_filled
                   : RejectReason::order_unknown;
    refuse(step, r);
    return no_slot;
}

void reply_replaced(Step& step, const OrderRecord& record, bool kept) {
    OrderEvent e = order_event(step.state, record);
    e.origin = step.command.origin;
    e.replaced = true;
    e.priority_kept = kept;
    tell_numbered(step, record.account, e, event_flag::reply);
}

// Same price and not more: fewer leaves in the same place. Margin-bearing lots go first, as they are sold
// last.
void reduce_in_place(Step& step, std::uint32_t slot, std::uint32_t total) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    release_hold(state, record);
    const std::uint32_t leaves = total - record.cum;
    RestingOrder& order = state.orders[record.resting];
    state.books[order.book].side(order.side).reduce(state.levels, order.price, order.leaves - leaves);
    order.leaves = leaves;
    record.leaves = leaves;
    record.qty = total;
    record.free = std::min(record.free, leaves);
    take_hold(state, record);
    reply_replaced(step, record, true);
}

Candidate replaced_candidate(const State& state, const OrderRecord& record, const ReplaceOrder& body) {
    Candidate c;
    c.account = record.account;
    c.instrument = record.instrument;
    c.side = record.side;
    c.price = Price{static_cast<std::int32_t>(ticks_of(body.price))};
    c.lots = lots(state, record.instrument, body.qty) - Quantity{record.cum};
    c.old_held = held(state, record);
    c.old_leaves = Quantity{record.leaves};
    c.old_free = Quantity{record.free};
    fix_margin(state, c);
    return c;
}

// A new place in the queue: all checks with the old hold and capacity counted as free, then it may trade.
void replace_anew(Step& step, std::uint32_t slot, const ReplaceOrder& body) {
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    Refused r;
    Candidate c;
    if (r = check_notional(state, record.instrument, body.price, body.qty); passed(r))
        r = check_band(state, record.instrument, body.price);
    if (passed(r)) {
        c = replaced_candidate(state, record, body);
        r = check_funds(state, c);
    }
    if (passed(r)) r = check_capacity(state, c);
    if (passed(r)) r = check_levels(state, c);
    if (!passed(r)) {
        r.cid = record.cid;
        return refuse(step, r);
    }
    release_hold(state, record);
    unrest(state, record);
    record.qty = static_cast<std::uint32_t>(c.lots.value) + record.cum;
    record.state = OrderState::open;
    enter_candidate(state, record, c, step.command.sequence);
    OrderEvent e = order_event(state, record);
    e.replaced = true;
    enter_and_match(step, slot, e);
}

}  // namespace

void place_order(Step& step, const PlaceOrder& body) {
    State& state = step.state;
    const AccountId account = step.command.account;
    const std::uint64_t body_hash = hash_of(body);
    const std::uint32_t known = state.records.find(account, body.cid, state.time);
    if (known != no_slot) return tell_again(step, state.records[known], body_hash);
    Candidate c;
    if (const Refused r = check_new(state, account, body, c); !passed(r))
        return remember_refusal(step, body, body_hash, r);
    const std::uint32_t slot = state.records.enter(account, body.cid);
    OrderRecord& record = state.records[slot];
    record.body_hash = body_hash;
    record.instrument = body.instrument;
    record.side = body.side;
    record.tif = body.tif;
    record.qty = static_cast<std::uint32_t>(c.lots.value);
    record.position = state.positions.enter(state.accounts, account, body.instrument);
    begin(state, slot);
    enter_candidate(state, record, c, step.command.sequence);
    enter_and_match(step, slot, order_event(state, record));
}

void replace_order(Step& step, const ReplaceOrder& body) {
    const std::uint32_t slot = find_live(step, body.order, body.cid);
    if (slot == no_slot) return;
    State& state = step.state;
    OrderRecord& record = state.records[slot];
    Refused r = check_tick(record.instrument, body.price);
    if (passed(r)) r = check_lot(state, record.instrument, body.qty);
    const Quantity total = passed(r) ? lots(state, record.instrument, body.qty) : Quantity{};
    const bool ends = passed(r) && total >= Quantity{} && total <= Quantity{record.cum};
    if (passed(r) && !ends) r = check_qty(state, record.instrument, body.qty);
    if (!passed(r)) {
        r.cid = record.cid;
        return refuse(step, r);
    }
    if (ends) return cancel(step, slot, CancelReason::replaced_below_filled, event_flag::reply);
    const bool same_price = decimal_of(record.price) == body.price;
    if (same_price && total.value <= record.qty)
        return reduce_in_place(step, slot, static_cast<std::uint32_t>(total.value));
    replace_anew(step, slot, body);
}

void cancel_order(Step& step, const CancelOrder& body) {
    const std::uint32_t slot = find_live(step, body.order, body.cid);
    if (slot != no_slot) cancel(step, slot, CancelReason::user, event_flag::reply);
}

}  // namespace gridbook::engine
