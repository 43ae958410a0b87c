// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who sent an HTTP request (protocol section 2): the signature over method, target, timestamp and body hash,
// not older than 5 s and never seen before. It remembers what it let through for as long as that could be
// sent again; when that memory is full of what is still fresh, it answers BUSY rather than forget.

#include <deque>
#include <unordered_set>
#include <variant>

#include "gateway/directory.hpp"
#include "gateway/keys.hpp"
#include "gateway/transport/transport.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

class SignatureGate {
  public:
    static constexpr std::size_t seen_max = 1u << 16;  // 6,500 signed requests a second

    // Requests signed before `started` could have been seen by the process before this one, and are refused.
    SignatureGate(const Directory& directory, engine::Time started, std::size_t seen_limit = seen_max)
        : directory_(directory), started_(started), seen_limit_(seen_limit) {}
    SignatureGate(const SignatureGate&) = delete;
    SignatureGate& operator=(const SignatureGate&) = delete;

    // The key that signed it, or why it does not pass: AUTH_KEY, AUTH_SIGNATURE, AUTH_REPLAY, FORMAT_VALUE,
    // BUSY.
    std::variant<engine::KeyIndex, WireError> admit(const HttpRequest& http, engine::Time now);

  private:
    struct Seen {
        engine::Time forget{};
        Digest digest{};
    };
    struct Hash {
        std::size_t operator()(const Digest& digest) const noexcept;
    };

    std::optional<WireError> check_time(const HttpRequest& http, engine::Time now) const;
    std::optional<WireError> remember(const Digest& digest, engine::Time now);

    const Directory& directory_;
    engine::Time started_;
    std::size_t seen_limit_;
    std::deque<Seen> order_;  // by the time they may be forgotten
    std::unordered_set<Digest, Hash> seen_;
};

// What is signed: METHOD\n<path and query>\n<timestamp>\n<hex SHA-256 of the body>.
std::string signed_message(const HttpRequest& http);

}  // namespace gridbook::gateway
