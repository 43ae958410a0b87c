// SPDX-License-Identifier: Apache-2.0
#include "ledger/checksum.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string_view>
#include <vector>

using namespace gridbook::ledger;

namespace {

Bytes bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

}  // namespace

TEST_CASE("crc32c gives the published check values", "[checksum]") {
    CHECK(crc32c(bytes("123456789")) == 0xE3069283u);
    CHECK(crc32c(bytes("")) == 0u);
    const std::vector<std::byte> zeros(32);
    CHECK(crc32c(zeros) == 0x8A9136AAu);  // RFC 3720, B.4
}

TEST_CASE("crc32c by instruction and by table agree on every length and offset", "[checksum]") {
    std::mt19937_64 random(1);
    std::vector<std::byte> data(300);
    for (auto& b : data) b = static_cast<std::byte>(random());
    for (std::size_t offset = 0; offset < 9; ++offset)
        for (std::size_t length = 0; offset + length <= data.size(); ++length) {
            const Bytes part = Bytes(data).subspan(offset, length);
            REQUIRE(crc32c(part) == crc32c_by_table(part));
        }
}

TEST_CASE("crc32c in pieces is crc32c of the whole", "[checksum]") {
    CHECK(crc32c(bytes("6789"), crc32c(bytes("12345"))) == crc32c(bytes("123456789")));
}

TEST_CASE("sha256 gives the published value", "[checksum]") {
    const auto digest = sha256(bytes("abc"));
    CHECK(digest[0] == 0xBA);
    CHECK(digest[1] == 0x78);
    CHECK(digest[31] == 0xAD);
}
