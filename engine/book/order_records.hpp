// SPDX-License-Identifier: Apache-2.0
#pragma once
// The record of every order and of every refused one: its client order id, its state, what it was refused
// for. Kept until the order is done and the retention is over, or until displaced when the table is full,
// oldest first (market-rules section 4).
//
// Records stand in a circle: an order's id counts up, its low bits are the slot, so an id finds its record by
// direct index, and the slot that comes next is always the oldest. Slots of live orders are passed over.
// Client order ids are found through chained buckets.

#include <vector>

#include "engine/accounts/accounts.hpp"

namespace gridbook::engine {

struct OrderRecord {
    OrderId id{};  // 0: never used
    Cid cid{};
    std::uint64_t body_hash = 0;
    InstrumentId instrument{};
    AccountId account = no_account;
    std::uint32_t next_in_bucket = no_slot;
    Time done{};                // when it ended; meaningless while live
    Sequence priority{};        // the sequence of its place in the queue
    std::uint32_t resting = 0;  // slot in the order pool; 0: not in the book
    std::uint32_t position = no_slot;
    std::uint32_t next_of_account = no_slot;  // open orders of the account, by id
    std::uint32_t previous_of_account = no_slot;
    Price price{};
    std::uint32_t qty = 0;  // lots, total
    std::uint32_t leaves = 0;
    std::uint32_t cum = 0;
    std::uint32_t free = 0;  // lots of the leaves that are resold ones, without margin, sold first
    Price margin_price{};    // max(P, G) when it was entered
    std::uint32_t band = 0;  // hard band version when it was entered
    Side side = Side::buy;
    OrderState state = OrderState::none;
    CancelReason reason = CancelReason::none;
    TimeInForce tif = TimeInForce::gate;
    Refused refusal{};  // when state is refused: what was told, so that the same words come again

    bool live() const { return state == OrderState::open || state == OrderState::parked; }
};

class OrderRecords {
  public:
    void reserve(std::size_t slots, Duration retention);

    // A fresh record under the next id, entered under its account and cid.
    std::uint32_t enter(AccountId account, const Cid& cid);
    // no_slot: unknown, or its retention is over at `now`.
    std::uint32_t find(AccountId account, const Cid& cid, Time now) const;
    std::uint32_t find(OrderId id) const;

    OrderRecord& operator[](std::uint32_t slot) { return records_[slot]; }
    const OrderRecord& operator[](std::uint32_t slot) const { return records_[slot]; }
    const std::vector<OrderRecord>& all() const { return records_; }
    OrderId last_id() const { return last_; }
    std::size_t limit() const { return records_.size(); }

  private:
    std::size_t bucket(AccountId account, const Cid& cid) const;
    void forget(std::uint32_t slot);

    std::vector<OrderRecord> records_;
    std::vector<std::uint32_t> buckets_;
    OrderId last_{};
    Duration retention_{};
};

}  // namespace gridbook::engine
