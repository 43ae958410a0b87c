// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rules of surveillance, one a source file: how each counts is said there.

#include "ledger/surveillance/surveillance.hpp"

namespace gridbook::ledger {

std::unique_ptr<IndicatorRule> cancel_after_fill_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> layering_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> wash_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> order_to_trade_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> late_withdrawal_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> ready_missed_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> hoarding_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> utilisation_drift_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> floor_hugging_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> spiral_rule(const Thresholds& thresholds);
std::unique_ptr<IndicatorRule> spread_rule(const Thresholds& thresholds);

constexpr engine::Time day_of(engine::Time time) {
    return engine::Time{time.value / engine::day.value * engine::day.value};
}
// Basis points that `part` is of `whole`; 0 of nothing.
constexpr std::uint64_t share_of(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : part * 10'000 / whole;
}
// At most 2 % above the floor, or below it.
constexpr bool near_floor(engine::Price price, engine::Price floor, const Thresholds& t) {
    return static_cast<std::int64_t>(price.value) * 10'000 <=
           static_cast<std::int64_t>(floor.value) * (10'000 + static_cast<std::int64_t>(t.near_floor_share));
}
// Did its owner end it? What is arranged beforehand (cancel.after, cancel on disconnect) is the owner's
// doing; gates, kill switches and times in force are not.
inline bool by_owner(engine::OrderState state, engine::CancelReason reason) {
    using engine::CancelReason;
    return state == engine::OrderState::cancelled &&
           (reason == CancelReason::user || reason == CancelReason::replaced_below_filled ||
            reason == CancelReason::disconnect || reason == CancelReason::cancel_after);
}
inline bool cancelled_by_owner(const engine::OrderEvent& e) { return by_owner(e.state, e.reason); }
// A new order, in the book or not.
inline bool entered(const engine::OrderEvent& e) { return e.moved && !e.replaced; }

// Found at this event.
inline Alert alert_at(const engine::EventHeader& now, Indicator indicator, const Evidence& evidence) {
    Alert alert;
    alert.indicator = indicator;
    alert.sequence = now.sequence;
    alert.time = now.time;
    alert.day = day_of(now.time);
    alert.first = evidence.first();
    alert.evidence = evidence.last();
    return alert;
}

}  // namespace gridbook::ledger
