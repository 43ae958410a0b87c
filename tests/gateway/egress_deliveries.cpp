// SPDX-License-Identifier: Apache-2.0
// Deliveries, meters and settlements in the words of the wire, and the standby offers that nobody sees.

#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;
using engine::DeliveryState;

engine::DeliveryChanged delivery(const Egress& x, InstrumentId instrument, DeliveryState state,
                                 engine::Origin origin = {}) {
    engine::DeliveryChanged d;
    d.origin = origin;
    d.delivery = engine::DeliveryId{17};
    d.instrument = instrument;
    d.seller = x.acme;
    d.buyer = x.zeta;
    d.price = Price{1350};
    d.qty = 160;
    d.delivered = 912 * 10;
    d.missed = 3;
    d.minutes = 60;
    d.state = state;
    d.endpoint = engine::Text<32>("ssh://n-12");
    return d;
}

const std::string members =
    R"("symbol":"H100.CN-EAST.G2.20261201T01Z","party":"seller","seller":"acme","buyer":"zeta","price":"13.50","qty":"16","from_minute":0,"minutes":60,"promised":"960","delivered":"912","missed":3,"endpoint_ref":"ssh://n-12","zone":"CN-EAST","residency":"CN")";
const std::string at = R"(,"ts":"1760000000123456789"})";

}  // namespace

TEST_CASE("ready is answered by the delivery, which the buyer hears as an event") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.zeta);
    auto told = delivery(x, x.instrument(), DeliveryState::ready, x.ask(1, "7", "delivery.ready"));
    const Event seller = event({50, 4, x.acme, reply}, told);
    told.party = Side::buy;
    told.origin = {};
    x.publish({seller, event({50, 9, x.zeta}, told)});
    CHECK(x.outbox.to(1) ==
          Texts{R"({"id":"7","ok":true,"ev":"delivery","state":"ready","seq":50,"n":4,"did":"17",)" +
                members + at});
    std::string other = members;
    other.replace(other.find("\"party\":\"seller\""), 16, "\"party\":\"buyer\"");
    CHECK(x.outbox.to(2) ==
          Texts{R"({"ev":"delivery","state":"ready","seq":50,"n":9,"did":"17",)" + other + at});
}

TEST_CASE("both sides are told the energy of what the seller delivered, as it was at the gate") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.zeta);
    x.know_energy();
    const Time gate = engine::gate_time(x.instrument().period, engine::Product::gpu);
    // A resource of the gate's instant came behind it, and the buyer's own is no part of it either.
    x.publish({x.registered(3, x.acme, 100, 100, 5'000, gate)});
    x.outbox.clear();
    auto told = delivery(x, x.instrument(), DeliveryState::delivering);
    const Event seller = event({80, 4, x.acme}, told);
    told.party = Side::buy;
    x.publish({seller, event({80, 9, x.zeta}, told)});
    // 0.7 kW · 1.25 · 0.6 · 561.7 g/kWh · 912 / 60 h.
    const std::string energy =
        R"(,"zone":"CN-EAST","residency":"CN","green_share":"0.4","pue":"1.25","carbon_g":"4482.366")";
    CHECK(x.outbox.to(1).at(0).find(energy + at) != std::string::npos);
    CHECK(x.outbox.to(2).at(0).find(energy + at) != std::string::npos);
}

TEST_CASE("a report of requests is answered with what counts for its side") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::Metered m;
    m.origin = x.ask(1, "8", "meter.report");
    m.delivery = engine::DeliveryId{17};
    m.minute = 600;
    m.requests = 1'000;
    m.served = 985;
    x.publish({event({51, 0, x.acme, reply}, m)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"8","ok":true,"did":"17","minute":600,"party":"seller","requests":1000,"served":985,"util":"0","power_w":0,"seq":51)" +
            at});
}

