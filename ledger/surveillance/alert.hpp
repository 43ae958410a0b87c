// SPDX-License-Identifier: Apache-2.0
#pragma once
// What surveillance may find (market-rules sections 5 and 8), from when on it is worth telling, and how it is
// told. An alert accuses nobody: it names what was counted and the sequences it was counted from.

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "engine/event.hpp"
#include "ledger/surveillance/spread.hpp"

namespace gridbook::ledger {

enum class Indicator : std::uint8_t {
    cancel_after_fill = 0,  // orders cancelled soon after a fill on the other side of the same hour
    layering,               // three levels or more, cancelled soon after a fill on the other side
    wash,                   // two owner groups that trade mostly with each other, or one with itself
    order_to_trade,         // many orders for each trade
    late_withdrawal,        // offers taken back shortly before the gate: capacity spoofing
    ready_missed,           // sold, and not ready before the window: capacity spoofing, too
    hoarding,               // bought and not attached
    utilisation_drift,      // what a provider reports differs from what it reported before
    floor_hugging,          // most of what an account sells lies just above the floor
    spiral,                 // the price of a family falls day after day
    spread,                 // tokens by the block and by the hour lie far apart
    count_,
};
std::string_view name(Indicator indicator);
// What value and threshold count: "bp" (hundredths of a percent), "times", "orders_per_trade".
std::string_view unit(Indicator indicator);

// Shares are basis points, "least" is what has to be counted in a UTC day before a share means anything. The
// numbers of the rules where they have one, otherwise ours.
struct Thresholds {
    std::uint32_t soon_ms = 5'000;  // "soon after a fill"
    std::uint32_t cancel_after_fill_share = 3'000;
    std::uint32_t cancel_after_fill_least = 20;  // such cancels
    std::uint32_t layering_levels = 3;
    std::uint32_t layering_least = 3;  // times
    std::uint32_t wash_share = 8'000;
    std::uint32_t wash_least = 20;         // trades with each other
    std::uint32_t orders_per_trade = 100;  // entered, replaced, cancelled
    std::uint32_t orders_least = 1'000;
    std::uint32_t withdrawal_minutes = 30;  // before the gate
    std::uint32_t withdrawal_share = 1'000;
    std::uint32_t withdrawal_least = 100;  // lots offered
    std::uint32_t ready_missed_share = 1'000;
    std::uint32_t ready_missed_least = 100;  // lots due
    std::uint32_t hoarding_share = 5'000;
    std::uint32_t hoarding_least = 1'000;  // lots delivered, an hour or a day each
    std::uint32_t drift = 2'000;
    std::uint32_t drift_least = 1'000;     // lots delivered, an hour each, in the day and before it
    std::uint32_t near_floor_share = 200;  // "just above the floor"
    std::uint32_t floor_hugging_share = 6'000;
    std::uint32_t floor_hugging_least = 100;  // lots sold
    std::uint32_t spiral_days = 5;
    std::uint32_t spiral_fall = 1'500;
    std::uint32_t spiral_floor_share = 6'000;
    std::uint32_t spread_share = 2'500;
    std::uint32_t spread_least = 10;  // lots traded of the block and of the hour
    std::vector<Serving> serving{};   // which classes are compared
};

// The three conditions of a spiral.
namespace spiral_sign {
inline constexpr std::uint8_t fell_every_day = 1, fell_far = 2, sold_under_cost = 4, all = 7;
}

struct Alert {
    static constexpr std::size_t most_evidence = 32;

    std::uint64_t number = 0;  // counts up from 1 along the journal: the same for everybody
    Indicator indicator{};
    engine::Sequence sequence{};  // at which it was found
    engine::Time time{};          // of that
    engine::Time day{};           // the UTC day it was counted for; of a spiral: the last one
    engine::FamilyId family = engine::no_family;
    engine::AccountId account = engine::no_account;
    engine::GroupId group{}, other{};  // wash
    std::uint64_t value = 0;           // in the unit of the threshold, as of `sequence`
    std::uint64_t threshold = 0;
    std::uint8_t signs = 0;            // spiral: which of the three hold
    std::uint64_t floor_share = 0;     // spiral: basis points sold near the floor, under declared cost
    bool proposes_floor_hold = false;  // spiral: all three
    engine::Sequence first{};          // the first that was counted
    // Of a spread: the family of hours, what was paid for a block and for a unit-hour, a block by these
    // hours.
    struct Prices {
        engine::FamilyId hours = engine::no_family;
        engine::Money block{};
        engine::Money hour{};
        engine::Money by_hours{};
        std::uint32_t tokens_per_second = 0;  // thousandths
    };
    Prices spread{};
    std::vector<engine::Sequence> evidence{};  // the last ones counted, oldest first
};

// The sequences that something was counted from: the first, and the last few.
class Evidence {
  public:
    void add(engine::Sequence sequence) {
        if (count_ > 0 && all_[(count_ - 1) % all_.size()] == sequence) return;
        if (count_ == 0) first_ = sequence;
        all_[count_++ % all_.size()] = sequence;
    }
    engine::Sequence first() const { return first_; }
    // The last ones, oldest first, at most so many.
    std::vector<engine::Sequence> last(std::size_t most = Alert::most_evidence) const {
        std::vector<engine::Sequence> some;
        for (std::size_t i = count_ - std::min({most, count_, all_.size()}); i < count_; ++i)
            some.push_back(all_[i % all_.size()]);
        return some;
    }

  private:
    std::array<engine::Sequence, Alert::most_evidence> all_{};
    engine::Sequence first_{};
    std::size_t count_ = 0;
};

}  // namespace gridbook::ledger
