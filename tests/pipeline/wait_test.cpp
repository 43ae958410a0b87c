// SPDX-License-Identifier: Apache-2.0
// The wait strategies between real threads; the thread sanitizer runs them too. The ring's own tests are in
// tests/engine/ring_test.cpp.
#include "engine/pipeline/wait.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <random>
#include <thread>

#include "engine/pipeline/ring.hpp"

namespace gridbook::engine {

namespace {

constexpr Duration long_sleep{30 * second.value};  // a lost wake would be seen as a standstill

}  // namespace

TEST_CASE("no wake is lost between a waker and a stage that is about to park") {
    const auto strategy = GENERATE(WaitStrategy::park, WaitStrategy::yield, WaitStrategy::spin);
    constexpr std::uint64_t trips = 2'000;
    Ring<std::uint64_t> there(8), back(8);
    FutexSleeper far, near;
    std::atomic<bool> stop{false};
    std::thread echo([&] {
        Idle idle(strategy, far);
        while (!stop.load(std::memory_order_acquire))
            idle.run_once(
                [&] {
                    if (there.available() == 0) return false;
                    back.push(there.peek(0));
                    there.release(1);
                    near.wake();
                    return true;
                },
                long_sleep);
    });
    Idle idle(strategy, near);
    const auto begun = std::chrono::steady_clock::now();
    std::minstd_rand chance(3);
    for (std::uint64_t trip = 0; trip < trips; ++trip) {
        // Now and then the other side has time to park.
        if (chance() % 64 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
        there.push(trip);
        far.wake();
        std::uint64_t came = trips;
        while (came == trips)
            idle.run_once(
                [&] {
                    if (back.available() == 0) return false;
                    came = back.peek(0);
                    back.release(1);
                    return true;
                },
                long_sleep);
        REQUIRE(came == trip);
    }
    stop.store(true, std::memory_order_release);
    far.wake();
    echo.join();
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::nanoseconds(long_sleep.value));
}

}  // namespace gridbook::engine