TEST_CASE("a payout is told to its account, and to the operator who decides") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::PayoutChanged p;
    p.origin = x.ask(1, "8", "payout.request");
    p.payout = engine::PayoutId{3};
    p.account = x.acme;
    p.amount = engine::Money{250'500'000};
    p.cash = engine::Money{1'000'000};
    p.requested = engine::Time{1'760'000'000'000'000'000};
    p.reference = engine::Text<32>("p-1");
    p.state = engine::PayoutState::requested;
    x.publish({event({52, 5, x.acme, reply}, p)});
    const std::string members =
        R"("payout":"3","amount":"250.5","cash":"1","reference":"p-1","requested":"1760000000000000000")";
    CHECK(x.outbox.to(1) ==
          Texts{R"({"id":"8","ok":true,"ev":"payout","state":"requested","seq":52,"n":5,)" + members + at});
    x.outbox.clear();
    p.origin = {};
    p.state = engine::PayoutState::paid;
    x.publish({event({53, 6, x.acme}, p)});
    CHECK(x.outbox.to(1) == Texts{R"({"ev":"payout","state":"paid","seq":53,"n":6,)" + members + at});
}

TEST_CASE("a meter report is answered with what counts and which minutes are missing, and told to nobody") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.acme);
    engine::Metered m;
    m.origin = x.ask(1, "8", "meter.report");
    m.delivery = engine::DeliveryId{17};
    m.minute = 9;
    m.available = 160;
    m.counted = 155;
    m.gaps = 0b1000'0101;
    m.utilisation = 8'725;
    m.power_w = 11'200;
    x.publish({event({51, 0, x.acme, reply}, m)});
    m.origin = x.ask(1, "9", "meter.report");
    m.gaps = 0;
    m.party = Side::buy;
    x.publish({event({52, 0, x.acme, dup}, m)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"8","ok":true,"did":"17","minute":9,"party":"seller","available":"16","counted":"15.5","gaps":[0,2,7],"util":"0.8725","power_w":11200,"seq":51,"ts":"1760000000123456789"})",
            R"({"id":"9","ok":true,"did":"17","minute":9,"party":"buyer","available":"16","counted":"15.5","gaps":[],"util":"0.8725","power_w":11200,"seq":52,"ts":"1760000000123456789","dup":true})"});
    CHECK(x.outbox.to(2).empty());
}

TEST_CASE("a settlement tells minutes and money, of the delivery and of the position") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::DeliverySettled s;
    s.delivery = engine::DeliveryId{17};
    s.qty = 160;
    s.instrument = x.instrument();
    s.seller = x.acme;
    s.buyer = x.zeta;
    s.promised = 9'600;
    s.delivered = 9'120;
    s.short_of = 480;
    s.refund = engine::Money{10'800'000};
    s.penalty = engine::Money{5'400'000};
    s.price = Price{1350};
    s.was = DeliveryState::provisional;
    engine::PositionSettled p;
    p.instrument = x.instrument();
    p.sold = 160;
    p.receivable = engine::Money{216'000'000};
    p.fee = engine::Money{108'000};
    p.tax = engine::Money{6'480};
    p.owed = engine::Money{16'200'000};
    p.margin = engine::Money{44'800'000};
    p.paid = engine::Money{199'685'520};
    x.publish({event({60, 5, x.acme}, s), event({60, 6, x.acme}, p)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"settlement","of":"delivery","seq":60,"n":5,"did":"17","was":"provisional","symbol":"H100.CN-EAST.G2.20261201T01Z","party":"seller","seller":"acme","buyer":"zeta","price":"13.50","qty":"16","promised":"960","delivered":"912","short":"48","refund":"10.8","penalty":"5.4","zone":"CN-EAST","residency":"CN")" +
                at,
            R"({"ev":"settlement","of":"position","seq":60,"n":6,"symbol":"H100.CN-EAST.G2.20261201T01Z","sold":"16","bought":"0","receivable":"216","fee":"0.108","tax":"0.00648","owed":"16.2","from_margin":"0","from_cash":"0","from_fund":"0","margin":"44.8","paid":"199.68552")" +
                at});
}

