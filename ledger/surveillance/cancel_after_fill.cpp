// SPDX-License-Identifier: Apache-2.0
// Cancelled after an opposite fill: an account is filled on one side of an hour and, soon after, cancels what
// it shows on the other side, which it perhaps never meant. Counted: such cancels of a day as a share of the
// orders that the account entered that day. Evidence: each fill and the cancel behind it.
#include <algorithm>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::Fill;
using engine::InstrumentId;
using engine::millisecond;
using engine::opposite;
using engine::OrderEvent;
using engine::Side;
using engine::Time;

namespace {

class CancelAfterFill final : public IndicatorRule {
  public:
    explicit CancelAfterFill(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight&, const OnAlert& tell) override {
        const AccountId account = event.header.account;
        if (event.kind() == EventKind::fill) {
            const auto f = event.as<Fill>();
            filled_[{account, f.instrument, f.side}] = event.header;
        } else if (event.kind() == EventKind::order) {
            const auto e = event.as<OrderEvent>();
            if (entered(e)) ++accounts_[account].entered;
            if (cancelled_by_owner(e)) cancelled(event.header, e, tell);
        }
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override {
        accounts_.clear();
        filled_.clear();
    }

  private:
    struct Count {
        std::uint64_t entered = 0, hits = 0;
        bool told = false;
        Evidence evidence{};
    };
    void cancelled(const EventHeader& now, const OrderEvent& e, const OnAlert& tell) {
        const auto fill = filled_.find({now.account, e.instrument, opposite(e.side)});
        if (fill == filled_.end() || now.time - fill->second.time > millisecond * t_.soon_ms) return;
        Count& count = accounts_[now.account];
        ++count.hits;
        count.evidence.add(fill->second.sequence);
        count.evidence.add(now.sequence);
        look(now, count, tell);
    }
    void look(const EventHeader& now, Count& count, const OnAlert& tell) const {
        // Orders of the day before may be cancelled today.
        const std::uint64_t share = share_of(count.hits, std::max(count.entered, count.hits));
        if (count.told || count.hits < t_.cancel_after_fill_least || share < t_.cancel_after_fill_share)
            return;
        Alert alert = alert_at(now, Indicator::cancel_after_fill, count.evidence);
        alert.account = now.account;
        alert.value = share;
        alert.threshold = t_.cancel_after_fill_share;
        count.told = true;
        tell(std::move(alert));
    }

    Thresholds t_;
    std::map<std::tuple<AccountId, InstrumentId, Side>, EventHeader> filled_;  // the last one
    std::map<AccountId, Count> accounts_;
};

}  // namespace

std::unique_ptr<IndicatorRule> cancel_after_fill_rule(const Thresholds& t) {
    return std::make_unique<CancelAfterFill>(t);
}

}  // namespace gridbook::ledger
