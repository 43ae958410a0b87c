// SPDX-License-Identifier: Apache-2.0
// Floor hugging: the share of what an account sells in a family and a day that lies just above the floor.
// Evidence: the sales there.
#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::FamilyId;
using engine::Fill;
using engine::Side;
using engine::Time;

namespace {

class FloorHugging final : public IndicatorRule {
  public:
    explicit FloorHugging(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight& sight, const OnAlert& tell) override {
        if (event.kind() != EventKind::fill) return;
        const auto f = event.as<Fill>();
        if (f.side != Side::sell) return;
        const FamilyId family = f.instrument.family;
        Count& count = sold_[{family, event.header.account}];
        count.all += f.qty;
        if (!near_floor(f.price, sight.floor(family), t_)) return;
        count.low += f.qty;
        count.evidence.add(event.header.sequence);
        const std::uint64_t share = share_of(count.low, count.all);
        if (count.told || count.all < t_.floor_hugging_least || share < t_.floor_hugging_share) return;
        Alert alert = alert_at(event.header, Indicator::floor_hugging, count.evidence);
        alert.family = family;
        alert.account = event.header.account;
        alert.value = share;
        alert.threshold = t_.floor_hugging_share;
        count.told = true;
        tell(std::move(alert));
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override { sold_.clear(); }

  private:
    struct Count {
        std::uint64_t all = 0, low = 0;  // lots
        bool told = false;
        Evidence evidence{};
    };
    Thresholds t_;
    std::map<std::pair<FamilyId, AccountId>, Count> sold_;
};

}  // namespace

std::unique_ptr<IndicatorRule> floor_hugging_rule(const Thresholds& t) {
    return std::make_unique<FloorHugging>(t);
}

}  // namespace gridbook::ledger
