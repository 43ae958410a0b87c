// SPDX-License-Identifier: Apache-2.0
// Surveillance: each indicator is told when its threshold is reached, with the sequences it was counted from,
// and not before.
#include "ledger/surveillance/surveillance.hpp"
#include <sstream>
#include "ledger/surveillance/report.hpp"
#include "ledger/surveillance/watch.hpp"

#include "story.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using namespace gridbook::tests;

namespace {

constexpr engine::AccountId acme{0}, bert{1}, carl{2}, prov{3};
const engine::InstrumentId later = hour_of(0, 20);

// Small numbers, so that a story of a few orders reaches them.
Thresholds few() {
    Thresholds t;
    t.cancel_after_fill_least = 2;
    t.layering_least = 1;
    t.wash_least = 3;
    t.orders_per_trade = 4;
    t.orders_least = 10;
    t.withdrawal_least = 100;
    t.floor_hugging_least = 50;
    return t;
}

// What a journal's events show.
std::vector<Alert> alerts(const Story& story, const Thresholds& thresholds = few()) {
    std::vector<Alert> all;
    Surveillance surveillance(thresholds, [&](Alert&& alert) { all.push_back(std::move(alert)); });
    for (const engine::Event& event : story.told()) surveillance.hear(event);
    surveillance.finish();
    return all;
}
std::vector<Alert> of(Indicator indicator, const std::vector<Alert>& all) {
    std::vector<Alert> some;
    for (const Alert& alert : all)
        if (alert.indicator == indicator) some.push_back(alert);
    return some;
}

class Trading {
  public:
    explicit Trading(Story& story) : story_(story) {}
    std::string sell_order(engine::AccountId who, Amount qty, Amount price) {
        return order(sell(qty), who, price);
    }
    std::string buy_order(engine::AccountId who, Amount qty, Amount price) {
        return order(buy(qty), who, price);
    }
    void trade(engine::AccountId seller, engine::AccountId buyer, Amount qty, Amount price) {
        sell_order(seller, qty, price);
        buy_order(buyer, qty, price);
    }
    engine::InstrumentId hour = later;

  private:
    std::string order(OrderBuilder builder, engine::AccountId who, Amount price) {
        const std::string cid = "c" + std::to_string(++cids_);
        story_.send(builder.at(price).of(hour).from(who).as(cid));
        return cid;
    }
    Story& story_;
    int cids_ = 0;
};

}  // namespace

TEST_CASE("Orders cancelled soon after a fill on the other side are told as a share of what was entered") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    for (int i = 0; i < 2; ++i) {
        const std::string shown = t.sell_order(carl, 9, "15.00");
        t.trade(prov, carl, 1, "14.00");
        story.at(story.now() + engine::second * 4);
        story.send(cancel(shown, carl));
    }
    const auto found = of(Indicator::cancel_after_fill, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].account == carl);
    REQUIRE(found[0].value == 5'000);  // two of four
    REQUIRE(found[0].evidence.size() == 4);

    Thresholds quick = few();
    quick.soon_ms = 3'999;
    REQUIRE(of(Indicator::cancel_after_fill, alerts(story, quick)).empty());
}