TEST_CASE("a standby offer is in no book, and a replacement takes its lots") {
    Egress x;
    x.sign_in(1, x.acme);
    auto offer = resting(x.instrument(), 3, Side::sell, 1460, 200);
    offer.order_flags = engine::order_flag::standby;
    x.publish({event({70, 1, x.acme}, offer)});
    CHECK(x.market.find(x.instrument())->side(Side::sell).empty());
    CHECK(x.outbox.to(1)[0].find(R"("flags":["STANDBY"])") != std::string::npos);
    REQUIRE(x.market.orders().find(engine::OrderId{3}) != nullptr);
    engine::Replaced r;
    r.failed = engine::DeliveryId{17};
    r.by = engine::DeliveryId{18};
    r.order = engine::OrderId{3};
    r.seller = x.zeta;
    r.standby = x.acme;
    r.qty = 160;
    r.leaves = 40;
    r.price = Price{1460};
    r.minutes = 37;
    r.cost = engine::Money{144'053'333};
    r.fee = engine::Money{72'026};
    r.tax = engine::Money{4'321};
    r.from_receivable = r.cost;
    auto failed = r;
    failed.party = Side::buy;
    x.sign_in(2, x.zeta);
    x.publish({event({71, 2, x.acme}, r), event({71, 3, x.zeta}, failed)});
    CHECK(x.market.orders().find(engine::OrderId{3})->leaves == 40);
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"settlement","of":"replacement","seq":71,"n":2,"did":"17","by":"18","oid":"3","leaves":"4","party":"standby","seller":"zeta","standby":"acme","price":"14.60","qty":"16","minutes":37,"cost":"144.053333","fee":"0.072026","tax":"0.004321")" +
            at});
    CHECK(
        x.outbox.to(2) ==
        Texts{
            R"({"ev":"settlement","of":"replacement","seq":71,"n":3,"did":"17","by":"18","party":"seller","seller":"zeta","standby":"acme","price":"14.60","qty":"16","minutes":37,"cost":"144.053333","from_receivable":"144.053333","from_margin":"0","from_cash":"0","from_fund":"0")" +
            at});
    r.qty = 40;
    r.leaves = 0;
    x.publish({event({72, 4, x.acme}, r)});
    CHECK(x.market.orders().find(engine::OrderId{3}) == nullptr);
}

TEST_CASE("deliveries.get answers a list that says whether there is more") {
    Egress x;
    const auto origin = x.ask(1, "5", "deliveries.get");
    engine::DeliveryRow row;
    row.delivery = delivery(x, x.instrument(), DeliveryState::failing, origin);
    engine::RowsEnd end;
    end.origin = origin;
    end.rows = 1;
    end.more = true;
    end.question = engine::CommandKind::query_deliveries;
    x.publish({event({99}, row), event({99}, end)});
    CHECK(x.outbox.to(1) == Texts{R"({"id":"5","ok":true,"deliveries":[{"state":"failing","did":"17",)" +
                                  members + R"(}],"more":true,"seq":99})"});
}

TEST_CASE("a token day is told with what was drawn of it and what remains") {
    Egress x;
    const auto origin = x.ask(1, "5", "deliveries.get");
    engine::DeliveryRow row;
    row.delivery = delivery(x, x.instrument(), DeliveryState::delivering, origin);
    engine::HoldingRow held;
    held.origin = origin;
    held.holding = row.delivery.delivery;
    held.drawn = 5'100'001;
    held.remaining = 34'899'999;
    engine::RowsEnd end;
    end.origin = origin;
    end.rows = 3;
    end.question = engine::CommandKind::query_deliveries;
    x.publish({event({99}, row), event({99}, held), event({99}, row), event({99}, end)});
    const std::string object = R"({"state":"delivering","did":"17",)" + members;
    CHECK(x.outbox.to(1) == Texts{R"({"id":"5","ok":true,"deliveries":[)" + object +
                                  R"(,"drawn":"1275000.25","remaining":"8724999.75"},)" + object +
                                  R"(}],"more":false,"seq":99})"});
}

