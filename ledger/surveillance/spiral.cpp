// SPDX-License-Identifier: Apache-2.0
// The spiral detector (market-rules section 5). Over five UTC days with trades in a family, one after the
// other: (a) the VWAP fell every day, (b) it fell by 15 % in all, (c) 60 % of what was sold lay within 2 %
// above the floor, sold by participants who priced under the cost they had declared. Two of three are an
// alert; all three propose a floor hold, which a regulator may make or not. Evidence: the last sales of each
// day.
#include <bit>
#include <deque>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::Decimal;
using engine::decimal_of;
using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::FamilyId;
using engine::Fill;
using engine::Sequence;
using engine::Side;
using engine::Time;
using engine::Wide;

namespace {

struct Day {
    Time date{};
    Wide worth = 0;           // ticks times lots
    std::uint64_t lots = 0;   // sold
    std::uint64_t under = 0;  // of them near the floor, under the seller's declared cost
    Evidence evidence{};
};
using Days = std::deque<Day>;

// Is the mean of `after` below that of `before`? Without a division.
bool fell(const Day& before, const Day& after) {
    return after.worth * static_cast<Wide>(before.lots) < before.worth * static_cast<Wide>(after.lots);
}

bool fell_every_day(const Days& days) {
    for (std::size_t i = 1; i < days.size(); ++i)
        if (!fell(days[i - 1], days[i])) return false;
    return true;
}

// From the first mean to the last, basis points; 0: it did not fall.
std::uint64_t fall(const Day& first, const Day& last) {
    const Wide was = first.worth * static_cast<Wide>(last.lots);
    const Wide is = last.worth * static_cast<Wide>(first.lots);
    return is >= was ? 0 : static_cast<std::uint64_t>((was - is) * 10'000 / was);
}

std::uint64_t share_under_cost(const Days& days) {
    std::uint64_t lots = 0, under = 0;
    for (const Day& day : days) lots += day.lots, under += day.under;
    return share_of(under, lots);
}

std::vector<Sequence> evidence_of(const Days& days) {
    std::vector<Sequence> all;
    for (const Day& day : days)
        for (const Sequence s : day.evidence.last(Alert::most_evidence / days.size())) all.push_back(s);
    return all;
}

class Spiral final : public IndicatorRule {
  public:
    explicit Spiral(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight& sight, const OnAlert&) override {
        if (event.kind() != EventKind::fill) return;
        const auto f = event.as<Fill>();
        if (f.side != Side::sell) return;
        const FamilyId family = f.instrument.family;
        Day& day = today_[family];
        day.lots += f.qty;
        day.worth += static_cast<Wide>(f.price.value) * f.qty;
        day.evidence.add(event.header.sequence);
        const Decimal cost = sight.declared_cost(event.header.account, family);
        if (near_floor(f.price, sight.floor(family), t_) && decimal_of(f.price) < cost) day.under += f.qty;
    }

    void end_day(Time date, const EventHeader& now, const OnAlert& tell) override {
        for (auto& [family, today] : today_) {
            Days& days = days_[family];
            today.date = date;
            // A day without a trade begins the count anew.
            if (!days.empty() && days.back().date + engine::day != date) days.clear();
            days.push_back(today);
            if (days.size() > t_.spiral_days) days.pop_front();
            if (days.size() == t_.spiral_days) look(family, days, now, tell);
        }
        today_.clear();
    }

  private:
    void look(FamilyId family, const Days& days, const EventHeader& now, const OnAlert& tell) const {
        Alert alert = alert_at(now, Indicator::spiral, days.front().evidence);
        alert.value = fall(days.front(), days.back());
        alert.floor_share = share_under_cost(days);
        if (fell_every_day(days)) alert.signs |= spiral_sign::fell_every_day;
        if (alert.value >= t_.spiral_fall) alert.signs |= spiral_sign::fell_far;
        if (alert.floor_share >= t_.spiral_floor_share) alert.signs |= spiral_sign::sold_under_cost;
        if (std::popcount(alert.signs) < 2) return;
        alert.day = days.back().date;
        alert.family = family;
        alert.threshold = t_.spiral_fall;
        alert.proposes_floor_hold = alert.signs == spiral_sign::all;
        alert.evidence = evidence_of(days);
        tell(std::move(alert));
    }

    Thresholds t_;
    std::map<FamilyId, Day> today_;
    std::map<FamilyId, Days> days_;  // those before
};

}  // namespace

std::unique_ptr<IndicatorRule> spiral_rule(const Thresholds& t) { return std::make_unique<Spiral>(t); }

}  // namespace gridbook::ledger
