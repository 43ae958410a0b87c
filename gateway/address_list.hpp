// SPDX-License-Identifier: Apache-2.0
#pragma once
// The addresses that a key may come from (protocol section 2): single ones and networks, as 192.0.2.7,
// 10.0.0.0/8 or 2001:db8::/32. An IPv4 address that comes in as IPv6 (::ffff:192.0.2.7) is the IPv4 one.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gridbook::gateway {

class AddressList {
  public:
    static constexpr std::size_t longest = 64;  // addresses

    // Each text an address or a network; nullopt: one of them is neither.
    static std::optional<AddressList> of(std::span<const std::string_view> texts);
    // Is it an address or a network?
    static bool valid(std::string_view text);

    // An empty list admits everybody; one that is not empty nobody whose address cannot be read.
    bool admits(std::string_view address) const;
    bool empty() const { return networks_.empty(); }

    friend bool operator==(const AddressList&, const AddressList&) = default;

  private:
    // As IPv6: an IPv4 address stands behind ::ffff.
    using Bytes = std::array<std::uint8_t, 16>;
    struct Network {
        Bytes bytes{};
        unsigned bits = 0;  // that must be the same
        friend bool operator==(const Network&, const Network&) = default;
    };
    static std::optional<Bytes> address(std::string_view text, unsigned& width);
    static std::optional<Network> network(std::string_view text);

    std::vector<Network> networks_;
};

}  // namespace gridbook::gateway