TEST_CASE("Layering needs three levels shown, a fill on the other side, and three levels taken back") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    const auto act = [&](int levels) {
        std::vector<std::string> shown;
        for (int i = 0; i < levels; ++i)
            shown.push_back(t.sell_order(carl, 5, engine::Decimal{(1'500 + i) * engine::tick_decimal}));
        t.trade(prov, carl, 1, "14.00");
        for (const std::string& cid : shown) story.send(cancel(cid, carl));
    };
    act(2);
    REQUIRE(of(Indicator::layering, alerts(story)).empty());
    act(3);
    const auto found = of(Indicator::layering, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].value == 1);
    REQUIRE(found[0].evidence.size() == 4);
}

TEST_CASE("Fills between the cancels do not hide layering, and a level that was kept does not count") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    std::vector<std::string> shown;
    for (int i = 0; i < 4; ++i)
        shown.push_back(t.sell_order(carl, 5, engine::Decimal{(1'500 + i) * engine::tick_decimal}));
    t.trade(prov, carl, 1, "14.00");
    story.send(cancel(shown[0], carl));
    story.at(story.now() + engine::second * 4);
    t.trade(prov, carl, 1, "14.00");
    story.send(cancel(shown[1], carl));
    REQUIRE(of(Indicator::layering, alerts(story)).empty());
    story.at(story.now() + engine::second * 4);
    story.send(cancel(shown[2], carl));
    REQUIRE(of(Indicator::layering, alerts(story)).size() == 1);
}

TEST_CASE("Two groups that trade with each other above 80 % are told, at 80 % not") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    t.trade(carl, acme, 2, "14.00");
    for (int i = 0; i < 4; ++i) t.trade(prov, acme, 2, "14.00");
    REQUIRE(of(Indicator::wash, alerts(story)).empty());  // acme: 8 of 10
    t.trade(prov, acme, 1, "14.00");
    const auto found = of(Indicator::wash, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].value == 8'181);
    REQUIRE(found[0].group != found[0].other);
    REQUIRE(found[0].evidence.size() == 5);
    t.trade(prov, acme, 1, "14.00");
    REQUIRE(of(Indicator::wash, alerts(story)).size() == 1);  // once a day
}

TEST_CASE("Many orders for each trade are told") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    for (int i = 0; i < 5; ++i) story.send(cancel(t.buy_order(bert, 1, "13.00"), bert));
    const auto found = of(Indicator::order_to_trade, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].account == bert);
    REQUIRE(found[0].value == 10);
}

TEST_CASE("Who trades may order more") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    for (int i = 0; i < 3; ++i) t.trade(prov, bert, 3, "13.50");
    for (int i = 0; i < 5; ++i) story.send(cancel(t.buy_order(bert, 1, "13.00"), bert));
    REQUIRE(of(Indicator::order_to_trade, alerts(story)).empty());  // 13 for 3
}

TEST_CASE("Offers taken back within half an hour of the gate are told, earlier ones not") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    const std::string early = t.sell_order(carl, 10, "15.00"), late = t.sell_order(carl, 10, "15.00");
    const std::string lowered = t.sell_order(carl, 80, "16.00");
    story.at(clock(19, 14));
    story.send(cancel(early, carl));
    REQUIRE(of(Indicator::late_withdrawal, alerts(story)).empty());
    story.at(clock(19, 15));
    story.send(cancel(late, carl));
    REQUIRE(of(Indicator::late_withdrawal, alerts(story)).empty());  // 10 %, not above
    // A replace that lowers takes back as a cancel does.
    story.send(replace(lowered, carl, 75, "16.00"));
    const auto found = of(Indicator::late_withdrawal, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].value == 1'500);  // 15 of 100
    REQUIRE(found[0].evidence.size() == 2);
}

TEST_CASE("Sales within 2 % above the floor are told when they are most of an account's") {
    TempFolder folder;
    Story story(folder.path());
    Trading t(story);
    t.trade(carl, acme, 4, "10.00");  // the floor is 9.80, 2 % above it 9.996
    t.trade(carl, acme, "5.9", "9.99");
    REQUIRE(of(Indicator::floor_hugging, alerts(story)).empty());  // 59 of 99
    t.trade(carl, acme, "0.1", "9.99");
    const auto found = of(Indicator::floor_hugging, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].account == carl);
    REQUIRE(found[0].value == 6'000);
    REQUIRE(found[0].evidence.size() == 2);
}

namespace {

// Five days: VWAP 14.00 on the first, then these.
void trade_days(Story& story, std::initializer_list<const char*> prices) {
    Trading t(story);
    int day = 0;
    for (const char* price : prices) {
        story.at(clock(day * 24 + 12));
        t.hour = hour_of(0, day * 24 + 20);
        t.trade(prov, acme, 2, Amount(price));
        ++day;
    }
    story.at(clock(day * 24 + 1));
}

engine::Command with_cost(engine::AccountId who, const char* cost) {
    engine::Command c = resource(who, 10);
    auto body = c.as<engine::RegisterResource>();
    body.cost = engine::Decimal{millionths(cost)};
    return engine::Command::of(body, who);
}

}  // namespace

TEST_CASE("A price that falls every day and by 15 % is a spiral's alert and proposes nothing") {
    TempFolder folder;
    Story story(folder.path());
    trade_days(story, {"14.00", "13.50", "13.00", "12.50", "11.90"});
    const auto found = of(Indicator::spiral, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].value == 1'500);
    REQUIRE(found[0].signs == (spiral_sign::fell_every_day | spiral_sign::fell_far));
    REQUIRE_FALSE(found[0].proposes_floor_hold);
    REQUIRE(found[0].evidence.size() == 5);
    REQUIRE(found[0].first == found[0].evidence.front());
    // It was known at the first event of the sixth day.
    REQUIRE(found[0].time >= clock(5 * 24));
    REQUIRE(found[0].day == clock(4 * 24));
}

TEST_CASE("A day on which it did not fall, or a fall of less than 15 %, is one condition of three") {
    TempFolder folder;
    Story story(folder.path());
    SECTION("not every day") { trade_days(story, {"14.00", "13.00", "13.00", "12.50", "11.90"}); }
    SECTION("not far") { trade_days(story, {"14.00", "13.50", "13.00", "12.50", "11.91"}); }
    SECTION("four days") { trade_days(story, {"14.00", "13.00", "12.00", "11.00"}); }
    REQUIRE(of(Indicator::spiral, alerts(story)).empty());
}

