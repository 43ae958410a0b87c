// SPDX-License-Identifier: Apache-2.0
#pragma once
// Makes the market ready for a trace: looks whether the exchange is the right one (its families, its clock),
// opens the accounts, credits them, and registers what the nodes can deliver. Everything goes over the wire,
// signed by the replay's key. What was done by an earlier attempt is left as it is.

#include <chrono>
#include <string>

#include "gateway/keys.hpp"
#include "gateway/replay/link.hpp"

namespace gridbook::gateway::replay {

struct SetupOptions {
    std::string url;
    std::string key_name;
    std::chrono::seconds reconnect{30};
};

// CNY to each account: more than any account of a trace could hold at once, little enough for 64 bits of
// micro-CNY in sum.
inline constexpr std::int64_t credit_cny = 1'000'000'000;

// Throws std::runtime_error with the reason when the exchange refuses or is not the one this trace needs.
void set_up(const SetupOptions& options, const SigningKey& key, const Scenario& scenario, Link& link);

}  // namespace gridbook::gateway::replay
