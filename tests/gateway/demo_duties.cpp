// SPDX-License-Identifier: Apache-2.0
// What the demo's providers say about their deliveries, and when.
#include "gateway/demo/duties.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace gridbook::gateway::demo {

namespace {

constexpr engine::Time window{1'796'086'800'000'000'000};  // 2026-12-01T01:00:00Z

// The family whose symbols the duties are heard with; nothing else of the scene matters.
Scene scene() {
    Scene s(1);
    Family f;
    f.name = "H100.CN-EAST.G2";
    s.families().push_back(f);
    s.set_now(window - engine::minute * 10);
    return s;
}

std::string delivery(const std::string& did, const std::string& state, const std::string& party = "seller") {
    return R"({"ev":"delivery","state":")" + state + R"(","did":")" + did +
           R"(","symbol":"H100.CN-EAST.G2.20261201T01Z","party":")" + party +
           R"(","qty":"16","from_minute":0,"minutes":60})";
}

void hear(Duties& duties, const std::string& text) { duties.hear(JsonDocument(text), "/", scene()); }

}  // namespace

TEST_CASE("ready is said once, and every minute of the window once", "[demo]") {
    Duties duties("demo-provider-01");
    hear(duties, delivery("7", "gated"));
    hear(duties, delivery("8", "gated", "buyer"));
    CHECK(duties.size() == 1);
    Chance chance(5);
    const auto first = duties.due(window - engine::minute * 10, chance, 10);
    REQUIRE(first.size() == 1);
    CHECK(first[0].op == "delivery.ready");
    CHECK(first[0].members == R"("did":"7","endpoint_ref":"demo://demo-provider-01")");
    CHECK(duties.due(window, chance, 10).empty());
    std::set<std::string> minutes;
    for (int tenth = 0; tenth < 600; ++tenth)
        for (const auto& saying : duties.due(window + engine::second * (tenth * 6 + 5), chance, 10)) {
            CHECK(saying.op == "meter.report");
            const auto at = saying.members.find("\"minute\":") + 9;
            CHECK(minutes.insert(saying.members.substr(at, saying.members.find(',', at) - at)).second);
        }
    CHECK(minutes.size() >= 55);
    CHECK(minutes.size() <= 60);
    CHECK(duties.due(window + engine::hour + engine::second * 5, chance, 10).empty());
}

TEST_CASE("what failed or is delivered is no duty any more, and a burst is cut", "[demo]") {
    Duties duties("demo-provider-01");
    for (const char* did : {"1", "2", "3"}) hear(duties, delivery(did, "gated"));
    Chance chance(5);
    CHECK(duties.due(window, chance, 2).size() == 2);
    CHECK(duties.due(window, chance, 2).size() == 1);
    hear(duties, delivery("1", "failed"));
    hear(duties, delivery("2", "delivered"));
    CHECK(duties.size() == 1);
    hear(duties, delivery("3", "delivering"));
    CHECK(duties.size() == 1);
}

}  // namespace gridbook::gateway::demo
