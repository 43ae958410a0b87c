// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the twin remembers of participants: money, keys, capacity, positions, payouts. Plain values in lots
// and micro-CNY.

#include <string>

#include "engine/event.hpp"

namespace gridbook::twin {

struct Account {
    std::string name, group_name;
    engine::GroupId group{};
    std::uint8_t roles = 0;
    std::int64_t cash = 0, hold = 0, margin = 0, receivable = 0, penalty = 0;
    std::uint64_t number = 0;  // last n of its stream
    engine::AccountLimits limits{};
};

struct Key {
    std::string name;
    engine::AccountId account{};
    engine::SetKey set{};
};

struct Resource {
    engine::AccountId account{};
    engine::FamilyId family{};
    std::int64_t lots = 0;
    bool live = true;
    std::int64_t cost = 0;              // declared
    engine::ResourceRegistered told{};  // when it was registered
};

// Lots of a resource that are not there in these windows of its family.
struct Maintenance {
    engine::AccountId account{};
    engine::FamilyId family{};
    std::uint32_t resource = 0;
    std::uint32_t start = 0, windows = 0;  // periods
    std::int64_t lots = 0;

    bool covers(engine::Period p) const { return p.value >= start && p.value - start < windows; }
    engine::Period last() const { return engine::Period{start + windows - 1}; }
};

struct Position {
    std::int64_t bought = 0, sold = 0, open_sells = 0;
    std::int64_t offered_again =
        0;  // of the bought units: those that an order fixed as free, less what it gave back
    std::int64_t margin = 0, receivable = 0;
    std::int64_t fee = 0, tax = 0;  // of what it sold, told and not yet posted
};

// Money that an account asked back, and that nobody decided about yet.
struct Payout {
    engine::AccountId account{};
    std::int64_t amount = 0;
    engine::Time requested{};
    engine::Text<32> reference{};
};

}  // namespace gridbook::twin
