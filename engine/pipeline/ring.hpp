// SPDX-License-Identifier: Apache-2.0
#pragma once
// A ring: queue of fixed-size records with one writer and one reader, without locks.
//
// Invariant: written() - read() <= capacity. The writer alone moves `written_`, the reader alone `read_`;
// each keeps a copy of the other's cursor and looks at the real one only when the copy says full or empty, so
// that in the steady state neither touches the other's cache line. Records become visible by `publish`
// (release) and slots come back by `release`. Capacity is a power of two. Memory is reserved and touched at
// construction. The park flag of the reader lives here too, because only the writer of this ring has to wake
// it (wait.hpp).

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

#include "engine/units/check.hpp"
#include "engine/units/huge_pages.hpp"

namespace gridbook::engine {

inline constexpr std::size_t cache_line = 64;

template <class Record>
class Ring {
    static_assert(std::is_trivially_copyable_v<Record>);
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  public:
    explicit Ring(std::size_t capacity) : mask_(capacity - 1), slots_(capacity) {
        GRIDBOOK_CHECK(std::has_single_bit(capacity));
    }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    // ---- the writer's side ----

    // How many records may be written now; at least as exact as it takes to tell whether `wanted` fit.
    std::size_t room(std::size_t wanted = 1) {
        const std::uint64_t capacity = mask_ + 1;
        if (capacity - (write_cursor_ - read_seen_) < wanted)
            read_seen_ = read_.load(std::memory_order_acquire);
        return static_cast<std::size_t>(capacity - (write_cursor_ - read_seen_));
    }
    // The record `offset` places after what is written; valid for offset < room().
    Record& slot(std::size_t offset) { return slots_[(write_cursor_ + offset) & mask_]; }
    // The same slots for one who writes many: slots()[(position(offset) + i) & mask()].
    Record* slots() { return slots_.data(); }
    std::size_t position(std::size_t offset) const {
        return static_cast<std::size_t>(write_cursor_) + offset;
    }
    std::size_t mask() const { return static_cast<std::size_t>(mask_); }
    void publish(std::size_t count) {
        write_cursor_ += count;
        written_.store(write_cursor_, std::memory_order_release);
    }
    bool push(const Record& record) {
        if (room() == 0) return false;
        slot(0) = record;
        publish(1);
        return true;
    }

    // ---- the reader's side ----

    std::size_t available() {
        if (written_seen_ == read_cursor_) written_seen_ = written_.load(std::memory_order_acquire);
        return static_cast<std::size_t>(written_seen_ - read_cursor_);
    }
    // All that is there now, also what came after the last look.
    std::size_t refresh() {
        written_seen_ = written_.load(std::memory_order_acquire);
        return static_cast<std::size_t>(written_seen_ - read_cursor_);
    }
    const Record& peek(std::size_t offset) const { return slots_[(read_cursor_ + offset) & mask_]; }
    void release(std::size_t count) {
        read_cursor_ += count;
        read_.store(read_cursor_, std::memory_order_release);
    }

    std::size_t capacity() const { return mask_ + 1; }
    // Exact for writer or reader, a snapshot for anyone else.
    std::size_t used() const {
        return static_cast<std::size_t>(written_.load(std::memory_order_acquire) -
                                        read_.load(std::memory_order_acquire));
    }
    // Total records ever written and read: for the status line and for drains.
    std::uint64_t written() const { return written_.load(std::memory_order_acquire); }
    std::uint64_t read() const { return read_.load(std::memory_order_acquire); }

  private:
    const std::uint64_t mask_;
    PoolVector<Record> slots_;
    alignas(cache_line) std::atomic<std::uint64_t> written_{0};
    alignas(cache_line) std::uint64_t write_cursor_ = 0;
    std::uint64_t read_seen_ = 0;
    alignas(cache_line) std::atomic<std::uint64_t> read_{0};
    alignas(cache_line) std::uint64_t read_cursor_ = 0;
    std::uint64_t written_seen_ = 0;
};

}  // namespace gridbook::engine
