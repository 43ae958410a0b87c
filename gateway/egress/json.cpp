// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/json.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <iterator>

namespace gridbook::gateway {

namespace {

bool plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

bool continues(unsigned char c) { return (c & 0xC0) == 0x80; }

// Bytes of the well-formed UTF-8 character at the start of `s` (RFC 3629: no overlong forms, no surrogates,
// nothing above U+10FFFF); 0: not well-formed.
std::size_t utf8_length(std::string_view s) {
    const auto at = [&](std::size_t i) {
        return i < s.size() ? static_cast<unsigned char>(s[i]) : static_cast<unsigned char>(0);
    };
    const unsigned char a = at(0);
    const unsigned char b = at(1);
    if (a >= 0xC2 && a <= 0xDF) return continues(b) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        const bool second = continues(b) && !(a == 0xE0 && b < 0xA0) && !(a == 0xED && b > 0x9F);
        return second && continues(at(2)) ? 3 : 0;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        const bool second = continues(b) && !(a == 0xF0 && b < 0x90) && !(a == 0xF4 && b > 0x8F);
        return second && continues(at(2)) && continues(at(3)) ? 4 : 0;
    }
    return 0;
}

// Appends the character at the start of `s`, which is not plain ASCII, and returns how many bytes it took.
std::size_t append_special(std::string_view s, std::string& out) {
    const auto c = static_cast<unsigned char>(s[0]);
    if (c == '"' || c == '\\') {
        out += '\\';
        out += s[0];
        return 1;
    }
    if (c < 0x20) {
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\u{:04x}"), static_cast<unsigned>(c));
        return 1;
    }
    const std::size_t length = utf8_length(s);
    if (length == 0) {
        out += "\\ufffd";
        return 1;
    }
    out += s.substr(0, length);
    return length;
}

}  // namespace

void append_quoted(std::string_view text, std::string& out) {
    out += '"';
    while (!text.empty()) {
        std::size_t n = 0;
        while (n < text.size() && plain(static_cast<unsigned char>(text[n]))) ++n;
        out += text.substr(0, n);
        text.remove_prefix(n);
        if (!text.empty()) text.remove_prefix(append_special(text, out));
    }
    out += '"';
}

void append_number(std::uint64_t value, std::string& out) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_rfc3339(engine::Time time, std::string& out) {
    using std::chrono::floor;
    const std::chrono::sys_time<std::chrono::nanoseconds> t{std::chrono::nanoseconds(time.value)};
    const auto date = floor<std::chrono::days>(t);
    const std::chrono::year_month_day ymd(date);
    const std::chrono::hh_mm_ss clock(t - date);
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"),
                   static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                   static_cast<unsigned>(ymd.day()), clock.hours().count(), clock.minutes().count(),
                   clock.seconds().count());
    const auto rest = clock.subseconds().count();
    if (rest != 0) fmt::format_to(std::back_inserter(out), FMT_COMPILE(".{:09}"), rest);
    out += 'Z';
}

}  // namespace gridbook::gateway
