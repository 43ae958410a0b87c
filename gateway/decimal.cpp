// SPDX-License-Identifier: Apache-2.0
#include "gateway/decimal.hpp"

#include <charconv>

namespace gridbook::gateway {

namespace {

using engine::decimal_one;

constexpr std::size_t decimals_max = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text)
        if (!is_digit(c)) return false;
    return true;
}

// magnitude * 10 + digit; false when that is beyond 64 bits.
bool append_digit(std::uint64_t& magnitude, char digit) {
    return !__builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude) &&
           !__builtin_add_overflow(magnitude, static_cast<std::uint64_t>(digit - '0'), &magnitude);
}

// The digits of `text`, then zeros up to six decimals; false when that is beyond 64 bits.
bool to_millionths(std::string_view whole, std::string_view decimals, std::uint64_t& out) {
    for (const char c : whole)
        if (!append_digit(out, c)) return false;
    for (std::size_t i = 0; i < decimals_max; ++i)
        if (!append_digit(out, i < decimals.size() ? decimals[i] : '0')) return false;
    return true;
}

std::string_view without_trailing_zeros(std::string_view text) {
    while (!text.empty() && text.back() == '0') text.remove_suffix(1);
    return text;
}

// The lowest value has no positive twin in 64 bits, so the magnitude is taken unsigned.
std::uint64_t magnitude_of(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return value < 0 ? 0 - bits : bits;
}

void append_unsigned(std::uint64_t value, std::string& out) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

// `value` has `places` decimals; at least `least` of them are written.
void append_scaled(std::int64_t value, std::uint64_t one, std::size_t places, std::size_t least,
                   std::string& out) {
    const std::uint64_t magnitude = magnitude_of(value);
    if (value < 0) out.push_back('-');
    append_unsigned(magnitude / one, out);
    char digits[decimals_max];
    std::uint64_t rest = magnitude % one;
    for (std::size_t i = places; i-- > 0; rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
    std::size_t written = places;
    while (written > least && digits[written - 1] == '0') --written;
    if (written == 0) return;
    out.push_back('.');
    out.append(digits, written);
}

}  // namespace

std::optional<engine::Decimal> parse_decimal(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string_view decimals;
    if (point != std::string_view::npos) {
        decimals = text.substr(point + 1);
        if (!all_digits(decimals)) return std::nullopt;
        decimals = without_trailing_zeros(decimals);
    }
    if (!all_digits(whole) || decimals.size() > decimals_max) return std::nullopt;
    std::uint64_t magnitude = 0;
    if (!to_millionths(whole, decimals, magnitude)) return std::nullopt;
    const std::uint64_t most = static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0);
    if (magnitude > most) return std::nullopt;
    return engine::Decimal{static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude)};
}

void append_price(engine::Price price, std::string& out) {
    // A tick is 0.01: two decimals, always written.
    append_scaled(price.value, 100, 2, 2, out);
}

void append_quantity(engine::Quantity quantity, engine::Product product, std::string& out) {
    // A lot is 0.1 unit-hour or one block.
    if (product == engine::Product::gpu) return append_scaled(quantity.value, 10, 1, 0, out);
    append_scaled(quantity.value, 1, 0, 0, out);
}

void append_money(engine::Money money, std::string& out) {
    append_scaled(money.value, decimal_one, decimals_max, 0, out);
}

void append_decimal(engine::Decimal value, std::string& out) {
    append_scaled(value.value, decimal_one, decimals_max, 0, out);
}

void append_tokens(std::uint64_t quarters, std::string& out) {
    constexpr std::string_view parts[] = {"", ".25", ".5", ".75"};
    out += std::to_string(quarters / std::size(parts));
    out += parts[quarters % std::size(parts)];
}

}  // namespace gridbook::gateway
