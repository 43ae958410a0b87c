// SPDX-License-Identifier: Apache-2.0
#pragma once
// The obvious twin of Exchange::apply, written from market-rules.md alone: maps, vectors, and a sort whenever
// an order is asked for. It promises the same events for the same commands, in the same order. It knows
// nothing of rings, slots, pages or bitmaps, and not of the limit of 4,096 events: a command has its whole
// effect at once, and a follow-on only takes its place in the sequence (the comparison joins an engine's
// follow-ons to their command).

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::twin {

// Everything the twin knows of an order, open or done.
struct Order {
    engine::OrderId id{};
    engine::AccountId account{};
    engine::Cid cid{};
    engine::InstrumentId instrument{};
    engine::Side side = engine::Side::buy;
    engine::TimeInForce tif = engine::TimeInForce::gate;
    engine::OrderState state = engine::OrderState::open;
    engine::CancelReason reason = engine::CancelReason::none;
    std::int64_t price = 0;         // ticks
    std::int64_t qty = 0;           // lots, total
    std::int64_t cum = 0;           // lots filled
    std::int64_t hold = 0;          // micro-CNY: money held (buy), margin (sell) of what is left
    std::int64_t margin_price = 0;  // sell: max(P, G) at entry, ticks
    std::int64_t free = 0;          // sell: lots left that were bought and carry no margin; sold first
    std::uint64_t priority = 0;     // smaller is older
    std::uint32_t band = 0;         // hard band version it was entered under

    bool live() const { return state == engine::OrderState::open || state == engine::OrderState::parked; }
    std::int64_t leaves() const { return live() ? qty - cum : 0; }
};

struct Account {
    std::string name, group_name;
    engine::GroupId group{};
    std::uint8_t roles = 0;
    std::int64_t cash = 0, hold = 0, margin = 0, receivable = 0, penalty = 0;
    std::uint64_t number = 0;  // last n of its stream
};

struct Key {
    std::string name;
    engine::AccountId account{};
    engine::SetKey set{};
};

struct Resource {
    engine::AccountId account{};
    engine::FamilyId family{};
    std::int64_t lots = 0;
    bool live = true;
};

struct Position {
    std::int64_t bought = 0, sold = 0, open_sells = 0;
    std::int64_t offered_again =
        0;  // of the bought units: those that an order fixed as free, less what it gave back
    std::int64_t margin = 0, receivable = 0;
};

// The hard band in ticks. What the regulator never set follows G: 0.70 G rounded up, 1.40 G rounded down.
struct Band {
    std::uint32_t version = 0;
    std::int64_t lo = 0, hi = 0, guidance = 0;
    bool floor_set = false, ceiling_set = false;
    engine::Time effective{};
    engine::Sequence blob{};
    engine::Text<24> rationale{};
    bool inside(std::int64_t ticks) const { return lo <= ticks && ticks <= hi; }
};

// A change that was accepted: what it sets, and when it comes into force.
struct BandChange {
    std::uint32_t version = 0;
    engine::SetBand asked{};
    engine::Time effective{};
    engine::Sequence blob{};
};

struct Family {
    engine::DefineFamily defined{};
    std::string symbol;
    Band band{};                        // in force
    std::uint32_t last_version = 0;     // accepted, perhaps not yet in force
    std::vector<BandChange> scheduled;  // by effective time, then version
};

// Remembered for its cid: an order or a refusal.
struct Remembered {
    engine::PlaceOrder body{};
    engine::OrderId id{};
    bool refusal = false;
    engine::Refused refused{};
    engine::Time done = engine::never;
};

class NaiveExchange {
  public:
    using Events = std::vector<engine::Event>;
    using CidKey = std::pair<engine::AccountId, engine::Cid>;
    using PositionKey = std::pair<engine::AccountId, engine::InstrumentId>;

    void apply(const engine::Command& command, Events& out);
    void answer(const engine::Command& question, Events& out) const;
    engine::Time next_timer() const;

    // What a flow and the invariants look at.
    bool started() const { return started_; }
    engine::Time time() const { return now_; }
    engine::Sequence sequence() const { return sequence_; }
    const engine::Genesis& genesis() const { return genesis_; }
    const std::vector<Account>& accounts() const { return accounts_; }
    const std::vector<Key>& keys() const { return keys_; }
    const std::vector<Family>& families() const { return families_; }
    const std::vector<Resource>& resources() const { return resources_; }
    const std::map<engine::OrderId, Order>& live() const { return live_; }
    const std::map<engine::OrderId, Order>& done() const { return done_; }
    const std::map<PositionKey, Position>& positions() const { return positions_; }
    const std::map<engine::InstrumentId, engine::Phase>& phases() const { return phases_; }
    std::int64_t bank() const { return bank_; }
    std::int64_t fee_income() const { return fee_income_; }
    std::int64_t tax_payable() const { return tax_payable_; }
    std::uint64_t trades() const { return trades_; }
    std::int64_t registered(engine::AccountId account, engine::FamilyId family) const;
    engine::Product product(engine::FamilyId family) const;
    // The open orders of one side, best first, then oldest.
    std::vector<const Order*> queue(engine::InstrumentId instrument, engine::Side side) const;

  private:
    using Refusal = std::optional<engine::Refused>;

    // naive_exchange.cpp: the door, catalogue, participants.
    void start(const engine::Genesis& g);
    void define_class(const engine::DefineClass& d);
    void define_zone(const engine::DefineZone& d);
    void define_tier(const engine::DefineTier& d);
    void define_family(const engine::DefineFamily& d);
    void open_account(const engine::OpenAccount& o);
    void set_key(const engine::SetKey& s);
    void credit(const engine::Credit& c);
    void register_resource(const engine::RegisterResource& r);
    void withdraw_resource(const engine::WithdrawResource& w);
    Refusal resource_refusal(const engine::RegisterResource& r) const;
    Refusal family_refusal(const engine::DefineFamily& d) const;
    Refusal band_value_refusal(engine::Decimal value, engine::RejectField field) const;
    engine::Refused pool_full(engine::Pool pool, std::int64_t limit) const;
    bool account_known(engine::AccountId account) const { return account.value < accounts_.size(); }

    // naive_orders.cpp: client order ids, refusals, place, replace, cancel.
    void place(const engine::PlaceOrder& p);
    void replace(const engine::ReplaceOrder& r);
    void cancel(const engine::CancelOrder& c);
    void tell_again(const Remembered& r);
    void remember_refusal(const engine::PlaceOrder& p, const engine::Refused& refused);
    Refusal order_refusal(const engine::PlaceOrder& p, const Order* old, std::int64_t cum) const;
    Refusal limit_refusal(bool rests) const;
    engine::OrderId next_id(const CidKey& key);
    Refusal symbol_refusal(engine::InstrumentId i) const;
    Refusal number_refusal(const engine::PlaceOrder& p) const;
    Refusal account_refusal(const engine::PlaceOrder& p, const Order* old, std::int64_t cum) const;
    const Order* find(engine::OrderId id, const engine::Cid& cid) const;
    bool refuse_unless_live(const Order* order, engine::OrderId id, const engine::Cid& cid);
    const Remembered* remembered(const CidKey& key) const;

    // naive_matching.cpp: matching, fills, holds, what is told of an order.
    void reserve(Order& order);    // takes hold or margin and capacity for its leaves
    void give_back(Order& order);  // the reverse, for what is left
    void match(Order& order);
    void trade(Order& maker, Order& taker, std::int64_t price);
    void fill(Order& order, std::int64_t price, std::int64_t lots, engine::Liquidity liquidity);
    void end(Order& order, engine::OrderState state, engine::CancelReason reason);
    std::int64_t hold_for(const Order& order, std::int64_t leaves) const;
    std::int64_t margin_for(const Order& order, std::int64_t lots) const;
    engine::OrderEvent picture(const Order& order) const;
    void tell(const Order& order, std::uint8_t flags = 0);

    // naive_time.cpp: timers, listing, gates; naive_bands.cpp: bands, parking, waking.
    void advance(engine::Time to);
    void fire(engine::Time instant);
    void close_gate(engine::InstrumentId i);
    void list(engine::InstrumentId i);
    void cross_boundary(engine::FamilyId f);
    void set_band(const engine::SetBand& s);
    Refusal band_refusal(const engine::SetBand& s) const;
    Band changed(const Band& before, const BandChange& change) const;
    engine::BandChanged told(engine::FamilyId f, const Band& after, engine::BandStatus status) const;
    void bands_due();
    void park(engine::FamilyId f);
    void wake(engine::FamilyId f);
    void wake_hour(engine::InstrumentId i);
    // All resting orders of a side, parked ones too, best first, then oldest.
    std::vector<engine::OrderId> resting(engine::InstrumentId i, engine::Side side) const;
    // Families in the order of their symbols: the order in which timers of one instant fire.
    std::vector<engine::FamilyId> by_symbol() const;

    // Telling.
    template <class Body>
    void emit(engine::AccountId account, const Body& body, bool numbered = false, std::uint8_t flags = 0);
    void refuse(engine::Refused refused);
    engine::Refused refusal(engine::RejectReason reason, engine::RejectField field) const;
    const engine::CommandHeader& header() const { return command_.header; }

    Events* out_ = nullptr;
    engine::Command command_{};
    bool started_ = false;
    engine::Time now_{};
    engine::Sequence sequence_{};
    engine::Genesis genesis_{};
    std::vector<engine::DefineClass> classes_;
    std::vector<engine::DefineZone> zones_;
    std::vector<engine::DefineTier> tiers_;
    std::vector<Family> families_;
    std::vector<Account> accounts_;
    std::vector<Key> keys_;
    std::vector<Resource> resources_;
    std::vector<std::string> groups_;
    std::map<engine::OrderId, Order> live_, done_;
    std::map<CidKey, Remembered> remembered_;
    std::map<std::uint64_t, std::pair<engine::OrderId, CidKey>> circle_;
    std::map<PositionKey, Position> positions_;
    std::map<engine::InstrumentId, engine::Phase> phases_;
    std::uint64_t records_ = 0, trades_ = 0, priorities_ = 0;
    std::int64_t bank_ = 0, fee_income_ = 0, tax_payable_ = 0;
};

template <class Body>
void NaiveExchange::emit(engine::AccountId account, const Body& body, bool numbered, std::uint8_t flags) {
    engine::Event event;
    event.header.sequence = sequence_;
    event.header.time = now_;
    event.header.account = account;
    event.header.key = command_.header.key;
    event.header.flags = flags;
    if (numbered) event.header.number = engine::StreamNumber{++accounts_[account.value].number};
    event.set(body);
    out_->push_back(event);
}

}  // namespace gridbook::twin
