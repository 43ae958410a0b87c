// SPDX-License-Identifier: Apache-2.0
#include "gateway/client/admin_client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gridbook::gateway {

AdminClient::AdminClient(const std::string& url, std::string key_name, const SigningKey& key,
                         std::chrono::milliseconds timeout)
    : http_(url, timeout), key_name_(std::move(key_name)), key_(key) {}

HttpAnswer AdminClient::get(std::string_view target) { return signed_request("GET", target, ""); }
HttpAnswer AdminClient::post(std::string_view target, std::string_view body) {
    return signed_request("POST", target, body);
}

HttpAnswer AdminClient::signed_request(std::string_view method, std::string_view target,
                                       std::string_view body) {
    const std::string ts = timestamp();
    const std::string message = fmt::format("{}\n{}\n{}\n{}", method, target, ts, hex(sha256(body)));
    return http_.request(method, target, body,
                         {{"Gb-Key", key_name_}, {"Gb-Timestamp", ts}, {"Gb-Signature", key_.sign(message)}});
}

std::string AdminClient::timestamp() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
    last_timestamp_ = std::max(last_timestamp_ + 1, static_cast<std::int64_t>(now));
    return std::to_string(last_timestamp_);
}

}  // namespace gridbook::gateway
