// SPDX-License-Identifier: Apache-2.0
// Decimal strings of the wire <-> integers.
#include "gateway/decimal.hpp"

#include <catch2/catch.hpp>
#include <random>

namespace gridbook::gateway {

namespace {

using engine::Decimal;
using engine::Money;
using engine::Price;
using engine::Product;
using engine::Quantity;

template <class Append, class... Values>
std::string written(Append append, Values... values) {
    std::string out;
    append(values..., out);
    return out;
}

std::int64_t millionths(std::string_view text) {
    const auto value = parse_decimal(text);
    REQUIRE(value);
    return value->value;
}

// Spread over all magnitudes, not crowded at the large end.
std::int64_t any_value(std::mt19937_64& random) {
    const std::uint64_t bits = random() >> (random() % 64);
    return static_cast<std::int64_t>(random() % 2 ? bits : 0 - bits);
}

}  // namespace

TEST_CASE("a decimal is read as millionths", "[decimal]") {
    CHECK(millionths("14.20") == 14'200'000);
    CHECK(millionths("16") == 16'000'000);
    CHECK(millionths("0.5") == 500'000);
    CHECK(millionths("227.681664") == 227'681'664);
    CHECK(millionths("0.000001") == 1);
    CHECK(millionths("0") == 0);
    CHECK(millionths("-3.25") == -3'250'000);
    CHECK(millionths("007.10") == 7'100'000);
}

TEST_CASE("zeros that trail do not count as decimals", "[decimal]") {
    CHECK(millionths("1.500000000000000000000") == 1'500'000);
    CHECK(millionths("1.0000000") == 1'000'000);
    CHECK_FALSE(parse_decimal("1.0000001"));
    CHECK_FALSE(parse_decimal("1.00000010"));
}

TEST_CASE("what is not a decimal is none", "[decimal]") {
    for (const char* text :
         {"",   "-",  ".",   "1.",    ".5",  "+1",       "--1",  "1e3",   "1E3",      "0x10",
          " 1", "1 ", "1,5", "1.2.3", "NaN", "Infinity", "1.5-", "1_000", "\xD9\xA1", "1.-5"}) {
        INFO(text);
        CHECK_FALSE(parse_decimal(text));
    }
    CHECK_FALSE(parse_decimal(std::string_view("1\0", 2)));
}

TEST_CASE("a decimal ends with 64 bits of millionths", "[decimal]") {
    CHECK(millionths("9223372036854.775807") == INT64_MAX);
    CHECK(millionths("-9223372036854.775808") == INT64_MIN);
    CHECK_FALSE(parse_decimal("9223372036854.775808"));
    CHECK_FALSE(parse_decimal("-9223372036854.775809"));
    CHECK_FALSE(parse_decimal("9223372036855"));
    CHECK_FALSE(parse_decimal("18446744073709.551616"));
    CHECK_FALSE(parse_decimal("99999999999999999999999999"));
}

TEST_CASE("prices have the decimals of their tick, the others none that trail", "[decimal]") {
    CHECK(written(append_price, Price{1350}) == "13.50");
    CHECK(written(append_price, Price{1}) == "0.01");
    CHECK(written(append_price, Price{100}) == "1.00");
    CHECK(written(append_quantity, Quantity{160}, Product::gpu) == "16");
    CHECK(written(append_quantity, Quantity{5}, Product::gpu) == "0.5");
    CHECK(written(append_quantity, Quantity{16}, Product::token) == "16");
    CHECK(written(append_quantity, Quantity{0}, Product::gpu) == "0");
    CHECK(written(append_money, Money{227'681'664}) == "227.681664");
    CHECK(written(append_money, Money{432'000}) == "0.432");
    CHECK(written(append_money, Money{-1}) == "-0.000001");
    const auto tokens = [](std::uint64_t quarters) {
        std::string out;
        append_tokens(quarters, out);
        return out;
    };
    CHECK(tokens(0) == "0");
    CHECK(tokens(1) == "0.25");
    CHECK(tokens(5'100'002) == "1275000.5");
    CHECK(tokens(5'100'003) == "1275000.75");
    CHECK(tokens(std::uint64_t{1} << 61) == "576460752303423488");
    CHECK(written(append_money, Money{INT64_MIN}) == "-9223372036854.775808");
}

TEST_CASE("whatever is written is read back the same", "[decimal]") {
    std::mt19937_64 random(20261201);
    for (int i = 0; i < 100'000; ++i) {
        const std::int64_t value = any_value(random);
        const std::string text = written(append_decimal, Decimal{value});
        INFO(text);
        REQUIRE(millionths(text) == value);
        REQUIRE(text == written(append_money, Money{value}));
        REQUIRE((text.find('.') == std::string::npos || text.back() != '0'));
    }
    for (int i = 0; i < 10'000; ++i) {
        const Price price{static_cast<std::int32_t>(random() >> 33)};
        REQUIRE(millionths(written(append_price, price)) == engine::decimal_of(price).value);
        const Quantity lots{static_cast<std::int64_t>(random() >> 32)};
        for (const Product product : {Product::gpu, Product::token})
            REQUIRE(millionths(written(append_quantity, lots, product)) ==
                    engine::decimal_of(lots, product).value);
    }
}

// Every single character put anywhere into a good decimal either keeps it one by the grammar, or makes it
// none.
TEST_CASE("one wrong character makes a decimal none", "[decimal]") {
    const std::string good = "12.34";
    for (std::size_t at = 0; at <= good.size(); ++at)
        for (int c = 0; c < 256; ++c) {
            std::string text = good;
            text.insert(at, 1, static_cast<char>(c));
            const bool allowed = (c >= '0' && c <= '9') || (c == '-' && at == 0);
            INFO(at << ' ' << c);
            REQUIRE(parse_decimal(text).has_value() == allowed);
        }
}

}  // namespace gridbook::gateway
