// SPDX-License-Identifier: Apache-2.0
// What a snapshot holds besides orders: the catalogue, accounts, positions, resources and sessions.
#include "engine/snapshot/restorer.hpp"

namespace gridbook::engine {

void Restorer::catalogue() {
    Catalogue& c = state_.catalogue;
    for (std::size_t n = in_.count(Catalogue::most_entries); n > 0 && good(); --n) {
        ClassEntry entry;
        in_(entry.defined, entry.version, entry.last_version);
        fields(in_, entry.registry);
        for (std::size_t m = in_.count(Schedule<FactorChange>::limit); m > 0 && good(); --m) {
            FactorChange change;
            fields(in_, change);
            entry.registry.schedule.add(change);
        }
        c.classes().push_back(entry);
    }
    for (std::size_t n = in_.count(Catalogue::most_entries); n > 0 && good(); --n) {
        DefineZone zone;
        in_(zone);
        c.zones().push_back(zone);
    }
    for (std::size_t n = in_.count(Catalogue::most_entries); n > 0 && good(); --n) {
        DefineTier tier;
        in_(tier);
        c.tiers().push_back(tier);
    }
    for (std::size_t n = in_.count(c.families_limit()); n > 0 && good(); --n) family();
}

void Restorer::family() {
    Catalogue& c = state_.catalogue;
    DefineFamily defined;
    fields(in_, defined);
    const bool made = defined.class_id.value < c.classes().size() &&
                      defined.zone_id.value < c.zones().size() && defined.tier_id.value < c.tiers().size() &&
                      defined.horizon > 0 && defined.horizon <= c.books_limit() - c.books_used();
    if (!in_.expect(made)) return;
    Family& family = c.family(c.add(defined));
    fields(in_, family);
    fields(in_, family.band);
    regulated_fields(in_, family.band);
    family.list_up_to(family.last_listed);
    in_.expect(family.last_listed.value >= family.horizon && family.band.low >= Price{1} &&
               family.band.low <= family.band.high && family.band.high <= max_price &&
               family.band.guidance >= Price{1} &&
               family.band.high.value - family.band.low.value <= widest_band);
    for (std::size_t n = in_.count(BandSchedule::limit); n > 0 && good(); --n) {
        BandChange change;
        fields(in_, change);
        regulated_fields(in_, change);
        family.schedule.add(change);
    }
}

void Restorer::changes() {
    std::uint32_t last = 0;
    in_(last);
    for (std::size_t n = in_.count(Changes::limit); n > 0 && good(); --n) {
        Proposal p;
        in_(p.told, p.command, p.proposer);
        const CommandKind kind = p.command.kind();
        const bool known = kind == CommandKind::set_band || kind == CommandKind::set_guidance ||
                           kind == CommandKind::set_factors;
        if (!in_.expect(known && p.told.change > state_.changes.last_id() && p.told.change <= last)) return;
        state_.changes.restore(p.told.change, p);
    }
    state_.changes.restore(last);
}

// What State::next_due says is saved with it.
void Restorer::timer(std::uint32_t id) {
    bool set = false;
    in_(set);
    if (!set) return;
    Due due;
    fields(in_, due);
    if (good()) state_.timers.arm(id, due);
}

void Restorer::accounts() {
    Accounts& accounts = state_.accounts;
    for (std::size_t n = in_.count(accounts.accounts_limit()); n > 0 && good(); --n) {
        // Groups get the ids they had, because accounts come in the order in which they were opened.
        Text<24> group;
        in_(group);
        const AccountId id = accounts.open(Text<32>{}, group, 0);
        fields(in_, accounts[id]);
        timer(TimerIds::account(state_, id));
    }
    for (std::uint32_t a = 0; good() && a < accounts.all().size(); ++a)
        if ((accounts.all()[a].killed & kill_by::group) != 0)
            accounts.set_killed(accounts.all()[a].group, true);
    for (std::size_t n = in_.count(accounts.keys_limit()); n > 0 && good(); --n) {
        Key key;
        fields(in_, key);
        if (in_.expect(!accounts.find_key(key.name))) accounts.set_key(key);
    }
    fields(in_, accounts.house);
}

void Restorer::positions() {
    for (std::size_t n = in_.count(state_.positions.limit()); n > 0 && good(); --n) {
        Position read;
        fields(in_, read);
        if (state_.deliveries.kept()) delivery_fields(in_, read);
        const bool new_one = state_.accounts.known(read.account) &&
                             state_.catalogue.known(read.instrument.family) &&
                             state_.positions.find(read.account, read.instrument) == no_slot;
        if (!in_.expect(new_one)) return;
        Position& position =
            state_.positions[state_.positions.enter(state_.accounts, read.account, read.instrument)];
        read.next_in_bucket = position.next_in_bucket;
        read.next_of_account = position.next_of_account;
        read.previous_of_account = position.previous_of_account;
        read.next_of_instrument = position.next_of_instrument;
        read.previous_of_instrument = position.previous_of_instrument;
        position = read;
    }
}

void Restorer::few() {
    Resources& resources = state_.resources;
    std::uint32_t last = 0;
    std::uint32_t before = 0;
    in_(last);
    for (std::size_t n = in_.count(resources.limit()); n > 0 && good(); --n) {
        Resource resource;
        fields(in_, resource);
        const bool next = resource.id > before && resource.id <= last &&
                          state_.accounts.known(resource.account) && state_.catalogue.known(resource.family);
        if (!in_.expect(next)) return;
        resources.put_back(resource);
        before = resource.id;
    }
    resources.set_last_id(last);
    changes();
    in_(last);
    std::vector<Session> sessions(state_.sessions.limit());
    for (std::uint32_t i = 0; i < sessions.size() && good(); ++i) {
        fields(in_, sessions[i]);
        in_.expect(sessions[i].id == 0 || state_.accounts.known(sessions[i].account));
        timer(TimerIds::session(state_, i));
    }
    state_.sessions.restore(std::move(sessions), last);
}

// By rising ids.
void Restorer::payouts() {
    PayoutId last;
    in_(last);
    for (std::size_t n = in_.count(Payouts::limit); n > 0 && good(); --n) {
        Payout p;
        fields(in_, p);
        const auto& all = state_.payouts.all();
        const bool rising = p.id != PayoutId{} && p.id <= last && (all.empty() || all.back().id < p.id);
        if (in_.expect(rising && state_.accounts.known(p.account) && p.amount > Money{}))
            state_.payouts.put_back(p);
    }
    state_.payouts.set_last_id(last);
}

// By rising ids, each of a resource that is there, and never more than it.
void Restorer::maintenance() {
    Resources& resources = state_.resources;
    MaintenanceId last;
    in_(last);
    for (std::size_t n = in_.count(Maintenances::limit); n > 0 && good(); --n) {
        Maintenance m;
        fields(in_, m);
        const Resource* resource = resources.find(m.resource);
        if (!in_.expect(resource != nullptr && m.id > resources.maintenances().last_id() && m.id <= last &&
                        m.windows >= 1 && m.windows <= most_maintained && m.count > Quantity{} &&
                        m.count <= resource->count))
            return;
        m.account = resource->account;
        m.family = resource->family;
        resources.maintenances().add(m);
    }
    resources.maintenances().set_last_id(last);
}

// What few markets have (save.cpp).
void Restorer::additions() {
    for (std::size_t n = in_.count(state_.resources.limit()); n > 0 && good(); --n) {
        std::uint32_t resource = 0;
        Decimal cost{};
        in_(resource, cost);
        in_.expect(cost > Decimal{} && state_.resources.set_cost(resource, cost));
    }
    for (std::size_t n = in_.count(state_.accounts.all().size()); n > 0 && good(); --n) {
        AccountId id{};
        AccountLimits limits;
        in_(id);
        fields(in_, limits);
        if (in_.expect(state_.accounts.known(id) && limits != AccountLimits{}))
            state_.accounts.set_limits(id, limits);
    }
    if (in_.more()) draws();
    if (in_.more()) disputes();
    if (in_.more()) packages();
    if (in_.more()) requests();
    if (in_.more()) payouts();
    if (in_.more()) maintenance();
}

}  // namespace gridbook::engine
