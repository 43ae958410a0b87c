// SPDX-License-Identifier: Apache-2.0
// Ready, meters and the list of deliveries, from a frame to the command, and what never becomes one.
#include "gateway/keys.hpp"
#include "tests/gateway/ingress_fixture.hpp"
#include "tests/gateway/ingress_frames.hpp"

namespace gridbook::gateway::rim {

namespace {

constexpr const char* ready = R"("did":"7","endpoint_ref":"ssh://n-12.acme")";
constexpr const char* meter = R"("did":"7","minute":57,"available":"15.5","util":"0.8725","power_w":11200)";

}  // namespace

TEST_CASE("every field of a delivery's reports reaches its command", "[ingress][delivery]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.say(c, frame("delivery.ready", std::string(ready) + R"(,"attestation":"quote")")).empty());
    const engine::Command said = g.entered();
    CHECK(said.header.account == g.prov);
    const auto r = said.as<engine::ReportReady>();
    CHECK(r.delivery == engine::DeliveryId{7});
    CHECK(r.endpoint == engine::Text<32>("ssh://n-12.acme"));
    CHECK(r.attestation == sha256("quote"));
    CHECK(g.say(c, frame("delivery.ready", ready)).empty());
    CHECK(g.entered().as<engine::ReportReady>().attestation == engine::Sha256{});

    CHECK(g.say(c, frame("meter.report", meter)).empty());
    const auto m = g.entered().as<engine::ReportMeter>();
    CHECK(m.delivery == engine::DeliveryId{7});
    CHECK(m.minute == 57);
    CHECK(m.available == engine::Decimal{15'500'000});
    CHECK(m.utilisation == 8'725);
    CHECK(m.power_w == 11'200);
    CHECK(g.say(c, frame("meter.report", R"("did":"7","minute":0,"available":"0")")).empty());
    const auto least = g.entered().as<engine::ReportMeter>();
    CHECK(least.available == engine::Decimal{});
    CHECK(least.utilisation == 0);
    CHECK(least.power_w == 0);
    CHECK(least.requests == 0);
    CHECK(g.say(c, frame("meter.report", R"("did":"7","minute":1439,"requests":1000,"served":985)")).empty());
    const auto day = g.entered().as<engine::ReportMeter>();
    CHECK(day.minute == 1'439);
    CHECK(day.requests == 1'000);
    CHECK(day.served == 985);

    CHECK(g.say(c, frame("deliveries.get", R"("after":"12","limit":50)")).empty());
    const auto q = g.entered().as<engine::QueryDeliveries>();
    CHECK(q.after == engine::DeliveryId{12});
    CHECK(q.limit == 50);
}

TEST_CASE("every field of a draw reaches its command", "[ingress][tokens]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    const auto drawn = [&](std::string_view fields) {
        CHECK(g.say(c, frame("token.draw", fields)).empty());
        return g.entered().as<engine::DrawTokens>();
    };
    const auto d =
        drawn(R"("holding":"7","uncached":600000,"cached":300000,"output":150000,"usage":"run 1/7")");
    CHECK(d.holding == engine::DeliveryId{7});
    CHECK(d.class_id == engine::ClassId{});
    CHECK(d.uncached == 600'000);
    CHECK(d.cached == 300'000);
    CHECK(d.output == 150'000);
    CHECK(d.usage == engine::Text<32>("run 1/7"));
    const auto least = drawn(R"("class":"H100","usage":"u")");
    CHECK(least.holding == engine::DeliveryId{});
    CHECK(least.class_id == engine::ClassId{0});
    CHECK(least.uncached + least.cached + least.output == 0);
    CHECK(drawn(R"("class":"H1000","usage":"u")").class_id == engine::ClassId{UINT16_MAX});
}

TEST_CASE("a payout is asked by amount and the account's own id of it", "[ingress][payouts]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.say(c, frame("payout.request", R"("amount":"250.5","reference":"p-1")")).empty());
    const auto p = g.entered().as<engine::RequestPayout>();
    CHECK(p.amount == engine::Money{250'500'000});
    CHECK(p.reference == engine::Text<32>("p-1"));
    CHECK(g.say(c, frame("payouts.get", R"("after":"3","limit":50)")).empty());
    const auto q = g.entered().as<engine::QueryPayouts>();
    CHECK(q.after == engine::PayoutId{3});
    CHECK(q.limit == 50);
    const auto field = [](std::string_view fields) {
        const Read read(frame("payout.request", fields));
        return read.code() + " " + read.field();
    };
    CHECK(field(R"("amount":"1")") == "FORMAT_FIELD reference");
    CHECK(field(R"("reference":"p")") == "FORMAT_FIELD amount");
    CHECK(field(R"("amount":"-1","reference":"p")") == "FORMAT_VALUE amount");
    CHECK(field(R"("amount":1,"reference":"p")") == "FORMAT_FIELD amount");
}

TEST_CASE("draws of wrong form are refused with their field", "[ingress][tokens]") {
    const auto field = [](std::string_view fields) {
        const Read read(frame("token.draw", fields));
        return read.code() + " " + read.field();
    };
    CHECK(field(R"("uncached":1,"usage":"u")") == "FORMAT_FIELD holding");
    CHECK(field(R"("holding":"1","class":"H100","uncached":1,"usage":"u")") == "FORMAT_FIELD holding");
    CHECK(field(R"("holding":1,"uncached":1,"usage":"u")") == "FORMAT_FIELD holding");
    CHECK(field(R"("holding":"4294967296","uncached":1,"usage":"u")") == "FORMAT_VALUE holding");
    CHECK(field(R"("class":"H100","uncached":1)") == "FORMAT_FIELD usage");
    CHECK(field(R"("class":"H100","uncached":1,"usage":"")") == "FORMAT_VALUE usage");
    CHECK(field(fmt::format(R"("class":"H100","uncached":1,"usage":"{}")", std::string(33, 'x'))) ==
          "FORMAT_VALUE usage");
    CHECK(field(R"("class":"H100","uncached":"1","usage":"u")") == "FORMAT_FIELD uncached");
    CHECK(field(R"("class":"H100","cached":-1,"usage":"u")") == "FORMAT_VALUE cached");
    CHECK(field(R"("class":"H100","output":1099511627777,"usage":"u")") == "FORMAT_VALUE output");
}

TEST_CASE("reports of wrong form are refused with their field", "[ingress][delivery]") {
    const auto field = [](std::string_view op, std::string_view fields) {
        const Read read(frame(op, fields));
        return read.code() + " " + read.field();
    };
    CHECK(field("delivery.ready", R"("did":"7")") == "FORMAT_FIELD endpoint_ref");
    CHECK(field("delivery.ready", R"("did":7,"endpoint_ref":"x")") == "FORMAT_FIELD did");
    CHECK(field("delivery.ready", R"("did":"4294967296","endpoint_ref":"x")") == "FORMAT_VALUE did");
    CHECK(field("delivery.ready", fmt::format(R"("did":"7","endpoint_ref":"{}")", std::string(33, 'x'))) ==
          "FORMAT_VALUE endpoint_ref");
    CHECK(field("meter.report", R"("did":"7","available":"1")") == "FORMAT_FIELD minute");
    CHECK(field("meter.report", R"("did":"7","minute":"3","available":"1")") == "FORMAT_FIELD minute");
    CHECK(field("meter.report", R"("did":"7","minute":1440,"available":"1")") == "FORMAT_VALUE minute");
    CHECK(field("meter.report", R"("did":"7","minute":-1,"available":"1")") == "FORMAT_VALUE minute");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":1)") == "FORMAT_FIELD available");
    CHECK(field("meter.report", R"("did":"7","minute":3)") == "FORMAT_FIELD available");
    CHECK(field("meter.report", R"("did":"7","minute":3,"requests":1)") == "FORMAT_FIELD served");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":"1","served":1)") ==
          "FORMAT_FIELD served");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":"1","requests":1,"served":1)") ==
          "FORMAT_FIELD requests");
    CHECK(field("meter.report", R"("did":"7","minute":3,"requests":0,"served":0)") ==
          "FORMAT_VALUE requests");
    CHECK(field("meter.report", R"("did":"7","minute":3,"requests":4294967296,"served":0)") ==
          "FORMAT_VALUE requests");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":"-1")") == "FORMAT_VALUE available");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":"1","util":"1.1")") ==
          "FORMAT_VALUE util");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":"1","util":"0.00001")") ==
          "FORMAT_VALUE util");
    CHECK(field("meter.report", R"("did":"7","minute":3,"available":"1","power_w":4294967296)") ==
          "FORMAT_VALUE power_w");
    CHECK(field("deliveries.get", R"("after":"0")") == "FORMAT_VALUE after");
    CHECK(field("deliveries.get", R"("limit":1001)") == "FORMAT_VALUE limit");
}

