// SPDX-License-Identifier: Apache-2.0
// What the audit says of draws: nothing of what the exchange tells, and each of its two checks of what it
// would have told wrong.
#include "ledger/audit/engine_checks.hpp"
#include "tests/engine/tokens_story.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
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

// Changes an event; false: it was not told.
using Forge = std::function<bool(Event&)>;

// Which checks fail on the story, and at which event of it (counted among draws and changes of holdings).
std::string failed(Drawing& x, const Forge& forge) {
    MarketChecks checks(drawing_genesis());
    std::size_t at = 0;
    const Events& events = x.d.m.driver().all_events();
    for (const engine::Command& command : x.d.m.driver().journal()) {
        checks.begin(command);
        for (; at < events.size() && events[at].header.sequence == command.header.sequence; ++at) {
            Event told = events[at];
            if (forge(told)) checks.see(told);
        }
        checks.end(command.header.sequence);
    }
    EngineChecks engine(x.d.m.exchange(), checks);
    engine.compare_all(x.d.m.exchange().sequence());
    checks.finish(x.d.m.exchange().sequence(), false);
    std::string names;
    for (const Check* c : checks.all())
        if (!c->ok()) names += c->name() + " ";
    if (!engine.deliveries.ok()) names += engine.deliveries.name();
    return names;
}

// Changes the n-th event that tells of this, counted from 0.
template <class Body>
Forge nth(int n, HoldingChange change, const std::function<void(Body&)>& wrong) {
    return [n, change, wrong](Event& e) mutable {
        if (e.kind() != Body::kind) return true;
        if constexpr (std::is_same_v<Body, HoldingChanged>)
            if (e.as<HoldingChanged>().change != change) return true;
        if (n-- != 0) return true;
        auto body = e.as<Body>();
        wrong(body);
        e.set(body);
        return true;
    };
}
Forge answer(int n, const std::function<void(TokensDrawn&)>& wrong) {
    return nth<TokensDrawn>(n, HoldingChange::none, wrong);
}
Forge drawn(int n, const std::function<void(HoldingChanged&)>& wrong) {
    return nth<HoldingChanged>(n, HoldingChange::drawn, wrong);
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
    CHECK(failed(x, nth<HoldingChanged>(0, HoldingChange::expired,
                                        [](HoldingChanged& h) { h.amount += 1; })) == "holdings ");
    CHECK(failed(x, nth<HoldingChanged>(0, HoldingChange::notice, [](HoldingChanged& h) { h.drawn += 1; })) ==
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
    const auto none = HoldingChange::none;
    CHECK(failed(x, nth<DeliverySettled>(0, none, [](DeliverySettled& s) { s.refund.value += 1; })) != "");
    CHECK(failed(x, nth<DeliverySettled>(0, none, [](DeliverySettled& s) { s.served -= 1; })) != "");
    CHECK(failed(x, nth<DeliverySettled>(1, none, [](DeliverySettled& s) { s.short_of += 1; })) != "");
    CHECK(failed(x, nth<Metered>(1, none, [](Metered& m) { m.served += 1; })) != "");
    CHECK(failed(x, nth<Metered>(2, none, [](Metered& m) { m.served -= 9; })) != "");
}
