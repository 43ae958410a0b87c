// SPDX-License-Identifier: Apache-2.0
// What "without locks" rests on: atomics that the processor itself has, at every address, and cursors of a
// ring that do not share a cache line with the other side's. The first are checked when this is compiled.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>

#include "engine/exchange.hpp"
#include "engine/pipeline/ring.hpp"
#include "engine/pipeline/wait.hpp"

namespace gridbook::engine {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);  // cursors of the rings, durable sequence
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);  // park flags, which are futex words
static_assert(std::atomic<bool>::is_always_lock_free);           // stop and unfinished
static_assert(sizeof(std::atomic<std::uint64_t>) == sizeof(std::uint64_t));
static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

// A ring begins on a cache line, and has four lines of cursors behind the line of what never changes: the
// published cursor and the private one of the writer, then of the reader.
static_assert(alignof(Ring<Command>) == cache_line && alignof(Ring<Record>) == cache_line);
static_assert(sizeof(Ring<Command>) == 5 * cache_line && sizeof(Ring<Record>) == 5 * cache_line);

// Slots of two whole lines: writer and reader meet in none that is half written.
static_assert(sizeof(Command) == 2 * cache_line && sizeof(Record) == 2 * cache_line);

TEST_CASE("rings on the heap and side by side keep their cursors on lines of their own", "[ring]") {
    const auto line = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p) / cache_line; };
    const auto ring = std::make_unique<Ring<Record>>(8);
    CHECK(reinterpret_cast<std::uintptr_t>(ring.get()) % cache_line == 0);
    struct Pair {
        Ring<Command> in{8};
        Ring<Record> out{8};
    };
    const auto pair = std::make_unique<Pair>();
    CHECK(reinterpret_cast<std::uintptr_t>(&pair->in) % cache_line == 0);
    CHECK(line(&pair->out) == line(&pair->in) + 5);
}

}  // namespace gridbook::engine
