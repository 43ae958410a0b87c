// SPDX-License-Identifier: Apache-2.0
#pragma once
// The record of every order and of every refused one: its client order id, its state, what it was refused
// for. Kept until the order is done and the retention is over, or until displaced when the table is full,
// oldest first (market-rules section 4).
//
// Records stand in a circle: an order's id counts up, its low bits are the slot, so an id finds its record by
// direct index, and the slot that comes next is always the oldest. Slots of live orders are passed over.
// A record is two cache lines: the first holds what cancelling and matching need, the second what entry and
// telling need.

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
}  // namespace order_option

struct alignas(64) OrderRecord {
    OrderId id{};               // 0: never used
    InstrumentId instrument{};  // of a strip or any-of: its first hour
    AccountId account = no_account;
    std::uint32_t resting = 0;  // slot in the order pool, or of a strip in the strip pool; 0: not in the book
    Price price{};
    std::uint32_t qty = 0;  // lots, total; of a strip or any-of: in each hour
    std::uint32_t leaves = 0;
    std::uint32_t cum = 0;
    std::uint32_t position = no_slot;         // of a strip or any-of: how many hours
    std::uint32_t next_of_account = no_slot;  // open orders of the account, by id
    std::uint32_t previous_of_account = no_slot;
    std::uint32_t free = 0;  // lots of the leaves that are resold ones, without margin, sold first
    Side side = Side::buy;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    TimeInForce tif = TimeInForce::gate;
    OrderKind kind = OrderKind::order;
    SelfTrade self_trade = SelfTrade::cancel_taker;
    std::uint16_t options = 0;

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

    // A fresh record under the next id, entered under its account and cid, all else as a new record has it.
    std::uint32_t enter(AccountId account, const Cid& cid, std::uint32_t tag);
    // no_slot: unknown, or its retention is over at `now`.
    std::uint32_t find(AccountId account, const Cid& cid, std::uint32_t tag, Time now) const;
    std::uint32_t find(AccountId account, const Cid& cid, Time now) const {
        return find(account, cid, CidIndex::tag(account, cid), now);
    }
    std::uint32_t find(OrderId id) const {
        const std::uint32_t slot = slot_of(id);
        const OrderRecord& record = records_[slot];
        return id != OrderId{} && record.id == id && record.state != OrderState::refused ? slot : no_slot;
    }
    // Where the record of this id stands, if there is one.
    std::uint32_t slot_of(OrderId id) const {
        return static_cast<std::uint32_t>(id.value) & static_cast<std::uint32_t>(records_.size() - 1);
    }

    OrderRecord& operator[](std::uint32_t slot) { return records_[slot]; }
    const OrderRecord& operator[](std::uint32_t slot) const { return records_[slot]; }
    const PoolVector<OrderRecord>& all() const { return records_; }
    OrderId last_id() const { return last_; }
    std::size_t limit() const { return records_.size(); }

    void prefetch(std::uint32_t slot) const {
        __builtin_prefetch(&records_[slot]);
        __builtin_prefetch(&records_[slot].cid);
    }
    void prefetch_cid(std::uint32_t tag) const { index_.prefetch(tag); }
    void prefetch_next() const {
        const std::size_t slot = (last_.value + 8) & (records_.size() - 1);
        __builtin_prefetch(&records_[slot], 1);
        __builtin_prefetch(&records_[slot].cid, 1);
    }

    // For restoring a snapshot: a record as it was, in any order; its slot is free, and its id is not above
    // the last one.
    void put_back(const OrderRecord& record);
    void set_last_id(OrderId last) { last_ = last; }

  private:
    PoolVector<OrderRecord> records_;
    CidIndex index_;
    OrderId last_{};
    Duration retention_{};
};

}  // namespace gridbook::engine
