// SPDX-License-Identifier: Apache-2.0
#pragma once
// Surveillance of the market from its durable events (market-rules section 8; the spiral: section 5). It is a
// pure function of the journal: the same events give the same alerts, so nothing of it is stored, and anyone
// who has the journal can check an alert. It looks and tells; it never acts.
//
// Counts are those of a UTC day. What reaches its threshold is told at that event, once a day for each
// account, account and family, or pair of groups, with the value of that moment; spirals are told when a day
// is over. Memory: the open orders and a day's counts.

#include <functional>
#include <memory>

#include "ledger/surveillance/alert.hpp"
#include "ledger/surveillance/market_sight.hpp"

namespace gridbook::ledger {

using OnAlert = std::function<void(Alert&&)>;

// One way of looking. Events come in the order of the journal.
class IndicatorRule {
  public:
    virtual ~IndicatorRule() = default;
    virtual void hear(const engine::Event& event, const MarketSight& sight, const OnAlert& tell) = 0;
    // The day that begins then is over, as `now` shows: an event of a later day, or the last one there is.
    virtual void end_day(engine::Time day, const engine::EventHeader& now, const OnAlert& tell) = 0;
};

class Surveillance {
  public:
    Surveillance(const Thresholds& thresholds, OnAlert tell);
    ~Surveillance();
    Surveillance(const Surveillance&) = delete;
    Surveillance& operator=(const Surveillance&) = delete;

    void hear(const engine::Event& event);
    // The journal ends here: a spiral is looked for in the last day, as far as it goes.
    void finish();

    const MarketSight& sight() const { return sight_; }
    std::uint64_t told() const { return told_; }  // alerts

  private:
    void end_day(const engine::EventHeader& now);

    OnAlert tell_;
    MarketSight sight_;
    std::vector<std::unique_ptr<IndicatorRule>> rules_;
    engine::Time day_{};
    engine::EventHeader last_{};
    std::uint64_t told_ = 0;
};

}  // namespace gridbook::ledger
