// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where `Exchange::apply` writes its events: straight into slots of the outgoing ring (or a plain buffer),
// without a copy, a virtual call or an allocation. The room is told at the start and never exceeds
// max_events: what does not fit goes on in a follow-on command.

#include <cstddef>
#include <vector>

#include "engine/pipeline/record.hpp"
#include "engine/units/check.hpp"

namespace gridbook::engine {

// The most events that one command emits (architecture section 1).
inline constexpr std::size_t max_events = 4096;

class EventSink {
  public:
    // Writes to slots[(first + i) & mask]; the caller guarantees max_events of room.
    EventSink(Record* slots, std::size_t first, std::size_t mask)
        : slots_(slots), first_(first), mask_(mask) {}

    template <class Body>
    void emit(const EventHeader& header, const Body& body) {
        GRIDBOOK_CHECK(count_ < max_events);
        Event event;
        event.header = header;
        event.set(body);
        std::memcpy(slots_[(first_ + count_) & mask_].bytes.data(), &event, sizeof event);
        ++count_;
    }
    std::size_t count() const { return count_; }
    std::size_t room() const { return max_events - count_; }

  private:
    Record* slots_;
    std::size_t first_;
    std::size_t mask_;
    std::size_t count_ = 0;
};

// A plain buffer for those who apply without a ring: recovery, audit, tests.
class EventBuffer {
  public:
    EventBuffer() : records_(max_events) {}
    EventSink sink() { return EventSink(records_.data(), 0, max_events - 1); }
    const Record& operator[](std::size_t i) const { return records_[i]; }

  private:
    std::vector<Record> records_;
};

}  // namespace gridbook::engine
