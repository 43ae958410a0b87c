// SPDX-License-Identifier: Apache-2.0
// What the audit says of draws: nothing of what the exchange tells, and each of its two checks of what it
// would have told wrong.
#include "forged.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using namespace gridbook::tests;
using engine::Event;
using engine::EventKind;
using engine::HoldingChange;
using engine::HoldingChanged;
using engine::TokensDrawn;

namespace {

constexpr engine::AccountId acme = Market::acme, bert = Market::bert, prov = Market::prov;

// Two holdings of acme's are drawn, one of them to its end, and what is left of the other expires.
Drawing two_days() {
    Drawing x;
    x.trade(bert, acme, 1);
    x.trade(prov, acme, 2);
    x.d.at(clock(24));
    x.send(acme, "u-1", {.uncached = 600'000, .cached = 300'000, .output = 150'000});
    x.send(acme, "u-1", {.uncached = 600'000, .cached = 300'000, .output = 150'000});
    x.send(acme, "u-2", {.uncached = 5, .holding = 2});
    x.send(acme, "u-3", {.uncached = 1'500'000});
    x.d.at(clock(49));
    return x;
}

Forge answer(int n, const std::function<void(TokensDrawn&)>& wrong) {
    return nth<TokensDrawn>(
        n, [](const TokensDrawn&) { return true; }, wrong);
}
Forge changed(HoldingChange change, int n, const std::function<void(HoldingChanged&)>& wrong) {
    return nth<HoldingChanged>(
        n, [change](const HoldingChanged& h) { return h.change == change; }, wrong);
}
Forge drawn(int n, const std::function<void(HoldingChanged&)>& wrong) {
    return changed(HoldingChange::drawn, n, wrong);
}

}  // namespace

TEST_CASE("draws as the exchange tells them fail nothing", "[checks][tokens]") {
    Drawing x = two_days();
    CHECK(failed(x, [](Event&) { return true; }) == "");
    x.trade(prov, acme, 3, Drawing::north, 4);
    x.d.at(clock(4 * 24));
    x.send(acme, "u-1", {.uncached = 77});
    CHECK(failed(x, [](Event&) { return true; }) == "");
}

TEST_CASE("a draw of another amount than was used is named", "[checks][tokens]") {
    Drawing x = two_days();
    // What is told again is held against it, too.
    CHECK(failed(x, answer(0, [](TokensDrawn& d) { d.amount -= 1; })) == "holdings usage_once ");
    CHECK(failed(x, answer(0, [](TokensDrawn& d) { d.holdings = 2; })) == "holdings usage_once ");
    CHECK(failed(x, answer(2, [](TokensDrawn& d) { d.usage = engine::Text<32>{"u-9"}; })) == "holdings ");
}

TEST_CASE("a holding that is not the sum of its draws is named", "[checks][tokens]") {
    Drawing x = two_days();
    // The draw of u-1 is told to prov (0) and acme (1), that of the second holding to bert (2) and acme (3).
    CHECK(failed(x, drawn(0, [](HoldingChanged& h) { h.amount -= 1; })) == "holdings ");
    CHECK(failed(x, drawn(1, [](HoldingChanged& h) { h.drawn += 1; })) == "holdings ");
    CHECK(failed(x, drawn(2, [](HoldingChanged& h) { h.remaining += 4; })) == "holdings ");
    CHECK(failed(x, drawn(2, [](HoldingChanged& h) { h.holding = engine::DeliveryId{7}; })) == "holdings ");
    CHECK(failed(x, drawn(2, [](HoldingChanged& h) { h.usage = engine::Text<32>{"u-9"}; })) == "holdings ");
}

TEST_CASE("a draw beyond its holding is named", "[checks][tokens]") {
    Drawing x;
    x.trade(prov, acme, 1);
    x.d.at(clock(24));
    x.send(acme, "u-1", {.uncached = 1'000'000});
    const auto told = x.told(acme, "u-2", {.uncached = 1});
    REQUIRE(told == Lines{"acme refused QUOTA_EXHAUSTED class, got 4"});
    // Had it been drawn all the same.
    const auto forge = [](Event& e) {
        if (e.kind() != EventKind::refused ||
            e.as<engine::Refused>().reason != engine::RejectReason::quota_exhausted)
            return true;
        TokensDrawn d;
        d.holding = engine::DeliveryId{1};
        d.holdings = 1;
        d.amount = 4;
        d.usage = engine::Text<32>{"u-2"};
        e.set(d);
        return true;
    };
    CHECK(failed(x, forge) == "holdings ");
}

TEST_CASE("a usage that draws twice is named, and one that is answered otherwise", "[checks][tokens]") {
    Drawing x = two_days();
    const auto as_new = [](Event& e) {
        if (e.kind() == EventKind::tokens_drawn) e.header.flags = engine::event_flag::reply;
        return true;
    };
    CHECK(failed(x, as_new) == "holdings usage_once ");  // nothing is drawn by it, either
    CHECK(failed(x, answer(1, [](TokensDrawn& d) { d.remaining += 1; })) == "usage_once ");
}

TEST_CASE("what nobody drew has to be told to be gone", "[checks][tokens]") {
    Drawing x = two_days();
    const auto unsaid = [](Event& e) {
        return e.kind() != EventKind::holding || e.as<HoldingChanged>().change != HoldingChange::expired;
    };
    CHECK(failed(x, unsaid).find("holdings ") != std::string::npos);
    CHECK(failed(x, changed(HoldingChange::expired, 0, [](HoldingChanged& h) { h.amount += 1; })) ==
          "holdings ");
    CHECK(failed(x, changed(HoldingChange::notice, 0, [](HoldingChanged& h) { h.drawn += 1; })) ==
          "holdings ");
}

// Ten blocks at 14.00, of whose requests 15 in 1,000 failed.
TEST_CASE("what a token day gives back follows from the requests that were reported", "[checks][tokens]") {
    Drawing x;
    x.trade(prov, acme, 10);
    x.d.at(clock(34));
    for (const auto& [who, minute, served] :
         {std::tuple{prov, 10u, 400u}, {prov, 600u, 985u}, {acme, 30u, 990u}}) {
        engine::ReportMeter m;
        m.delivery = engine::DeliveryId{1};
        m.minute = minute;
        m.requests = minute == 10 ? 400 : 1'000;
        m.served = served;
        x.d.send(engine::Command::of(m, who, engine::no_key, asked));
    }
    x.d.at(clock(49, 0, 1));
    CHECK(failed(x, [](Event&) { return true; }) == "");
    using engine::DeliverySettled;
    using engine::Metered;
    const auto any = [](const auto&) { return true; };
    CHECK(failed(x, nth<DeliverySettled>(0, any, [](DeliverySettled& s) { s.refund.value += 1; })) != "");
    CHECK(failed(x, nth<DeliverySettled>(0, any, [](DeliverySettled& s) { s.served -= 1; })) != "");
    CHECK(failed(x, nth<DeliverySettled>(1, any, [](DeliverySettled& s) { s.short_of += 1; })) != "");
    CHECK(failed(x, nth<Metered>(1, any, [](Metered& m) { m.served += 1; })) != "");
    CHECK(failed(x, nth<Metered>(2, any, [](Metered& m) { m.served -= 9; })) != "");
}
