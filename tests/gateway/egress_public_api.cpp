// SPDX-License-Identifier: Apache-2.0
// What anybody may GET: catalogue, instruments, books, trades, bands, rules, metrics; and how bad questions
// are refused.

#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

const std::string place = R"(,"ts":"1760000000123456789","time":"2025-10-09T08:53:20.123456789Z"})";

std::string body(const Egress& x, const std::string& target) {
    const auto answer = x.api.get(target);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->content_type == "application/json");
    return answer->body;
}

void example_market(Egress& x) {
    x.publish({event({88119}, resting(x.instrument(), 1, Side::buy, 1340, 3'000)),
               event({88119}, resting(x.instrument(), 3, Side::buy, 1339, 5)),
               event({88119}, resting(x.instrument(), 2, Side::sell, 1350, 1'360)),
               event({88120}, example_order(x.instrument())),
               event({88120}, maker_fill(x.instrument(), 2, Side::sell, 1350, 160, 1'200)),
               event({88120}, example_fill(x.instrument()))});
}

TEST_CASE("the catalogue by HTTP") {
    Egress x;
    CHECK(
        body(x, "/v1/classes") ==
        R"({"classes":[{"class":"H100","version":1,"tflops":"989.4","memory_gb":80,"bandwidth":"3.35","k_train":"1","k_infer":"1","provenance":"nameplate"}],"seq":8)" +
            place);
    const std::string family =
        R"({"families":[{"family":"H100.CN-EAST.G2","product":"gpu","class":"H100","zone":"CN-EAST","hub":"Yangtze delta","residency":"CN","latency_ms":20,"tier":"G2","availability":"99.5","penalty":"0.5","horizon":192,"tick":"0.01","lot":"0.1","band":7,"floor":"9.80","ceiling":"19.60","guidance":"14.00"}],"seq":8)" +
        place;
    CHECK(body(x, "/v1/families") == family);
    CHECK(body(x, "/v1/families?class=H100&zone=CN-EAST&tier=G2&residency=CN") == family);
    CHECK(body(x, "/v1/families?zone=CN-WEST") == R"({"families":[],"seq":8)" + place);
}

TEST_CASE("instruments come in pages, with both kinds of time and the best prices") {
    Egress x;
    example_market(x);
    const std::string page = body(x, "/v1/instruments?family=H100.CN-EAST.G2&limit=1");
    CHECK(
        page ==
        R"({"instruments":[{"symbol":"H100.CN-EAST.G2.20261201T01Z","family":"H100.CN-EAST.G2","phase":"open","start":"2026-12-01T01:00:00Z","start_ts":"1796086800000000000","end":"2026-12-01T02:00:00Z","end_ts":"1796090400000000000","gate":"2026-12-01T00:45:00Z","gate_ts":"1796085900000000000","bid":"13.40","bid_qty":"300","ask":"13.50","ask_qty":"120","last":"13.50","traded":"16","trades":1}],"more":true,"seq":88120)" +
            place);
    const std::string rest = body(x, "/v1/instruments?after=" + example_symbol);
    CHECK(rest.find(other_symbol) != std::string::npos);
    CHECK(rest.find(example_symbol) == std::string::npos);
    CHECK(rest.find(R"("more":false)") != std::string::npos);
}

TEST_CASE("one book by HTTP, so deep as asked; the checksum is of the best ten all the same") {
    Egress x;
    example_market(x);
    const std::string start =
        R"({"symbol":"H100.CN-EAST.G2.20261201T01Z","seq":88120,"phase":"open","bids":[["13.40","300"])";
    const std::string tail = R"(],"asks":[["13.50","120"]],"crc":1233905067)" + place;
    CHECK(body(x, "/v1/book/" + example_symbol + "?depth=1") == start + tail);
    CHECK(body(x, "/v1/book/" + example_symbol) == start + R"(,["13.39","0.5"])" + tail);
}

TEST_CASE("trades by HTTP, the newest first, by symbol, by family and so many") {
    Egress x;
    example_market(x);
    auto maker = maker_fill(x.instrument(), 2, Side::sell, 1350, 100, 1'100);
    auto taker = example_fill(x.instrument());
    taker.order = engine::OrderId{7};
    taker.trade = engine::TradeId{90332};
    taker.qty = 100;
    x.publish({event({88121}, resting(x.instrument(), 7, Side::buy, 1350, 100)), event({88121}, maker),
               event({88121}, taker)});
    const std::string newest =
        R"({"symbol":"H100.CN-EAST.G2.20261201T01Z","seq":88121,"tid":"90332","price":"13.50","qty":"10","aggressor":"buy")" +
        place;
    const std::string oldest =
        R"({"symbol":"H100.CN-EAST.G2.20261201T01Z","seq":88120,"tid":"90331","price":"13.50","qty":"16","aggressor":"buy")" +
        place;
    const std::string tail = R"(],"seq":88121)" + place;
    CHECK(body(x, "/v1/trades") == R"({"trades":[)" + newest + "," + oldest + tail);
    CHECK(body(x, "/v1/trades?symbol=" + example_symbol + "&limit=1") == R"({"trades":[)" + newest + tail);
    CHECK(body(x, "/v1/trades?symbol=" + other_symbol) == R"({"trades":[)" + tail);
    CHECK(body(x, "/v1/trades?family=" + example_family + "&limit=2") == body(x, "/v1/trades"));
}

TEST_CASE("bands in force and scheduled") {
    Egress x;
    auto next = band_v7();
    next.version = 8;
    next.status = engine::BandStatus::scheduled;
    next.guidance = Price{1500};
    next.effective = Time{1'796'083'200'000'000'000};  // 2026-12-01T00:00:00Z
    x.publish({event({40}, next)});
    const std::string both = body(x, "/v1/bands?family=" + example_family);
    CHECK(both.find(R"("version":7)") < both.find(R"("version":8)"));
    CHECK(both.find(R"("status":"scheduled","effective_ts":"1796083200000000000"}])") != std::string::npos);
    CHECK(x.bands.in_force(engine::FamilyId{0})->band.version == 7);

    next.status = engine::BandStatus::in_force;
    x.publish({event({50}, next)});
    const std::string one = body(x, "/v1/bands");
    CHECK(one.find(R"("version":7)") == std::string::npos);
    CHECK(one.find(R"("seq":40,"version":8)") != std::string::npos);
    CHECK(one.find(R"("status":"in_force")") != std::string::npos);
}

TEST_CASE("the rules tell steps, fees and limits") {
    Egress x;
    CHECK(
        body(x, "/v1/rules") ==
        R"({"products":[{"product":"gpu","tick":"0.01","lot":"0.1","window_s":3600,"gate_lead_s":900},{"product":"token","tick":"0.01","lot":"1","window_s":86400,"gate_lead_s":900}],"fees":{"taker":"0.002","maker":"0.0005","tax":"0.06"},"margin":"0.2","band":{"floor":"0.70","ceiling":"1.40","soft":"0.1"},"dynamic":{"window_s":300,"age_s":30,"takeover":"0.01","limit_state_ms":15000,"pause_s":300,"extensions":3,"collar_step":"0.05","widen_s":1500,"suspend_s":14400},"limits":{"qty":"10000","notional":"5000000","open_orders":1000},"cid_retention_s":86400,"clock":"real","order_types":["limit","market"],"time_in_force":["gate","gtt","ioc","fok"],"seq":8)" +
            place);
}

TEST_CASE("a preview tells hold, margin, fee and tax of the vectors") {
    Egress x;
    const std::string of = "/v1/preview?symbol=" + example_symbol;
    CHECK(
        body(x, of + "&side=buy&price=14.20&qty=16") ==
        R"({"symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","price":"14.20","qty":"16","notional":"227.2","hold":"227.681664","taker":{"fee":"0.4544","tax":"0.027264","total":"227.681664"},"maker":{"fee":"0.1136","tax":"0.006816","total":"227.320416"},"seq":8)" +
            place);
    CHECK(
        body(x, of + "&side=sell&price=13.50&qty=16")
            .find(
                R"("notional":"216","margin":"44.8","taker":{"fee":"0.432","tax":"0.02592","total":"215.54208"},"maker":{"fee":"0.108","tax":"0.00648","total":"215.88552"})") !=
        std::string::npos);
}

struct BadTarget {
    std::string target;
    unsigned status;
    std::string starts;
};

TEST_CASE("bad questions are refused by name") {
    Egress x;
    const auto c = GENERATE(values<BadTarget>({
        {"/v1/book/H100.CN-EAST.G2.20991201T01Z", 404,
         R"(SYMBOL_UNKNOWN","msg":"no such instrument is listed: H100.CN-)"},
        {"/v1/book/%22%ff", 404, R"(SYMBOL_UNKNOWN","msg":"no such instrument is listed: \"\ufffd")"},
        {"/v1/book/", 404, "SYMBOL_UNKNOWN"},
        {"/v1/instruments?family=H900.X.Y", 404,
         R"(SYMBOL_UNKNOWN","msg":"no such family: H900.X.Y","field":"family")"},
        {"/v1/instruments?after=x", 404, "SYMBOL_UNKNOWN"},
        {"/v1/trades?symbol=x", 404, "SYMBOL_UNKNOWN"},
        {"/v1/trades?limit=0", 400,
         R"(FORMAT_VALUE","msg":"limit is a whole number from 1 to 1000","field":"limit","rule":"range","limit":["1","1000"],"got":"0")"},
        {"/v1/trades?limit=9x", 400, "FORMAT_VALUE"},
        {"/v1/trades?limit=1&limit=2", 400, "FORMAT_FIELD"},
        {"/v1/classes?colour=red", 400,
         R"(FORMAT_FIELD","msg":"unknown or repeated parameter colour","field":"colour")"},
        {"/v1/candles", 400, R"(FORMAT_FIELD","msg":"candles need a symbol","field":"symbol")"},
        {"/v1/candles?symbol=x", 404, "SYMBOL_UNKNOWN"},
        {"/v1/candles?symbol=x&interval=7m", 400,
         R"(FORMAT_VALUE","msg":"no such interval","field":"interval")"},
        {"/v1/preview?side=buy&price=14&qty=1", 400,
         R"(FORMAT_FIELD","msg":"a preview needs symbol","field":"symbol")"},
        {"/v1/preview?symbol=x&side=buy&price=14&qty=1", 404, "SYMBOL_UNKNOWN"},
        {"/v1/preview?symbol=H100.CN-EAST.G2.20261201T01Z&side=long&price=14&qty=1", 400,
         R"(FORMAT_VALUE","msg":"side must be one of buy, sell")"},
        {"/v1/preview?symbol=H100.CN-EAST.G2.20261201T01Z&side=buy&price=14.005&qty=1", 400, "FORMAT_VALUE"},
        {"/v1/preview?symbol=H100.CN-EAST.G2.20261201T01Z&side=buy&price=14&qty=10000.1", 400,
         "FORMAT_VALUE"},
        {"/v1/preview?symbol=H100.CN-EAST.G2.20261201T01Z&side=buy&price=14", 400, "FORMAT_FIELD"},
        {"/v1/preview?symbol=H100.CN-EAST.G2.20261201T01Z&side=buy&price=9999&qty=9999", 422,
         "NOTIONAL_LIMIT"},
        {"/v1/capacity?qty=0.05", 400,
         R"(FORMAT_VALUE","msg":"qty must be a number of units, a multiple of the lot, at most the largest order","field":"qty")"},
        {"/v1/capacity?qty=10000.1", 400, "FORMAT_VALUE"},
        {"/v1/capacity?price=14.005", 400, "FORMAT_VALUE"},
        {"/v1/capacity?from=2026-12-01", 400, "FORMAT_VALUE"},
        {"/v1/capacity?hours=169", 400, "FORMAT_VALUE"},
        {"/v1/capacity?family=H900.X.Y", 404, "SYMBOL_UNKNOWN"},
        {"/v1/cost?step_s=1", 400,
         R"(FORMAT_FIELD","msg":"step_s and devices go together","field":"devices")"},
        {"/v1/cost?carbon_g=500", 400, "FORMAT_FIELD"},
        {"/v1/cost?tokens_per_second=0", 400, "FORMAT_VALUE"},
        {"/v1/cost?symbol=x", 404, "SYMBOL_UNKNOWN"},
    }));
    const auto answer = x.api.get(c.target);
    REQUIRE(answer);
    CHECK(answer->status == c.status);
    CHECK_THAT(answer->body, Catch::StartsWith(R"({"ok":false,"error":{"code":")" + c.starts));
}

TEST_CASE("paths that are not public are left to others") {
    Egress x;
    for (const char* target :
         {"/v1/account/balances", "/v1/admin/bands", "/v2/classes", "/v1/classes/x", "", "x"})
        CHECK(!x.api.get(target));
}

TEST_CASE("health, readiness and the first page") {
    Egress x;
    CHECK(x.api.get("/healthz")->body == "ok\n");
    CHECK(x.api.get("/readyz")->body == "ready\n");
    const PublicApi starting(x.directory, x.bands, x.market, x.metrics, Egress::genesis(),
                             [] { return std::string("recovering the journal"); });
    CHECK(starting.get("/readyz")->status == 503);
    CHECK(starting.get("/readyz")->body == "recovering the journal\n");
    const auto page = x.api.get("/");
    CHECK(page->content_type == "text/html; charset=utf-8");
    CHECK(page->body.find("1 families") != std::string::npos);
    CHECK(page->body.find("sequence 8") != std::string::npos);
}

TEST_CASE("metrics count what was published and ask the other stages") {
    Egress x;
    x.sign_in(1, x.acme);
    example_market(x);
    engine::Refused refused;
    refused.reason = engine::RejectReason::funds;
    refused.command = engine::CommandKind::place_order;
    x.publish({event({88121, 1, x.acme, reply}, resting(x.instrument(), 8, Side::buy, 1300, 5)),
               event({88122, 0, x.acme, reply}, refused), event({88123, 0, x.acme, dup}, refused)});
    double used = 3;
    x.metrics.gauge("gridbook_ring_used{ring=\"commands\"}", "Slots in use.", [&] { return used; });
    x.metrics.gauge("gridbook_ring_used{ring=\"records\"}", "Slots in use.", [] { return 0.5; });
    const std::string text = x.api.get("/metrics")->body;
    for (const char* line :
         {"# TYPE gridbook_orders_total counter\ngridbook_orders_total 2\n", "\ngridbook_trades_total 1\n",
          "\ngridbook_refusals_total{code=\"FUNDS\"} 1\n", "\ngridbook_refusals_total{code=\"TICK\"} 0\n",
          "\ngridbook_duplicates_total 1\n", "\ngridbook_resting_orders 4\n", "\ngridbook_sequence 88123\n",
          "\ngridbook_messages_total 1\n",
          "# HELP gridbook_ring_used Slots in use.\n# TYPE gridbook_ring_used gauge\n"
          "gridbook_ring_used{ring=\"commands\"} 3\ngridbook_ring_used{ring=\"records\"} 0.5\n"}) {
        INFO(line);
        CHECK(text.find(line) != std::string::npos);
    }
}

TEST_CASE("the status line tells what happened a second since it was last asked") {
    Metrics metrics;
    const auto o = event({1, 1, AccountId{0}, reply}, engine::OrderEvent{});
    metrics.count(o);
    CHECK(metrics.status(example_time).orders_per_s == 0);
    for (int i = 0; i < 30; ++i) metrics.count(o);
    const auto status = metrics.status(example_time + engine::second * 2);
    CHECK(status.orders == 31);
    CHECK(status.orders_per_s == 15);
    CHECK(metrics.status(example_time + engine::second * 3).orders_per_s == 0);
}

}  // namespace

}  // namespace gridbook::gateway::egress
