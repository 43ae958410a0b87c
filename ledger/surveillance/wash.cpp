// SPDX-License-Identifier: Apache-2.0
// Wash trading: two owner groups whose trades are mostly with each other. Counted for a family and a day:
// their mutual volume as a share of the volume of the one that trades more. A group that trades with itself
// is told at its first such trade: prevention should have made it impossible. Evidence: the trades.
#include <algorithm>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::FamilyId;
using engine::Fill;
using engine::GroupId;
using engine::Time;
using engine::TradeId;

namespace {

class Wash final : public IndicatorRule {
  public:
    explicit Wash(const Thresholds& t) : t_(t) {}

    // The two fills of a trade stand one after the other.
    void hear(const Event& event, const MarketSight& sight, const OnAlert& tell) override {
        if (event.kind() != EventKind::fill) return;
        const auto f = event.as<Fill>();
        const GroupId group = sight.group(event.header.account);
        if (f.trade != trade_) {
            trade_ = f.trade;
            first_ = group;
            return;
        }
        traded(event.header, f, group, tell);
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override {
        mutual_.clear();
        volume_.clear();
    }

  private:
    struct Mutual {
        std::uint64_t volume = 0, trades = 0;
        bool told = false;
        Evidence evidence{};
    };

    void traded(const EventHeader& now, const Fill& f, GroupId group, const OnAlert& tell) {
        const FamilyId family = f.instrument.family;
        const auto [low, high] = std::minmax(group, first_);
        volume_[{family, low}] += f.qty;
        if (high != low) volume_[{family, high}] += f.qty;
        Mutual& mutual = mutual_[{family, low, high}];
        mutual.volume += f.qty;
        ++mutual.trades;
        mutual.evidence.add(now.sequence);
        const std::uint64_t most = std::max(volume_[{family, low}], volume_[{family, high}]);
        const std::uint64_t share = low == high ? 10'000 : share_of(mutual.volume, most);
        const std::uint64_t least = low == high ? 1 : t_.wash_least;
        if (mutual.told || mutual.trades < least || share <= t_.wash_share) return;
        Alert alert = alert_at(now, Indicator::wash, mutual.evidence);
        alert.family = family;
        alert.group = low;
        alert.other = high;
        alert.value = share;
        alert.threshold = t_.wash_share;
        mutual.told = true;
        tell(std::move(alert));
    }

    Thresholds t_;
    TradeId trade_{};
    GroupId first_{};                                               // of the trade's first fill
    std::map<std::pair<FamilyId, GroupId>, std::uint64_t> volume_;  // lots
    std::map<std::tuple<FamilyId, GroupId, GroupId>, Mutual> mutual_;
};

}  // namespace

std::unique_ptr<IndicatorRule> wash_rule(const Thresholds& t) { return std::make_unique<Wash>(t); }

}  // namespace gridbook::ledger
