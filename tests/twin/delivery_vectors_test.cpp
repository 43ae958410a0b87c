// SPDX-License-Identifier: Apache-2.0
// The worked vectors of market-rules section 7, as stories: told to the twin and to the exchange. Bert sells
// 16 units of the hour from 09:00 to acme at 13.50; each value here stands in the rules.
#include <catch2/catch.hpp>

#include "tests/twin/story.hpp"

namespace gridbook::twin {

using engine::DeliveryChanged;
using engine::DeliveryId;
using engine::DeliverySettled;
using engine::DeliveryState;
using engine::Money;
using engine::PositionSettled;
using tests::clock;
using tests::hour_of;
using tests::money;

namespace {

constexpr engine::InstrumentId nine = hour_of(0, 9);
constexpr DeliveryId first{1};

template <class Test>
void on_both(Test&& test) {
    Story<TwinMarket> twin(0, "14.00", true);
    test(twin);
    Story<EngineMarket> engine(0, "14.00", true);
    test(engine);
}

template <class S>
void sell_sixteen(S& s) {
    s.sell(16, "13.50", nine);
    s.buy(16, "13.50", nine);
    const auto paired = all<DeliveryChanged>(s.at(clock(8, 45)));
    REQUIRE(paired.size() == 2);
    CHECK(paired[0].state == DeliveryState::gated);
    CHECK(paired[0].price == engine::Price{1'350});
    CHECK(paired[0].qty == 160);
    s.ready(first);
}

// Each minute is reported half a minute after it began.
template <class S>
void report(S& s, std::uint32_t from, std::uint32_t to, tests::Amount available, DeliveryId d = first,
            engine::AccountId who = S::bert) {
    for (std::uint32_t m = from; m < to; ++m) {
        s.at(clock(9, static_cast<int>(m), 30));
        s.meter(d, m, available, who);
    }
}

// What bert is paid for the hour, all taken off.
template <class S>
struct Before {
    explicit Before(S& s) : acme(worth(s, S::acme)), bert(worth(s, S::bert)) {}
    static Money worth(S& s, engine::AccountId who) {
        const auto b = s.balance(who);
        return b.cash + b.hold + b.margin + b.receivable;
    }
    Money acme, bert;
};

}  // namespace

TEST_CASE("912 of 960 unit-minutes: refund 10.80, penalty 5.40, net 200.25792 and 199.68552", "[vectors]") {
    on_both([](auto& s) {
        const Before before(s);
        sell_sixteen(s);
        report(s, 0, 57, 16);
        report(s, 57, 60, 0);
        s.at(clock(10, 59));
        const auto told = s.at(clock(11));
        const auto settled = all<DeliverySettled>(told);
        REQUIRE(settled.size() == 2);
        CHECK(settled[0].promised == 9'600);
        CHECK(settled[0].delivered == 9'120);
        CHECK(settled[0].short_of == 480);  // 0.8 unit-hours
        CHECK(settled[0].refund == money("10.8"));
        CHECK(settled[0].penalty == money("5.4"));
        CHECK(settled[0].was == DeliveryState::provisional);
        CHECK(settled[1].party == engine::Side::buy);
        const auto position = all<PositionSettled>(told);
        REQUIRE(position.size() == 2);  // acme's, then bert's
        CHECK(position[1].fee == money("0.108"));
        CHECK(position[1].tax == money("0.00648"));
        CHECK(position[1].owed == money("16.2"));
        CHECK(position[1].paid == money("199.68552"));
        CHECK(position[1].margin == money("44.8"));
        const Before after(s);
        CHECK(before.acme - after.acme == money("200.25792"));
        CHECK(after.bert - before.bert == money("199.68552"));
    });
}

TEST_CASE("957 of 960 unit-minutes are inside the SLA: nothing back, seller net 215.88552", "[vectors]") {
    on_both([](auto& s) {
        const Before before(s);
        sell_sixteen(s);
        report(s, 0, 59, 16);
        report(s, 59, 60, 13);
        const auto told = s.at(clock(11));
        const auto settled = all<DeliverySettled>(told);
        REQUIRE(settled.size() == 2);
        CHECK(settled[0].delivered == 9'570);
        CHECK(settled[0].refund == Money{});
        CHECK(settled[0].penalty == Money{});
        const Before after(s);
        CHECK(after.bert - before.bert == money("215.88552"));
        CHECK(before.acme - after.acme == money("216.45792"));
    });
}

TEST_CASE("silent from 09:20, replaced at 09:23 at 14.60 for 37 minutes: 55.746667 is kept", "[vectors]") {
    on_both([](auto& s) {
        const Before before(s);
        s.stand_by(16, "14.60", nine, s.carl);
        sell_sixteen(s);
        report(s, 0, 20, 16);
        CHECK(all<DeliveryChanged>(s.at(clock(9, 22, 59))).size() == 2);  // failing at 09:21, told twice
        const auto failed = s.at(clock(9, 23));
        const auto replaced = all<engine::Replaced>(failed);
        REQUIRE(replaced.size() == 2);
        CHECK(replaced[0].minutes == 37);
        CHECK(replaced[0].qty == 160);
        CHECK(replaced[0].cost == money("144.053333"));
        CHECK(replaced[0].cost - money("133.2") == money("10.853333"));  // above the contract's 37 minutes
        CHECK(all<DeliveryChanged>(failed).back().state == DeliveryState::replaced);
        report(s, 23, 60, 16, replaced[0].by, s.carl);
        const auto told = s.at(clock(11));
        const auto settled = all<DeliverySettled>(told);
        REQUIRE(settled.size() == 4);  // bert's, then carl's
        CHECK(settled[0].delivered == 9'120);
        CHECK(settled[0].refund == money("10.8"));
        CHECK(settled[0].penalty == money("5.4"));
        CHECK(settled[2].promised == 160 * 37);
        CHECK(settled[2].refund == Money{});
        const auto position = all<PositionSettled>(told);
        REQUIRE(position.size() == 3);
        CHECK(position[1].receivable == money("216") - money("144.053333"));
        CHECK(position[1].paid + position[1].fee + position[1].tax == money("55.746667"));
        CHECK(position[2].paid + position[2].fee + position[2].tax == money("144.053333"));
        const Before after(s);
        CHECK(before.acme - after.acme == money("200.25792"));
    });
}

}  // namespace gridbook::twin
