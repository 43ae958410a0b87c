// SPDX-License-Identifier: Apache-2.0
#pragma once
// Token buckets per key and per account (protocol section 6): orders, cancels in their own larger one, and
// questions. (request, now) -> admitted, or RATE_LIMIT with what is allowed, what is used and when to come
// again. `now` is the machine's clock.

#include <array>
#include <optional>
#include <vector>

#include "engine/command.hpp"
#include "gateway/ingress/schema.hpp"
#include "gateway/token_bucket.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

// What counts together. Cancels have their own bucket, so that nobody is kept in the market by his own
// orders.
enum class Pace : std::uint8_t { orders, cancels, queries, none };
inline constexpr std::size_t paces = 3;
Pace pace_of(Op op);
std::string_view wire_name(Pace pace);

struct Rates {
    std::array<Rate, paces> each{};
    const Rate& of(Pace pace) const { return each[static_cast<std::size_t>(pace)]; }
    Rate& of(Pace pace) { return each[static_cast<std::size_t>(pace)]; }
};

class RateLimits {
  public:
    RateLimits(const Rates& key, const Rates& account) : key_rates_(key), account_rates_(account) {}

    // Takes `cost` from both buckets, or from none: RATE_LIMIT. `own`: orders a second that were set for this
    // account (market-rules section 8), as many at once; 0: none.
    std::optional<WireError> admit(engine::KeyIndex key, engine::AccountId account, Pace pace,
                                   std::uint32_t cost, engine::Time now, std::uint32_t own = 0);
    // "key":{"orders":{"per_s":…,"burst":…,"used":…},…},"account":{…}: members of limits.get.
    void append_use(engine::KeyIndex key, engine::AccountId account, engine::Time now, std::string& out,
                    std::uint32_t own = 0) const;

  private:
    // The narrower of the two.
    Rate account_rate(Pace pace, std::uint32_t own) const;
    using Buckets = std::array<Bucket, paces>;
    static Bucket& bucket(std::vector<Buckets>& all, std::size_t index, Pace pace);

    const Rates key_rates_;
    const Rates account_rates_;
    std::vector<Buckets> keys_;
    std::vector<Buckets> accounts_;
};

}  // namespace gridbook::gateway
