// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/signature_gate.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "gateway/ingress/busy.hpp"
#include "gateway/ingress/freshness.hpp"
#include "gateway/ingress/sessions.hpp"

namespace gridbook::gateway {

namespace {

std::optional<engine::Time> parse_time(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return engine::Time{value};
}

WireError missing_header(std::string_view name) {
    return {.code = "AUTH_KEY",
            .msg = "a signed request needs the headers Gb-Key, Gb-Timestamp and Gb-Signature",
            .field = std::string(name)};
}

std::optional<WireError> check_headers(const HttpRequest& http) {
    if (http.key.empty()) return missing_header("Gb-Key");
    if (http.timestamp.empty()) return missing_header("Gb-Timestamp");
    if (http.signature.empty()) return missing_header("Gb-Signature");
    return std::nullopt;
}

WireError replayed(std::string msg, std::string rule) {
    return {.code = "AUTH_REPLAY", .msg = std::move(msg), .field = "Gb-Timestamp", .rule = std::move(rule)};
}

}  // namespace

std::string signed_message(const HttpRequest& http) {
    return fmt::format("{}\n{}\n{}\n{}", http.method, http.target, http.timestamp, hex(sha256(http.body)));
}

std::size_t SignatureGate::Hash::operator()(const Digest& digest) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, digest.data(), sizeof out);  // a digest is as good a hash as any
    return out;
}

std::variant<engine::KeyIndex, WireError> SignatureGate::admit(const HttpRequest& http, engine::Time now) {
    if (auto error = check_headers(http)) return std::move(*error);
    const auto key = directory_.key_index(http.key);
    if (!key || directory_.keys()[key->value].roles == 0)
        return WireError{.code = "AUTH_KEY",
                         .msg = key ? "the key is revoked" : "no such key",
                         .field = "Gb-Key",
                         .got = http.key.substr(0, 64)};
    if (auto error = check_time(http, now)) return std::move(*error);
    const std::string message = signed_message(http);
    if (!verify(directory_.keys()[key->value].public_key, message, http.signature))
        return WireError{
            .code = "AUTH_SIGNATURE",
            .msg =
                "the signature is not this key's over METHOD, path and query, timestamp and the hex "
                "SHA-256 of the body, joined by line feeds",
            .field = "Gb-Signature"};
    if (auto error = from_elsewhere(directory_.keys()[key->value], http.remote, "Gb-Key"))
        return std::move(*error);
    // Only what was truly signed is remembered, or strangers could fill the memory.
    if (auto error = remember(sha256(http.key + '\n' + message), now)) return std::move(*error);
    return *key;
}

std::optional<WireError> SignatureGate::check_time(const HttpRequest& http, engine::Time now) const {
    const auto signed_at = parse_time(http.timestamp);
    if (!signed_at)
        return WireError{.code = "FORMAT_VALUE",
                         .msg = "Gb-Timestamp must be nanoseconds since the epoch, in digits",
                         .field = "Gb-Timestamp",
                         .got = http.timestamp.substr(0, 64)};
    if (auto error = stale(*signed_at, now, "Gb-Timestamp")) return error;
    if (*signed_at < started_)
        return replayed("signed before the exchange was started; sign it again", "restart");
    return std::nullopt;
}

std::optional<WireError> SignatureGate::remember(const Digest& digest, engine::Time now) {
    while (!order_.empty() && order_.front().forget < now) {
        seen_.erase(order_.front().digest);
        order_.pop_front();
    }
    if (seen_.contains(digest)) return replayed("this request was seen before; sign each one anew", "once");
    if (seen_.size() >= seen_limit_) return busy();
    // Its timestamp may be as far ahead of us as it may be behind.
    order_.push_back({now + freshness + freshness, digest});
    seen_.insert(digest);
    return std::nullopt;
}

}  // namespace gridbook::gateway
