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
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return mix(a * 0x9E3779B97F4A7C15ull ^ mix(b));
}

// The hash of a flat value without padding.
template <class T>
std::uint64_t hash_of(const T& value) {
    static_assert(std::has_unique_object_representations_v<T> && sizeof(T) % 8 == 0);
    std::uint64_t words[sizeof(T) / 8];
    std::memcpy(words, &value, sizeof(T));
    std::uint64_t h = sizeof(T);
    for (const std::uint64_t word : words) h = (h ^ word) * 0x9E3779B97F4A7C15ull, h ^= h >> 29;
    return mix(h);
}

}  // namespace gridbook::engine
