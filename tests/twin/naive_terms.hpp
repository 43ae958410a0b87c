// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the twin's verbs hand to each other: prices found, hours swept, money taken. Nothing here is
// remembered.

#include "tests/twin/naive_state.hpp"

namespace gridbook::twin {

struct NaiveTerms {
    // An order on its way in.
    struct Asked {
        engine::PlaceOrder body{};
        const Order* old = nullptr;  // of a replace
        std::int64_t price = 0;      // ticks, at the edge when it is a market order or capped
        bool capped = false;
    };
    // Lots that would trade at once, and how many orders that meets.
    struct Reach {
        std::int64_t lots = 0;
        std::int64_t met = 0;
    };

    // Of a call.
    struct CallPrice {
        std::int64_t price = 0, lots = 0, surplus = 0;
    };
    struct Paired {
        engine::OrderId bid{}, ask{};
        std::int64_t lots = 0;
    };

    // Of strips: what a sweep finds, what stands in the way, what fills.
    struct Leg {
        engine::OrderId maker{};
        std::int64_t price = 0, lots = 0;
    };
    struct Sweep {
        std::vector<std::vector<Leg>> hours;  // as far as it came
        engine::Wide total = 0;               // ticks x lots
        std::int64_t met = 0;
        engine::CancelReason why = engine::CancelReason::none;
        engine::Period hour{};  // that stands in the way
    };
    struct Outlook {
        Sweep sweep;
        const Strip* other = nullptr;  // the older strip it takes
        bool fills = false;
        std::int64_t best = 0, missing = 0;  // ticks
        engine::CancelReason why = engine::CancelReason::none;
    };
    struct StripLeg {
        std::int64_t hour = 0, price = 0, lots = 0, left = 0;
        bool last = false;
        engine::Liquidity liquidity = engine::Liquidity::taker;
    };
    // Of an any-of: a family.
    struct Choice {
        Sweep sweep;
        std::int64_t lots = 0, cost = 0;
        std::uint16_t factor = 0;
        engine::FamilyId family{};
        bool had() const { return sweep.why == engine::CancelReason::none; }
    };

    // Lots of another class for so many of the failed one's.
    struct Worth {
        std::int64_t lots = 0, per = 0;
    };
    // What goes back to the buyer of a delivery.
    struct Back {
        std::int64_t missing = 0, refund = 0, penalty = 0;
        std::int64_t sum() const { return refund + penalty; }
    };
    // A draw by a grant: what is beyond its balance, and what that costs.
    struct GrantUse {
        const Grant* grant = nullptr;
        std::uint64_t excess = 0;
        engine::Wide cost = 0;
    };
    // Who paid, out of what.
    struct Taken {
        std::int64_t receivable = 0, margin = 0, cash = 0, fund = 0;
    };
};

}  // namespace gridbook::twin
