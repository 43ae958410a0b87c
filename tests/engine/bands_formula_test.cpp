// SPDX-License-Identifier: Apache-2.0
// The formulas of market-rules section 5 with their vectors: edges, widths, the mean of the window.
#include <catch2/catch.hpp>

#include "engine/bands/dynamic_band.hpp"

namespace gridbook::tests {

namespace {

using engine::BasisPoints;
using engine::EffectiveBand;
using engine::HardBand;
using engine::Price;

HardBand hard_of(int guidance) {
    engine::BandChange change;
    change.guidance = Price{guidance};
    return engine::changed(HardBand{}, change);
}
EffectiveBand between(int low, int high) { return {Price{low}, Price{high}}; }
bool same(const EffectiveBand& a, const EffectiveBand& b) { return a == b; }

}  // namespace

TEST_CASE("the hard band rounds inward around 0.70 G and 1.40 G", "[bands]") {
    struct Row {
        int guidance, low, high;
    };
    // 14.00, and its price at k 0.42 and 0.79.
    for (const Row row : {Row{1'400, 980, 1'960}, {588, 412, 823}, {1'106, 775, 1'548}}) {
        CHECK(hard_of(row.guidance).low == Price{row.low});
        CHECK(hard_of(row.guidance).high == Price{row.high});
    }
}

TEST_CASE("the effective band lies around R inside the hard band", "[bands]") {
    const HardBand hard = hard_of(1'400);
    const BasisPoints five{500};
    CHECK(same(effective_band(hard, Price{1'400}, five), between(1'330, 1'470)));
    CHECK(same(effective_band(hard, Price{1'414}, five), between(1'344, 1'484)));
    CHECK(same(effective_band(hard, Price{1'000}, five), between(980, 1'050)));
    // R is clamped first.
    CHECK(same(effective_band(hard, Price{2'500}, five), between(1'862, 1'960)));
    CHECK(same(effective_band(hard, Price{100}, five), between(980, 1'029)));
    HardBand lowered = hard_of(1'200);
    lowered.high = Price{1'300};
    CHECK(same(effective_band(lowered, Price{1'400}, five), between(1'235, 1'300)));
    // The widest: nothing is left below.
    CHECK(same(effective_band(hard, Price{1'400}, BasisPoints{10'000}), between(980, 1'960)));
    CHECK(same(effective_band(hard, Price{1'400}, BasisPoints{25'000}), between(980, 1'960)));
}

TEST_CASE("edges near the highest price do not overflow", "[bands]") {
    HardBand hard;
    hard.high = engine::max_price;
    hard.low = Price{engine::max_price.value - engine::widest_band};
    const EffectiveBand band = effective_band(hard, engine::max_price, BasisPoints{10'000});
    CHECK(same(band, {hard.low, hard.high}));
    CHECK(engine::default_floor(engine::max_price) == Price{751'619'277});
}

TEST_CASE("the mean of the window prorates the oldest bucket", "[bands]") {
    using engine::second;
    engine::Reference reference;
    const auto at = [](std::int64_t ms) { return engine::Time{} + engine::millisecond * ms; };
    // 100, 110 and 120 in buckets of a second over three seconds, looked at at 3.6 s.
    reference.add(Price{100}, at(500), second);
    reference.add(Price{110}, at(1'500), second);
    reference.add(Price{120}, at(2'500), second);
    const auto mean = reference.fraction(at(3'600), second * 3, second);
    CHECK(mean.numerator * 10 == mean.denominator * 1'125);
    CHECK(mean.trades == 3);
    CHECK(reference.mean(at(3'600), second * 3, second) == Price{112});
    // At 4.0 s the first bucket is out; the one that runs would count fully.
    CHECK(reference.mean(at(4'000), second * 3, second) == Price{115});
    reference.add(Price{145}, at(4'001), second);
    CHECK(reference.mean(at(4'001), second * 3, second) == Price{125});
    CHECK(reference.mean(at(9'000), second * 3, second) == Price{});
}

}  // namespace gridbook::tests
