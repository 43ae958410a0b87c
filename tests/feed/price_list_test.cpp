// SPDX-License-Identifier: Apache-2.0
// A real price list of cloud GPUs (2024-05-20, 14 models with five prices or more) as the offers of a day on
// which the market opens: a family a model, guidance its median at 7 CNY to the dollar (an even count: the
// upper of the two middle ones). A tight band refuses most of them. A wide one that the regulator narrows
// while trades come takes them all, and still holds a spiral: sellers who undercut the day before by 5 %, and
// a buyer who takes all of it. The control leaves the band wide, and the price falls with them.
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "tests/engine/setup.hpp"
#include "tests/feed/rows.hpp"

namespace gridbook::tests {

namespace {

using engine::Price;

const std::string folder = "gpu-prices/";

// Prices of each model in ticks, rising.
using Models = std::map<std::string, std::vector<std::int32_t>>;

Models models() {
    Models all;
    for (const Row& row : rows_of(folder + "cloud_gpus_2022_2024.csv.gz")) {
        if (row[0] != "2024-05-20" || row[9].empty()) continue;
        const double usd = std::strtod(row[9].c_str(), nullptr);
        if (usd > 0) all[row[2]].push_back(static_cast<std::int32_t>(std::lround(usd * 7 * 100)));
    }
    std::erase_if(all, [](const auto& model) { return model.second.size() < 5; });
    for (auto& [model, prices] : all) std::sort(prices.begin(), prices.end());
    return all;
}

constexpr engine::AccountId lister{0}, undercutter{1}, taker{2};

// Days 0 to 5; what is traded is one hour after them.
class Listing {
  public:
    static constexpr int days = 5;

    // The hard band, in hundredths of guidance.
    Listing(const Models& models, int low, int high) : models_(models) {
        engine::Genesis g = small_genesis();
        g.families = 32;
        g.books = 32 * horizon;
        send(engine::Command::of(g));
        send(engine::Command::of(h100_class()));
        send(engine::Command::of(east_zone()));
        for (const char* who : {"lister", "undercutter", "taker"}) send(engine::Command::of(account(who)));
        for (const auto who : {lister, undercutter, taker}) send(credit(who, 100'000'000));
        std::uint16_t family = 0;
        for (const auto& [model, prices] : models_) define(family++, prices[prices.size() / 2], low, high);
        for (const engine::Event& e : driver_.all_events()) REQUIRE(e.kind() != engine::EventKind::refused);
    }

    // Every price of the list, as an offer of one unit. Returns how many were refused.
    int offer_all() {
        int refused = 0;
        std::uint16_t family = 0;
        for (const auto& [model, prices] : models_) {
            for (const std::int32_t price : prices)
                refused += !place(sell(1).from(lister), family, Price{price});
            ++family;
        }
        return refused;
    }
    // Floor and ceiling of all families, in hundredths of guidance. Returns how many offers park.
    std::uint64_t narrow(int low, int high) {
        std::uint64_t parked = 0;
        ++version_;
        for (std::uint16_t f = 0; f < guidance_.size(); ++f) {
            const Events events = send(band()
                                           .of(engine::FamilyId{f})
                                           .floor(share(f, low, 99))
                                           .ceiling(share(f, high, 0))
                                           .expecting(version_));
            REQUIRE(events.at(0).kind() == engine::EventKind::band_changed);
            parked += events.at(0).as<engine::BandChanged>().orders_parked;
        }
        return parked;
    }
    // One day of the spiral in every family: ten units 5 % under what traded the day before, or at the floor
    // when that is refused. Whoever offers more is first taken out of the way. Returns the mean of today's
    // prices in hundredths of guidance.
    double spiral_day() {
        now_ = now_ + engine::day;
        double sum = 0;
        for (std::uint16_t f = 0; f < guidance_.size(); ++f) {
            const Price wanted{last_[f].value * 95 / 100};
            if (!trade(f, wanted)) REQUIRE(trade(f, floor_[f]));
            sum += 100.0 * last_[f].value / guidance_[f].value;
        }
        return sum / static_cast<double>(guidance_.size());
    }
    // The offers of the list that lie under guidance find their buyers: what is left trades at the spiral's
    // prices alone.
    void sell_out() {
        for (std::uint16_t f = 0; f < guidance_.size(); ++f)
            place(buy(100).ioc().from(taker), f, guidance_[f]);
    }

