// SPDX-License-Identifier: Apache-2.0
#pragma once
// What each participant has sold, bought and offered in each instrument. One entry from the first order of
// the participant there until nothing of it is left; sold and bought hours stay until they are settled. Slots
// are stable, so an order's record keeps its position's slot and never searches again.

#include <vector>

#include "engine/accounts/accounts.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {

struct alignas(64) Position {
    AccountId account = no_account;
    InstrumentId instrument{};
    std::uint32_t open_orders = 0;  // of this account here, both sides
    Quantity open_sells{};          // offered, parked ones included
    Quantity sold{};
    Quantity bought{};
    Quantity reoffered{};  // bought lots that are offered again or sold again
    Money margin{};        // of sold lots, until FINAL
    Money receivable{};
    std::uint32_t next_in_bucket = no_slot;
    std::uint32_t next_of_account = no_slot;
    std::uint32_t previous_of_account = no_slot;
    // What only markets that deliver have: the positions of the same instrument (and of those that share its
    // place in the table), what its sells still cost, and how much of its net is in deliveries.
    std::uint32_t next_of_instrument = no_slot;
    std::uint32_t previous_of_instrument = no_slot;
    Money fee{};  // of its sells, posted at settlement
    Money tax{};
    Quantity paired{};

    // Invariant (market-rules section 9): open_sells + sold - bought <= registered capacity.
    Quantity committed() const { return open_sells + sold - bought; }
    // Lots bought and not yet offered again: selling them carries no margin.
    Quantity free() const { return bought - reoffered; }
    Quantity net() const { return sold - bought; }
    // Lots of its net, on whichever side, that no delivery has yet.
    Quantity unpaired() const { return Quantity{net() < Quantity{} ? -net().value : net().value} - paired; }
    bool idle() const { return open_orders == 0 && sold == Quantity{} && bought == Quantity{}; }
};
static_assert(sizeof(Position) == 128);

class Positions {
  public:
    // `instruments`: how many there are positions in at once, where they are to be found by instrument; 0:
    // they are not.
    void reserve(std::size_t limit, std::size_t instruments);

    // no_slot: none.
    std::uint32_t find(AccountId account, InstrumentId instrument) const {
        std::uint32_t slot = buckets_[bucket(account, instrument)];
        while (slot != no_slot && !(slots_[slot].account == account && slots_[slot].instrument == instrument))
            slot = slots_[slot].next_in_bucket;
        return slot;
    }
    // For looking ahead: where a search begins, then the first one there, or one by its slot.
    [[gnu::always_inline]] void prefetch_bucket(AccountId account, InstrumentId instrument) const {
        __builtin_prefetch(&buckets_[bucket(account, instrument)]);
    }
    [[gnu::always_inline]] void prefetch_first(AccountId account, InstrumentId instrument) const {
        const std::uint32_t slot = buckets_[bucket(account, instrument)];
        if (slot != no_slot) prefetch(slot);
    }
    [[gnu::always_inline]] void prefetch(std::uint32_t slot) const { __builtin_prefetch(&slots_[slot], 1); }

    // Finds or makes; the caller has checked full() when there is none.
    std::uint32_t enter(Accounts& accounts, AccountId account, InstrumentId instrument);
    void remove_if_idle(Accounts& accounts, std::uint32_t slot) {
        if (slots_[slot].idle()) [[unlikely]]
            remove(accounts, slot);
    }

    // Calls f(slot) for the positions of an instrument, in no order.
    template <class F>
    void for_each_of(InstrumentId instrument, F&& f) const {
        for (std::uint32_t slot = instruments_[place(instrument)]; slot != no_slot;) {
            const std::uint32_t next = slots_[slot].next_of_instrument;
            if (slots_[slot].instrument == instrument) f(slot);
            slot = next;
        }
    }

    Position& operator[](std::uint32_t slot) { return slots_[slot]; }
    const Position& operator[](std::uint32_t slot) const { return slots_[slot]; }
    bool full() const { return free_.empty(); }
    std::size_t limit() const { return slots_.size(); }
    std::size_t used() const { return slots_.size() - free_.size(); }

  private:
    std::size_t bucket(AccountId account, InstrumentId instrument) const {
        return static_cast<std::size_t>(pair_hash(std::bit_cast<std::uint64_t>(instrument), account.value)) &
               mask_;
    }
    std::size_t place(InstrumentId instrument) const {
        return static_cast<std::size_t>(mix(std::bit_cast<std::uint64_t>(instrument))) &
               (instruments_.size() - 1);
    }
    void remove(Accounts& accounts, std::uint32_t slot);
    void link_instrument(std::uint32_t slot);
    void unlink_instrument(std::uint32_t slot);

    PoolVector<Position> slots_;
    PoolVector<std::uint32_t> free_;         // last in, first out
    PoolVector<std::uint32_t> buckets_;      // head slot of each chain
    PoolVector<std::uint32_t> instruments_;  // the same by instrument alone; empty: nothing is delivered
    std::size_t mask_ = 0;
};

}  // namespace gridbook::engine
