// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which fields of each part of the state matter, stated once: the state hash, saving and restoring all walk
// these lists, so none of them can forget what another knows. `f` takes any number of fields, constant or
// not. What follows from other fields (links, slots, sums) is not in a list; it is rebuilt.

#include <concepts>

#include "engine/state.hpp"

namespace gridbook::engine {

// T or const T.
template <class T, class Plain>
concept Like = std::same_as<std::remove_const_t<T>, Plain>;

template <class F, Like<HardBand> T>
void fields(F& f, T& b) {
    f(b.version, b.low, b.high, b.guidance, b.floor_set, b.ceiling_set, b.effective, b.blob, b.rationale);
}
// What only guided, converted or doubly signed bands have: no part of a hash where it says nothing, so that
// journals from before these existed still give the hashes that they recorded.
template <class F, Like<HardBand> T>
void regulated_fields(F& f, T& b) {
    f(b.converted, b.proposer);
}
inline bool regulated(const HardBand& b) { return b.converted || b.proposer != 0; }
template <class F, Like<BandChange> T>
void fields(F& f, T& c) {
    f(c.version, c.floor, c.ceiling, c.guidance, c.effective, c.blob, c.rationale);
}
template <class F, Like<BandChange> T>
void regulated_fields(F& f, T& c) {
    f(c.follow, c.proposer);
}
inline bool regulated(const BandChange& c) { return c.follow || c.proposer != 0; }
template <class F, Like<FactorChange> T>
void fields(F& f, T& c) {
    f(c.version, c.provenance, c.proposer, c.k_train, c.k_infer, c.issued, c.effective, c.blob);
}
// Besides its schedule.
template <class F, Like<FactorRegistry> T>
void fields(F& f, T& r) {
    f(r.own_train, r.own_infer, r.provenance, r.certified_train, r.certified_infer, r.issued);
}
template <class F, Like<DefineFamily> T>
void fields(F& f, T& d) {
    f(d.class_id, d.zone_id, d.tier_id, d.horizon, d.guidance, d.floor, d.ceiling, d.dynamic_width, d.product,
      d.require_reason, d.rationale);
}
// Besides what it was defined as, its band and its schedule.
template <class F, Like<Family> T>
void fields(F& f, T& family) {
    f(family.killed, family.last_listed, family.suspended_until, family.last_version);
}

template <class F, Like<Account> T>
void fields(F& f, T& a) {
    f(a.name, a.roles, a.killed, a.number, a.cash, a.hold, a.margin, a.receivable, a.penalty, a.open_orders,
      a.sessions, a.after_armed);
}
// Only of an account that has some.
template <class F, Like<AccountLimits> T>
void fields(F& f, T& l) {
    f(l.qty, l.notional, l.open_orders, l.orders_per_s);
}
template <class F, Like<Key> T>
void fields(F& f, T& k) {
    f(k.name, k.public_key, k.account, k.roles, k.on_behalf);
}
template <class F, Like<House> T>
void fields(F& f, T& h) {
    f(h.clearing, h.fee_income, h.tax_payable, h.default_fund, h.bank);
}
template <class F, Like<Position> T>
void fields(F& f, T& p) {
    f(p.account, p.instrument, p.open_orders, p.open_sells, p.sold, p.bought, p.reoffered, p.margin,
      p.receivable);
}
// What only markets that deliver have: no part of a hash or a snapshot elsewhere, so that journals from
// before deliveries existed still give the hashes that they recorded.
template <class F, Like<Position> T>
void delivery_fields(F& f, T& p) {
    f(p.fee, p.tax, p.paired);
}
template <class F, Like<Delivery> T>
void fields(F& f, T& d) {
    f(d.id, d.replaces, d.instrument, d.seller, d.buyer, d.price, d.qty, d.missed, d.first_minute, d.minutes,
      d.failed_from, d.state, d.counted, d.replaced, d.endpoint, d.by_seller, d.by_buyer);
}
// Calls f(slot) for the deliveries that are not settled: by family, then id.
template <class F>
void for_each_delivery(const State& state, F&& f) {
    for (std::size_t family = 0; family < state.catalogue.families().size(); ++family)
        for (std::uint32_t slot = state.deliveries.first(FamilyId{static_cast<std::uint16_t>(family)});
             slot != 0; slot = state.deliveries[slot].next)
            f(slot);
}
// What only token days have of which requests were reported: f(slot), in the order above.
template <class F>
void for_each_reported(const State& state, F&& f) {
    for_each_delivery(state, [&](std::uint32_t slot) {
        if (state.deliveries[slot].requests().said()) f(slot);
    });
}
template <class F, Like<Requests> T>
void fields(F& f, T& r) {
    f(r.all, r.served, r.minute);
}
// What only markets in which tokens are drawn have, in the same way: the deliveries of which something is
// drawn, f(slot), in the order above.
template <class F>
void for_each_drawn(const State& state, F&& f) {
    if (!state.usages.kept()) return;
    for_each_delivery(state, [&](std::uint32_t slot) {
        if (state.deliveries[slot].drawn != 0) f(slot);
    });
}
// Besides its declared cost, which few have.
template <class F, Like<Resource> T>
void fields(F& f, T& r) {
    f(r.id, r.account, r.family, r.factor, r.factor_version, r.green_share, r.pue, r.count);
}
template <class F, Like<Maintenance> T>
void fields(F& f, T& m) {
    f(m.id, m.resource, m.start, m.windows, m.count);
}
template <class F, Like<Session> T>
void fields(F& f, T& s) {
    f(s.id, s.connection, s.account, s.key, s.mode, s.grace_ms);
}

template <class F, Like<Dispute> T>
void fields(F& f, T& d) {
    f(d.delivery, d.instrument, d.seller, d.buyer, d.claimant, d.suspended, d.minutes, d.evidence, d.stake,
      d.held);
}

template <class F, Like<Package> T>
void fields(F& f, T& p) {
    f(p.id, p.issuer, p.class_id, p.withdrawn, p.blocks, p.days, p.carry, p.price, p.overage);
}
// Its issuer is its package's.
template <class F, Like<Grant> T>
void fields(F& f, T& g) {
    f(g.id, g.package, g.buyer, g.qty, g.balance, g.begin, g.end, g.carried, g.noticed, g.purchase);
}
// What only markets that ever had packages have, in the same way. Calls f(entry) by rising ids.
inline bool any_packages(const State& state) { return state.packages.last_id() != PackageId{}; }
template <class Table, class F>
void for_each_by_id(const Table& table, F&& f) {
    for (std::uint32_t slot = table.first(); slot != 0; slot = table.next(slot)) f(table[slot]);
}

template <class F, Like<Payout> T>
void fields(F& f, T& p) {
    f(p.id, p.account, p.amount, p.requested, p.reference);
}

template <class F, Like<Reference> T>
void fields(F& f, T& r) {
    f(r.price, r.since, r.taken_over);
}
template <class F, Like<Bucket> T>
void fields(F& f, T& b) {
    f(b.index, b.sum, b.trades);
}
template <class F, Like<Pause> T>
void fields(F& f, T& p) {
    f(p.reference, p.low, p.high, p.width, p.extension, p.until, p.call_price);
}
// Besides its orders, its buckets and its notes.
template <class F, Like<Book> T>
void fields(F& f, T& b) {
    f(b.instrument, b.phase, b.limit, b.killed, b.band.low, b.band.high, b.limit_since, b.limit_edge);
    fields(f, b.reference);
    fields(f, b.pause);
}

template <class F, Like<Due> T>
void fields(F& f, T& d) {
    f(d.time, d.kind, d.symbol, d.sequence, d.session);
}
// Records stand where their ids say, books where their instruments say: their slots are canonical.
template <class F, Like<Task> T>
void fields(F& f, T& t) {
    f(t.kind, t.part, t.family, t.cursor, t.record, t.book, t.cause, t.reason, t.side, t.replies, t.account,
      t.session, t.count, t.scope, t.origin, t.kill_scope, t.action, t.whole, t.until, t.low, t.high);
}
template <class F, Like<Advance> T>
void fields(F& f, T& a) {
    f(a.running, a.stage, a.target, a.origin);
}
// What stands beside all tables.
template <class F, Like<State> T>
void fields(F& f, T& s) {
    f(s.killed, s.rules, s.sequence, s.time, s.last_trade, s.open_orders, s.next_due, s.timers_moved,
      s.last_bucket_trade);
}

// A record without the slots of a live order, which other tables follow, and without its hold, which follows
// from it.
inline OrderRecord without_links(const OrderRecord& record) {
    OrderRecord bare = record;
    if (!bare.live()) return bare;
    bare.live_slot = 0;
    bare.hold = Money{};
    if (bare.kind != OrderKind::strip) bare.position = no_slot;
    return bare;
}

// Calls f(slot) for the resting orders of one side, by rising price, each level by time.
template <class F>
void for_each_resting(const State& state, const Ladder& ladder, F&& f) {
    for (Price p = ladder.lowest_at_least(state.levels, Price{1}); p != Price{};
         p = ladder.lowest_at_least(state.levels, Price{p.value + 1}))
        for (std::uint32_t slot = ladder.level(state.levels, p).head; slot != 0;
             slot = state.orders[slot].next)
            f(slot);
}

// Calls f(slot) for the positions of an account, oldest first, which is the order to rebuild them in.
template <class F>
void for_each_position(const State& state, const Account& account, F&& f) {
    std::uint32_t slot = account.first_position;
    while (slot != no_slot && state.positions[slot].next_of_account != no_slot)
        slot = state.positions[slot].next_of_account;
    for (; slot != no_slot; slot = state.positions[slot].previous_of_account) f(slot);
}

}  // namespace gridbook::engine
