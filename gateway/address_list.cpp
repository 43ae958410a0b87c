// SPDX-License-Identifier: Apache-2.0
#include "gateway/address_list.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace gridbook::gateway {

namespace {

constexpr unsigned bits_v6 = 128, bits_v4 = 32;

bool same_bits(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, unsigned bits) {
    const std::size_t whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

}  // namespace

// `width`: the bits that its own kind of address has.
std::optional<AddressList::Bytes> AddressList::address(std::string_view text, unsigned& width) {
    const std::string plain(text.substr(0, text.find('%')));  // without the interface of a link
    Bytes bytes{};
    width = bits_v6;
    if (inet_pton(AF_INET6, plain.c_str(), bytes.data()) == 1) return bytes;
    bytes[10] = bytes[11] = 0xFF;
    width = bits_v4;
    if (inet_pton(AF_INET, plain.c_str(), bytes.data() + 12) == 1) return bytes;
    return std::nullopt;
}

std::optional<AddressList::Network> AddressList::network(std::string_view text) {
    const std::size_t slash = text.find('/');
    unsigned width = 0;
    const auto bytes = address(text.substr(0, slash), width);
    if (!bytes || text.find('%') != std::string_view::npos) return std::nullopt;
    if (slash == std::string_view::npos) return Network{*bytes, bits_v6};
    unsigned bits = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc{} || last != end || bits > width) return std::nullopt;
    return Network{*bytes, bits_v6 - width + bits};
}

bool AddressList::valid(std::string_view text) { return network(text).has_value(); }

std::optional<AddressList> AddressList::of(std::span<const std::string_view> texts) {
    AddressList list;
    for (const std::string_view text : texts) {
        const auto read = network(text);
        if (!read) return std::nullopt;
        list.networks_.push_back(*read);
    }
    return list;
}

bool AddressList::admits(std::string_view text) const {
    if (networks_.empty()) return true;
    unsigned width = 0;
    const auto bytes = address(text, width);
    return bytes && std::ranges::any_of(networks_,
                                        [&](const Network& n) { return same_bits(n.bytes, *bytes, n.bits); });
}

}  // namespace gridbook::gateway
