// SPDX-License-Identifier: Apache-2.0
#pragma once
// What egress counts as it publishes, and what other stages let it read: for /metrics (Prometheus text format
// 0.0.4) and for the status line. Counters have one writer, the I/O thread, and may be read by any.

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "engine/event.hpp"

namespace gridbook::gateway {

// Relaxed: a reader wants a recent number, not an order of memory. One writer, so no locked instruction
// either.
class Counter {
  public:
    void add(std::uint64_t n = 1) { set(value() + n); }
    void set(std::uint64_t v) { value_.store(v, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

class Metrics {
  public:
    // One line of the status: totals, and what happened a second since the last call of status().
    struct Status {
        std::uint64_t orders = 0;
        std::uint64_t trades = 0;
        std::uint64_t refusals = 0;
        std::uint64_t resting_orders = 0;
        std::uint64_t sequence = 0;
        std::uint64_t orders_per_s = 0;
        std::uint64_t trades_per_s = 0;
    };

    // Takes in one published event, with the resting orders after it. Recovered events are not counted.
    void count(const engine::Event& event);
    void resting(std::size_t orders) { resting_.set(orders); }
    void durable(engine::Sequence sequence) { sequence_.set(sequence.value); }
    void message() { messages_.add(); }

    // A number that another stage owns: ring use, commit latency, connections. `name` may end in labels:
    // gridbook_ring_used{ring="commands"}. It is asked on the I/O thread, when somebody reads.
    void gauge(std::string name, std::string help, std::function<double()> value);

    // `now` is the machine's clock. One caller: it moves the start of the next interval.
    Status status(engine::Time now);
    void append_prometheus(std::string& out) const;

    std::uint64_t orders() const { return orders_.value(); }
    std::uint64_t trades() const { return trades_.value(); }
    std::uint64_t refusals() const;

  private:
    struct Gauge {
        std::string name;
        std::string help;
        std::function<double()> value;
    };
    void append_refusals(std::string& out) const;
    void append_gauges(std::string& out) const;

    Counter events_;
    Counter orders_;      // order commands answered: entered, replaced, cancelled or refused
    Counter duplicates_;  // the same cid again
    Counter trades_;
    Counter messages_;  // replies and events to accounts
    Counter resting_;
    Counter sequence_;
    std::array<Counter, static_cast<std::size_t>(engine::RejectReason::count_)> refusals_;
    std::vector<Gauge> gauges_;
    engine::Time asked_{};
    std::uint64_t orders_asked_ = 0;
    std::uint64_t trades_asked_ = 0;
};

}  // namespace gridbook::gateway
