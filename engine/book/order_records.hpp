// SPDX-License-Identifier: Apache-2.0
#pragma once
// The record of every order and of every refused one: its client order id, its state, what it was refused
// for. Kept until the order is done and the retention is over, or until displaced when the table is full,
// oldest first (market-rules section 4).
//
// Records stand in a circle: an order's id counts up, its low bits are the slot, so an id finds its record by
// direct index, and the slot that comes next is always the oldest. Slots of live orders are passed over.
// A record is two cache lines: the first holds what cancelling and matching need, the second what telling
// needs.

#include <vector>

#include "engine/book/cid_index.hpp"

namespace gridbook::engine {

// What stands in OrderRecord::options.
namespace order_option {
inline constexpr std::uint16_t post_only = 1;
inline constexpr std::uint16_t market = 2;
inline constexpr std::uint16_t capped = 4;
inline constexpr std::uint16_t has_reason = 8;       // entered with a reason code
inline constexpr std::uint16_t guidance_below = 16;  // outside the soft range when it was entered
inline constexpr std::uint16_t guidance_above = 32;
inline constexpr std::uint16_t standby = 64;
}  // namespace order_option

struct alignas(64) OrderRecord {
    OrderId id{};               // 0: never used
    InstrumentId instrument{};  // of a strip or any-of: its first hour
    AccountId account = no_account;
    std::uint32_t live_slot = 0;  // in the order pool, that of the strips or of the standby offers; 0: none
    Price price{};
    std::uint32_t qty = 0;  // lots, total; of a strip or any-of: in each hour
    std::uint32_t leaves = 0;
    std::uint32_t cum = 0;
    std::uint32_t position = no_slot;  // of a strip or any-of: how many hours
    std::uint32_t free = 0;            // lots of the leaves that are resold ones, without margin, sold first
    Side side = Side::buy;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    TimeInForce tif = TimeInForce::gate;
    OrderKind kind = OrderKind::order;
    SelfTrade self_trade = SelfTrade::cancel_taker;
    std::uint16_t options = 0;
    Money hold{};  // money or margin held for the leaves of a live order

    Cid cid{};
    std::uint64_t body_hash = 0;
    Sequence priority{};     // the sequence of its place in the queue
    Time time{};             // live: when it expires (gtt), otherwise when it ended
    Price guidance{};        // G when it was entered: margin and flags are taken at it
    std::uint32_t band = 0;  // hard band version when it was entered

    bool live() const { return state == OrderState::open || state == OrderState::parked; }
    bool has(std::uint16_t option) const { return (options & option) != 0; }
    // max(P, G) when it was entered.
    Price margin_price() const { return price < guidance ? guidance : price; }
    std::uint32_t hours() const { return position; }

    // A refused order has no place in a book: what it was told stands in the fields that a live one has for
    // that. So the same words come again for the same client order id.
    void remember(const Refused& refused);
    Refused refusal() const;
    // An any-of order is never live: its need and cost stand where a live one has its leaves and priority.
    void remember(Decimal need, Money cost);
    Decimal need() const;
    Money cost() const { return Money{static_cast<std::int64_t>(priority.value)}; }
};
static_assert(sizeof(OrderRecord) == 128);

class OrderRecords {
  public:
    void reserve(std::size_t slots, Duration retention);

    // What the index has under a client order id.
    struct Place {
        std::uint64_t hash = 0;
        CidIndex::Found entry{};
    };
    [[gnu::always_inline]] Place look(AccountId account, const Cid& cid) const {
        const std::uint64_t hash = CidIndex::hash(account, cid);
        return {hash, index_.look(hash, [&](std::uint32_t other) {
                    return records_[other].account == account && records_[other].cid == cid;
                })};
    }
    bool taken(const Place& place) const { return place.entry.slot != no_slot; }
    // no_slot: unknown there, or its retention is over at `now`.
    std::uint32_t find(const Place& place, Time now) const {
        const std::uint32_t slot = place.entry.slot;
        if (slot == no_slot) [[likely]]
            return no_slot;
        const OrderRecord& record = records_[slot];
        return record.live() || now < record.time + retention_ ? slot : no_slot;
    }
    std::uint32_t find(AccountId account, const Cid& cid, Time now) const {
        return find(look(account, cid), now);
    }
    std::uint32_t find(OrderId id) const {
        const std::uint32_t slot = slot_of(id);
        const OrderRecord& record = records_[slot];
        return id != OrderId{} && record.id == id && record.state != OrderState::refused ? slot : no_slot;
    }
    // Where the record of this id stands, if there is one.
    std::uint32_t slot_of(OrderId id) const { return static_cast<std::uint32_t>(id.value) & mask_; }

    // The slot of a fresh record under last_id(), which counted up for it, indexed as what was looked up. The
    // caller writes all of the record.
    [[gnu::always_inline]] std::uint32_t claim(const Place& place) {
        // Invariant: fewer orders rest than there are records, so a free or done slot is always found.
        std::uint32_t slot;
        do {
            last_.value += 1;
            slot = slot_of(last_);
        } while (records_[slot].live());
        // A record whose retention is over may still stand under this cid: the new one takes its entry.
        const OrderRecord& old = records_[slot];
        if (old.id != OrderId{} && slot != place.entry.slot)
            index_.remove(CidIndex::hash(old.account, old.cid), slot);
        if (seldom(taken(place)))
            index_.replace(place.entry, slot);
        else
            index_.insert(place.hash, slot);
        return slot;
    }
    // The same, with a record that has only its id, account and cid.
    std::uint32_t enter(AccountId account, const Cid& cid, const Place& place);

    OrderRecord& operator[](std::uint32_t slot) { return records_[slot]; }
    const OrderRecord& operator[](std::uint32_t slot) const { return records_[slot]; }
    const PoolVector<OrderRecord>& all() const { return records_; }
    OrderId last_id() const { return last_; }
    std::size_t limit() const { return std::size_t{mask_} + 1; }

    [[gnu::always_inline]] void prefetch(std::uint32_t slot) const {
        __builtin_prefetch(&records_[slot]);
        __builtin_prefetch(&records_[slot].cid);
    }
    [[gnu::always_inline]] void prefetch_cid(std::uint64_t hash) const { index_.prefetch(hash); }
    [[gnu::always_inline]] void prefetch_next() const {
        const std::uint32_t slot = slot_of(OrderId{last_.value + 8});
        __builtin_prefetch(&records_[slot], 1);
        __builtin_prefetch(&records_[slot].cid, 1);
    }
    // Where the index has the record that will soon be displaced, once the circle is full.
    [[gnu::always_inline]] void prefetch_displaced() const {
        const OrderRecord& old = records_[slot_of(OrderId{last_.value + 4})];
        if (old.id != OrderId{}) index_.prefetch(CidIndex::hash(old.account, old.cid));
    }

    // For restoring a snapshot: a record as it was, in any order; its slot is free, and its id is not above
    // the last one.
    void put_back(const OrderRecord& record);
    void set_last_id(OrderId last) { last_ = last; }

  private:
    PoolVector<OrderRecord> records_;
    CidIndex index_;
    std::uint32_t mask_ = 0;
    OrderId last_{};
    Duration retention_{};
};

}  // namespace gridbook::engine
