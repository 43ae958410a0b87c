// SPDX-License-Identifier: Apache-2.0
#pragma once
// Finds the record of an account's client order id: open addressing in entries of eight bytes, eight to a
// cache line, at most half full. An entry holds the record's slot and 32 bits of the hash, so a new id is
// known to be new without a look at any record, and an entry is moved without one. Invariant: at most one
// entry an (account, cid): the newest.

#include <vector>

#include "engine/accounts/accounts.hpp"
#include "engine/units/hash.hpp"

namespace gridbook::engine {

class CidIndex {
  public:
    // For at most `records` entries; a power of two.
    void reserve(std::size_t records) {
        entries_.assign(records * 2, Entry{});
        mask_ = entries_.size() - 1;
    }

    static std::uint32_t tag(AccountId account, const Cid& cid) {
        return static_cast<std::uint32_t>(pair_hash(words_sum(cid), account.value) >> 32);
    }
    [[gnu::always_inline]] void prefetch(std::uint32_t tag) const {
        __builtin_prefetch(&entries_[home(tag)]);
    }

    // Where the entry with this tag that `is_it` accepts stands, or where it would stand.
    template <class IsIt>
    [[gnu::always_inline]] std::size_t look(std::uint32_t tag, IsIt&& is_it) const {
        std::size_t i = home(tag);
        while (entries_[i].slot != no_slot && !(entries_[i].tag == tag && is_it(entries_[i].slot)))
            i = next(i);
        return i;
    }
    // The slot of the entry there; no_slot: none stands there.
    std::uint32_t slot_at(std::size_t place) const { return entries_[place].slot; }
    void put(std::size_t place, std::uint32_t tag, std::uint32_t slot) { entries_[place] = {slot, tag}; }
    // Takes the entry out, if `slot` has one, and closes the gap.
    void remove(std::uint32_t tag, std::uint32_t slot) {
        std::size_t gap = place(tag, slot);
        if (entries_[gap].slot == no_slot) return;
        for (std::size_t i = next(gap); entries_[i].slot != no_slot; i = next(i)) {
            // An entry may move into the gap when its home does not lie behind the gap.
            if (distance(home(entries_[i].tag), i) < distance(gap, i)) continue;
            entries_[gap] = entries_[i];
            gap = i;
        }
        entries_[gap] = Entry{};
    }

  private:
    struct Entry {
        std::uint32_t slot = no_slot;
        std::uint32_t tag = 0;
    };
    std::size_t home(std::uint32_t tag) const {
        // The top bits of the tag: a multiplication scales it to the table.
        return static_cast<std::size_t>((static_cast<std::uint64_t>(tag) * (mask_ + 1)) >> 32);
    }
    std::size_t next(std::size_t i) const { return (i + 1) & mask_; }
    std::size_t distance(std::size_t from, std::size_t to) const { return (to - from) & mask_; }
    std::size_t place(std::uint32_t tag, std::uint32_t slot) const {
        std::size_t i = home(tag);
        while (entries_[i].slot != no_slot && entries_[i].slot != slot) i = next(i);
        return i;
    }

    PoolVector<Entry> entries_;
    std::size_t mask_ = 0;
};

}  // namespace gridbook::engine
