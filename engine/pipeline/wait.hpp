// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a stage waits when there is nothing to do: spin, yield, or park after 50 µs of spin. A parked stage is
// woken by the neighbour that gave it work, with at most one system call a batch; nobody else makes a system
// call for it.
//
//   sleeper:  announce(); look once more at the rings; sleep(at_most) or retract()
//   waker:    ring.publish(n); sleeper.wake()
//
// Invariant: no wake is lost. announce() and wake() each put a full fence between their store (flag / ring
// cursor) and their load (ring cursor / flag), so at least one of the two sees the other.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/units/time.hpp"

namespace gridbook::engine {

enum class WaitStrategy : std::uint8_t { spin, yield, park };

constexpr std::optional<WaitStrategy> wait_strategy(std::string_view word) {
    if (word == "spin") return WaitStrategy::spin;
    if (word == "yield") return WaitStrategy::yield;
    if (word == "park") return WaitStrategy::park;
    return std::nullopt;
}

class Sleeper {
  public:
    virtual ~Sleeper() = default;

    void announce() {
        parked_.store(1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    void retract() { parked_.store(0, std::memory_order_relaxed); }
    virtual void sleep(Duration at_most) = 0;

    void wake() {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (parked_.load(std::memory_order_relaxed) != 0 &&
            parked_.exchange(0, std::memory_order_relaxed) != 0)
            rouse();
    }

  protected:
    virtual void rouse() = 0;
    std::atomic<std::uint32_t> parked_{0};
};

// Sleeps on a futex. For stages that wait for rings only.
class FutexSleeper final : public Sleeper {
  public:
    void sleep(Duration at_most) override;

  protected:
    void rouse() override;
};

inline void pause_cpu() { __builtin_ia32_pause(); }

// The idle part of a stage's loop. `work()` does a step and tells whether there was any.
class Idle {
  public:
    Idle(WaitStrategy strategy, Sleeper& sleeper) : strategy_(strategy), sleeper_(sleeper) {}

    template <class Work>
    void run_once(Work&& work, Duration at_most) {
        if (work()) {
            idle_since_ = {};
            return;
        }
        if (strategy_ == WaitStrategy::spin) return pause_cpu();
        if (strategy_ == WaitStrategy::yield) return yield();
        const auto now = std::chrono::steady_clock::now();
        if (idle_since_ == std::chrono::steady_clock::time_point{}) idle_since_ = now;
        if (now - idle_since_ < std::chrono::microseconds(50)) return pause_cpu();
        sleeper_.announce();
        if (work()) {
            sleeper_.retract();
            idle_since_ = {};
            return;
        }
        sleeper_.sleep(at_most);
        sleeper_.retract();
    }

  private:
    static void yield();
    WaitStrategy strategy_;
    Sleeper& sleeper_;
    std::chrono::steady_clock::time_point idle_since_{};
};

}  // namespace gridbook::engine
