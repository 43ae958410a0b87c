// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signed HTTP requests (protocol section 2): headers Gb-Key, Gb-Timestamp and Gb-Signature over method,
// target, timestamp and the hash of the body. One keep-alive connection; one thread uses one client.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/keys.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::gateway {

class AdminClient {
  public:
    // `url` is http://host:port; a path is ignored. The key must outlive the client.
    AdminClient(const std::string& url, std::string key_name, const SigningKey& key,
                std::chrono::milliseconds timeout = std::chrono::milliseconds{10'000});

    // Throws std::runtime_error naming URL and cause when there is no answer; any status is an answer.
    HttpAnswer get(std::string_view target);
    HttpAnswer post(std::string_view target, std::string_view body);

  private:
    HttpAnswer signed_request(std::string_view method, std::string_view target, std::string_view body);
    std::string timestamp();

    HttpClient http_;
    std::string key_name_;
    const SigningKey& key_;
    std::int64_t last_timestamp_ = 0;  // every request has its own, or it would look like a replay
};

}  // namespace gridbook::gateway
