// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the mirrors of the market need to know of the past: the fewest events from which the gateway's
// directory, bands and books come out as if they had heard all of them. It hears every event once, in order,
// keeps the last word on everything that is still there, and tells that again to a fresh Mirror. It decides
// nothing and knows no gateway.
//
// In a snapshot: tables in this order, each a count of eight bytes and its entries.
//
//   lasting      events of 128: start, catalogue, factors, participants, in the order in which they were told
//   keys         events, by key id
//   rules        0 or 1 event
//   bands        for each family: events in the order in which they were told
//   instruments  by id: phase event 128, reference event 128 (kind none: none), totals 48
//   orders       events of the open orders, by id, with what is left now
//   strips       events of the resting strips, by id
//   trades       the last fills that completed a trade, oldest first, at most recent_trades
//   numbers      for each account: the newest number of its stream, 8
//   withdrawn    of the last resources that were withdrawn: the event that registered it, the one that ended
//   it resources    events of those that are registered, by id choices      of the last any-of orders: events
//   of its families, then the order's own
//                then the place reached: sequence 8, time 8

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::ledger {

class Packer;
class Unpacker;

// What was traded in an instrument since it was listed.
struct InstrumentTotals {
    engine::InstrumentId instrument{};
    engine::Sequence sequence{};  // of the last command that told of one of its orders
    engine::Price last_price{};   // ticks; 0: no trade yet
    std::uint32_t reserved = 0;
    engine::Quantity traded{};  // lots
    std::uint64_t trades = 0;
    std::uint64_t reserved_more = 0;
};
static_assert(sizeof(InstrumentTotals) == 48);

// Whoever follows the market by its events, and starts in the middle.
class Mirror {
  public:
    virtual ~Mirror() = default;
    // The last word on something that is still there; what was told before it is left out.
    virtual void remember(const engine::Event& event) = 0;
    // An event behind the snapshot, as it was told then; from here on none is left out.
    virtual void hear(const engine::Event& event) = 0;
    // A trade of the past, told by the fill that completed it: its orders are gone.
    virtual void past_trade(const engine::Event& fill) = 0;
    virtual void totals(const InstrumentTotals& totals) = 0;
};

class Recollection {
  public:
    static constexpr std::size_t recent_trades = 10'000;
    static constexpr std::size_t recent_choices = 4'096;  // any-of orders

    void hear(const engine::Event& event);
    void retell(Mirror& mirror) const;

    void save(Packer& out) const;
    bool load(Unpacker& in);

  private:
    struct Instrument {
        engine::Event phase{};
        engine::Event reference{};  // kind none: it has no dynamic band
        InstrumentTotals totals{};
    };
    void hear_phase(const engine::Event& event);
    void hear_reference(const engine::Event& event);
    void hear_band(engine::FamilyId family, const engine::Event& event);
    void hear_key(const engine::Event& event);
    void hear_limits(const engine::Event& event);
    void hear_order(const engine::Event& event);
    template <class Body>
    void hear_strip(const engine::Event& event);
    void hear_fill(const engine::Event& event);
    void hear_replaced(const engine::Replaced& told);
    void hear_withdrawn(const engine::Event& event);
    void hear_choice(const engine::Event& any_of);
    Instrument* listed(engine::InstrumentId instrument);

    std::vector<engine::Event> lasting_;
    std::vector<engine::Event> keys_;  // index = key id
    std::optional<engine::Event> rules_;
    std::vector<std::vector<engine::Event>> bands_;  // index = family id
    std::map<engine::InstrumentId, Instrument> instruments_;
    std::unordered_map<engine::OrderId, engine::Event> orders_, strips_;
    std::deque<engine::Event> trades_;
    std::vector<engine::StreamNumber> numbers_;  // index = account id
    std::map<std::uint32_t, engine::Event> resources_;
    std::deque<engine::Event> withdrawn_;      // in pairs
    std::vector<engine::Event> alternatives_;  // of the any-of order that is told next
    std::deque<engine::Event> choices_;
    std::size_t any_ofs_ = 0;  // in choices_
    engine::Sequence sequence_{};
    engine::Time time_{};
};

}  // namespace gridbook::ledger
