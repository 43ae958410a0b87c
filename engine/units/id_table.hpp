// SPDX-License-Identifier: Apache-2.0
#pragma once
// Entries whose ids count up, in a pool of fixed size: found by id, linked by rising ids. An entry has the
// fields id, next_in_bucket, next and previous; slot 0 is "none".

#include <bit>

#include "engine/units/check.hpp"
#include "engine/units/huge_pages.hpp"

namespace gridbook::engine {

template <class Entry, class Id>
class IdTable {
  public:
    void reserve(std::size_t limit) {
        limit_ = limit;
        if (limit == 0) return;
        slots_.assign(limit + 1, Entry{});
        buckets_.assign(std::bit_ceil(limit), 0);
    }
    std::size_t limit() const { return limit_; }
    std::size_t used() const { return used_; }
    std::size_t slots() const { return slots_.size(); }  // all of them are below it
    bool full() const { return used_ >= limit_; }
    Id last_id() const { return last_; }
    void set_last_id(Id id) { last_ = id; }

    Entry& operator[](std::uint32_t slot) { return slots_[slot]; }
    const Entry& operator[](std::uint32_t slot) const { return slots_[slot]; }
    std::uint32_t find(Id id) const {  // 0: none has it, or none has it any more
        if (limit_ == 0) return 0;
        std::uint32_t slot = buckets_[bucket(id)];
        while (slot != 0 && slots_[slot].id != id) slot = slots_[slot].next_in_bucket;
        return slot;
    }
    // By rising ids: slots; 0: no more.
    std::uint32_t first() const { return first_; }
    std::uint32_t next(std::uint32_t slot) const { return slots_[slot].next; }

    // Gives it the next id, or keeps the one it has (restoring).
    std::uint32_t add(const Entry& entry) {
        const std::uint32_t slot = take();
        Entry& e = slots_[slot];
        e = entry;
        if (e.id == Id{}) e.id = Id{last_.value + 1};
        last_ = e.id;
        std::uint32_t& head = buckets_[bucket(e.id)];
        e.next_in_bucket = head;
        head = slot;
        e.next = 0;
        e.previous = end_;
        (end_ == 0 ? first_ : slots_[end_].next) = slot;
        end_ = slot;
        return slot;
    }
    void remove(std::uint32_t slot) {
        Entry& e = slots_[slot];
        (e.previous == 0 ? first_ : slots_[e.previous].next) = e.next;
        (e.next == 0 ? end_ : slots_[e.next].previous) = e.previous;
        std::uint32_t* at = &buckets_[bucket(e.id)];
        while (*at != slot) at = &slots_[*at].next_in_bucket;
        *at = e.next_in_bucket;
        e = Entry{};
        e.next = free_;
        free_ = slot;
        used_ -= 1;
    }

  private:
    std::size_t bucket(Id id) const { return id.value & (buckets_.size() - 1); }
    std::uint32_t take() {
        GRIDBOOK_CHECK(!full());
        used_ += 1;
        if (free_ == 0) return ++touched_;
        const std::uint32_t slot = free_;
        free_ = slots_[slot].next;
        return slot;
    }

    PoolVector<Entry> slots_;
    PoolVector<std::uint32_t> buckets_;  // by the low bits of the id
    std::size_t limit_ = 0;
    std::size_t used_ = 0;
    std::uint32_t first_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t free_ = 0;     // first of the free places that were used before, linked by `next`
    std::uint32_t touched_ = 0;  // slots that were ever used
    Id last_{};
};

}  // namespace gridbook::engine
