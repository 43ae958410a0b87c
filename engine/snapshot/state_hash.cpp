// SPDX-License-Identifier: Apache-2.0
#include "engine/snapshot/state_hash.hpp"

#include "engine/snapshot/state_fields.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

// Takes values one by one; the order matters.
class Hasher {
  public:
    template <class... T>
    void operator()(const T&... values) {
        (add(values), ...);
    }
    std::uint64_t value() const { return h_; }

  private:
    template <class T>
    void add(const T& v) {
        if constexpr (std::is_enum_v<T> || std::is_integral_v<T>)
            h_ = mix(h_, static_cast<std::uint64_t>(v));
        else if constexpr (requires { v.value; })
            h_ = mix(h_, static_cast<std::uint64_t>(v.value));
        else
            h_ = mix(h_, hash_of(v));
    }

    std::uint64_t h_ = 0x67726964'626F6F6Bull;  // "gridbook"
};

void hash_catalogue(Hasher& h, const Catalogue& c) {
    for (const ClassEntry& entry : c.classes()) {
        h(entry.defined, entry.version);
        if (entry.last_version == 1) continue;
        h(entry.last_version);
        fields(h, entry.registry);
        for (const FactorChange& change : entry.registry.schedule.all()) fields(h, change);
    }
    for (const DefineZone& zone : c.zones()) h(zone);
    for (const DefineTier& tier : c.tiers()) h(tier);
    for (const Family& family : c.families()) {
        fields(h, family.defined);
        fields(h, family);
        fields(h, family.band);
        if (regulated(family.band)) regulated_fields(h, family.band);
        for (const BandChange& change : family.schedule.all()) {
            fields(h, change);
            if (regulated(change)) regulated_fields(h, change);
        }
    }
}

void hash_accounts(Hasher& h, const Accounts& accounts) {
    for (const Account& account : accounts.all()) {
        fields(h, account);
        h(account.group, accounts.group_name(account.group));
    }
    for (std::uint32_t a = 0; a < accounts.all().size(); ++a)
        if (accounts.all()[a].limited()) fields(h, accounts.limits(AccountId{a}));
    for (const Key& key : accounts.keys()) fields(h, key);
    fields(h, accounts.house);
}

// Positions have no order of their own: their hashes are summed.
std::uint64_t hash_positions(const State& state) {
    std::uint64_t sum = 0;
    for (const Account& account : state.accounts.all())
        for_each_position(state, account, [&](std::uint32_t slot) {
            Hasher h;
            fields(h, state.positions[slot]);
            if (state.deliveries.kept()) delivery_fields(h, state.positions[slot]);
            sum += h.value();
        });
    return sum;
}

void hash_changes(Hasher& h, const Changes& changes) {
    if (changes.last_id() == 0) return;
    h(changes.last_id());
    for (const Proposal& p : changes.all()) h(p.told, p.command, p.proposer);
}

// Slots of sessions are canonical: the first free one is taken.
void hash_few(Hasher& h, const State& state) {
    h(state.resources.last_id(), state.sessions.last_id());
    for (const Resource& resource : state.resources.all()) {
        fields(h, resource);
        if (resource.cost != Decimal{}) h(resource.cost);
    }
    for (const Session& session : state.sessions.all()) fields(h, session);
    for (const Dispute& dispute : state.disputes.all()) fields(h, dispute);
}

// Records by id, live or remembered. Slots follow from ids, so the order of the table is canonical.
void hash_records(Hasher& h, const OrderRecords& records) {
    h(records.last_id());
    for (const OrderRecord& record : records.all())
        if (record.id != OrderId{}) h(without_links(record));
}

void hash_order(Hasher& h, const State& state, std::uint32_t slot) {
    const RestingOrder& order = state.orders[slot];
    h(state.records[order.record].id, order.leaves, order.parked, order.non_executable,
      state.open.session(slot));
}

void hash_books(Hasher& h, const State& state) {
    for (const Book& book : state.books) {
        if (book.instrument == no_instrument) continue;
        fields(h, book);
        for (const Bucket& bucket : book.reference.buckets()) fields(h, bucket);
        h(book.bids.base(), book.pages_kept, book.strips);
        for_each_resting(state, book.bids, [&](std::uint32_t slot) { hash_order(h, state, slot); });
        for_each_resting(state, book.asks, [&](std::uint32_t slot) { hash_order(h, state, slot); });
        for (std::uint32_t slot = book.aside_first; slot != 0; slot = state.orders[slot].next)
            hash_order(h, state, slot);
    }
}

