// SPDX-License-Identifier: Apache-2.0
#include "ledger/request_log.hpp"

namespace gridbook::ledger {

void RequestChain::add(engine::Sequence sequence, std::string_view text) {
    std::array<std::uint8_t, 8> number{};
    for (std::size_t i = 0; i < number.size(); ++i)
        number[i] = static_cast<std::uint8_t>(sequence.value >> (8 * (number.size() - 1 - i)));
    const engine::Sha256 digest = sha256(std::as_bytes(std::span(text)));
    Sha256Sum sum;
    sum.add(std::as_bytes(std::span(link_)));
    sum.add(std::as_bytes(std::span(number)));
    sum.add(std::as_bytes(std::span(digest)));
    link_ = sum.digest();
    sequence_ = sequence;
    ++size_;
}

std::string hex(const engine::Sha256& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t byte : digest) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

}  // namespace gridbook::ledger
