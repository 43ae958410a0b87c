// SPDX-License-Identifier: Apache-2.0
// Capacity spoofing, the part that trading shows: lots offered for a while and taken back by their owner
// shortly before the gate (cancelled, or lowered by a replace), as a share of the lots that the account
// offered that day. Offers that never rest (ioc, fok) and standby offers are not looked at. Evidence: what
// took back.
#include <algorithm>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::gate_time;
using engine::InstrumentId;
using engine::minute;
using engine::OrderEvent;
using engine::OrderState;
using engine::Side;
using engine::StripEvent;
using engine::Time;
using engine::TimeInForce;

namespace {

bool rests(TimeInForce tif) { return tif == TimeInForce::gate || tif == TimeInForce::gtt; }

class LateWithdrawal final : public IndicatorRule {
  public:
    explicit LateWithdrawal(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight& sight, const OnAlert& tell) override {
        if (event.kind() == EventKind::order) {
            hear_order(event.header, event.as<OrderEvent>(), sight, tell);
        } else if (event.kind() == EventKind::strip) {
            const auto e = event.as<StripEvent>();
            if (e.side != Side::sell || e.tif != TimeInForce::gate) return;
            const std::uint64_t lots = std::uint64_t{e.qty} * e.hours;
            if (e.state == OrderState::open) accounts_[event.header.account].offered += lots;
            if (by_owner(e.state, e.reason)) withdrawn(event.header, e.instrument, lots, sight, tell);
        }
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override { accounts_.clear(); }

  private:
    struct Count {
        std::uint64_t offered = 0, withdrawn = 0;  // lots
        bool told = false;
        Evidence evidence{};
    };

    void hear_order(const EventHeader& now, const OrderEvent& e, const MarketSight& sight,
                    const OnAlert& tell) {
        const bool standby = (e.order_flags & engine::order_flag::standby) != 0;
        if (e.side != Side::sell || !rests(e.tif) || standby) return;
        if (entered(e)) accounts_[now.account].offered += e.qty;
        const MarketSight::Open* was = sight.order(e.order);
        if (was == nullptr) return;
        // What a replace raises is offered.
        if (e.replaced && e.leaves > was->leaves) accounts_[now.account].offered += e.leaves - was->leaves;
        if ((e.replaced || cancelled_by_owner(e)) && e.leaves < was->leaves)
            withdrawn(now, e.instrument, was->leaves - e.leaves, sight, tell);
    }

    void withdrawn(const EventHeader& now, InstrumentId hour, std::uint64_t lots, const MarketSight& sight,
                   const OnAlert& tell) {
        const Time gate = gate_time(hour.period, sight.product(hour.family));
        if (now.time < gate - minute * t_.withdrawal_minutes) return;
        Count& count = accounts_[now.account];
        count.withdrawn += lots;
        count.evidence.add(now.sequence);
        // Offers of the day before may be taken back today.
        const std::uint64_t offered = std::max(count.offered, count.withdrawn);
        const std::uint64_t share = share_of(count.withdrawn, offered);
        if (count.told || offered < t_.withdrawal_least || share <= t_.withdrawal_share) return;
        Alert alert = alert_at(now, Indicator::late_withdrawal, count.evidence);
        alert.account = now.account;
        alert.value = share;
        alert.threshold = t_.withdrawal_share;
        count.told = true;
        tell(std::move(alert));
    }

    Thresholds t_;
    std::map<AccountId, Count> accounts_;
};

}  // namespace

std::unique_ptr<IndicatorRule> late_withdrawal_rule(const Thresholds& t) {
    return std::make_unique<LateWithdrawal>(t);
}

}  // namespace gridbook::ledger
