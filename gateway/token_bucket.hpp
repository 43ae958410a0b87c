// SPDX-License-Identifier: Apache-2.0
#pragma once
// A token bucket kept as one time: that at which it will be full again. (cost, now) -> taken, or how long to
// wait. Nothing has to run for it to fill.

#include <algorithm>
#include <cstdint>

#include "engine/units/time.hpp"

namespace gridbook::gateway {

// `burst` at once, and `per_s` a second on the long run; per_s 0: no limit.
struct Rate {
    std::uint32_t per_s = 0;
    std::uint32_t burst = 1;
};

class Bucket {
  public:
    // True: taken. Otherwise nothing is taken, and `retry` is how long until it would be. A cost over the
    // burst is never taken.
    bool take(const Rate& rate, std::uint32_t cost, engine::Time now, engine::Duration& retry) {
        if (rate.per_s == 0) return true;
        const engine::Time after = std::max(full_, now) + interval(rate) * cost;
        const engine::Time latest = now + interval(rate) * rate.burst;
        if (after > latest) {
            retry = after - latest;
            return false;
        }
        full_ = after;
        return true;
    }
    void give_back(const Rate& rate, std::uint32_t cost) {
        if (rate.per_s != 0) full_ = full_ - interval(rate) * cost;
    }
    // Tokens that are out now, at most `rate.burst`.
    std::uint32_t used(const Rate& rate, engine::Time now) const {
        if (rate.per_s == 0 || full_ <= now) return 0;
        const std::int64_t step = interval(rate).value;
        return static_cast<std::uint32_t>(((full_ - now).value + step - 1) / step);
    }
    bool full(engine::Time now) const { return full_ <= now; }

  private:
    static engine::Duration interval(const Rate& rate) {
        return engine::Duration{engine::second.value / rate.per_s};
    }
    engine::Time full_{};
};

}  // namespace gridbook::gateway
