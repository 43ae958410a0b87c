// SPDX-License-Identifier: Apache-2.0
// Utilisation drift: how far the mean utilisation that a provider reports of a family in a day, by lots and
// minutes, lies from the mean of the seven days before in which it reported some. Hardware that is not what
// it was, that is shared, or meters that are made up show like this. Minutes without a utilisation are not
// looked at. Evidence: the day's last reports.
#include <deque>
#include <unordered_map>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::AccountId;
using engine::DeliveryChanged;
using engine::DeliverySettled;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::FamilyId;
using engine::Metered;
using engine::Side;
using engine::Time;

namespace {

struct Use {
    std::uint64_t lots = 0;  // lot-minutes
    std::uint64_t sum = 0;   // of their utilisations, basis points
    std::uint64_t mean() const { return lots == 0 ? 0 : sum / lots; }
    Use& operator+=(const Use& other) {
        lots += other.lots, sum += other.sum;
        return *this;
    }
};

class UtilisationDrift final : public IndicatorRule {
  public:
    explicit UtilisationDrift(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight&, const OnAlert&) override {
        if (event.kind() == EventKind::delivery)
            hear_delivery(event.as<DeliveryChanged>());
        else if (event.kind() == EventKind::delivery_settled)
            families_.erase(event.as<DeliverySettled>().delivery.value);
        else if (event.kind() == EventKind::metered)
            hear_report(event.header, event.as<Metered>());
    }

    void end_day(Time day, const EventHeader& now, const OnAlert& tell) override {
        for (const auto& [whose, today] : today_) {
            std::deque<Use>& days = days_[whose];
            Use before;
            for (const Use& use : days) before += use;
            compare(whose, today, before, day, now, tell);
            days.push_back(today.use);
            if (days.size() > days_compared) days.pop_front();
        }
        today_.clear();
    }

  private:
    static constexpr std::size_t days_compared = 7;
    using Whose = std::pair<AccountId, FamilyId>;
    struct Today {
        Use use{};
        Evidence evidence{};
    };

    void hear_delivery(const DeliveryChanged& d) { families_[d.delivery.value] = d.instrument.family; }

    void hear_report(const EventHeader& now, const Metered& m) {
        const auto family = families_.find(m.delivery.value);
        if (m.party != Side::sell || m.utilisation == 0 || family == families_.end()) return;
        Today& today = today_[{now.account, family->second}];
        today.use += {m.available, std::uint64_t{m.available} * m.utilisation};
        today.evidence.add(now.sequence);
    }

    void compare(const Whose& whose, const Today& today, const Use& before, Time day, const EventHeader& now,
                 const OnAlert& tell) const {
        const std::uint64_t least = std::uint64_t{t_.drift_least} * 60;
        if (today.use.lots < least || before.lots < least) return;
        const std::uint64_t is = today.use.mean(), was = before.mean();
        const std::uint64_t drift = is > was ? is - was : was - is;
        if (drift <= t_.drift) return;
        Alert alert = alert_at(now, Indicator::utilisation_drift, today.evidence);
        alert.day = day;
        alert.account = whose.first;
        alert.family = whose.second;
        alert.value = drift;
        alert.threshold = t_.drift;
        tell(std::move(alert));
    }

    Thresholds t_;
    std::unordered_map<std::uint32_t, FamilyId> families_;  // of deliveries that are not settled
    std::map<Whose, Today> today_;
    std::map<Whose, std::deque<Use>> days_;
};

}  // namespace

std::unique_ptr<IndicatorRule> utilisation_drift_rule(const Thresholds& t) {
    return std::make_unique<UtilisationDrift>(t);
}

}  // namespace gridbook::ledger
