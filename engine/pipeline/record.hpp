// SPDX-License-Identifier: Apache-2.0
#pragma once
// What flows between the stages: 128 bytes, a command or an event. In the ring from the engine to the ledger
// each command is followed by the events it caused, published together, so a reader never sees half of them.
// Answers to questions stand there without a command.

#include "engine/event.hpp"

namespace gridbook::engine {

struct alignas(8) Record {
    std::array<std::byte, 128> bytes{};

    Record() = default;
    explicit Record(const Command& c) { std::memcpy(bytes.data(), &c, sizeof c); }
    explicit Record(const Event& e) { std::memcpy(bytes.data(), &e, sizeof e); }

    std::uint8_t kind() const { return static_cast<std::uint8_t>(bytes[offsetof(EventHeader, kind)]); }
    bool is_command() const { return kind() < 100; }
    bool is_answer() const { return kind() >= static_cast<std::uint8_t>(EventKind::first_answer); }
    Command command() const {
        Command c;
        std::memcpy(&c, bytes.data(), sizeof c);
        return c;
    }
    Event event() const {
        Event e;
        std::memcpy(&e, bytes.data(), sizeof e);
        return e;
    }
};
static_assert(sizeof(Record) == 128 && std::is_trivially_copyable_v<Record>);

}  // namespace gridbook::engine
