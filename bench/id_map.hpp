// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a client's 64-bit id to a 32-bit value: open addressing in one array, a step at a time, doubled when
// half full. Ids may be sparse and are never removed; 0 is the value of an id that was never set. No
// allocation while it stays below the size it was made for.

#include <cstdint>

#include "engine/units/hash.hpp"
#include "engine/units/huge_pages.hpp"

namespace gridbook::bench {

class IdMap {
  public:
    explicit IdMap(std::size_t slots) : slots_(slots) {}  // a power of two

    // The value of an id, to read and to set; setting 0 is as if it had never been set.
    std::uint32_t& operator[](std::uint64_t id) {
        Slot* slot = &find(id);
        if (slot->used) return slot->value;
        if (2 * ++used_ > slots_.size()) {
            grow();
            slot = &find(id);
        }
        *slot = {id, 0, true};
        return slot->value;
    }
    // Without making room for it.
    std::uint32_t get(std::uint64_t id) { return find(id).value; }
    void prefetch(std::uint64_t id) const { __builtin_prefetch(&slots_[home(id)]); }

  private:
    struct Slot {
        std::uint64_t id = 0;
        std::uint32_t value = 0;
        bool used = false;
    };
    // Clients count: neighbours stay neighbours, so a busy stretch of ids stays in the cache. What is far
    // apart is spread.
    std::size_t home(std::uint64_t id) const {
        return static_cast<std::size_t>(id + engine::mix(id >> 20) * (id >> 20 != 0)) & (slots_.size() - 1);
    }
    Slot& find(std::uint64_t id) {
        for (std::size_t at = home(id);; ++at) {
            Slot& slot = slots_[at & (slots_.size() - 1)];
            if (!slot.used || slot.id == id) return slot;
        }
    }
    void grow() {
        engine::PoolVector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& slot : old)
            if (slot.used) find(slot.id) = slot;
    }

    engine::PoolVector<Slot> slots_;
    std::size_t used_ = 0;
};

}  // namespace gridbook::bench
