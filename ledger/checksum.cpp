// SPDX-License-Identifier: Apache-2.0
#include "ledger/checksum.hpp"

#include <nmmintrin.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstring>

#include "engine/units/check.hpp"

namespace gridbook::ledger {

namespace {

constexpr std::uint32_t polynomial = 0x82F63B78u;  // Castagnoli, reflected

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
        table[i] = value;
    }
    return table;
}
constexpr auto table = make_table();

// Compiled for SSE4.2 whatever the rest is compiled for; called only where the processor has it.
[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_instruction(Bytes bytes, std::uint32_t seed) {
    std::uint64_t crc = ~seed;
    const std::byte* p = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, p += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    auto rest = static_cast<std::uint32_t>(crc);
    for (; left > 0; --left, ++p) rest = _mm_crc32_u8(rest, static_cast<std::uint8_t>(*p));
    return ~rest;
}

}  // namespace

std::uint32_t crc32c_by_table(Bytes bytes, std::uint32_t seed) {
    std::uint32_t crc = ~seed;
    for (const std::byte b : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint8_t>(b)) & 0xFFu];
    return ~crc;
}

std::uint32_t crc32c(Bytes bytes, std::uint32_t seed) {
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    return has_instruction ? crc32c_by_instruction(bytes, seed) : crc32c_by_table(bytes, seed);
}

engine::Sha256 sha256(Bytes bytes) {
    engine::Sha256 digest{};
    ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    return digest;
}

Sha256Sum::Sha256Sum() : context_(EVP_MD_CTX_new()) {
    GRIDBOOK_CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1);
}
Sha256Sum::~Sha256Sum() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }
void Sha256Sum::add(Bytes bytes) {
    GRIDBOOK_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1);
}
engine::Sha256 Sha256Sum::digest() {
    engine::Sha256 digest{};
    GRIDBOOK_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr) == 1);
    return digest;
}

}  // namespace gridbook::ledger