TEST_CASE("All three conditions propose a floor hold: sold near the floor under the declared cost") {
    TempFolder folder;
    Story story(folder.path());
    story.send(with_cost(prov, "10.5"));
    Trading t(story);
    trade_days(story, {"14.00", "13.00", "12.00", "11.00"});
    story.at(clock(4 * 24 + 12));
    t.hour = hour_of(0, 4 * 24 + 21);
    t.sell_order(prov, 12, "9.90");
    story.send(buy(12).at("9.90").of(t.hour).from(acme).as("last"));  // 12 of 20
    const auto found = of(Indicator::spiral, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].signs == spiral_sign::all);
    REQUIRE(found[0].floor_share == 6'000);
    REQUIRE(found[0].proposes_floor_hold);

    Thresholds higher = few();
    higher.spiral_floor_share = 6'001;
    const auto two = of(Indicator::spiral, alerts(story, higher));
    REQUIRE(two.size() == 1);
    REQUIRE_FALSE(two[0].proposes_floor_hold);
}

TEST_CASE("A cost that was withdrawn with its resource, or lies below the price, is none") {
    TempFolder folder;
    Story story(folder.path());
    SECTION("withdrawn") {
        story.send(with_cost(prov, "10.5"));
        story.send(withdraw(prov, 3));
    }
    SECTION("below") { story.send(with_cost(prov, "9.9")); }
    SECTION("another's") { story.send(with_cost(carl, "10.5")); }
    Trading t(story);
    trade_days(story, {"14.00", "13.00", "12.00", "11.00"});
    story.at(clock(4 * 24 + 12));
    t.hour = hour_of(0, 4 * 24 + 21);
    t.sell_order(prov, 12, "9.90");
    story.send(buy(12).at("9.90").of(t.hour).from(acme).as("last"));
    const auto found = of(Indicator::spiral, alerts(story));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].floor_share == 0);
    REQUIRE_FALSE(found[0].proposes_floor_hold);
}

TEST_CASE("The same journal gives the same alerts, numbered, and the report tells each") {
    TempFolder folder;
    std::vector<Alert> all;
    {
        Story story(folder.path());
        trade_days(story, {"14.00", "13.50", "13.00", "12.50", "11.90"});
        all = alerts(story, Thresholds{});
    }
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].number == 1);
    SurveillanceOptions options;
    options.json = true;
    options.progress = false;
    std::ostringstream out, complaints;
    REQUIRE(survey(folder.path(), out, complaints, options) == 0);
    const std::string text = out.str();
    REQUIRE(text.find(R"("indicator":"spiral","day":"2026-12-05","family":"H100.CN-EAST.G2")") !=
            std::string::npos);
    REQUIRE(text.find(R"("value":1500,"threshold":1500,"unit":"bp","fell_every_day":true)") !=
            std::string::npos);
    options.from = clock(5 * 24);
    options.json = false;
    std::ostringstream later;
    REQUIRE(survey(folder.path(), later, complaints, options) == 0);
    REQUIRE(later.str() == "no alerts\n");
}

TEST_CASE("Beside a running exchange the same alerts are found as the journal grows, and told by number") {
    TempFolder folder;
    Story story(folder.path());
    Watch watch(story.journal(), {few(), 1, {}});
    const auto catch_up = [&] {
        story.flush();
        for (auto more = watch.step(); more && *more;) more = watch.step();
        REQUIRE(watch.applied() == story.journal().last());
        watch.collect();
    };
    catch_up();
    REQUIRE(watch.told() == 0);
    Trading t(story);
    for (int i = 0; i < 5; ++i) story.send(cancel(t.buy_order(bert, 1, "13.00"), bert));
    catch_up();
    REQUIRE(watch.told() == 1);
    REQUIRE(watch.count(Indicator::order_to_trade) == 1);
    const auto first = watch.after(0, 10);
    REQUIRE(first.size() == 1);
    REQUIRE(first[0].members.find(R"("account":"bert")") != std::string::npos);
    REQUIRE(first[0].unnamed.find("bert") == std::string::npos);
    REQUIRE(first[0].unnamed.find("order_to_trade") != std::string::npos);
    REQUIRE(watch.after(1, 10).empty());
    // Only so many are kept: the oldest goes.
    for (int i = 0; i < 5; ++i) story.send(cancel(t.buy_order(acme, 1, "13.00"), acme));
    catch_up();
    const auto kept = watch.after(0, 10);
    REQUIRE(kept.size() == 1);
    REQUIRE(kept[0].number == 2);
    // Who begins again finds the same.
    Watch again(story.journal(), {few(), 10, {}});
    for (auto more = again.step(); more && *more;) more = again.step();
    again.collect();
    REQUIRE(again.after(1, 1)[0].members == kept[0].members);
}
