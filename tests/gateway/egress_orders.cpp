// SPDX-License-Identifier: Apache-2.0
// What the whole order set is told by: flags, strips, any-of with its alternatives, switches, pauses.
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

engine::StripEvent strip_of(InstrumentId first, engine::Origin origin = {}) {
    engine::StripEvent s;
    s.origin = origin;
    s.order = engine::OrderId{7};
    s.cid = engine::Cid("s-1");
    s.hold = engine::Money{897'258'164};
    s.instrument = first;
    s.price = Price{1399};
    s.qty = 160;
    s.band = 7;
    s.hours = 2;
    s.state = engine::OrderState::open;
    return s;
}

engine::Fill leg(InstrumentId hour, std::uint32_t lots, std::uint32_t leaves) {
    engine::Fill f = example_fill(hour);
    f.order = engine::OrderId{7};
    f.cid = engine::Cid("s-1");
    f.qty = lots;
    f.leaves = leaves;
    f.of = engine::OrderKind::strip;
    return f;
}

TEST_CASE("an order tells its flags, and its deviation from the guidance in percent") {
    Egress x;
    x.sign_in(1, x.acme);
    auto order = example_order(x.instrument());
    order.order_flags = engine::order_flag::guidance_below | engine::order_flag::non_executable;
    order.deviation = -1'207;
    x.publish({event({10, 1, x.acme}, order)});
    CHECK(contains(x.outbox.to(1).at(0),
                   R"("band":7,"flags":["GUIDANCE_BELOW","NON_EXECUTABLE"],"deviation":"-12.07","ts")"));
}

TEST_CASE("a flagged order stays in the public book, a decremented one with what is left") {
    Egress x;
    auto order = example_order(x.instrument());
    x.publish({event({10, 1, x.acme}, order)});
    order.order_flags = engine::order_flag::non_executable;
    x.publish({event({11, 2, x.acme}, order)});
    CHECK(x.market.find(x.instrument())->bids.lots_at(Price{1420}).value == 160);
    order.order_flags = engine::order_flag::decremented;
    order.leaves = 40;
    x.publish({event({12, 3, x.acme}, order)});
    CHECK(x.market.find(x.instrument())->bids.lots_at(Price{1420}).value == 40);
}

TEST_CASE("a resting strip tells what it lacks, its fills name it") {
    Egress x;
    x.sign_in(1, x.acme);
    auto strip = strip_of(x.instrument(), x.ask(1, "7", "strip.place"));
    strip.best_achievable = Price{1400};
    strip.missing_by = Price{1};
    strip.why = engine::CancelReason::price;
    x.publish({event({20, 1, x.acme, reply}, strip)});
    CHECK(
        x.outbox.to(1).at(0) ==
        R"({"id":"7","ok":true,"ev":"order","state":"open","seq":20,"n":1,"oid":"7","cid":"s-1","family":"H100.CN-EAST.G2","start":"20261201T01Z","hours":2,"side":"buy","price":"13.99","qty":"16","hold":"897.258164","band":7,"flags":[],"best_achievable":"14.00","missing_by":"0.01","reason":"PRICE","ts":"1760000000123456789"})");
    CHECK(x.market.find(x.instrument())->bids.empty());
    x.outbox.clear();
    x.publish({event({21, 5, x.zeta}, resting(x.instrument(), 1, Side::sell, 1350, 200)),
               event({21, 6, x.zeta}, maker_fill(x.instrument(), 1, Side::sell, 1350, 160, 40)),
               event({21, 2, x.acme}, leg(x.instrument(), 100, 60))});
    CHECK(contains(x.outbox.to(1).at(0), R"("qty":"10","leaves":"6","cum":"10","tid")"));
    CHECK(contains(x.outbox.to(1).at(0), R"("released":"11.223744","strip":"7","ts")"));
    CHECK(x.market.tape().size() == 1);
}

TEST_CASE("a strip names the hour that stands in its way") {
    Egress x;
    x.sign_in(1, x.acme);
    auto strip = strip_of(x.instrument());
    strip.why = engine::CancelReason::leg_out_of_band;
    strip.hour = x.instrument(other_symbol).period;
    x.publish({event({20, 1, x.acme}, strip)});
    CHECK(contains(x.outbox.to(1).at(0), R"("reason":"LEG_OUT_OF_BAND","hour":"20261201T02Z")"));
}

