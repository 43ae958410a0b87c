// SPDX-License-Identifier: Apache-2.0
// Layering: an account shows orders on several levels of one side, is filled on the other, and soon after
// cancels several levels. Counted: how often a day. Evidence: the fill and the cancels, one a level.
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
using engine::Price;
using engine::Sequence;
using engine::Side;
using engine::Time;

namespace {

class Layering final : public IndicatorRule {
  public:
    explicit Layering(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight& sight, const OnAlert& tell) override {
        if (event.kind() == EventKind::fill) {
            filled(event.header, event.as<Fill>(), sight);
        } else if (event.kind() == EventKind::order) {
            const auto e = event.as<OrderEvent>();
            if (cancelled_by_owner(e)) cancelled(event.header, e, tell);
        }
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override {
        accounts_.clear();
        shown_.clear();
    }

  private:
    struct Shown {
        Time filled{};  // last
        Sequence fill{};
        std::map<Price, Sequence> cancelled{};  // by level
    };
    struct Count {
        std::uint64_t times = 0;
        bool told = false;
        Evidence evidence{};
    };
    bool soon(const EventHeader& now, const Shown& shown) const {
        return now.time - shown.filled <= millisecond * t_.soon_ms;
    }

    // Several fills in a row are one: what was cancelled between them counts.
    void filled(const EventHeader& now, const Fill& f, const MarketSight& sight) {
        const std::tuple place{now.account, f.instrument, opposite(f.side)};
        if (const auto known = shown_.find(place); known != shown_.end() && soon(now, known->second)) {
            known->second.filled = now.time;
            return;
        }
        shown_.erase(place);
        if (sight.levels(now.account, f.instrument, opposite(f.side)) >= t_.layering_levels)
            shown_[place] = {now.time, now.sequence, {}};
    }

    void cancelled(const EventHeader& now, const OrderEvent& e, const OnAlert& tell) {
        const auto known = shown_.find({now.account, e.instrument, e.side});
        if (known == shown_.end()) return;
        Shown& shown = known->second;
        if (!soon(now, shown)) {
            shown_.erase(known);
            return;
        }
        shown.cancelled[e.price] = now.sequence;
        if (shown.cancelled.size() < t_.layering_levels) return;
        Count& count = accounts_[now.account];
        ++count.times;
        count.evidence.add(shown.fill);
        for (const auto& [price, sequence] : shown.cancelled) count.evidence.add(sequence);
        shown_.erase(known);
        look(now, count, tell);
    }

    void look(const EventHeader& now, Count& count, const OnAlert& tell) const {
        if (count.told || count.times < t_.layering_least) return;
        Alert alert = alert_at(now, Indicator::layering, count.evidence);
        alert.account = now.account;
        alert.value = count.times;
        alert.threshold = t_.layering_least;
        count.told = true;
        tell(std::move(alert));
    }

    Thresholds t_;
    std::map<std::tuple<AccountId, InstrumentId, Side>, Shown> shown_;
    std::map<AccountId, Count> accounts_;
};

}  // namespace

std::unique_ptr<IndicatorRule> layering_rule(const Thresholds& t) { return std::make_unique<Layering>(t); }

}  // namespace gridbook::ledger
