// SPDX-License-Identifier: Apache-2.0
#pragma once
// What buyers of tokens do with what they hold (market-rules sections 2, 7). A part of command.hpp, which
// says how a body is laid out.

#include "engine/command_kind.hpp"

namespace gridbook::engine {

// A standard token in quarters: uncached input counts 4, cached input 1, output and reasoning 16.
inline constexpr std::uint64_t quarters_of_a_token = 4;
inline constexpr std::uint64_t uncached_quarters = 4;
inline constexpr std::uint64_t cached_quarters = 1;
inline constexpr std::uint64_t output_quarters = 16;
// A block, one lot: a million standard tokens.
inline constexpr std::uint64_t block_quarters = 1'000'000 * quarters_of_a_token;
// The most that one draw may name of each sort of token.
inline constexpr std::uint64_t most_drawn = std::uint64_t{1} << 40;

// A use of tokens, whole or refused: from one holding, or from all that the account holds of a class, soonest
// expiry first; or from a grant, and then from what the issuer of its package holds of the class in the same
// way. A holding is a delivery of a token day, and it is its buyer's.
struct DrawTokens {
    static constexpr CommandKind kind = CommandKind::draw_tokens;
    DeliveryId holding{};  // 0: by class, or of a grant
    ClassId class_id{};    // where no holding and no grant is named
    std::uint16_t reserved = 0;
    std::uint64_t uncached = 0;  // tokens
    std::uint64_t cached = 0;
    std::uint64_t output = 0;  // reasoning included
    Text<32> usage{};          // the account's own id of this use: the same twice draws once
    GrantId grant{};           // 0: from what the account holds itself
    std::array<std::uint8_t, 28> reserved_more{};
};

}  // namespace gridbook::engine
