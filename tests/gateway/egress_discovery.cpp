// SPDX-License-Identifier: Apache-2.0
// What can be had, computed from the public books: the strip of market-rules section 4, the meters of section
// 2, filters, and the channels that tell them.

#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

// The hours of the strip vector: price x units. 09: 13.50x8, 14.20x16 | 10: 13.80x16 | 11: 14.00x4, 14.60x20
// | 12: 13.90x16; and 14 apart from them.
struct Offered : Egress {
    Offered() {
        const std::vector<std::tuple<int, int, std::uint32_t>> offers{
            {9, 1350, 80},   {9, 1420, 160},  {10, 1380, 160}, {11, 1400, 40},
            {11, 1460, 200}, {12, 1390, 160}, {14, 1300, 20}};
        for (const int hour : {9, 10, 11, 12, 13, 14}) list(10, at(hour));
        std::uint64_t id = 1;
        for (const auto& [hour, price, lots] : offers) {
            publish({event({20 + id}, resting(instrument(at(hour)), id, Side::sell, price, lots))});
            ++id;
        }
    }
    static std::string at(int hour) {
        return example_family + ".20261201T" + (hour < 10 ? "0" : "") + std::to_string(hour) + "Z";
    }
    std::string get(const std::string& target) const {
        const auto answer = api.get(target);
        REQUIRE(answer);
        INFO(answer->body);
        REQUIRE(answer->status == 200);
        return answer->body;
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const std::string family =
    R"("family":"H100.CN-EAST.G2","class":"H100","zone":"CN-EAST","tier":"G2","residency":"CN","latency_ms":20)";

}  // namespace

TEST_CASE("16 units from 09 to 13 cost 896.00 as the strip does, window by window") {
    const Offered x;
    CHECK(contains(
        x.get("/v1/capacity?family=H100.CN-EAST.G2&qty=16&hours=4"),
        R"({"capacity":[{)" + family +
            R"(,"qty":"16","available":4,"cheapest":{"start":"20261201T09Z","hours":4,"average":"14.00","total":"896"},"longest":{"start":"20261201T09Z","hours":4,"average":"14.00","total":"896"},"offers":[["20261201T09Z","13.85","24"],["20261201T10Z","13.80","16"],["20261201T11Z","14.45","24"],["20261201T12Z","13.90","16"]]}],"seq":27)"));
}

TEST_CASE("the cheapest run is the cheapest, of equal ones the earliest, and none goes over a gap") {
    const Offered x;
    CHECK(contains(x.get("/v1/capacity?qty=2&hours=1"),
                   R"("cheapest":{"start":"20261201T14Z","hours":1,"average":"13.00")"));
    CHECK(contains(x.get("/v1/capacity?qty=2&hours=2"),
                   R"("cheapest":{"start":"20261201T09Z","hours":2,"average":"13.65","total":"54.6"})"));
    CHECK(contains(x.get("/v1/capacity?qty=16&hours=2&from=20261201T10Z"),
                   R"("cheapest":{"start":"20261201T10Z","hours":2,"average":"14.13","total":"452"})"));
    const std::string none = x.get("/v1/capacity?qty=16&hours=5");
    CHECK_FALSE(contains(none, "cheapest"));
    CHECK(contains(none, R"("longest":{"start":"20261201T09Z","hours":4)"));
    CHECK(contains(x.get("/v1/capacity?qty=25"), R"("available":0}])"));
}

TEST_CASE("price, window and the family's words narrow what is told") {
    const Offered x;
    CHECK(contains(x.get("/v1/capacity?qty=2&price=13.80"), R"("available":3)"));
    CHECK(contains(x.get("/v1/capacity?qty=2&from=20261201T10Z&to=20261201T12Z"), R"("available":2)"));
    CHECK(contains(x.get("/v1/capacity?class=H100&zone=CN-EAST&tier=G2&residency=CN"), R"("available":5)"));
    CHECK(contains(x.get("/v1/capacity?residency=US"), R"({"capacity":[],)"));
}

TEST_CASE("a closed hour and an offer beyond the effective band cannot be had") {
    Offered x;
    x.publish({x.phase(30, x.at(10), engine::Phase::gated)});
    CHECK(contains(x.get("/v1/capacity?qty=2"), R"("available":4)"));
    engine::ReferenceChanged r;
    r.instrument = x.instrument(x.at(11));
    r.reference = Price{1381};
    r.low = Price{1312};
    r.high = Price{1450};
    x.publish({event({31}, r)});
    CHECK(contains(x.get("/v1/capacity?qty=4"), R"("available":3)"));
    CHECK(contains(x.get("/v1/capacity?qty=16"), R"("available":2)"));
}

TEST_CASE("14.00 at 2,500 tokens a second is 0.001556 for a thousand") {
    const Offered x;
    const std::string body = x.get(
        "/v1/cost?symbol=" + x.at(11) +
        "&tokens_per_second=2500&step_s=1.5&devices=64&power_kw=0.7&pue=1.3&green_share=0.4&carbon_g=570.3");
    // 14.00 · 64 · 1.5 / 3600; 14.00 · 24 / 0.9894; 0.7 · 1.3; 0.91 · 570.3 · 0.6.
    CHECK(contains(
        body,
        R"("symbol":"H100.CN-EAST.G2.20261201T11Z","price":"14.00","price_is":"ask","per_pflops_day":"339.599757","per_1k_tokens":"0.001556","per_step":"0.373333","kwh_per_hour":"0.91","carbon_g_per_hour":"311.3838"})"));
}

TEST_CASE("carbon of a unit-hour is live with the price, from resources, class and zone") {
    Offered x;
    x.know_energy();
    const std::string of_family = family + R"(,"green_share":"0.2","pue":"1.5")";
    // 0.7 · (1.25 · 0.6 · 10 + 1.5 · 0.8 · 30) / 40 · 561.7, and 0.7 · 1.4375 kWh.
    const std::string meters = R"(,"kwh_per_hour":"1.00625","carbon_g_per_hour":"427.594125")";
    CHECK(contains(x.get("/v1/cost?symbol=" + x.at(11)), of_family + R"(,"symbol")"));
    CHECK(contains(x.get("/v1/cost?symbol=" + x.at(11)), meters + "}"));
    CHECK(contains(x.get("/v1/capacity"), of_family));
    CHECK(contains(x.get("/v1/families"),
                   R"("horizon":192,"green_share":"0.2","pue":"1.5","grid_carbon_g":"561.7")"));
    const Discovery discovery(x.directory, x.bands, x.market);
    std::string told;
    discovery.append_cost_event(engine::FamilyId{0}, told);
    CHECK(contains(told, meters + R"(,"seq")"));
    // Figures of one's own take the place of what is known.
    CHECK(contains(x.get("/v1/cost?power_kw=1&symbol=" + x.at(11)), R"("carbon_g_per_hour":"610.84875")"));
    CHECK(contains(x.get("/v1/cost?pue=1&green_share=0.5&symbol=" + x.at(11)),
                   R"("kwh_per_hour":"0.7","carbon_g_per_hour":"196.595")"));
}

TEST_CASE("tokens by the block stand beside tokens by the hour, whichever side is asked") {
    Offered x;
    engine::ClassDefined chat;
    chat.id = engine::ClassId{1};
    chat.name = engine::Text<16>("CHAT-L");
    engine::TierDefined t1;
    t1.id = engine::TierId{1};
    t1.name = engine::Text<8>("T1");
    t1.product = engine::Product::token;
    engine::FamilyDefined blocks;
    blocks.id = engine::FamilyId{1};
    blocks.class_id = chat.id;
    blocks.tier_id = t1.id;
    blocks.product = engine::Product::token;
    x.publish({event({40}, chat), event({41}, t1), event({42}, blocks)});
    const std::string day = "CHAT-L.CN-EAST.T1.20261202";
    x.list(43, day);
    x.publish({event({44}, resting(x.instrument(day), 95, Side::sell, 200, 10))});
    CHECK_FALSE(contains(x.get("/v1/cost"), "spreads"));
    x.directory.use_serving({{"H100", "CHAT-L", 2'500'000}});
    // 14.00 · 1,000,000 / (2,500 · 3,600) = 1.555556; 2.00 is 28.57 % above it.
    const std::string rest =
        R"(,"hour_price":"14.00","hour_is":"ask","tokens_per_second":"2500","by_hours":"1.555556","spread":"0.2857"}])";
    const std::string row =
        R"("spreads":[{"tokens":")" + day + R"(","block_price":"2.00","block_is":"ask","hours":")";
    CHECK(contains(x.get("/v1/cost?symbol=" + x.at(11)), row + x.at(11) + "\"" + rest));
    // From the block's side: the hours' next open window, where nobody offers.
    CHECK(contains(x.get("/v1/cost?family=CHAT-L.CN-EAST.T1"),
                   row + example_symbol + R"(","hour_price":"14.00","hour_is":"guidance")"));
    const Discovery discovery(x.directory, x.bands, x.market);
    std::string told;
    discovery.append_cost_event(engine::FamilyId{1}, told);
    CHECK(contains(told, R"("spread":"0.2857"}],"seq")"));
    // A cheaper block lies below.
    x.publish({event({45}, resting(x.instrument(day), 96, Side::sell, 100, 10))});
    CHECK(contains(x.get("/v1/cost?family=CHAT-L.CN-EAST.T1"), R"("spread":"-0.3571")"));
}

TEST_CASE("the meter runs on the best offer, else the last trade, else guidance") {
    Offered x;
    CHECK(contains(x.get("/v1/cost?symbol=" + x.at(13)), R"("price":"14.00","price_is":"guidance")"));
    x.publish({event({40}, resting(x.instrument(x.at(13)), 90, Side::sell, 1380, 10)),
               event({41}, resting(x.instrument(x.at(13)), 91, Side::buy, 1380, 10)),
               event({41}, maker_fill(x.instrument(x.at(13)), 90, Side::sell, 1380, 10, 0))});
    auto taker = maker_fill(x.instrument(x.at(13)), 91, Side::buy, 1380, 10, 0);
    taker.liquidity = engine::Liquidity::taker;
    x.publish({event({41}, taker)});
    CHECK(contains(x.get("/v1/cost?symbol=" + x.at(13)), R"("price":"13.80","price_is":"last")"));
    // Of a family: its next open window.
    CHECK(contains(x.get("/v1/cost?family=H100.CN-EAST.G2"), example_symbol));
}

TEST_CASE("channels capacity and cost tell what there is, then at most once a second what moved") {
    Offered x;
    const Discovery discovery(x.directory, x.bands, x.market);
    x.feed.use_discovery(discovery);
    x.feed.handle(5, {"1", "subscribe", {"capacity", "cost"}, {example_family}});
    auto heard = x.outbox.to(5);
    REQUIRE(heard.size() == 3);
    CHECK(heard[0] == R"({"id":"1","ok":true,"subscriptions":2,"seq":27})");
    CHECK(heard[1].starts_with(R"({"ev":"capacity",)" + family +
                               R"(,"qty":"0.1","available":5,"cheapest":{"start":"20261201T14Z")"));
    CHECK(heard[2].starts_with(
        R"({"ev":"cost",)" + family +
        R"(,"symbol":"H100.CN-EAST.G2.20261201T01Z","price":"14.00","price_is":"guidance")"));
    x.outbox.clear();
    x.feed.tick(example_time);
    x.outbox.clear();
    x.publish({event({50}, resting(x.instrument(x.at(13)), 92, Side::sell, 1310, 10))});
    x.feed.tick(example_time + engine::millisecond * 500);
    CHECK(x.outbox.to(5).empty());
    x.feed.tick(example_time + engine::second);
    heard = x.outbox.to(5);
    REQUIRE(heard.size() == 2);
    CHECK(contains(heard[0], R"("available":6)"));
    x.outbox.clear();
    x.feed.tick(example_time + engine::second * 2);
    CHECK(x.outbox.to(5).empty());
}

}  // namespace gridbook::gateway::egress
