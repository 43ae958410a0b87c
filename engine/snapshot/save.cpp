// SPDX-License-Identifier: Apache-2.0
// Writes the tables of a snapshot, in the order in which snapshot_restore.cpp reads them.
#include <algorithm>

#include "engine/snapshot/state_fields.hpp"
#include "engine/snapshot/state_hash.hpp"
#include "engine/snapshot/stream.hpp"

namespace gridbook::engine {
namespace {

template <class Entries>
void save_all(SnapshotWriter& w, const Entries& entries) {
    w(std::uint64_t{entries.size()});
    for (const auto& entry : entries) fields(w, entry);
}

void save_catalogue(SnapshotWriter& w, const Catalogue& c) {
    w(std::uint64_t{c.classes().size()});
    for (const ClassEntry& entry : c.classes()) {
        w(entry.defined, entry.version, entry.last_version);
        fields(w, entry.registry);
        save_all(w, entry.registry.schedule.all());
    }
    w(std::uint64_t{c.zones().size()});
    for (const DefineZone& zone : c.zones()) w(zone);
    w(std::uint64_t{c.tiers().size()});
    for (const DefineTier& tier : c.tiers()) w(tier);
    w(std::uint64_t{c.families().size()});
    for (const Family& family : c.families()) {
        fields(w, family.defined);
        fields(w, family);
        fields(w, family.band);
        regulated_fields(w, family.band);
        w(std::uint64_t{family.schedule.all().size()});
        for (const BandChange& change : family.schedule.all()) {
            fields(w, change);
            regulated_fields(w, change);
        }
    }
}

// A timer that is set, of an owner that may have none.
void save_timer(SnapshotWriter& w, const State& state, std::uint32_t id) {
    const bool set = state.timers.set(id);
    w(set);
    if (set) fields(w, state.timers.due(id));
}

void save_accounts(SnapshotWriter& w, const State& state) {
    const Accounts& accounts = state.accounts;
    w(std::uint64_t{accounts.all().size()});
    for (std::uint32_t a = 0; a < accounts.all().size(); ++a) {
        const Account& account = accounts.all()[a];
        w(accounts.group_name(account.group));
        fields(w, account);
        save_timer(w, state, TimerIds::account(state, AccountId{a}));
    }
    save_all(w, accounts.keys());
    fields(w, accounts.house);
    w(std::uint64_t{state.positions.used()});
    for (const Account& account : accounts.all())
        for_each_position(state, account, [&](std::uint32_t slot) {
            fields(w, state.positions[slot]);
            if (state.deliveries.kept()) delivery_fields(w, state.positions[slot]);
        });
}

void save_few(SnapshotWriter& w, const State& state) {
    w(state.resources.last_id());
    save_all(w, state.resources.all());
    w(state.changes.last_id(), std::uint64_t{state.changes.all().size()});
    for (const Proposal& p : state.changes.all()) w(p.told, p.command, p.proposer);
    w(state.sessions.last_id());
    for (std::uint32_t i = 0; i < state.sessions.limit(); ++i) {
        fields(w, state.sessions[i]);
        save_timer(w, state, TimerIds::session(state, i));
    }
}

void save_records(SnapshotWriter& w, const OrderRecords& records) {
    std::uint64_t used = 0;
    for (const OrderRecord& record : records.all()) used += record.id != OrderId{};
    w(records.last_id(), used);
    for (const OrderRecord& record : records.all())
        if (record.id != OrderId{}) w(without_links(record));
}

void save_order(SnapshotWriter& w, const State& state, std::uint32_t slot) {
    const RestingOrder& order = state.orders[slot];
    w(state.records[order.record].id, state.open.session(slot), order.parked, order.non_executable);
    save_timer(w, state, TimerIds::order(state, slot));
}

void save_books(SnapshotWriter& w, const State& state) {
    std::uint64_t used = 0;
    for (const Book& book : state.books) used += book.instrument != no_instrument;
    w(used);
    for (const Book& book : state.books) {
        if (book.instrument == no_instrument) continue;
        w(state.book_index(book));
        fields(w, book);
        for (const Bucket& bucket : book.reference.buckets()) fields(w, bucket);
        save_timer(w, state, TimerIds::book(state, state.book_index(book)));
        save_timer(w, state, TimerIds::indicative(state, state.book_index(book)));
        w(book.bids.base(), std::uint64_t{book.pages_kept});
        const auto save = [&](std::uint32_t slot) { save_order(w, state, slot); };
        for_each_resting(state, book.bids, save);
        w(OrderId{});
        for_each_resting(state, book.asks, save);
        w(OrderId{});
        for (std::uint32_t slot = book.aside_first; slot != 0; slot = state.orders[slot].next) save(slot);
        w(OrderId{});
    }
}

void save_strips(SnapshotWriter& w, const State& state) {
    w(std::uint64_t{state.strips.used()});
    for (std::uint32_t slot = state.strips.first(); slot != 0; slot = state.strips[slot].next) {
        const RestingStrip& strip = state.strips[slot];
        w(state.records[strip.record].id, strip.session, strip.crowded);
        for (std::uint32_t hour = 0; strip.side == Side::sell && hour < strip.hours; ++hour)
            w(strip.legs[hour].free);
    }
}

void save_deliveries(SnapshotWriter& w, const State& state) {
    const Deliveries& deliveries = state.deliveries;
    if (!deliveries.kept()) return;
    w(deliveries.last_id(), deliveries.due, deliveries.struck);
    for (std::size_t f = 0; f < state.catalogue.families().size(); ++f)
        for (const Period period : deliveries.hours(FamilyId{static_cast<std::uint16_t>(f)})) w(period);
    w(std::uint64_t{deliveries.used()});
    for_each_delivery(state, [&](std::uint32_t slot) { fields(w, deliveries[slot]); });
    const StandbyList& offers = state.standbys;
    w(std::uint64_t{offers.used()});
    for (std::uint32_t slot = offers.first(); slot != 0; slot = offers.next(slot))
        w(state.records[offers.record(slot)].id, state.open.session(state.open.standby(slot)));
}

void save_unfinished(SnapshotWriter& w, const State& state) {
    const FollowUp& follow = state.follow;
    for (const auto* notes : {&follow.touched, &follow.traded, &follow.round}) {
        w(std::uint64_t{notes->size()});
        for (const std::uint32_t book : *notes) w(book);
    }
    w(std::uint64_t{follow.improved.size()});
    for (const std::uint32_t book : follow.improved)
        w(book, state.books[book].improved[0], state.books[book].improved[1]);
    w(std::uint64_t{follow.looked}, follow.strips);
    fields(w, state.advance);
    w(std::uint64_t{state.agenda.size()});
    for (std::size_t i = 0; i < state.agenda.size(); ++i) fields(w, state.agenda[i]);
}

// ---- what few markets have ----

bool has_cost(const Resource& r) { return r.cost != Decimal{}; }

bool any_declared(const State& state) {
    return std::ranges::any_of(state.resources.all(), has_cost) ||
           std::ranges::any_of(state.accounts.all(), &Account::limited);
}
// Declared costs, and accounts that have limits of their own.
void save_declared(SnapshotWriter& w, const State& state) {
    const auto& resources = state.resources.all();
    const auto& accounts = state.accounts.all();
    w(static_cast<std::uint64_t>(std::ranges::count_if(resources, has_cost)));
    for (const Resource& r : resources)
        if (has_cost(r)) w(r.id, r.cost);
    w(static_cast<std::uint64_t>(std::ranges::count_if(accounts, &Account::limited)));
    for (std::uint32_t a = 0; a < accounts.size(); ++a)
        if (accounts[a].limited()) w(AccountId{a}), fields(w, state.accounts.limits(AccountId{a}));
}

std::uint64_t drawn_holdings(const State& state) {
    std::uint64_t drawn = 0;
    for_each_drawn(state, [&](std::uint32_t) { drawn += 1; });
    return drawn;
}
bool any_draws(const State& state) {
    return drawn_holdings(state) != 0 || state.usages.remembered(state.time) != 0;
}
void save_draws(SnapshotWriter& w, const State& state) {
    w(drawn_holdings(state));
    for_each_drawn(state,
                   [&](std::uint32_t slot) { w(state.deliveries[slot].id, state.deliveries[slot].drawn); });
    w(std::uint64_t{state.usages.remembered(state.time)});
    state.usages.for_each(state.time, [&](const Usage& usage) { w(usage); });
}

bool any_disputes(const State& state) { return !state.disputes.all().empty(); }
void save_disputes(SnapshotWriter& w, const State& state) { save_all(w, state.disputes.all()); }

void save_packages(SnapshotWriter& w, const State& state) {
    w(state.packages.last_id(), std::uint64_t{state.packages.used()});
    for_each_by_id(state.packages, [&](const Package& package) { fields(w, package); });
    w(state.grants.last_id(), std::uint64_t{state.grants.used()});
    for_each_by_id(state.grants, [&](const Grant& grant) { fields(w, grant); });
}

std::uint64_t reported_days(const State& state) {
    std::uint64_t days = 0;
    for_each_reported(state, [&](std::uint32_t) { days += 1; });
    return days;
}
bool any_requests(const State& state) { return reported_days(state) != 0; }
void save_requests(SnapshotWriter& w, const State& state) {
    w(reported_days(state));
    for_each_reported(state, [&](std::uint32_t slot) {
        const Delivery& d = state.deliveries[slot];
        w(d.id), fields(w, d.of_day_by_seller), fields(w, d.of_day_by_buyer);
    });
}

bool any_payouts(const State& state) { return state.payouts.last_id() != PayoutId{}; }
void save_payouts(SnapshotWriter& w, const State& state) {
    w(state.payouts.last_id());
    save_all(w, state.payouts.all());
}

bool any_maintenance(const State& state) {
    return state.resources.maintenances().last_id() != MaintenanceId{};
}
void save_maintenance(SnapshotWriter& w, const State& state) {
    const Maintenances& all = state.resources.maintenances();
    w(all.last_id(), std::uint64_t{all.used()});
    for_each_by_id(all, [&](const Maintenance& m) { fields(w, m); });
}

// Stands at the end, in this order, each piece only where it is there or one behind it: snapshots from before
// it existed are read as they were.
struct Addition {
    bool (*any)(const State& state);
    void (*save)(SnapshotWriter& w, const State& state);
};
constexpr Addition additions[] = {{any_declared, save_declared},      {any_draws, save_draws},
                                  {any_disputes, save_disputes},      {any_packages, save_packages},
                                  {any_requests, save_requests},      {any_payouts, save_payouts},
                                  {any_maintenance, save_maintenance}};

void save_additions(SnapshotWriter& w, const State& state) {
    std::size_t pieces = std::size(additions);
    while (pieces > 0 && !additions[pieces - 1].any(state)) --pieces;
    for (std::size_t i = 0; i < pieces; ++i) additions[i].save(w, state);
}

}  // namespace

bool save_state(const State& state, SnapshotSink& sink) {
    GRIDBOOK_CHECK(state.started);
    SnapshotHead head;
    head.sequence = state.sequence;
    head.hash = hash_state(state);
    head.genesis = state.genesis;
    head.checksum = checksum_of(head);
    if (!sink.write(std::as_bytes(std::span(&head, 1)))) return false;
    SnapshotWriter w(sink);
    fields(w, state);
    save_catalogue(w, state.catalogue);
    save_accounts(w, state);
    save_few(w, state);
    save_records(w, state.records);
    save_books(w, state);
    save_strips(w, state);
    save_deliveries(w, state);
    save_unfinished(w, state);
    save_additions(w, state);
    return w.finish();
}

}  // namespace gridbook::engine
