// SPDX-License-Identifier: Apache-2.0
#pragma once
// How long things took: a histogram that one thread fills and any thread reads, without locks. Buckets are
// log-linear, eight a power of two, so a quantile is at most an eighth too high; the counts are relaxed
// atomics, because a status line that is a moment old is as good as an exact one.

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "engine/units/time.hpp"

namespace gridbook::ledger {

class LatencyHistogram {
  public:
    static constexpr std::size_t buckets = 8 * 64;
    using Counts = std::array<std::uint64_t, buckets>;

    void add(engine::Duration d) {
        auto& bucket = counts_[bucket_of(d.value < 0 ? 0 : static_cast<std::uint64_t>(d.value))];
        bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    // All that was ever added. A window is the difference of two of these.
    Counts counts() const {
        Counts copy{};
        for (std::size_t i = 0; i < buckets; ++i) copy[i] = counts_[i].load(std::memory_order_relaxed);
        return copy;
    }

    // The upper edge of the bucket in which `share` of the values lie; zero when there are none.
    static engine::Duration quantile(const Counts& counts, double share) {
        std::uint64_t total = 0;
        for (const std::uint64_t c : counts) total += c;
        auto left = static_cast<std::uint64_t>(share * static_cast<double>(total));
        for (std::size_t i = 0; i < buckets && total > 0; ++i) {
            if (counts[i] > left) return engine::Duration{upper_edge(i)};
            left -= counts[i];
        }
        return engine::Duration{};
    }

  private:
    static constexpr std::size_t bucket_of(std::uint64_t ns) {
        if (ns < 8) return static_cast<std::size_t>(ns);
        const auto power = static_cast<std::size_t>(std::bit_width(ns) - 1);  // 3..63
        return (power - 2) * 8 + static_cast<std::size_t>((ns >> (power - 3)) & 7);
    }
    static constexpr std::int64_t upper_edge(std::size_t bucket) {
        if (bucket < 8) return static_cast<std::int64_t>(bucket);
        const std::size_t power = bucket / 8 + 2;
        if (power >= 62) return INT64_MAX;
        return static_cast<std::int64_t>(((8 + bucket % 8 + 1) << (power - 3)) - 1);
    }

    std::array<std::atomic<std::uint64_t>, buckets> counts_{};
};

// A reader's window onto a histogram: quantiles of what came since the last look.
class LatencyWindow {
  public:
    struct Quantiles {
        std::uint64_t count = 0;
        engine::Duration p50{};
        engine::Duration p99{};
    };

    explicit LatencyWindow(const LatencyHistogram& histogram) : histogram_(histogram) {}

    Quantiles since_last() {
        const auto now = histogram_.counts();
        LatencyHistogram::Counts difference{};
        for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = now[i] - last_[i];
        last_ = now;
        return of(difference);
    }
    Quantiles total() const { return of(histogram_.counts()); }

  private:
    static Quantiles of(const LatencyHistogram::Counts& counts) {
        std::uint64_t count = 0;
        for (const std::uint64_t c : counts) count += c;
        return {count, LatencyHistogram::quantile(counts, 0.50), LatencyHistogram::quantile(counts, 0.99)};
    }

    const LatencyHistogram& histogram_;
    LatencyHistogram::Counts last_{};
};

}  // namespace gridbook::ledger
