// SPDX-License-Identifier: Apache-2.0
// The spread of tokens by the block and by the hour: told above its threshold, once a day for each pair, with
// its inputs and the trades of both sides.
#include "ledger/surveillance/report.hpp"
#include "ledger/surveillance/surveillance.hpp"

#include "told.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;

namespace {

constexpr engine::FamilyId hours{0}, blocks{1}, elsewhere{2};

// H100 and CHAT-L in one zone, CHAT-L in another; trades by hand.
struct Both {
    std::vector<Alert> all;
    std::unique_ptr<Surveillance> surveillance;
    Names names;
    std::uint64_t sequence = 0;
    engine::Time now = tests::day_one;

    explicit Both(Thresholds t = few()) {
        surveillance = std::make_unique<Surveillance>(t, [&](Alert&& alert) {
            if (alert.indicator == Indicator::spread) all.push_back(std::move(alert));
        });
        define(0, "H100");
        define(1, "CHAT-L");
        for (const std::uint16_t zone : {std::uint16_t{0}, std::uint16_t{1}}) {
            engine::ZoneDefined z;
            z.id = engine::ZoneId{zone};
            z.name = engine::Text<16>(zone == 0 ? "CN-EAST" : "CN-GS");
            hear(z);
        }
        for (const std::uint16_t tier : {std::uint16_t{0}, std::uint16_t{1}}) {
            engine::TierDefined defined;
            defined.id = engine::TierId{tier};
            defined.name = engine::Text<8>(tier == 0 ? "G2" : "T1");
            hear(defined);
        }
        family(hours, 0, 0, engine::Product::gpu);
        family(blocks, 1, 0, engine::Product::token);
        family(elsewhere, 1, 1, engine::Product::token);
    }
    static Thresholds few() {
        Thresholds t;
        t.serving = {{"H100", "CHAT-L", 2'500'000}};
        return t;
    }
    // Both fills of a trade; ticks.
    void trade(engine::FamilyId of, std::int32_t price, std::uint32_t lots) {
        engine::Fill f;
        f.instrument = engine::instrument(of, engine::Period{20'500});
        f.price = engine::Price{price};
        f.qty = lots;
        f.side = engine::Side::sell;
        f.liquidity = engine::Liquidity::maker;
        hear(f);
        f.side = engine::Side::buy;
        f.liquidity = engine::Liquidity::taker;
        hear(f, false);
    }
    template <class Body>
    void hear(const Body& body, bool next = true) {
        engine::Event event;
        event.header.sequence = engine::Sequence{next ? ++sequence : sequence};
        event.header.time = now;
        event.set(body);
        names.hear(event);
        surveillance->hear(event);
    }

  private:
    void define(std::uint16_t id, const char* name) {
        engine::ClassDefined c;
        c.id = engine::ClassId{id};
        c.name = engine::Text<16>(name);
        hear(c);
    }
    void family(engine::FamilyId id, std::uint16_t of, std::uint16_t zone, engine::Product product) {
        engine::FamilyDefined f;
        f.id = id;
        f.class_id = engine::ClassId{of};
        f.zone_id = engine::ZoneId{zone};
        f.tier_id = engine::TierId{of};
        f.product = product;
        hear(f);
    }
};

}  // namespace

TEST_CASE("14.00 an hour at 2,500 tokens a second is 1.555556 for a million") {
    CHECK(tokens_by_hours(tests::money("14"), 2'500'000) == tests::money("1.555556"));
    CHECK(tokens_by_hours(tests::money("14"), 0) == engine::Money{});
    CHECK(spread_of(tests::money("2"), tests::money("1.555556")) == 2'857);
    CHECK(spread_of(tests::money("1"), tests::money("2")) == -5'000);
    CHECK(spread_of(tests::money("1"), engine::Money{}) == 0);
}

TEST_CASE("A spread above its threshold is told with prices of both sides and the trades they come from") {
    Both b;
    b.trade(hours, 1'350, 50);
    b.trade(hours, 1'450, 50);  // 14.00 on the mean
    b.trade(elsewhere, 900, 100);
    b.trade(blocks, 194, 10);  // 24.71 %
    CHECK(b.all.empty());
    b.trade(blocks, 198, 30);  // 1.97 on the mean: 26.64 %
    REQUIRE(b.all.size() == 1);
    const Alert& alert = b.all[0];
    CHECK(alert.family == blocks);
    CHECK(alert.account == engine::no_account);
    CHECK(alert.value == 2'664);
    CHECK(alert.threshold == 2'500);
    CHECK(alert.spread.hours == hours);
    CHECK(alert.spread.block == tests::money("1.97"));
    CHECK(alert.spread.hour == tests::money("14"));
    CHECK(alert.spread.by_hours == tests::money("1.555556"));
    const std::uint64_t last = b.sequence;
    CHECK(alert.sequence == engine::Sequence{last});
    CHECK(alert.first == engine::Sequence{last - 4});
    CHECK(alert.evidence ==
          std::vector<engine::Sequence>{engine::Sequence{last - 4}, engine::Sequence{last - 3},
                                        engine::Sequence{last - 1}, engine::Sequence{last}});
    const std::string members = alert_members(alert, b.names, b.surveillance->sight());
    CHECK(members.find(R"("indicator":"spread",)") != std::string::npos);
    CHECK(
        members.find(
            R"("family":"CHAT-L.CN-EAST.T1","value":2664,"threshold":2500,"unit":"bp","hours":"H100.CN-EAST.G2","block_price":"1.97","hour_price":"14","tokens_per_second":"2500","by_hours":"1.555556","dearer":true,"seq")") !=
        std::string::npos);
    CHECK(alert_sentence(alert, b.names, b.surveillance->sight()).find("26.64 % dearer") !=
          std::string::npos);
    // Once a day; the next day begins with nothing.
    b.trade(blocks, 400, 100);
    CHECK(b.all.size() == 1);
    b.now = b.now + engine::day;
    b.trade(blocks, 100, 100);
    CHECK(b.all.size() == 1);
    b.trade(hours, 1'400, 100);
    REQUIRE(b.all.size() == 2);
    CHECK(b.all[1].value == 3'571);
    CHECK(alert_sentence(b.all[1], b.names, b.surveillance->sight()).find("cheaper") != std::string::npos);
}

TEST_CASE("Too little trade, another zone, and a market that serves nothing tell nothing") {
    Both b;
    b.trade(hours, 1'400, 9);
    b.trade(blocks, 900, 100);
    b.trade(elsewhere, 900, 100);
    CHECK(b.all.empty());
    b.trade(hours, 1'400, 1);
    REQUIRE(b.all.size() == 1);
    CHECK(b.all[0].family == blocks);
    Both none{Thresholds{}};
    none.trade(hours, 1'400, 100);
    none.trade(blocks, 900, 100);
    CHECK(none.all.empty());
    Thresholds high = Both::few();
    high.spread_share = 50'000;
    Both wide{high};
    wide.trade(hours, 1'400, 100);
    wide.trade(blocks, 900, 100);  // 478 %
    CHECK(wide.all.empty());
}
