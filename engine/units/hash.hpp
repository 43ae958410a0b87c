// SPDX-License-Identifier: Apache-2.0
#pragma once
// 64-bit mixing for the engine's own tables and for the state hash. Not for anything that an outsider could
// attack across accounts: keys always hold the account. Constants: MurmurHash3 finalizer (Appleby, public
// domain).

#include <cstdint>
#include <cstring>
#include <type_traits>

namespace gridbook::engine {

constexpr std::uint64_t mix(std::uint64_t x) {
    x ^= x >> 33;
    x *= 0xFF51AFD7ED558CCDull;
    x ^= x >> 33;
    x *= 0xC4CEB9FE1A85EC53ull;
    x ^= x >> 33;
    return x;
}
// The product of both, its halves folded (the mixing step of wyhash, Wang Yi, public domain).
__extension__ constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return mix(a * 0x9E3779B97F4A7C15ull ^ mix(b));
}

// The hash of a flat value without padding, and of a number beside it. Pairs of words are folded side by
// side, so that no product waits for another.
template <class T>
std::uint64_t hash_of(const T& value, std::uint64_t beside = 0) {
    static_assert(std::has_unique_object_representations_v<T> && sizeof(T) % 8 == 0);
    // Read word by word where it stands: a copy would have to be stored before it could be read.
    const auto* bytes = reinterpret_cast<const unsigned char*>(&value);
    const auto word = [bytes](std::size_t i) {
        std::uint64_t w = 0;
        if (8 * i < sizeof(T)) std::memcpy(&w, bytes + 8 * i, sizeof w);
        return w;
    };
    std::uint64_t h = sizeof(T);
    std::uint64_t key = 0xA0761D6478BD642Full;
    for (std::size_t i = 0; i < sizeof(T) / 8; i += 2) {
        h += fold(word(i) ^ key, word(i + 1) ^ (key + 0xE7037ED1A0B428DBull));
        key += 0x8EBC6AF09C88C6E3ull;
    }
    return fold(h ^ key, beside ^ 0x589965CC75374CC3ull);
}

// A checksum of a flat value from its byte `from` on: a polynomial of its words (Horner's rule), two
// instructions each. It tells two values apart that were not made to be mistaken; for a table it wants a
// fold.
template <std::size_t from = 0, class T>
[[gnu::always_inline]] inline std::uint64_t words_sum(const T& value) {
    static_assert(std::has_unique_object_representations_v<T> && sizeof(T) % 8 == 0 && from % 8 == 0);
    const auto* bytes = reinterpret_cast<const unsigned char*>(&value);
    std::uint64_t h = 0;
    for (std::size_t i = from; i < sizeof(T); i += 8) {
        std::uint64_t w = 0;
        std::memcpy(&w, bytes + i, sizeof w);
        h = (h + w) * 0x9E3779B97F4A7C15ull;
    }
    return h;
}

// Two words into one, for tables: one multiplication.
constexpr std::uint64_t pair_hash(std::uint64_t a, std::uint64_t b) {
    return fold(a ^ 0xA0761D6478BD642Full, b ^ 0xE7037ED1A0B428DBull);
}

}  // namespace gridbook::engine