TEST_CASE("a dispute names minutes, each a whole number of the window", "[ingress][delivery]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.say(c, frame("dispute.open", R"("did":"7","minutes":[0,59,3,3],"evidence":"log")")).empty());
    const auto o = g.entered().as<engine::OpenDispute>();
    CHECK(o.delivery == engine::DeliveryId{7});
    CHECK(o.minutes == ((std::uint64_t{1} << 59) | 0b1001));
    CHECK(o.evidence == sha256("log"));
    const auto field = [](std::string_view fields) {
        const Read read(frame("dispute.open", fields));
        return read.code() + " " + read.field();
    };
    CHECK(field(R"("did":"7")") == "FORMAT_FIELD minutes");
    CHECK(field(R"("did":"7","minutes":[])") == "FORMAT_VALUE minutes");
    CHECK(field(R"("did":"7","minutes":3)") == "FORMAT_FIELD minutes");
    CHECK(field(R"("did":"7","minutes":["3"])") == "FORMAT_FIELD minutes");
    CHECK(field(R"("did":"7","minutes":[3,"4"])") == "FORMAT_FIELD minutes");
    CHECK(field(R"("did":"7","minutes":[3,[4]])") == "FORMAT_FIELD minutes");
    CHECK(field(R"("did":"7","minutes":[60])") == "FORMAT_VALUE minutes");
    CHECK(field(R"("did":"7","minutes":[-1])") == "FORMAT_VALUE minutes");
    CHECK(field(R"("did":"7","minutes":[1.5])") == "FORMAT_VALUE minutes");
    CHECK(pace_of(Op::dispute_open) == Pace::orders);
}

TEST_CASE("a standby offer is an order with a word more", "[ingress][delivery]") {
    CHECK(Read(order({{"standby", "true"}})).as<PlaceRequest>().standby);
    CHECK_FALSE(Read(order({{"standby", "false"}})).as<PlaceRequest>().standby);
    CHECK_FALSE(Read(order()).as<PlaceRequest>().standby);
    CHECK(Read(order({{"standby", R"("yes")"}})).code() == "FORMAT_FIELD");
    Gateway g;
    const ConnectionId c = g.signed_in("k-provider");
    CHECK(g.say(c, order({{"side", R"("sell")"}, {"standby", "true"}})).empty());
    CHECK(g.entered().as<engine::PlaceOrder>().standby);
}

TEST_CASE("ready and meters are throttled like orders", "[ingress][delivery]") {
    CHECK(pace_of(Op::delivery_ready) == Pace::orders);
    CHECK(pace_of(Op::meter_report) == Pace::orders);
    CHECK(pace_of(Op::token_draw) == Pace::orders);
    CHECK(pace_of(Op::deliveries_get) == Pace::queries);
}

}  // namespace gridbook::gateway::rim
