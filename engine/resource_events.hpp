// SPDX-License-Identifier: Apache-2.0
#pragma once
// Events of capacity (market-rules section 3; engine README, Capacity). A part of event.hpp, which says how a
// body is laid out.

#include "engine/event_kind.hpp"

namespace gridbook::engine {

struct ResourceRegistered {
    static constexpr EventKind kind = EventKind::resource_registered;
    Origin origin{};
    std::uint32_t resource = 0;
    FamilyId family = no_family;
    std::uint16_t factor = 0;  // k train, thousandths
    std::uint32_t factor_version = 0;
    std::uint16_t green_share = 0;
    std::uint16_t pue = 0;
    Quantity count{};
    Quantity registered{};  // of that account in that family, after it
    Decimal cost{};         // declared, CNY a unit-hour; 0: none
    std::array<std::uint8_t, 48> reserved{};
};

struct ResourceWithdrawn {
    static constexpr EventKind kind = EventKind::resource_withdrawn;
    Origin origin{};
    std::uint32_t resource = 0;
    FamilyId family = no_family;
    std::uint16_t reserved = 0;
    Quantity count{};
    Quantity registered{};
    std::array<std::uint8_t, 64> reserved_more{};
};

enum class MaintenanceState : std::uint8_t { none = 0, declared, cancelled };

// Told to the account. What is over is told no more: its windows are past.
struct MaintenanceChanged {
    static constexpr EventKind kind = EventKind::maintenance;
    Origin origin{};
    MaintenanceId maintenance{};
    std::uint32_t resource = 0;
    FamilyId family = no_family;
    MaintenanceState state = MaintenanceState::none;
    std::uint8_t reserved = 0;
    Period start{};
    std::uint32_t windows = 0;
    std::uint32_t reserved_more{};
    Quantity count{};
    Quantity
        capacity{};  // of that account in that family, after it: the least of its windows that are not final
    std::array<std::uint8_t, 48> reserved_most{};
};

struct ResourceRow {
    static constexpr EventKind kind = EventKind::resource_row;
    ResourceRegistered resource{};
};

struct MaintenanceRow {
    static constexpr EventKind kind = EventKind::maintenance_row;
    MaintenanceChanged maintenance{};
};

}  // namespace gridbook::engine
