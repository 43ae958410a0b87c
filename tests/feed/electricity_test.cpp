// SPDX-License-Identifier: Apache-2.0
// Half a year of half-hourly electricity prices (New Zealand, one node, 2007) as the path on which the price
// of an hour of compute moves: real scarcity, with moves of up to three orders of magnitude. A half-hour is a
// minute here, so a day takes 48 minutes, and the half year 145 hours: the instrument is listed all the time.
// A price is taken as 100 CNY for 1 NZD/MWh, which leaves every move in percent as it was.
#include <cmath>

#include "tests/engine/bands_story.hpp"
#include "tests/feed/rows.hpp"

namespace gridbook::tests {

namespace {

using engine::Price;

const std::string folder = "nz-power-2007/";
constexpr auto horizon = std::uint16_t{192};
const engine::InstrumentId far = hour_of(0, 170);

std::vector<Price> path() {
    std::vector<Price> prices;
    for (const Row& row : rows_of(folder + "half_hour_prices.csv"))
        prices.emplace_back(static_cast<std::int32_t>(std::lround(std::stod(row[3]) * 10'000)));
    return prices;
}

engine::Genesis genesis() {
    engine::Genesis g = small_genesis();
    g.max_notional = millionths("1000000000");
    return g;
}

// One hour's market with a hard band that holds every price of the path.
Market market(int width) {
    engine::DefineFamily f = h100_family("5000.00", horizon);
    f.floor = decimal("1.00");
    f.ceiling = decimal("20000.00");
    f.dynamic_width = engine::BasisPoints{width};
    return Market(genesis(), f);
}

engine::Command order(OrderBuilder builder, Price price, std::uint32_t number, engine::OnBand on_band) {
    builder.at(engine::decimal_of(price)).of(far).as(fmt::format("e-{}", number));
    return with(builder, [&](engine::PlaceOrder& o) { o.on_band = on_band; });
}

bool refused(const Events& events, engine::RejectReason reason) {
    return std::any_of(events.begin(), events.end(), [&](const engine::Event& e) {
        return e.kind() == engine::EventKind::refused && e.as<engine::Refused>().reason == reason;
    });
}

// How many steps leave a hard band of `percent` around the price before: each step sets the band anew and
// asks for the next price.
int trips(int percent) {
    const std::vector<Price> prices = path();
    Market m = market(0);
    int tripped = 0;
    for (std::uint32_t i = 1; i < prices.size(); ++i) {
        const std::int64_t before = prices[i - 1].value;
        const auto low = static_cast<std::int32_t>((before * (100 - percent) + 99) / 100);
        const auto high = static_cast<std::int32_t>(before * (100 + percent) / 100);
        const Events set = m.send(band()
                                      .floor(engine::decimal_of(Price{low}))
                                      .ceiling(engine::decimal_of(Price{high}))
                                      .guidance(engine::decimal_of(prices[i - 1]))
                                      .expecting(i));
        REQUIRE(set.at(0).kind() == engine::EventKind::band_changed);
        tripped +=
            refused(m.send(order(buy("0.1").ioc().from(Market::acme), prices[i], i, engine::OnBand::reject)),
                    engine::RejectReason::price_band_hard);
    }
    return tripped;
}

// What the events of the path say.
class Watch {
  public:
    void hear(const engine::Event& e) {
        if (e.kind() == engine::EventKind::reference_changed) {
            const auto r = e.as<engine::ReferenceChanged>();
            if (r.instrument == far) low_ = r.low, high_ = r.high;
        } else if (e.kind() == engine::EventKind::phase_changed) {
            const auto p = e.as<engine::PhaseChanged>();
            if (p.instrument == far) enter(p, e.header.time);
        } else if (e.kind() == engine::EventKind::fill) {
            const auto f = e.as<engine::Fill>();
            ++fills;
            outside += f.price < low_ || f.price > high_;
        }
    }
    int fills = 0, outside = 0, pauses = 0, extensions = 0, calls = 0, reopened = 0;
    engine::Duration paused{};

  private:
    void enter(const engine::PhaseChanged& p, engine::Time at) {
        if (p.phase == engine::Phase::paused) {
            if (p.extension > 0)
                ++extensions;
            else
                ++pauses, since_ = at;
        } else if (p.phase == engine::Phase::call) {
            ++calls;
        } else if (p.phase == engine::Phase::open && since_ != engine::Time{}) {
            ++reopened;
            paused.value += at.value - since_.value;
            since_ = engine::Time{};
        }
    }
    Price low_{}, high_{};
    engine::Time since_{};
};

}  // namespace

TEST_CASE("static bands along the electricity price trip as often as its moves are large") {
    if (absent(folder)) return;
    const int ten = trips(10), twenty = trips(20);
    std::cout << fmt::format("electricity: a band of 10 % trips {} times, one of 20 % {} times in {} steps\n",
                             ten, twenty, path().size() - 1);
    // By the moves themselves: 1,359 and 419. Edges are rounded to the tick, inward.
    CHECK(std::abs(ten - 1'359) <= 3);
    CHECK(std::abs(twenty - 419) <= 3);
}

TEST_CASE("along the electricity price no trade leaves the dynamic band, and every pause ends") {
    if (absent(folder)) return;
    const std::vector<Price> prices = path();
    Market m = market(1'000);
    for (const auto who : {Market::acme, Market::prov}) m.send(credit(who, 900'000'000));
    std::uint32_t number = 0;
    for (const Price price : prices) {
        for (const auto who : {Market::acme, Market::prov})
            m.send(engine::Command::of(engine::CancelAll{}, who, engine::no_key, asked));
        m.send(order(sell("0.1").from(Market::prov), price, ++number, engine::OnBand::cap));
        m.send(order(buy("0.1").from(Market::acme), price, ++number, engine::OnBand::cap));
        m.at(m.now() + engine::minute);
    }
    m.at(m.now() + engine::hour);
    Watch watch;
    for (const engine::Event& e : m.driver().all_events()) watch.hear(e);
    const auto minutes = watch.paused.value / engine::minute.value;
    std::cout << fmt::format(
        "electricity: {} trades in {} steps, {} pauses ({} extended, {} ended by a call), {} min in pause of "
        "{} "
        "({:.1f} %)\n",
        watch.fills / 2, prices.size(), watch.pauses, watch.extensions, watch.calls, minutes, prices.size(),
        100.0 * static_cast<double>(minutes) / static_cast<double>(prices.size()));
    CHECK(watch.outside == 0);
    CHECK(watch.fills > 2'000);
    CHECK(watch.pauses > 100);
    CHECK(watch.reopened == watch.pauses);
}

}  // namespace gridbook::tests
