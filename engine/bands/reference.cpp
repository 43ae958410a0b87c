// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/reference.hpp"

namespace gridbook::engine {

void Reference::add(Price traded, Time now, Duration bucket) {
    const std::int64_t index = now.value / bucket.value;
    Bucket& b = buckets_[static_cast<std::size_t>(index) % most_buckets];
    if (b.index != index) b = Bucket{.index = index};
    b.sum += traded.value;
    b.trades += 1;
}

Reference::Fraction Reference::fraction(Time now, Duration window, Duration bucket) const {
    const std::int64_t start = now.value - window.value;
    Fraction mean;
    for (const Bucket& b : buckets_) {
        const std::int64_t begin = b.index * bucket.value;
        const std::int64_t end = begin + bucket.value;
        if (b.index < 0 || end <= start) continue;
        const std::int64_t weight = begin >= start ? bucket.value : end - start;
        mean.numerator += static_cast<Wide>(weight) * b.sum;
        mean.denominator += static_cast<Wide>(weight) * b.trades;
        mean.trades += b.trades;
    }
    return mean;
}

Price Reference::mean(Time now, Duration window, Duration bucket) const {
    const Fraction f = fraction(now, window, bucket);
    if (f.denominator == 0) return Price{};
    return Price{static_cast<std::int32_t>(f.numerator / f.denominator)};
}

bool Reference::any(Time now, Duration window, Duration bucket) const {
    return fraction(now, window, bucket).trades != 0;
}

}  // namespace gridbook::engine
