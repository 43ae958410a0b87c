// SPDX-License-Identifier: Apache-2.0
// The whole order set from a frame to its command, and the frames that never become one.
#include "tests/gateway/ingress_fixture.hpp"
#include "tests/gateway/ingress_frames.hpp"

namespace gridbook::gateway::rim {

namespace {

using engine::CommandKind;
using engine::Decimal;

constexpr const char* symbol = "H100.CN-EAST.G2.20261201T01Z";

// A frame that enters a command, and that command.
struct Entered {
    Gateway g;
    ConnectionId connection = g.signed_in("k-buyer");
    engine::Command of(const std::string& text) {
        const std::string reply = g.say(connection, text);
        INFO(text << "\n" << reply);
        REQUIRE(reply.empty());
        return g.entered();
    }
    std::string code(const std::string& text) { return code_in(g.say(connection, text)); }
};

}  // namespace

TEST_CASE("every field of an order reaches its command", "[ingress]") {
    Entered e;
    const auto body = e.of(order({{"tif", R"("gtt")"},
                                  {"expire", R"("1796083200000000000")"},
                                  {"min_qty", R"("4")"},
                                  {"stp", R"("decrement")"},
                                  {"on_band", R"("cap")"},
                                  {"reason", R"("cost-survey")"}}))
                          .as<engine::PlaceOrder>();
    CHECK(body.type == engine::OrderType::limit);
    CHECK(body.tif == engine::TimeInForce::gtt);
    CHECK(body.expire == engine::Time{1'796'083'200'000'000'000});
    CHECK(body.min_qty == Decimal{4'000'000});
    CHECK(body.self_trade == engine::SelfTrade::decrement);
    CHECK(body.on_band == engine::OnBand::cap);
    CHECK(body.reason == engine::Text<16>("cost-survey"));
    CHECK_FALSE(body.post_only);
    CHECK(e.of(order({{"post_only", "true"}, {"cid", R"("b-2")"}})).as<engine::PlaceOrder>().post_only);
    CHECK(e.of(order({{"tif", R"("fok")"}})).as<engine::PlaceOrder>().tif == engine::TimeInForce::fok);
}

TEST_CASE("a market order has no price and does not rest", "[ingress]") {
    Entered e;
    const auto body =
        e.of(order({{"type", R"("market")"}, {"price", ""}, {"tif", ""}})).as<engine::PlaceOrder>();
    CHECK(body.type == engine::OrderType::market);
    CHECK(body.price == Decimal{});
    CHECK(body.tif == engine::TimeInForce::ioc);
    CHECK(e.code(order({{"type", R"("market")"}})) == "FORMAT_FIELD");
}

TEST_CASE("what an order's fields do not allow together", "[schema]") {
    const Read no_expire(order({{"tif", R"("gtt")"}}));
    CHECK(no_expire.code() == "FORMAT_FIELD");
    CHECK(no_expire.field() == "expire");
    CHECK(Read(order({{"expire", R"("1")"}})).field() == "expire");
    const Read both(order({{"post_only", "true"}, {"min_qty", R"("1")"}}));
    CHECK(both.code() == "FORMAT_VALUE");
    CHECK(both.field() == "min_qty");
    CHECK(Read(order({{"reason", R"("12345678901234567")"}})).code() == "FORMAT_VALUE");
}

TEST_CASE("a strip becomes its command", "[ingress]") {
    Entered e;
    const auto body =
        e
            .of(frame(
                "strip.place",
                R"("family":"H100.CN-EAST.G2","start":"20261201T09Z","hours":4,"side":"sell","qty":"16","price":"14.00","tif":"fok","cid":"s-1")"))
            .as<engine::PlaceStrip>();
    CHECK(body.family == engine::FamilyId{0});
    CHECK(engine::instrument(body.family, body.start) ==
          *e.g.directory.instrument("H100.CN-EAST.G2.20261201T09Z"));
    CHECK(body.hours == 4);
    CHECK(body.side == engine::Side::sell);
    CHECK(body.tif == engine::TimeInForce::fok);
    CHECK(body.qty == Decimal{16'000'000});
    const auto unknown =
        e
            .of(frame(
                "strip.place",
                R"("family":"H999.CN-EAST.G2","start":"20261201T09Z","hours":4,"side":"buy","qty":"16","price":"14.00","cid":"s-2")"))
            .as<engine::PlaceStrip>();
    CHECK(unknown.family == engine::no_family);
    CHECK(unknown.tif == engine::TimeInForce::gate);
    CHECK(
        e.code(frame(
            "strip.place",
            R"("family":"H100.CN-EAST.G2","start":"noon","hours":4,"side":"buy","qty":"16","price":"14.00","cid":"s-3")")) ==
        "FORMAT_VALUE");
}

TEST_CASE("an any-of becomes its command, its families in their order", "[ingress]") {
    Entered e;
    const auto body =
        e
            .of(frame(
                "anyof.place",
                R"("families":["CHAT-L.CN-EAST.T1","H100.CN-EAST.G2","X"],"start":"20261201T09Z","hours":2,"need":"160","price":"14.00","profile":"infer","cid":"a-1")"))
            .as<engine::PlaceAnyOf>();
    CHECK(body.count == 3);
    CHECK(body.families[0] == engine::FamilyId{1});
    CHECK(body.families[1] == engine::FamilyId{0});
    CHECK(body.families[2] == engine::no_family);
    CHECK(body.profile == engine::Profile::infer);
    CHECK(body.need == Decimal{160'000'000});
    CHECK(body.tif == engine::TimeInForce::fok);
    std::string many = "\"families\":[";
    for (int i = 0; i < 17; ++i) many += fmt::format("{}\"F{}\"", i == 0 ? "" : ",", i);
    CHECK(
        e.code(frame(
            "anyof.place",
            many +
                R"(],"start":"20261201T09Z","hours":2,"need":"1","price":"14.00","profile":"train","cid":"a-2")")) ==
        "FORMAT_VALUE");
}

TEST_CASE("a mass cancel of what does not exist never means everywhere", "[ingress]") {
    Entered e;
    CHECK(e.of(frame("order.cancel_all")).as<engine::CancelAll>().scope == engine::no_instrument);
    const auto hour = e.of(frame("order.cancel_all", fmt::format(R"("symbol":"{}","side":"sell")", symbol)))
                          .as<engine::CancelAll>();
    CHECK(hour.scope == *e.g.directory.instrument(symbol));
    CHECK(hour.side == engine::SideFilter::sell);
    const auto family =
        e.of(frame("order.cancel_all", R"("family":"H100.CN-EAST.G2","side":"buy")")).as<engine::CancelAll>();
    CHECK(family.scope == engine::instrument(engine::FamilyId{0}, engine::Period{}));
    CHECK(family.side == engine::SideFilter::buy);
    CHECK(e.code(frame("order.cancel_all", R"("symbol":"H999.CN-EAST.G2.20261201T01Z")")) ==
          "SYMBOL_UNKNOWN");
    CHECK(e.code(frame("order.cancel_all", R"("family":"H999.CN-EAST.G2")")) == "SYMBOL_UNKNOWN");
    CHECK(e.code(frame("order.cancel_all", fmt::format(R"("symbol":"{}","family":"H100.CN-EAST.G2")",
                                                       symbol))) == "FORMAT_FIELD");
    CHECK(e.g.nothing_entered());
}

TEST_CASE("the dead man's switch is set and disarmed, a question is explained", "[ingress]") {
    Entered e;
    CHECK(e.of(frame("cancel.after", R"("ms":30000)")).as<engine::CancelAfter>().ms == 30'000);
    CHECK(e.of(frame("cancel.after", R"("ms":0)")).as<engine::CancelAfter>().ms == 0);
    CHECK(e.code(frame("cancel.after", R"("ms":86400001)")) == "FORMAT_VALUE");
    CHECK(e.of(frame("quote.explain", R"("cid":"b-1")")).as<engine::QueryExplain>().cid ==
          engine::Cid("b-1"));
    CHECK(e.of(frame("quote.explain", R"("oid":"7")")).as<engine::QueryExplain>().order ==
          engine::OrderId{7});
    CHECK(e.code(frame("quote.explain")) == "FORMAT_FIELD");
    CHECK(e.code(frame("quote.explain", R"("oid":"7","tid":"7")")) == "FORMAT_FIELD");
    CHECK(e.code(frame("quote.explain", R"("tid":"7")")) == "ORDER_UNKNOWN");
}

TEST_CASE("a session with cancel on disconnect is opened and, when it is lost, closed", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.connect();
    std::string logon = g.logon("k-buyer", Gateway::nonce_in(g.heard.take(c)));
    logon.replace(logon.find("\"off\""), 5, "\"account\"");
    CHECK(g.say(c, logon).empty());
    CHECK(g.say(c, frame("balance.get")).find("comes after the answer to session.logon") !=
          std::string::npos);
    const engine::Command opened = g.entered();
    REQUIRE(opened.kind() == CommandKind::open_session);
    CHECK(opened.header.account == g.acme);
    CHECK(opened.header.key == *g.directory.key_index("k-buyer"));
    CHECK(opened.header.origin.connection == c);
    CHECK(opened.as<engine::OpenSession>().mode == engine::CancelOnDisconnect::account);
    CHECK(opened.as<engine::OpenSession>().grace_ms == 5'000);
    g.ingress.session_opened(c, std::nullopt);
    CHECK(g.heard.take(c).find(R"("ok":true,"account":"acme")") != std::string::npos);
    g.ingress.session_opened(c, std::nullopt);  // nobody waits for a second one
    CHECK(g.heard.frames[c].empty());
    g.ingress.closed(c);
    const engine::Command closed = g.entered();
    CHECK(closed.kind() == CommandKind::close_session);
    CHECK(closed.header.origin == engine::Origin{c, 0});
    g.ingress.tick();
    CHECK(g.nothing_entered());
}

TEST_CASE("a logon whose session the engine refuses is refused, and may be tried again", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.connect();
    const std::string nonce = Gateway::nonce_in(g.heard.take(c));
    std::string logon = g.logon("k-buyer", nonce);
    logon.replace(logon.find("\"off\""), 5, "\"connection\"");
    CHECK(g.say(c, logon).empty());
    g.entered();
    g.ingress.session_opened(c, WireError{.code = "ENGINE_LIMIT", .msg = "all sessions are taken"});
    CHECK(g.heard.take(c).find(R"("code":"ENGINE_LIMIT")") != std::string::npos);
    CHECK(g.say(c, frame("balance.get")).find("SESSION_REQUIRED") != std::string::npos);
    CHECK(g.say(c, g.logon("k-buyer", nonce)).find(R"("ok":true)") != std::string::npos);
    g.ingress.closed(c);
    CHECK(g.nothing_entered());  // the engine has no session to close
}

TEST_CASE("a session without it is no business of the engine", "[ingress]") {
    Gateway g;
    g.ingress.closed(g.signed_in("k-buyer"));
    CHECK(g.nothing_entered());
}

TEST_CASE("a lost session that the full ring had no room for is told with the next tick", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.connect();
    std::string logon = g.logon("k-buyer", Gateway::nonce_in(g.heard.take(c)));
    logon.replace(logon.find("\"off\""), 5, "\"connection\"");
    g.say(c, logon);
    g.entered();
    while (g.port.enter_urgent(engine::Command::of(engine::QueryBalance{}))) continue;
    g.ingress.closed(c);
    g.commands.release(g.commands.refresh());
    g.ingress.tick();
    CHECK(g.entered().kind() == CommandKind::close_session);
}

}  // namespace gridbook::gateway::rim