TEST_CASE("an any-of gathers the alternatives told before it") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::Alternative a;
    a.order = engine::OrderId{9};
    a.instrument = x.instrument();
    a.qty = 160;
    a.factor = 1'000;
    a.count = 2;
    a.cost = engine::Money{220'800'000};
    engine::Alternative b = a;
    b.place = 1;
    b.cost = {};
    b.why = engine::CancelReason::no_liquidity_in_band;
    b.hour = x.instrument().period;
    engine::AnyOfEvent order;
    order.origin = x.ask(1, "7", "anyof.place");
    order.order = engine::OrderId{9};
    order.cid = engine::Cid("a-1");
    order.hold = engine::Money{221'268'096};
    order.instrument = x.instrument();
    order.need = engine::Decimal{16'000'000};
    order.cost = engine::Money{220'800'000};
    order.price = Price{1500};
    order.qty = 160;
    order.hours = 1;
    order.state = engine::OrderState::open;
    x.publish({event({30, 0, x.acme}, a), event({30, 0, x.acme}, b), event({30, 1, x.acme, reply}, order)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"7","ok":true,"ev":"order","state":"open","seq":30,"n":1,"oid":"9","cid":"a-1","family":"H100.CN-EAST.G2","start":"20261201T01Z","qty":"16","cost":"220.8","hours":1,"profile":"train","need":"16","price":"15.00","hold":"221.268096","ts":"1760000000123456789","alternatives":[{"place":1,"family":"H100.CN-EAST.G2","units":"16","k":"1","cost":"220.8"},{"place":2,"family":"H100.CN-EAST.G2","units":"16","k":"1","reason":"NO_LIQUIDITY_IN_BAND","hour":"20261201T01Z"}]})"});
}

TEST_CASE("mass cancel and the dead man's switch are answered") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::MassCancelled all;
    all.origin = x.ask(1, "7", "order.cancel_all");
    all.orders = 3;
    engine::CancelAfterSet set;
    set.origin = x.ask(1, "8", "cancel.after");
    set.due = Time{1'760'000'030'000'000'000};
    engine::CancelAfterSet off;
    off.origin = x.ask(1, "9", "cancel.after");
    x.publish({event({10, 0, x.acme, reply}, all), event({11, 0, x.acme, reply}, set),
               event({12, 0, x.acme, reply}, off)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"7","ok":true,"count":3,"seq":10,"ts":"1760000000123456789"})",
            R"({"id":"8","ok":true,"armed":true,"due":"1760000030000000000","seq":11,"ts":"1760000000123456789"})",
            R"({"id":"9","ok":true,"armed":false,"seq":12,"ts":"1760000000123456789"})"});
}

TEST_CASE("a pause, its indicative price, its call and the band are public") {
    Egress x;
    x.feed.handle(1, {"1", "subscribe", {"phase", "indicative", "band", "trades"}, {example_family}});
    x.outbox.clear();
    engine::PhaseChanged paused;
    paused.instrument = x.instrument();
    paused.until = Time{1'764'547'200'000'000'000};
    paused.phase = engine::Phase::paused;
    paused.reason = engine::PhaseReason::limit_state;
    engine::Indicative indicative;
    indicative.instrument = x.instrument();
    indicative.price = Price{1480};
    indicative.qty = engine::Quantity{250};
    indicative.surplus = -50;
    engine::ReferenceChanged reference;
    reference.instrument = x.instrument();
    reference.reference = Price{1414};
    reference.low = Price{1344};
    reference.high = Price{1484};
    reference.band = 7;
    reference.trades = 3;
    reference.cause = engine::BandCause::takeover;
    engine::LimitState limit;
    limit.instrument = x.instrument();
    limit.pause = Time{1'764'547'200'000'000'000};
    limit.edge = Price{1484};
    limit.what = engine::LimitKind::limit_up;
    limit.on = true;
    auto seller = maker_fill(x.instrument(), 1, Side::sell, 1480, 160, 40);
    auto buyer = maker_fill(x.instrument(), 551200, Side::buy, 1480, 160, 0);
    seller.call = buyer.call = true;
    x.publish({event({10}, paused), event({11}, indicative), event({12}, reference), event({13}, limit),
               event({14}, resting(x.instrument(), 1, Side::sell, 1450, 200)),
               event({14}, example_order(x.instrument())), event({14}, seller), event({14}, buyer)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"phase","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":10,"phase":"paused","until":"2025-12-01T00:00:00Z","reason":"LIMIT_STATE"})",
            R"({"ev":"indicative","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":11,"price":"14.80","qty":"25","surplus":"-5","ts":"1760000000123456789"})",
            R"({"ev":"reference","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":12,"reference":"14.14","low":"13.44","high":"14.84","version":7,"reason":"TAKEOVER","trades":3,"ts":"1760000000123456789"})",
            R"({"ev":"limit","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":13,"what":"LIMIT_UP","on":true,"edge":"14.84","pause":"2025-12-01T00:00:00Z","ts":"1760000000123456789"})",
            R"({"ev":"trade","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":14,"tid":"90331","price":"14.80","qty":"16","aggressor":"none","ts":"1760000000123456789"})"});
}

