// SPDX-License-Identifier: Apache-2.0
#pragma once
// One value of the configuration and the rules by which values are taken: each names what it must be and what
// was got, with its place. It knows neither TOML, which config.cpp alone reads, nor which keys there are.

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config.hpp"

namespace gridbook::gateway {

// The first thing that is wrong ends the reading; read_config turns it into its `error`.
struct ConfigRefusal {
    std::string sentence;
};

[[noreturn]] void refuse(const Place& place, const std::string& sentence);

// One value with its name and place, and the rules by which values are taken.
class ConfigValue {
  public:
    enum class Type : std::uint8_t { text, integer, flag, list, other };

    Type type = Type::other;
    std::string type_name{};  // in words, for the sentences
    std::string key{};        // server.port
    Place place{};
    std::string string{};
    std::int64_t number = 0;
    bool truth = false;
    std::vector<ConfigValue> items{};

    [[noreturn]] void refuse(const std::string& rule) const;

    template <class Int>
    void integer(Int& out, std::int64_t low, std::int64_t high) const {
        out = static_cast<Int>(whole(low, high));
    }
    void power_of_two(std::uint32_t& out, std::int64_t low, std::int64_t high) const;
    void basis_points(engine::BasisPoints& out, std::int64_t high = engine::basis_points_one) const;
    void percent(engine::BasisPoints& out) const;  // a decimal in text: "10" is 1'000
    void flag(bool& out) const;
    // Text of 1 to `longest` bytes; a name is part of a symbol or an address: letters, digits, - and _.
    std::string text(std::size_t longest) const;
    std::string name(std::size_t longest) const;
    template <std::size_t N>
    void text(engine::Text<N>& out) const {
        out = engine::Text<N>(text(N));
    }
    template <std::size_t N>
    void name(engine::Text<N>& out) const {
        out = engine::Text<N>(name(N));
    }
    // The place of the word among those allowed.
    std::size_t word(std::initializer_list<std::string_view> words) const;
    // Decimals are text, so that no binary floating point is near them. All in millionths.
    std::int64_t decimal(std::int64_t low, std::int64_t high) const;
    void price(engine::Decimal& out, std::int64_t step) const;
    template <class Int>
    void thousandths(Int& out, std::int64_t high) const {
        out = static_cast<Int>(thousandth(high));
    }
    // RFC 3339 in UTC to the second: 2026-12-01T00:00:00Z.
    void time(engine::Time& out) const;
    void names(std::vector<std::string>& out, std::size_t longest) const;
    void roles(std::uint8_t& out) const;
    void public_key(std::array<std::uint8_t, 32>& out) const;

  private:
    std::int64_t whole(std::int64_t low, std::int64_t high) const;
    std::int64_t thousandth(std::int64_t high) const;
    void each(const std::function<void(const ConfigValue&)>& take) const;
};

}  // namespace gridbook::gateway
