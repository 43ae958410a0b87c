// SPDX-License-Identifier: Apache-2.0
// Capacity spoofing, the part that delivery shows: lots whose seller was not ready five minutes before the
// window, as a share of the lots it had to deliver. Both belong to the day in which the gate closed.
// Replacements do not count, and token days have no READY. Evidence: what was not ready.
#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::DeliveryChanged;
using engine::DeliveryId;
using engine::DeliveryState;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::Product;
using engine::Side;
using engine::Time;

namespace {

class ReadyMissed final : public IndicatorRule {
  public:
    explicit ReadyMissed(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight& sight, const OnAlert& tell) override {
        if (event.kind() != EventKind::delivery) return;
        const auto d = event.as<DeliveryChanged>();
        if (d.party != Side::sell || d.replaces != DeliveryId{}) return;
        if (sight.product(d.instrument.family) != Product::gpu) return;
        if (d.state == DeliveryState::gated) sellers_[d.seller].due += d.qty;
        const bool before = event.header.time < engine::window_start(d.instrument.period, Product::gpu);
        if (d.state == DeliveryState::failing && before) missed(event.header, d, tell);
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override { sellers_.clear(); }

  private:
    struct Count {
        std::uint64_t due = 0, missed = 0;  // lots
        bool told = false;
        Evidence evidence{};
    };

    void missed(const EventHeader& now, const DeliveryChanged& d, const OnAlert& tell) {
        Count& count = sellers_[d.seller];
        count.missed += d.qty;
        count.evidence.add(now.sequence);
        const std::uint64_t share = share_of(count.missed, count.due);
        if (count.told || count.due < t_.ready_missed_least || share <= t_.ready_missed_share) return;
        Alert alert = alert_at(now, Indicator::ready_missed, count.evidence);
        alert.account = d.seller;
        alert.value = share;
        alert.threshold = t_.ready_missed_share;
        count.told = true;
        tell(std::move(alert));
    }

    Thresholds t_;
    std::map<AccountId, Count> sellers_;
};

}  // namespace

std::unique_ptr<IndicatorRule> ready_missed_rule(const Thresholds& t) {
    return std::make_unique<ReadyMissed>(t);
}

}  // namespace gridbook::ledger
