// SPDX-License-Identifier: Apache-2.0
#pragma once
// Timers that are not on the calendar: orders and token grants that end, switches, sessions, limit states,
// pauses. A binary heap of fixed size; each timer has an id, at most one due time, and a place in the order
// of one instant. Setting, moving and removing cost a walk along one branch; the next one due is at the top.

#include <vector>

#include "engine/units/check.hpp"
#include "engine/units/time.hpp"

namespace gridbook::engine {

// When a timer fires, and its place among those of the same instant: by kind, then symbol, then sequence
// (market-rules section 1).
struct Due {
    Time time = never;
    std::uint8_t kind = 0;
    std::uint64_t symbol = 0;
    std::uint64_t sequence = 0;
    std::uint64_t session = 0;  // of those that one command armed: by their ids
    friend constexpr auto operator<=>(const Due&, const Due&) = default;
};

class TimerHeap {
  public:
    // Ids are 0 to limit - 1.
    void reserve(std::size_t limit) {
        heap_.reserve(limit);
        place_.assign(limit, none);
    }
    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }
    const Due& next() const { return heap_.front().due; }
    std::uint32_t next_id() const { return heap_.front().id; }
    bool set(std::uint32_t id) const { return place_[id] != none; }
    const Due& due(std::uint32_t id) const { return heap_[place_[id]].due; }

    void arm(std::uint32_t id, const Due& due) {
        disarm(id);
        GRIDBOOK_CHECK(heap_.size() < place_.size());
        heap_.push_back({due, id});
        place_[id] = static_cast<std::uint32_t>(heap_.size() - 1);
        rise(heap_.size() - 1);
    }
    void disarm(std::uint32_t id) {
        if (place_[id] == none) return;
        const std::size_t gap = place_[id];
        place_[id] = none;
        const Timer last = heap_.back();
        heap_.pop_back();
        if (gap == heap_.size()) return;
        put(gap, last);
        rise(gap);
        sink(place_[last.id]);
    }
    // Gives every timer another place by symbol, which must keep the order that they have among each other.
    template <class F>
    void rename_symbols(F&& symbol_of) {
        for (Timer& timer : heap_) timer.due.symbol = symbol_of(timer.id, timer.due);
    }
    template <class F>
    void for_each(F&& f) const {
        for (const Timer& timer : heap_) f(timer.id, timer.due);
    }

  private:
    static constexpr std::uint32_t none = 0xFFFFFFFFu;
    // By id where all else is equal: the order must not depend on the shape of the heap, which a restored
    // exchange may have otherwise.
    struct Timer {
        Due due{};
        std::uint32_t id = 0;
        friend constexpr auto operator<=>(const Timer&, const Timer&) = default;
    };
    void put(std::size_t at, const Timer& timer) {
        heap_[at] = timer;
        place_[timer.id] = static_cast<std::uint32_t>(at);
    }
    void rise(std::size_t at) {
        const Timer timer = heap_[at];
        for (; at > 0 && timer < heap_[(at - 1) / 2]; at = (at - 1) / 2) put(at, heap_[(at - 1) / 2]);
        put(at, timer);
    }
    void sink(std::size_t at) {
        const Timer timer = heap_[at];
        for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
            if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
            if (!(heap_[child] < timer)) break;
            put(at, heap_[child]);
            at = child;
        }
        put(at, timer);
    }

    std::vector<Timer> heap_;
    std::vector<std::uint32_t> place_;
};

}  // namespace gridbook::engine
