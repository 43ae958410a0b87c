// SPDX-License-Identifier: Apache-2.0
// The ring: one writer, one reader. The stress runs on two threads and is what the thread sanitizer looks at.
#include <catch2/catch.hpp>
#include <thread>

#include "engine/pipeline/ring.hpp"

namespace gridbook::tests {

using Numbers = engine::Ring<std::uint64_t>;

TEST_CASE("a ring gives back what was put in, in order, over many laps", "[ring]") {
    Numbers ring(8);
    std::uint64_t next = 0, expected = 0;
    for (int lap = 0; lap < 100; ++lap) {
        for (int i = 0; i < 5; ++i) REQUIRE(ring.push(next++));
        REQUIRE(ring.available() == 5);
        for (std::size_t i = 0; i < 5; ++i) REQUIRE(ring.peek(i) == expected++);
        ring.release(5);
    }
    CHECK(ring.available() == 0);
    CHECK(ring.written() == 500);
    CHECK(ring.read() == 500);
}

TEST_CASE("a full ring takes nothing until something is released", "[ring]") {
    Numbers ring(4);
    for (std::uint64_t i = 0; i < 4; ++i) REQUIRE(ring.push(i));
    CHECK(ring.room() == 0);
    CHECK_FALSE(ring.push(4));
    CHECK(ring.used() == 4);
    REQUIRE(ring.available() == 4);
    ring.release(1);
    CHECK(ring.room() == 1);
    CHECK(ring.push(4));
    CHECK_FALSE(ring.push(5));
    CHECK(ring.refresh() == 4);
    CHECK(ring.peek(3) == 4);
}

TEST_CASE("what is written but not published is not seen", "[ring]") {
    Numbers ring(8);
    ring.slot(0) = 1;
    ring.slot(1) = 2;
    CHECK(ring.refresh() == 0);
    ring.publish(2);
    REQUIRE(ring.refresh() == 2);
    CHECK(ring.peek(0) == 1);
    CHECK(ring.peek(1) == 2);
}

TEST_CASE("pieces that wrap around the end stay whole", "[ring]") {
    Numbers ring(8);
    for (std::uint64_t i = 0; i < 6; ++i) ring.push(i);
    ring.release(ring.available());
    for (std::size_t i = 0; i < 5; ++i) ring.slots()[ring.position(i) & ring.mask()] = 100 + i;
    ring.publish(5);
    REQUIRE(ring.available() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(ring.peek(i) == 100 + i);
}

TEST_CASE("two threads: nothing is lost, nothing twice, nothing out of order", "[ring][stress]") {
    constexpr std::uint64_t count = 300'000;
    Numbers ring(256);
    std::thread writer([&] {
        for (std::uint64_t n = 0; n < count;) {
            const std::size_t room = std::min<std::size_t>(ring.room(), 1 + n % 7);
            if (room == 0) std::this_thread::yield();
            std::size_t written = 0;
            for (; written < room && n < count; ++written) ring.slot(written) = n++ * 3;
            ring.publish(written);
        }
    });
    std::uint64_t expected = 0, wrong = 0;
    while (expected < count) {
        const std::size_t there = ring.available();
        if (there == 0) std::this_thread::yield();
        for (std::size_t i = 0; i < there; ++i) wrong += ring.peek(i) != expected++ * 3;
        ring.release(there);
    }
    writer.join();
    CHECK(wrong == 0);
    CHECK(ring.used() == 0);
}

}  // namespace gridbook::tests
