// SPDX-License-Identifier: Apache-2.0
#include "gateway/config_value.hpp"

#include <fmt/format.h>

#include <bit>

#include "gateway/decimal.hpp"
#include "gateway/ingress/instant.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::int64_t most_price = 1'000'000 * engine::decimal_one;

std::string plain(std::int64_t millionths) {
    std::string out;
    append_decimal(engine::Decimal{millionths}, out);
    return out;
}

}  // namespace

void refuse(const Place& place, const std::string& sentence) {
    throw ConfigRefusal{fmt::format("{}: {}", place.text(), sentence)};
}

void ConfigValue::refuse(const std::string& rule) const {
    throw ConfigRefusal{fmt::format("{}: {}: {}", place.text(), key, rule)};
}

std::int64_t ConfigValue::whole(std::int64_t low, std::int64_t high) const {
    if (type != Type::integer) refuse("must be a whole number, got " + type_name);
    if (number < low || number > high) refuse(fmt::format("must be {} to {}, got {}", low, high, number));
    return number;
}

void ConfigValue::power_of_two(std::uint32_t& out, std::int64_t low, std::int64_t high) const {
    integer(out, low, high);
    if (!std::has_single_bit(out)) refuse(fmt::format("must be a power of two, got {}", out));
}

void ConfigValue::basis_points(engine::BasisPoints& out, std::int64_t high) const {
    integer(out.value, 0, high);
}

void ConfigValue::percent(engine::BasisPoints& out) const {
    constexpr std::int64_t step = engine::decimal_one / 100;
    const std::int64_t v = decimal(0, 100 * engine::decimal_one);
    if (v % step != 0) refuse("must have at most two decimals, got " + string);
    out = engine::BasisPoints{static_cast<std::int32_t>(v / step)};
}

void ConfigValue::flag(bool& out) const {
    if (type != Type::flag) refuse("must be true or false, got " + type_name);
    out = truth;
}

std::string ConfigValue::text(std::size_t longest) const {
    if (type != Type::text) refuse("must be text in quotes, got " + type_name);
    if (string.empty() || string.size() > longest || string.find('\0') != std::string::npos)
        refuse(fmt::format("must have 1 to {} bytes, got {}", longest, string.size()));
    return string;
}

std::string ConfigValue::name(std::size_t longest) const {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    };
    for (const char c : text(longest))
        if (!fits(c)) refuse(fmt::format("must be letters, digits, - and _, got \"{}\"", string));
    return string;
}

std::size_t ConfigValue::word(std::initializer_list<std::string_view> words) const {
    const std::string s = text(64);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (s == words.begin()[i]) return i;
    refuse(fmt::format("must be one of {}, got \"{}\"", fmt::join(words, ", "), s));
}

std::int64_t ConfigValue::decimal(std::int64_t low, std::int64_t high) const {
    if (type != Type::text) refuse("must be a decimal in quotes, for example \"14.00\", got " + type_name);
    const auto d = parse_decimal(string);
    if (!d) refuse(fmt::format("must be a decimal with at most six places, got \"{}\"", string));
    if (d->value < low || d->value > high)
        refuse(fmt::format("must be {} to {}, got {}", plain(low), plain(high), string));
    return d->value;
}

void ConfigValue::price(engine::Decimal& out, std::int64_t step) const {
    out.value = decimal(step, most_price);
    if (out.value % step != 0) refuse(fmt::format("must be a multiple of {}, got {}", plain(step), string));
}

std::int64_t ConfigValue::thousandth(std::int64_t high) const {
    const std::int64_t v = decimal(1'000, high * engine::decimal_one);
    if (v % 1'000 != 0) refuse("must have at most three decimals, got " + string);
    return v / 1'000;
}

void ConfigValue::time(engine::Time& out) const {
    const auto at = parse_instant(text(40));
    if (!at) refuse(fmt::format("must be a time like 2026-12-01T00:00:00Z, got \"{}\"", string));
    out = *at;
}

void ConfigValue::each(const std::function<void(const ConfigValue&)>& take) const {
    if (type != Type::list) return take(*this);
    if (items.empty()) refuse("must not be an empty list");
    for (const ConfigValue& item : items) take(item);
}

void ConfigValue::names(std::vector<std::string>& out, std::size_t longest) const {
    each([&](const ConfigValue& v) { out.push_back(v.name(longest)); });
}

void ConfigValue::roles(std::uint8_t& out) const {
    each([&](const ConfigValue& v) {
        v.word({"observer", "buyer", "provider", "regulator", "operator"});
        out = static_cast<std::uint8_t>(out | role_bit(v.string));
    });
}

void ConfigValue::public_key(std::array<std::uint8_t, 32>& out) const {
    const auto bytes = from_base64(text(64));
    if (!bytes || bytes->size() != out.size()) refuse("must be an Ed25519 public key: 32 bytes in base64");
    std::copy(bytes->begin(), bytes->end(), out.begin());
}

}  // namespace gridbook::gateway