void hash_strips(Hasher& h, const State& state) {
    for (std::uint32_t slot = state.strips.first(); slot != 0; slot = state.strips[slot].next) {
        const RestingStrip& strip = state.strips[slot];
        h(state.records[strip.record].id, strip.session, strip.crowded);
        for (std::uint32_t hour = 0; strip.side == Side::sell && hour < strip.hours; ++hour)
            h(strip.legs[hour].free);
    }
}

void hash_deliveries(Hasher& h, const State& state) {
    const Deliveries& deliveries = state.deliveries;
    if (!deliveries.kept()) return;
    h(deliveries.last_id(), deliveries.due, deliveries.struck);
    for (std::size_t f = 0; f < state.catalogue.families().size(); ++f)
        for (const Period period : deliveries.hours(FamilyId{static_cast<std::uint16_t>(f)})) h(period);
    for_each_delivery(state, [&](std::uint32_t slot) { fields(h, deliveries[slot]); });
    const StandbyList& offers = state.standbys;
    for (std::uint32_t slot = offers.first(); slot != 0; slot = offers.next(slot))
        h(state.records[offers.record(slot)].id, state.open.session(state.open.standby(slot)));
}

void hash_payouts(Hasher& h, const State& state) {
    if (state.payouts.last_id() == PayoutId{}) return;
    h(state.payouts.last_id());
    for (const Payout& payout : state.payouts.all()) fields(h, payout);
}

void hash_maintenance(Hasher& h, const State& state) {
    const Maintenances& all = state.resources.maintenances();
    if (all.last_id() == MaintenanceId{}) return;
    h(all.last_id());
    for_each_by_id(all, [&](const Maintenance& m) { fields(h, m); });
}

void hash_requests(Hasher& h, const State& state) {
    for_each_reported(state, [&](std::uint32_t slot) {
        const Delivery& d = state.deliveries[slot];
        h(d.id), fields(h, d.of_day_by_seller), fields(h, d.of_day_by_buyer);
    });
}

void hash_draws(Hasher& h, const State& state) {
    for_each_drawn(state,
                   [&](std::uint32_t slot) { h(state.deliveries[slot].id, state.deliveries[slot].drawn); });
    state.usages.for_each(state.time, [&](const Usage& usage) { h(usage); });
}

void hash_packages(Hasher& h, const State& state) {
    if (!any_packages(state)) return;
    h(state.packages.last_id(), state.grants.last_id());
    for_each_by_id(state.packages, [&](const Package& package) { fields(h, package); });
    for_each_by_id(state.grants, [&](const Grant& grant) { fields(h, grant); });
}

// Whose timer it is stands in an order's or a grant's id, or in an id that the pools' sizes give. A heap has
// many shapes: the hashes are summed.
std::uint64_t hash_timers(const State& state) {
    std::uint64_t sum = 0;
    state.timers.for_each([&](std::uint32_t id, const Due& due) {
        Hasher h;
        fields(h, due);
        if (due.symbol == due_kind::behind_orders)
            h(state.grants[id - TimerIds::grant(state, 0)].id);
        else if (due.kind == due_kind::expiry)
            h(state.records[state.orders[id].record].id);
        else
            h(id);
        sum += h.value();
    });
    return sum;
}

// What an unfinished command has still to do.
void hash_unfinished(Hasher& h, const State& state) {
    const FollowUp& follow = state.follow;
    for (const auto* notes : {&follow.touched, &follow.traded, &follow.round}) {
        h(notes->size());
        for (const std::uint32_t book : *notes) h(book);
    }
    for (const std::uint32_t book : follow.improved)
        h(book, state.books[book].improved[0], state.books[book].improved[1]);
    h(follow.looked, follow.strips);
    fields(h, state.advance);
    for (std::size_t i = 0; i < state.agenda.size(); ++i) fields(h, state.agenda[i]);
}

}  // namespace

std::uint64_t hash_state(const State& state) {
    Hasher h;
    if (!state.started) return h.value();
    h(state.genesis);
    fields(h, state);
    hash_catalogue(h, state.catalogue);
    hash_accounts(h, state.accounts);
    h(hash_positions(state));
    hash_few(h, state);
    hash_changes(h, state.changes);
    hash_records(h, state.records);
    hash_books(h, state);
    hash_strips(h, state);
    hash_deliveries(h, state);
    hash_draws(h, state);
    hash_packages(h, state);
    hash_requests(h, state);
    hash_payouts(h, state);
    hash_maintenance(h, state);
    h(hash_timers(state));
    hash_unfinished(h, state);
    return h.value();
}

}  // namespace gridbook::engine
