// SPDX-License-Identifier: Apache-2.0
#pragma once
// An error as the wire tells it (protocol section 6): a stable code, a sentence, and what it speaks of.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gridbook::gateway {

struct WireError {
    std::string_view code;  // FORMAT_JSON, AUTH_KEY, ... : static storage
    std::string msg;
    std::string field{};
    std::string rule{};
    std::vector<std::string> limit{};  // none, one value, or low and high
    std::string got{};
    std::uint32_t band = 0;
    std::string rationale{};
    std::uint32_t retry_ms = 0;
};

// The HTTP status that mirrors the class of a code: 400, 401, 403, 404, 409, 422, 429 or 503.
unsigned http_status(std::string_view code);

}  // namespace gridbook::gateway
