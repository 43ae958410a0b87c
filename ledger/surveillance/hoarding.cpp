// SPDX-License-Identifier: Apache-2.0
// Hoarding: bought and not attached. Of GPU-hours: lots that ran while neither side reported a utilisation
// above 0, as a share of those that ran for the buyer; only where the seller is known to measure, because it
// reported a utilisation above 0 of some delivery before. Of token days: blocks that ended undrawn, as a
// share of those that ended. Counted in the day in which they are settled. Evidence: the settlements of what
// stood idle for some part, the ends of what was left undrawn.
#include <set>

#include "ledger/surveillance/rules.hpp"
#include "ledger/surveillance/use_of_deliveries.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::DeliverySettled;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::HoldingChange;
using engine::HoldingChanged;
using engine::Metered;
using engine::Product;
using engine::Side;
using engine::Time;

namespace {

class Hoarding final : public IndicatorRule {
  public:
    explicit Hoarding(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight& sight, const OnAlert&) override {
        if (event.kind() == EventKind::metered)
            metered(event);
        else if (event.kind() == EventKind::delivery_settled)
            settled(event.header, event.as<DeliverySettled>(), sight);
        else if (event.kind() == EventKind::holding)
            expired(event.header, event.as<HoldingChanged>());
    }

    // Not earlier: what ends first may be what stood idle, and the rest of the day's in full use.
    void end_day(Time day, const EventHeader& now, const OnAlert& tell) override {
        for (const auto& [whose, count] : buyers_) {
            const auto [buyer, product] = whose;
            const std::uint64_t lot = product == Product::token ? engine::block_quarters : minutes_of_an_hour;
            const std::uint64_t share = share_of(count.idle, count.all);
            if (count.all < t_.hoarding_least * lot || share <= t_.hoarding_share) continue;
            Alert alert = alert_at(now, Indicator::hoarding, count.evidence);
            alert.day = day;
            alert.account = buyer;
            alert.value = share;
            alert.threshold = t_.hoarding_share;
            tell(std::move(alert));
        }
        buyers_.clear();
    }

  private:
    // Lot-minutes of GPU-hours; quarters of a token.
    struct Count {
        std::uint64_t all = 0, idle = 0;
        Evidence evidence{};
    };

    void metered(const Event& event) {
        const auto m = event.as<Metered>();
        uses_[m.delivery.value].hear(m);
        if (m.party == Side::sell && m.utilisation > 0) measuring_.insert(event.header.account);
    }

    void settled(const EventHeader& now, const DeliverySettled& d, const MarketSight& sight) {
        if (d.party != Side::buy) return;
        const Product product = sight.product(d.instrument.family);
        if (product == Product::token) return count(now, d.buyer, product, d.qty * engine::block_quarters, 0);
        const auto use = uses_.find(d.delivery.value);
        if (use == uses_.end()) return;
        const auto lots = [&](int minutes) { return std::uint64_t{d.qty} * static_cast<unsigned>(minutes); };
        if (measuring_.contains(d.seller))
            count(now, d.buyer, product, lots(use->second.minutes()), lots(use->second.idle()));
        uses_.erase(use);
    }

    void expired(const EventHeader& now, const HoldingChanged& h) {
        if (h.party == Side::buy && h.change == HoldingChange::expired)
            count(now, h.buyer, Product::token, 0, h.amount);
    }

    void count(const EventHeader& now, AccountId buyer, Product product, std::uint64_t all,
               std::uint64_t idle) {
        Count& c = buyers_[{buyer, product}];
        c.all += all;
        c.idle += idle;
        if (idle > 0) c.evidence.add(now.sequence);
    }

    static constexpr std::uint64_t minutes_of_an_hour = 60;
    Thresholds t_;
    UseOfDeliveries uses_;
    std::set<AccountId> measuring_;  // sellers
    std::map<std::pair<AccountId, Product>, Count> buyers_;
};

}  // namespace

std::unique_ptr<IndicatorRule> hoarding_rule(const Thresholds& t) { return std::make_unique<Hoarding>(t); }

}  // namespace gridbook::ledger
