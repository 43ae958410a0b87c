// SPDX-License-Identifier: Apache-2.0
#pragma once
// Ed25519 (RFC 8032), SHA-256, base64 (RFC 4648) and random bytes, by OpenSSL. Secrets never leave
// SigningKey.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gridbook::gateway {

using PublicKey = std::array<std::uint8_t, 32>;
using Digest = std::array<std::uint8_t, 32>;

class SigningKey {
  public:
    static SigningKey generate();
    // PKCS#8 PEM file. Throws std::runtime_error naming the file and what is wrong.
    static SigningKey load(const std::string& path);
    // Writes PKCS#8 PEM, mode 0600; refuses to overwrite.
    void save(const std::string& path) const;

    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    ~SigningKey();

    PublicKey public_key() const;
    std::string sign(std::string_view message) const;  // base64 of the 64 bytes

  private:
    struct Secret;
    explicit SigningKey(std::unique_ptr<Secret> secret);
    std::unique_ptr<Secret> secret_;
};

bool verify(const PublicKey& key, std::string_view message, std::string_view signature_base64);

Digest sha256(std::string_view bytes);
std::string hex(std::span<const std::uint8_t> bytes);
std::string base64(std::span<const std::uint8_t> bytes);
std::optional<std::string> from_base64(std::string_view text);
std::string random_token(std::size_t bytes);  // base64url, for nonces

}  // namespace gridbook::gateway
