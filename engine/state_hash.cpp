// SPDX-License-Identifier: Apache-2.0
#include "engine/state_hash.hpp"

#include "engine/units/hash.hpp"

namespace gridbook::engine {
namespace {

// Takes values one by one; the order matters.
class Hasher {
  public:
    Hasher& add(std::uint64_t v) {
        h_ = mix(h_, v);
        return *this;
    }
    Hasher& add(std::int64_t v) { return add(static_cast<std::uint64_t>(v)); }
    Hasher& add(std::uint32_t v) { return add(std::uint64_t{v}); }
    Hasher& add(std::int32_t v) { return add(static_cast<std::uint64_t>(v)); }
    Hasher& add(std::uint16_t v) { return add(std::uint64_t{v}); }
    Hasher& add(std::uint8_t v) { return add(std::uint64_t{v}); }
    Hasher& add(bool v) { return add(std::uint64_t{v}); }
    template <class Tag, class T>
    Hasher& add(Named<Tag, T> v) {
        return add(v.value);
    }
    template <std::size_t N>
    Hasher& add(const Text<N>& v) {
        return add(hash_of(v));
    }
    Hasher& add(InstrumentId v) { return add(hash_of(v)); }
    std::uint64_t value() const { return h_; }

  private:
    std::uint64_t h_ = 0x67726964'626F6F6Bull;  // "gridbook"
};

std::uint64_t hash_band(const HardBand& b) {
    return Hasher()
        .add(b.version)
        .add(b.low)
        .add(b.high)
        .add(b.guidance)
        .add(b.floor_set)
        .add(b.ceiling_set)
        .add(b.effective)
        .add(b.blob)
        .add(b.rationale)
        .value();
}

std::uint64_t hash_family(const Family& f) {
    Hasher h;
    h.add(hash_of(f.defined)).add(f.last_version).add(f.last_listed).add(hash_band(f.band));
    for (const BandChange& c : f.schedule.all())
        h.add(c.version)
            .add(c.floor)
            .add(c.ceiling)
            .add(c.guidance)
            .add(c.effective)
            .add(c.blob)
            .add(c.rationale);
    return h.value();
}

void hash_catalogue(Hasher& h, const Catalogue& c) {
    for (const ClassEntry& entry : c.classes()) h.add(hash_of(entry.defined)).add(entry.version);
    for (const DefineZone& zone : c.zones()) h.add(hash_of(zone));
    for (const DefineTier& tier : c.tiers()) h.add(hash_of(tier));
    for (const Family& family : c.families()) h.add(hash_family(family));
}

void hash_accounts(Hasher& h, const Accounts& accounts) {
    for (const Account& a : accounts.all())
        h.add(a.name)
            .add(a.group)
            .add(a.roles)
            .add(a.number)
            .add(a.cash)
            .add(a.hold)
            .add(a.margin)
            .add(a.receivable)
            .add(a.penalty)
            .add(a.open_orders);
    for (const Key& k : accounts.keys())
        h.add(k.name).add(hash_of(k.public_key)).add(k.account).add(k.roles).add(k.on_behalf);
    const House& house = accounts.house;
    h.add(house.clearing)
        .add(house.fee_income)
        .add(house.tax_payable)
        .add(house.default_fund)
        .add(house.bank);
}

// Positions have no order: their hashes are summed, account by account.
std::uint64_t hash_positions(const State& state) {
    std::uint64_t sum = 0;
    for (const Account& account : state.accounts.all())
        for (std::uint32_t slot = account.first_position; slot != no_slot;
             slot = state.positions[slot].next_of_account) {
            const Position& p = state.positions[slot];
            sum += Hasher()
                       .add(p.account)
                       .add(p.instrument)
                       .add(p.open_orders)
                       .add(p.open_sells)
                       .add(p.sold)
                       .add(p.bought)
                       .add(p.reoffered)
                       .add(p.margin)
                       .add(p.receivable)
                       .value();
        }
    return sum;
}

void hash_resources(Hasher& h, const Resources& resources) {
    h.add(resources.last_id());
    for (const Resource& r : resources.all())
        h.add(r.id)
            .add(r.account)
            .add(r.family)
            .add(r.factor)
            .add(r.factor_version)
            .add(r.green_share)
            .add(r.pue)
            .add(r.count);
}

// Records by id, live or remembered. Slots follow from ids, so the order of the table is canonical.
void hash_records(Hasher& h, const OrderRecords& records) {
    h.add(records.last_id());
    for (const OrderRecord& r : records.all()) {
        if (r.id == OrderId{}) continue;
        h.add(r.id)
            .add(r.cid)
            .add(r.body_hash)
            .add(r.instrument)
            .add(r.account)
            .add(r.done)
            .add(r.priority)
            .add(r.price)
            .add(r.qty)
            .add(r.leaves)
            .add(r.cum)
            .add(r.free)
            .add(r.margin_price)
            .add(r.band)
            .add(static_cast<std::uint8_t>(r.side))
            .add(static_cast<std::uint8_t>(r.state))
            .add(static_cast<std::uint8_t>(r.reason))
            .add(static_cast<std::uint8_t>(r.tif))
            .add(hash_of(r.refusal));
    }
}

void hash_side(Hasher& h, const State& state, const Ladder& ladder) {
    for (Price p = ladder.lowest_at_least(state.levels, Price{1}); p != Price{};
         p = ladder.lowest_at_least(state.levels, Price{p.value + 1})) {
        const Level& level = ladder.level(state.levels, p);
        h.add(p).add(level.total);
        for (std::uint32_t slot = level.head; slot != 0; slot = state.orders[slot].next)
            h.add(state.records[state.orders[slot].record].id)
                .add(state.orders[slot].leaves)
                .add(state.orders[slot].parked);
    }
}

void hash_books(Hasher& h, const State& state) {
    for (const Book& book : state.books) {
        h.add(book.instrument).add(static_cast<std::uint8_t>(book.phase));
        hash_side(h, state, book.bids);
        hash_side(h, state, book.asks);
    }
}

void hash_agenda(Hasher& h, const State& state) {
    const Advance& a = state.advance;
    h.add(a.running)
        .add(static_cast<std::uint8_t>(a.stage))
        .add(a.target)
        .add(a.origin.connection)
        .add(a.origin.request);
    for (std::size_t i = 0; i < state.agenda.size(); ++i) {
        const Task& t = state.agenda[i];
        h.add(static_cast<std::uint8_t>(t.kind))
            .add(t.part)
            .add(t.family)
            .add(t.cursor)
            .add(t.low)
            .add(t.high);
        if (t.kind == TaskKind::match_order) h.add(state.records[t.record].id);
    }
}

}  // namespace

std::uint64_t hash_state(const State& state) {
    Hasher h;
    if (!state.started) return h.value();
    h.add(hash_of(state.genesis))
        .add(state.sequence)
        .add(state.time)
        .add(state.last_trade)
        .add(state.open_orders);
    hash_catalogue(h, state.catalogue);
    hash_accounts(h, state.accounts);
    h.add(hash_positions(state));
    hash_resources(h, state.resources);
    hash_records(h, state.records);
    hash_books(h, state);
    hash_agenda(h, state);
    return h.value();
}

}  // namespace gridbook::engine
