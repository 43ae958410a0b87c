// SPDX-License-Identifier: Apache-2.0
// Order-to-trade ratio: what an account enters, replaces and cancels for each fill of a day; strips and
// any-ofs too. Evidence: the last of these.
#include <algorithm>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::AnyOfEvent;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::OrderEvent;
using engine::OrderState;
using engine::StripEvent;
using engine::Time;

namespace {

bool of_owner(const Event& event) {
    if (event.kind() == EventKind::any_of) return true;
    if (event.kind() == EventKind::strip) {
        const auto e = event.as<StripEvent>();
        return e.state == OrderState::open || by_owner(e.state, e.reason);
    }
    if (event.kind() != EventKind::order) return false;
    const auto e = event.as<OrderEvent>();
    return entered(e) || e.replaced || cancelled_by_owner(e);
}

class OrderToTrade final : public IndicatorRule {
  public:
    explicit OrderToTrade(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight&, const OnAlert& tell) override {
        if (event.kind() == EventKind::fill) ++accounts_[event.header.account].fills;
        if (!of_owner(event)) return;
        Count& count = accounts_[event.header.account];
        ++count.orders;
        count.evidence.add(event.header.sequence);
        const std::uint64_t ratio = count.orders / std::max<std::uint64_t>(1, count.fills);
        if (count.told || count.orders < t_.orders_least || ratio <= t_.orders_per_trade) return;
        Alert alert = alert_at(event.header, Indicator::order_to_trade, count.evidence);
        alert.account = event.header.account;
        alert.value = ratio;
        alert.threshold = t_.orders_per_trade;
        count.told = true;
        tell(std::move(alert));
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override { accounts_.clear(); }

  private:
    struct Count {
        std::uint64_t orders = 0, fills = 0;
        bool told = false;
        Evidence evidence{};
    };
    Thresholds t_;
    std::map<AccountId, Count> accounts_;
};

}  // namespace

std::unique_ptr<IndicatorRule> order_to_trade_rule(const Thresholds& t) {
    return std::make_unique<OrderToTrade>(t);
}

}  // namespace gridbook::ledger
