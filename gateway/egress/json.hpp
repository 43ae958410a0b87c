// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes JSON members into a string, in the order of the calls and without an allocation once the string has
// grown to the size of its messages. Names are template arguments, so `,"seq":` is one copy of known length.
// Text from outside is escaped and made valid UTF-8. It knows nothing of messages: those are in encoder.hpp.

#include <string>
#include <string_view>

#include "engine/units/time.hpp"
#include "gateway/decimal.hpp"

namespace gridbook::gateway {

// A quoted JSON string. Control characters are escaped, bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string_view text, std::string& out);
void append_number(std::uint64_t value, std::string& out);
// 2026-12-01T00:45:00Z, with nine decimals of a second when they are not zero (RFC 3339).
void append_rfc3339(engine::Time time, std::string& out);

// ,"name": and ,"name":" made at compile time.
template <std::size_t N>
struct MemberName {
    char text[N + 4]{};
    // NOLINTNEXTLINE(google-explicit-constructor): so that a literal can be a template argument.
    consteval MemberName(const char (&name)[N]) {
        text[0] = ',';
        text[1] = '"';
        for (std::size_t i = 0; i + 1 < N; ++i) text[i + 2] = name[i];
        text[N + 1] = '"';
        text[N + 2] = ':';
        text[N + 3] = '"';
    }
    constexpr std::string_view view() const { return {text, N + 3}; }
    constexpr std::string_view view_and_quote() const { return {text, N + 4}; }
};

// Every member starts with a comma, so the first one of an object is written with `raw`.
class Members {
  public:
    explicit Members(std::string& out) : out_(out) {}

    Members& raw(std::string_view json) {
        out_ += json;
        return *this;
    }
    template <MemberName Name>
    Members& raw(std::string_view json) {
        return raw(Name.view()).raw(json);
    }
    // From outside: escaped.
    template <MemberName Name>
    Members& text(std::string_view value) {
        out_ += Name.view();
        append_quoted(value, out_);
        return *this;
    }
    // Our own words: letters, digits and underscores.
    template <MemberName Name>
    Members& word(std::string_view value) {
        out_ += Name.view_and_quote();
        out_ += value;
        out_ += '"';
        return *this;
    }
    template <MemberName Name>
    Members& number(std::uint64_t value) {
        out_ += Name.view();
        append_number(value, out_);
        return *this;
    }
    template <MemberName Name>
    Members& truth(bool value) {
        return raw<Name>(value ? "true" : "false");
    }
    // Numbers that travel as strings, because they may pass 2^53: ids, times.
    template <MemberName Name>
    Members& id(std::uint64_t value) {
        out_ += Name.view_and_quote();
        append_number(value, out_);
        out_ += '"';
        return *this;
    }
    template <MemberName Name>
    Members& time(engine::Time value) {
        return id<Name>(static_cast<std::uint64_t>(value.value));
    }
    template <MemberName Name>
    Members& rfc3339(engine::Time value) {
        return quoted<Name>([&] { append_rfc3339(value, out_); });
    }
    template <MemberName Name>
    Members& price(engine::Price value) {
        return quoted<Name>([&] { append_price(value, out_); });
    }
    template <MemberName Name>
    Members& qty(engine::Quantity value, engine::Product product) {
        return quoted<Name>([&] { append_quantity(value, product, out_); });
    }
    template <MemberName Name>
    Members& money(engine::Money value) {
        return quoted<Name>([&] { append_money(value, out_); });
    }
    template <MemberName Name>
    Members& decimal(engine::Decimal value) {
        return quoted<Name>([&] { append_decimal(value, out_); });
    }
    // Quarters of a standard token.
    template <MemberName Name>
    Members& tokens(std::uint64_t quarters) {
        return quoted<Name>([&] { append_tokens(quarters, out_); });
    }
    // A value that `append` writes and that needs no escape.
    template <MemberName Name, class Append>
    Members& quoted(Append&& append) {
        out_ += Name.view_and_quote();
        append();
        out_ += '"';
        return *this;
    }

  private:
    std::string& out_;
};

}  // namespace gridbook::gateway
