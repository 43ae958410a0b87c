// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/freshness.hpp"

#include <fmt/format.h>

namespace gridbook::gateway {

std::optional<WireError> stale(engine::Time signed_at, engine::Time now, std::string_view field) {
    // Compared without a difference, which a timestamp far off could overflow.
    if (signed_at >= now - freshness && signed_at <= now + freshness) return std::nullopt;
    const std::int64_t seconds = freshness.value / engine::second.value;
    return WireError{
        .code = "AUTH_REPLAY",
        .msg = fmt::format("signed more than {} s {} the time of the exchange", seconds,
                           signed_at < now ? "before" : "after"),
        .field = std::string(field),
        .rule = "freshness",
        .limit = {std::to_string((now - freshness).value), std::to_string((now + freshness).value)},
        .got = std::to_string(signed_at.value)};
}

}  // namespace gridbook::gateway
