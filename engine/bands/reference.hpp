// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reference R of an instrument (market-rules section 5): the mean price of the trades of a window, kept
// in buckets of UTC minutes. Trades count once each whatever their size; the oldest bucket is prorated by the
// nanoseconds that it still has in the window, the running one counts fully. And what a pause remembers.

#include <array>

#include "engine/event.hpp"

namespace gridbook::engine {

struct Bucket {
    std::int64_t index = -1;  // its time / its length
    std::int64_t sum = 0;     // ticks
    std::uint32_t trades = 0;
};

class Reference {
  public:
    // The longest window is so many buckets, and one more begins in it.
    static constexpr std::size_t most_buckets = 16;

    // The window's mean, cut to the tick; Price{0}: no trade is in it.
    Price mean(Time now, Duration window, Duration bucket) const;
    // Exact: the mean is numerator / denominator. For the vector of the rules and for telling.
    struct Fraction {
        Wide numerator = 0;
        Wide denominator = 0;
        std::uint32_t trades = 0;
    };
    Fraction fraction(Time now, Duration window, Duration bucket) const;
    void add(Price price, Time now, Duration bucket);
    // A trade lies in the window that ends at `now`.
    bool any(Time now, Duration window, Duration bucket) const;
    void clear_buckets() { buckets_ = {}; }
    const std::array<Bucket, most_buckets>& buckets() const { return buckets_; }

    Price price{};            // R; while not taken over, G of the moment
    Time since{};             // when it became R
    bool taken_over = false;  // by a mean, a call or a reopening

    friend class SnapshotAccess;

  private:
    std::array<Bucket, most_buckets> buckets_{};
};

// What a pause remembers of its beginning.
struct Pause {
    Price reference{};
    Price low{};  // the effective band when it began
    Price high{};
    BasisPoints width{};  // d then
    std::uint32_t extension = 0;
    Time until{};
    Price call_price{};  // while a call goes on
};

}  // namespace gridbook::engine