  private:
    static constexpr std::uint16_t horizon = 192;

    Events send(const engine::Command& command) { return driver_.send(command, now_); }
    engine::Decimal share(std::uint16_t family, int hundredths, int round) const {
        return engine::decimal_of(Price{(guidance_[family].value * hundredths + round) / 100});
    }
    void define(std::uint16_t family, std::int32_t guidance, int low, int high) {
        engine::DefineTier tier = g2_tier();
        tier.name = engine::Text<8>{fmt::format("L{}", family)};
        send(engine::Command::of(tier));
        guidance_.emplace_back(guidance);
        last_.emplace_back(guidance);
        engine::DefineFamily f = h100_family("1.00", horizon);
        f.tier_id = engine::TierId{family};
        f.guidance = engine::decimal_of(Price{guidance});
        f.floor = share(family, low, 99);
        f.ceiling = share(family, high, 0);
        floor_.emplace_back(static_cast<std::int32_t>(engine::ticks_of(f.floor)));
        send(engine::Command::of(f));
        for (const auto who : {lister, undercutter}) send(resource(who, 5'000, engine::FamilyId{family}));
    }
    bool place(OrderBuilder order, std::uint16_t family, Price price) {
        order.of(hour_of(family, 24 * (days + 1)))
            .at(engine::decimal_of(price))
            .as(fmt::format("l-{}", ++cids_));
        const Events events = send(order);
        for (const engine::Event& e : events)
            if (e.kind() == engine::EventKind::refused) {
                const auto r = e.as<engine::Refused>();
                REQUIRE(r.reason == engine::RejectReason::price_band_hard);
                floor_[family] = Price{static_cast<std::int32_t>(r.limit_low / engine::tick_decimal)};
                return false;
            } else if (e.kind() == engine::EventKind::fill) {
                last_[family] = e.as<engine::Fill>().price;
            }
        return true;
    }
    bool trade(std::uint16_t family, Price price) {
        return place(sell(10).from(undercutter), family, price) &&
               place(buy(10).ioc().from(taker), family, price);
    }

    Driver driver_;
    Models models_;
    engine::Time now_ = day_one;
    std::vector<Price> guidance_, last_, floor_;
    std::uint32_t version_ = 0;
    std::uint32_t cids_ = 0;
};

}  // namespace

TEST_CASE(
    "a tight band refuses most real offers, a wide one that narrows takes them and still holds a spiral") {
    if (absent(folder)) return;
    const Models list = models();
    int offers = 0;
    for (const auto& [model, prices] : list) offers += static_cast<int>(prices.size());
    REQUIRE(offers == 225);

    Listing tight(list, 90, 110);
    const int refused_tight = tight.offer_all();

    Listing wide(list, 10, 500), narrowing(list, 10, 500);
    const int refused_wide = wide.offer_all();
    const int refused_narrowing = narrowing.offer_all();
    wide.sell_out();
    narrowing.sell_out();
    constexpr int floors[Listing::days] = {50, 70, 88, 90, 90};
    constexpr int ceilings[Listing::days] = {400, 300, 200, 150, 140};
    double fallen_wide = 100, fallen_narrowing = 100;
    std::uint64_t parked = 0;
    for (int day = 0; day < Listing::days; ++day) {
        fallen_wide = wide.spiral_day();
        fallen_narrowing = narrowing.spiral_day();
        parked += narrowing.narrow(floors[day], ceilings[day]);
        std::cout << fmt::format(
            "price list, day {}: {:.1f} % of guidance in the wide band, {:.1f} % with floor {} %\n", day + 1,
            fallen_wide, fallen_narrowing, day == 0 ? 10 : floors[day - 1]);
    }
    std::cout << fmt::format(
        "price list: {} of {} offers refused by +-10 %, {} by the wide band; {} parked as it "
        "narrowed\n",
        refused_tight, offers, refused_narrowing, parked);
    CHECK(refused_tight == offers - 84);  // 37 % lie within 10 %
    CHECK(refused_wide == refused_narrowing);
    CHECK(refused_narrowing * 20 < offers);
    CHECK(fallen_wide < 85);
    CHECK(fallen_narrowing > 85);
}

}  // namespace gridbook::tests
