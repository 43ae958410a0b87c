// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where `Exchange::apply` writes its events: straight into slots of the outgoing ring (or a plain buffer),
// without a copy, a virtual call or an allocation. The room is told at the start and never exceeds
// max_events: what does not fit goes on in a follow-on command.

#include <cstddef>
#include <new>
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

    // The body of the next event, all zero but for its defaults, to be filled in where it stands.
    template <class Body>
    Body& add(const EventHeader& header) {
        return *::new (next<Body>(header)) Body{};
    }
    // The next event where it stands; the caller writes every field of the body, each once and none before
    // the header's. A body that is made elsewhere first and copied is read before its fields have arrived.
    template <class Body>
    [[gnu::always_inline]] Body& slot(const EventHeader& header) {
        return *std::launder(reinterpret_cast<Body*>(next<Body>(header)));
    }
    // The same for a body that is made already.
    template <class Body>
    void put(const EventHeader& header, const Body& body) {
        ::new (next<Body>(header)) Body(body);
    }
    template <class Body>
    void emit(const EventHeader& header, const Body& body) {
        add<Body>(header) = body;
    }
    std::size_t count() const { return count_; }
    std::size_t room() const { return max_events - count_; }

  private:
    // How far ahead of the writer the ring's lines are asked for: as long as a miss takes, a few events.
    static constexpr std::size_t ahead = 6;

    // Writes the header of the next event; where its body goes.
    template <class Body>
    [[gnu::always_inline]] std::byte* next(const EventHeader& header) {
        static_assert(sizeof(Body) == 96 && std::has_unique_object_representations_v<Body>);
        GRIDBOOK_CHECK(count_ < max_events);
        std::byte* bytes = slots_[(first_ + count_) & mask_].bytes.data();
        const std::byte* later = slots_[(first_ + count_ + ahead) & mask_].bytes.data();
        __builtin_prefetch(later, 1);
        __builtin_prefetch(later + 64, 1);
        ++count_;
        ::new (bytes) EventHeader(header);
        return bytes + sizeof(EventHeader);
    }

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
