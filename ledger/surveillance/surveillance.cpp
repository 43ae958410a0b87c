// SPDX-License-Identifier: Apache-2.0
#include "ledger/surveillance/surveillance.hpp"

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

std::string_view name(Indicator indicator) {
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Indicator::count_)> names{
        "cancel_after_fill", "layering",     "wash",     "order_to_trade",
        "late_withdrawal",   "ready_missed", "hoarding", "utilisation_drift",
        "floor_hugging",     "spiral",       "spread"};
    return names[static_cast<std::size_t>(indicator)];
}

std::string_view unit(Indicator indicator) {
    if (indicator == Indicator::layering) return "times";
    return indicator == Indicator::order_to_trade ? "orders_per_trade" : "bp";
}

Surveillance::Surveillance(const Thresholds& t, OnAlert tell)
    : tell_([this, tell = std::move(tell)](Alert&& alert) {
          alert.number = ++told_;
          tell(std::move(alert));
      }) {
    rules_.push_back(cancel_after_fill_rule(t));
    rules_.push_back(layering_rule(t));
    rules_.push_back(wash_rule(t));
    rules_.push_back(order_to_trade_rule(t));
    rules_.push_back(late_withdrawal_rule(t));
    rules_.push_back(ready_missed_rule(t));
    rules_.push_back(hoarding_rule(t));
    rules_.push_back(utilisation_drift_rule(t));
    rules_.push_back(floor_hugging_rule(t));
    rules_.push_back(spiral_rule(t));
    rules_.push_back(spread_rule(t));
}
Surveillance::~Surveillance() = default;

void Surveillance::hear(const engine::Event& event) {
    if (const engine::Time day = day_of(event.header.time); day != day_) {
        end_day(event.header);
        day_ = day;
    }
    last_ = event.header;
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
    for (const auto& rule : rules_) rule->hear(event, sight_, tell_);
    sight_.hear(event);
}

void Surveillance::end_day(const engine::EventHeader& now) {
    if (last_.sequence == engine::Sequence{}) return;
    for (const auto& rule : rules_) rule->end_day(day_, now, tell_);
}

void Surveillance::finish() { end_day(last_); }

}  // namespace gridbook::ledger