TEST_CASE("an explanation tells rule, inputs, bands and buckets") {
    Egress x;
    x.sign_in(1, x.acme);
    const auto origin = x.ask(1, "7", "quote.explain");
    engine::ExplainRow row;
    row.origin = origin;
    row.order = engine::OrderId{551200};
    row.entered = Sequence{88120};
    row.instrument = x.instrument();
    row.price = Price{1480};
    row.guidance_then = row.guidance_now = Price{1400};
    row.band_then = row.band_now = 7;
    row.hard_low = Price{980};
    row.hard_high = Price{1960};
    row.reference = Price{1400};
    row.low = Price{1330};
    row.high = Price{1470};
    row.state = engine::OrderState::open;
    row.order_flags = engine::order_flag::non_executable;
    row.phase = engine::Phase::open;
    engine::BucketRow bucket;
    bucket.origin = origin;
    bucket.minute = Time{60'000'000'000};
    bucket.sum = 2'800;
    bucket.trades = 2;
    engine::RowsEnd end;
    end.origin = origin;
    end.question = engine::CommandKind::query_explain;
    x.publish({event({40, 0, x.acme, reply}, row), event({40, 0, x.acme, reply}, bucket),
               event({40, 0, x.acme, reply}, end)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"7","ok":true,"oid":"551200","state":"open","rule":"NON_EXECUTABLE","side":"buy","price":"14.80","flags":["NON_EXECUTABLE"],"entered":88120,"guidance_then":"14.00","symbol":"H100.CN-EAST.G2.20261201T01Z","phase":"open","band_then":7,"band":7,"guidance":"14.00","hard":["9.80","19.60"],"effective":["13.30","14.70"],"reference":"14.00","reference_since":"0","reference_is":"guidance","buckets":[{"trades":2,"minute":"60000000000","sum":"28"}],"seq":40,"then":{"ev":"band","family":"H100.CN-EAST.G2","seq":4,"version":7,"floor":"9.80","ceiling":"19.60","guidance":"14.00","soft":"0.10","rationale":"G-2026-11-28/3","effective":"2025-10-09T08:53:20.123456789Z","by":"","reason":""}})"});
}

TEST_CASE("what an overseer did is answered by HTTP") {
    Egress x;
    engine::PhaseChanged paused;
    paused.origin = x.ask_http(1);
    paused.instrument = x.instrument();
    paused.until = Time{1'764'547'200'000'000'000};
    paused.phase = engine::Phase::paused;
    engine::Killed killed;
    killed.origin = x.ask_http(2);
    killed.scope = engine::KillScope::market;
    killed.on = true;
    killed.orders = 12;
    engine::DynamicSuspended suspended;
    suspended.origin = x.ask_http(3);
    suspended.family = engine::FamilyId{0};
    x.publish({event({10, 0, engine::no_account, reply}, paused),
               event({11, 0, engine::no_account, reply}, killed),
               event({12, 0, engine::no_account, reply}, suspended)});
    REQUIRE(x.outbox.responses.size() == 3);
    CHECK(
        x.outbox.responses[0].body ==
        R"({"ok":true,"symbol":"H100.CN-EAST.G2.20261201T01Z","phase":"paused","until":"2025-12-01T00:00:00Z","seq":10})");
    CHECK(x.outbox.responses[1].body == R"({"ok":true,"scope":"market","on":true,"count":12,"seq":11})");
    CHECK(x.outbox.responses[2].body ==
          R"({"ok":true,"family":"H100.CN-EAST.G2","suspended":false,"seq":12})");
}

}  // namespace

}  // namespace gridbook::gateway::egress
