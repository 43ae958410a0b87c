// SPDX-License-Identifier: Apache-2.0
#pragma once
// Capacity: what providers register, and when it is not there (market-rules section 3; engine README,
// Capacity). A part of command.hpp, which says how a body is laid out.

#include "engine/command_kind.hpp"
#include "engine/units/numbers.hpp"

namespace gridbook::engine {

// Registered count is the capacity of every hour of that family until withdrawn.
struct RegisterResource {
    static constexpr CommandKind kind = CommandKind::register_resource;
    FamilyId family = no_family;
    std::uint16_t green_share = 0;  // basis points
    std::uint16_t pue = 0;          // thousandths
    bool dense_given = false;
    bool dense = false;
    Decimal count{};
    std::uint32_t tflops = 0;     // claimed, thousandths; 0: not given
    RejectField unknown_field{};  // which of class, zone, tier named nothing; family is no_family then
    std::array<std::uint8_t, 3> reserved_small{};
    Sha256 certificate{};
    Decimal cost{};  // declared: what a unit-hour costs the provider; 0: not given
    std::array<std::uint8_t, 32> reserved{};
};

struct WithdrawResource {
    static constexpr CommandKind kind = CommandKind::withdraw_resource;
    std::uint32_t resource = 0;
    std::array<std::uint8_t, 92> reserved{};
};

// Ahead of time: `count` units of a resource are not there in these windows of its family. Refused
// (OBLIGATION) where more is owed than would be left.
struct DeclareMaintenance {
    static constexpr CommandKind kind = CommandKind::declare_maintenance;
    std::uint32_t resource = 0;
    Period start{};             // the first window; it has not begun
    std::uint32_t windows = 0;  // 1..most_maintained: consecutive hours, or days of tokens
    std::uint32_t reserved = 0;
    Decimal count{};  // 0: the whole resource
    std::array<std::uint8_t, 72> reserved_more{};
};
inline constexpr std::uint32_t most_maintained = 744;            // windows of one declaration
inline constexpr Duration maintenance_horizon{366 * day.value};  // its last window begins within it

// What is left of it, also while it runs: the capacity is there again.
struct CancelMaintenance {
    static constexpr CommandKind kind = CommandKind::cancel_maintenance;
    MaintenanceId maintenance{};
    std::array<std::uint8_t, 92> reserved{};
};

// The account's resources above this one, by id, each followed by what is declared of it and not over.
struct QueryResources {
    static constexpr CommandKind kind = CommandKind::query_resources;
    std::uint32_t after = 0;
    std::uint32_t limit = 0;  // 1..1000, of resources
    std::array<std::uint8_t, 88> reserved{};
};

}  // namespace gridbook::engine
