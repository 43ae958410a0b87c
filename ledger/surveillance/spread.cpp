// SPDX-License-Identifier: Apache-2.0
// Spread: what was paid in a day for blocks of tokens, against what the same tokens cost by the hours that
// were traded that day in the same zone, of a class that serves them. Means are weighted by lots. Told once a
// day for each pair of families, at the trade that brings it above its threshold. Evidence: the trades of
// both.
#include "ledger/surveillance/spread.hpp"

#include <set>

#include "ledger/surveillance/rules.hpp"

namespace gridbook::ledger {

using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::FamilyId;
using engine::Money;
using engine::Product;
using engine::Time;

engine::Money tokens_by_hours(Money unit_hour, std::uint32_t tokens_per_second) {
    constexpr engine::Wide million = 1'000'000, thousandths = 1'000, seconds = 3'600;
    if (tokens_per_second == 0) return {};
    const engine::Wide numerator = engine::Wide{unit_hour.value} * million * thousandths;
    const engine::Wide denominator = engine::Wide{tokens_per_second} * seconds;
    const engine::Wide whole = numerator / denominator, twice = 2 * (numerator % denominator);
    const bool up = twice > denominator || (twice == denominator && whole % 2 != 0);
    return Money{static_cast<std::int64_t>(whole + (up ? 1 : 0))};
}

std::int64_t spread_of(Money block, Money by_hours) {
    if (by_hours.value <= 0) return 0;
    const engine::Wide difference = engine::Wide{block.value} - by_hours.value;
    return static_cast<std::int64_t>(difference * engine::basis_points_one / by_hours.value);
}

namespace {

class Spread final : public IndicatorRule {
  public:
    explicit Spread(const Thresholds& t) : t_(t) {}

    void hear(const Event& event, const MarketSight&, const OnAlert& tell) override {
        if (t_.serving.empty()) return;
        if (event.kind() == EventKind::class_defined) {
            const auto defined = event.as<engine::ClassDefined>();
            classes_[defined.id] = defined.name.view();
        }
        if (event.kind() == EventKind::family_defined) define(event.as<engine::FamilyDefined>());
        if (event.kind() != EventKind::fill || !completes_trade(event.as<engine::Fill>())) return;
        const auto fill = event.as<engine::Fill>();
        Family& traded = families_[fill.instrument.family];
        traded.lots += fill.qty;
        traded.sum += engine::Wide{fill.price.value} * fill.qty;
        traded.evidence.add(event.header.sequence);
        for (const Serving& serving : t_.serving) look(fill.instrument.family, serving, event.header, tell);
    }

    void end_day(Time, const EventHeader&, const OnAlert&) override {
        for (auto& [id, family] : families_) family.lots = 0, family.sum = 0, family.evidence = {};
        told_.clear();
    }

  private:
    struct Family {
        std::string of{};  // its class
        engine::ZoneId zone{};
        Product product = Product::gpu;
        std::uint64_t lots = 0;  // traded in the day
        engine::Wide sum = 0;    // ticks · lots
        Evidence evidence{};

        // Mean price of a unit.
        Money mean() const { return Money{static_cast<std::int64_t>(sum * engine::tick_decimal / lots)}; }
    };

    void define(const engine::FamilyDefined& defined) {
        Family& family = families_[defined.id];
        family.of = classes_[defined.class_id];
        family.zone = defined.zone_id;
        family.product = defined.product;
    }

    // The pairs in which the family that has just traded is one of the two.
    void look(FamilyId traded, const Serving& serving, const EventHeader& now, const OnAlert& tell) {
        const Family& one = families_[traded];
        const bool block = one.product == Product::token;
        if (one.of != (block ? serving.tokens : serving.gpu)) return;
        for (const auto& [id, other] : families_) {
            if (other.zone != one.zone || (other.product == Product::token) == block) continue;
            if (other.of != (block ? serving.gpu : serving.tokens)) continue;
            compare(block ? traded : id, block ? id : traded, serving, now, tell);
        }
    }

    void compare(FamilyId tokens, FamilyId hours, const Serving& serving, const EventHeader& now,
                 const OnAlert& tell) {
        const Family &blocks = families_[tokens], &units = families_[hours];
        if (std::min(blocks.lots, units.lots) < t_.spread_least || told_.contains({tokens, hours})) return;
        const Money by_hours = tokens_by_hours(units.mean(), serving.tokens_per_second);
        const std::int64_t spread = spread_of(blocks.mean(), by_hours);
        const auto size = static_cast<std::uint64_t>(spread < 0 ? -spread : spread);
        if (size <= t_.spread_share) return;
        told_.insert({tokens, hours});
        Alert alert = alert_at(now, Indicator::spread, blocks.evidence);
        alert.first = std::min(blocks.evidence.first(), units.evidence.first());
        alert.evidence = both(blocks.evidence, units.evidence);
        alert.family = tokens;
        alert.value = size;
        alert.threshold = t_.spread_share;
        alert.spread = {hours, blocks.mean(), units.mean(), by_hours, serving.tokens_per_second};
        tell(std::move(alert));
    }

    // The last ones of each, in their order.
    static std::vector<engine::Sequence> both(const Evidence& a, const Evidence& b) {
        std::vector<engine::Sequence> all = a.last(Alert::most_evidence / 2);
        const std::vector<engine::Sequence> more = b.last(Alert::most_evidence / 2);
        all.insert(all.end(), more.begin(), more.end());
        std::ranges::sort(all);
        return all;
    }

    Thresholds t_;
    std::map<engine::ClassId, std::string> classes_;
    std::map<FamilyId, Family> families_;
    std::set<std::pair<FamilyId, FamilyId>> told_;
};

}  // namespace

std::unique_ptr<IndicatorRule> spread_rule(const Thresholds& t) { return std::make_unique<Spread>(t); }

}  // namespace gridbook::ledger
