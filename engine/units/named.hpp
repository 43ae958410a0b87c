// SPDX-License-Identifier: Apache-2.0
#pragma once
// An own type for every id and number: explicit in (`AccountId{7}`), explicit out (`id.value`). Swapping two
// arguments does not compile. It knows nothing of arithmetic: what may be added or multiplied is stated
// beside each number (numbers.hpp).

#include <compare>
#include <cstdint>
#include <functional>

namespace gridbook::engine {

template <class Tag, class T>
struct Named {
    using Value = T;
    T value{};

    constexpr Named() = default;
    constexpr explicit Named(T v) : value(v) {}
    friend constexpr auto operator<=>(const Named&, const Named&) = default;
};

using AccountId = Named<struct AccountTag, std::uint32_t>;
using GroupId = Named<struct GroupTag, std::uint32_t>;
using KeyIndex = Named<struct KeyTag, std::uint16_t>;
using ClassId = Named<struct ClassTag, std::uint16_t>;
using ZoneId = Named<struct ZoneTag, std::uint16_t>;
using TierId = Named<struct TierTag, std::uint16_t>;
using FamilyId = Named<struct FamilyTag, std::uint16_t>;
// An order's id counts records from 1; its low bits are the slot of its record, the high bits the generation.
using OrderId = Named<struct OrderTag, std::uint64_t>;
using TradeId = Named<struct TradeTag, std::uint64_t>;
// Counts deliveries from 1; 0: none.
using DeliveryId = Named<struct DeliveryTag, std::uint32_t>;
// Count token packages and grants of them from 1; 0: none.
using PackageId = Named<struct PackageTag, std::uint32_t>;
using GrantId = Named<struct GrantTag, std::uint32_t>;
using MaintenanceId = Named<struct MaintenanceTag, std::uint32_t>;  // counts from 1; 0: none
using PayoutId = Named<struct PayoutTag, std::uint32_t>;            // counts from 1; 0: none
// The command's place in the total order, from 1 without gaps.
using Sequence = Named<struct SequenceTag, std::uint64_t>;
// Place in an account's stream, from 1 without gaps; 0 means "not in any stream".
using StreamNumber = Named<struct StreamTag, std::uint64_t>;

inline constexpr AccountId no_account{0xFFFFFFFFu};
inline constexpr KeyIndex no_key{0xFFFFu};
inline constexpr FamilyId no_family{0xFFFFu};
inline constexpr ClassId no_class{0xFFFFu};

}  // namespace gridbook::engine

template <class Tag, class T>
struct std::hash<gridbook::engine::Named<Tag, T>> {
    std::size_t operator()(const gridbook::engine::Named<Tag, T>& n) const noexcept {
        return std::hash<T>{}(n.value);
    }
};