TEST_CASE("a draw is answered with what it came to, and both sides hear of the holding") {
    Egress x;
    x.sign_in(1, x.acme);
    x.sign_in(2, x.zeta);
    engine::TokensDrawn d;
    d.origin = x.ask(1, "7", "token.draw");
    d.holding = engine::DeliveryId{17};
    d.holdings = 1;
    d.amount = 5'100'000;
    d.remaining = 34'900'000;
    d.usage = engine::Text<32>("run \"1\"");
    engine::HoldingChanged h;
    h.holding = d.holding;
    h.instrument = x.instrument();
    h.seller = x.zeta;
    h.buyer = x.acme;
    h.qty = 10;
    h.change = engine::HoldingChange::drawn;
    h.amount = h.drawn = d.amount;
    h.remaining = d.remaining;
    h.usage = d.usage;
    const Event seller = event({50, 9, x.zeta}, h);
    h.party = Side::buy;
    x.publish({event({50, 0, x.acme, reply}, d), seller, event({50, 4, x.acme}, h)});
    const std::string told =
        R"("symbol":"H100.CN-EAST.G2.20261201T01Z","party":"buyer","seller":"zeta","buyer":"acme","blocks":10,)";
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"7","ok":true,"drawn":"1275000","remaining":"8725000","holding":"17","holdings":1,"class":"H100","usage":"run \"1\"","seq":50)" +
                at,
            R"({"ev":"holding","change":"drawn","seq":50,"n":4,"holding":"17",)" + told +
                R"("amount":"1275000","drawn":"1275000","remaining":"8725000","usage":"run \"1\"")" + at});
    REQUIRE(x.outbox.to(2).size() == 1);
    CHECK(x.outbox.to(2)[0].find(R"("n":9,"holding":"17",)") != std::string::npos);
    CHECK(x.outbox.to(2)[0].find(R"("party":"seller")") != std::string::npos);
}

TEST_CASE("a notice and an end of a holding tell no usage, and a draw told again says so") {
    Egress x;
    x.sign_in(1, x.acme);
    engine::HoldingChanged h;
    h.holding = engine::DeliveryId{17};
    h.instrument = x.instrument();
    h.seller = x.zeta;
    h.buyer = x.acme;
    h.qty = 1;
    h.party = Side::buy;
    h.change = engine::HoldingChange::notice;
    h.drawn = 1;
    h.remaining = 3'999'999;
    const Event notice = event({50, 4, x.acme}, h);
    h.change = engine::HoldingChange::expired;
    h.amount = h.remaining;
    h.remaining = 0;
    engine::TokensDrawn d;
    d.origin = x.ask(1, "7", "token.draw");
    d.holding = h.holding;
    d.holdings = 1;
    d.amount = 1;
    d.usage = engine::Text<32>("u");
    x.publish({notice, event({51, 5, x.acme}, h), event({52, 0, x.acme, dup}, d)});
    const std::string told =
        R"("symbol":"H100.CN-EAST.G2.20261201T01Z","party":"buyer","seller":"zeta","buyer":"acme","blocks":1,)";
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"holding","change":"notice","seq":50,"n":4,"holding":"17",)" + told +
                R"("drawn":"0.25","remaining":"999999.75")" + at,
            R"({"ev":"holding","change":"expired","seq":51,"n":5,"holding":"17",)" + told +
                R"("amount":"999999.75","drawn":"0.25","remaining":"0")" + at,
            R"({"id":"7","ok":true,"drawn":"0.25","remaining":"0","holding":"17","holdings":1,"class":"H100","usage":"u","seq":52,"ts":"1760000000123456789","dup":true})"});
}

}  // namespace gridbook::gateway::egress
