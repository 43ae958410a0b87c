// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a stream costs when nothing is decided: each command is read, each order that enters writes a record
// and an entry in a line of the index of client order ids, each event is written into a ring, all of the
// engine's sizes, in pools as the engine's, in pieces of sixteen bytes. It tells what the formats cost by
// themselves; how far the engine is from it is what deciding costs, and writing field by field.

#include "bench/prepared.hpp"

namespace gridbook::bench {

class Bytes {
  public:
    explicit Bytes(const Prepared& prepared)
        : prepared_(prepared),
          records_(prepared.size.records),
          index_(engine::CidIndex::lines(prepared.size.records)),
          ring_(engine::max_events) {
        write(0, prepared_.first_timed());
    }
    // The timed part of the stream.
    void run() { write(prepared_.first_timed(), prepared_.commands.size()); }
    // What was read, so that it is.
    std::uint64_t sum() const { return sum_; }

  private:
    using Piece [[gnu::vector_size(16)]] = std::uint64_t;
    struct Slot {
        std::array<Piece, 8> pieces{};
    };
    struct alignas(64) Line {
        std::array<std::uint64_t, 8> words{};
    };
    static_assert(sizeof(Slot) == sizeof(engine::OrderRecord) && sizeof(Slot) == sizeof(engine::Event));

    void write(std::size_t from, std::size_t to) {
        // Two events a fill besides the one of each command, spread evenly.
        const std::uint64_t more = 2 * prepared_.tally.fills, of = prepared_.commands.size();
        std::uint64_t owed = 0;
        for (std::size_t i = from; i < to; ++i) {
            const engine::Command& command = prepared_.commands[i];
            std::uint64_t value = 0;
            for (std::size_t at = 0; at < sizeof command; at += 8) {
                std::uint64_t word = 0;
                std::memcpy(&word, reinterpret_cast<const std::byte*>(&command) + at, sizeof word);
                value += word;
            }
            sum_ += value;
            if (command.kind() == engine::CommandKind::place_order) {
                put(records_[entered_++ & (records_.size() - 1)], value);
                index_[place(entered_)].words[entered_ % 8] = value;
                __builtin_prefetch(&index_[place(entered_ + 12)], 1);
            }
            put(ring_[told_++ % engine::max_events], value);
            for (owed += more; owed >= of; owed -= of) put(ring_[told_++ % engine::max_events], value);
        }
    }
    static void put(Slot& slot, std::uint64_t value) {
        for (volatile Piece& piece : slot.pieces) piece = Piece{value++, value};
    }
    std::size_t place(std::uint64_t entered) const {
        return static_cast<std::size_t>(static_cast<engine::Wide>(engine::mix(entered)) * index_.size() >>
                                        64);
    }

    const Prepared& prepared_;
    engine::PoolVector<Slot> records_;
    engine::PoolVector<Line> index_;
    engine::PoolVector<Slot> ring_;
    std::uint64_t entered_ = 0, told_ = 0, sum_ = 0;
};

}  // namespace gridbook::bench
