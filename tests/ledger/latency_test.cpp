// SPDX-License-Identifier: Apache-2.0
#include "ledger/latency.hpp"

#include <catch2/catch.hpp>

using namespace gridbook::engine;
using namespace gridbook::ledger;

TEST_CASE("quantiles are at most an eighth too high and never too low", "[latency]") {
    for (const std::int64_t ns : {0ll, 1ll, 7ll, 8ll, 9ll, 1'000ll, 123'456'789ll, 1ll << 50}) {
        LatencyHistogram histogram;
        histogram.add(Duration{ns});
        const auto told = LatencyHistogram::quantile(histogram.counts(), 0.5);
        CHECK(told.value >= ns);
        CHECK(told.value <= ns + ns / 8 + 1);
    }
}

TEST_CASE("the median and the 99th of a known series", "[latency]") {
    LatencyHistogram histogram;
    for (std::int64_t i = 1; i <= 1'000; ++i) histogram.add(Duration{i * 1'000});
    const LatencyWindow window(histogram);
    const auto total = window.total();
    CHECK(total.count == 1'000);
    CHECK(total.p50.value >= 500'000);
    CHECK(total.p50.value <= 570'000);
    CHECK(total.p99.value >= 990'000);
    CHECK(total.p99.value <= 1'120'000);
}

TEST_CASE("a window sees only what came since the last look", "[latency]") {
    LatencyHistogram histogram;
    LatencyWindow window(histogram);
    histogram.add(second);
    CHECK(window.since_last().count == 1);
    histogram.add(nanosecond * 5);
    const auto recent = window.since_last();
    CHECK(recent.count == 1);
    CHECK(recent.p99.value == 5);
    CHECK(window.since_last().count == 0);
    CHECK(window.total().count == 2);
}
