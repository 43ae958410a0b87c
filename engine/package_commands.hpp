// SPDX-License-Identifier: Apache-2.0
#pragma once
// What providers and buyers do with token packages (engine README, Packages): a package is what a provider
// offers, a grant is what a buyer got of it. A part of command.hpp, which says how a body is laid out.
// Balances are quarters of a standard token (token_commands.hpp), prices micro-CNY.

#include "engine/command_kind.hpp"
#include "engine/units/numbers.hpp"

namespace gridbook::engine {

// What a package may say, and how many are bought at once.
inline constexpr std::uint32_t most_package_blocks = 1'000'000;
inline constexpr std::uint32_t most_package_days = 366;
inline constexpr std::uint32_t most_carry = 100;
inline constexpr std::uint32_t most_packages_bought = 1'000;
// Grants that may be open for each package that genesis has a place for.
inline constexpr std::uint32_t grants_a_package = 16;

// From now on anybody may buy packages on these terms, until it is withdrawn.
struct OfferPackage {
    static constexpr CommandKind kind = CommandKind::offer_package;
    ClassId class_id{};
    std::uint16_t reserved = 0;
    std::uint32_t blocks = 0;  // a package
    std::uint32_t days = 0;    // of 24 hours, from the purchase on
    std::uint32_t carry = 0;   // percent of what is left at the end of the first period
    Money price{};             // of one package
    Money overage{};           // of a block beyond the balance; 0: there is nothing beyond it
    std::array<std::uint8_t, 64> reserved_more{};
};

// It is sold no more; what was bought goes on.
struct WithdrawPackage {
    static constexpr CommandKind kind = CommandKind::withdraw_package;
    PackageId package{};
    std::array<std::uint8_t, 92> reserved{};
};

struct BuyPackage {
    static constexpr CommandKind kind = CommandKind::buy_package;
    PackageId package{};
    std::uint32_t qty = 0;  // packages, whole ones
    Text<32> purchase{};    // the account's own id of this purchase: the same twice buys once
    std::array<std::uint8_t, 56> reserved{};
};

// The packages that are kept, by id, above `after`: whose they are does not matter, and it needs no account.
struct QueryPackages {
    static constexpr CommandKind kind = CommandKind::query_packages;
    PackageId after{};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 88> reserved{};
};

// The account's open grants, as buyer or issuer, by id, above `after`.
struct QueryGrants {
    static constexpr CommandKind kind = CommandKind::query_grants;
    GrantId after{};
    std::uint32_t limit = 0;  // 1..1000
    std::array<std::uint8_t, 88> reserved{};
};

// Proof of reserve, a row an issuer and class, in that order: of the account, and without one of all issuers.
struct QueryReserves {
    static constexpr CommandKind kind = CommandKind::query_reserves;
    AccountId after_issuer =
        no_account;  // behind this issuer's row of after_class; no_account: from the first
    ClassId after_class{};
    std::uint16_t reserved = 0;
    std::uint32_t limit = 0;  // 1..100: each row goes through what its issuer holds
    std::array<std::uint8_t, 84> reserved_more{};
};

}  // namespace gridbook::engine
