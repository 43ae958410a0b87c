// SPDX-License-Identifier: Apache-2.0
// Phase, dynamic layer and kill switch by signed HTTP.
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

constexpr const char* symbol = "H100.CN-EAST.G2.20261201T01Z";

struct Overseer {
    Gateway g;
    engine::Command of(const std::string& path, const std::string& body) {
        const auto answer = g.ask(g.sign("k-regulator", "POST", path, body));
        INFO(body << "\n" << answer.body);
        REQUIRE(answer.status == 0);
        return g.entered();
    }
    std::string code(const std::string& path, const std::string& body, const char* key = "k-regulator") {
        return code_in(g.ask(g.sign(key, "POST", path, body)).body);
    }
};

}  // namespace

TEST_CASE("a pause of an hour or a family", "[admin]") {
    Overseer o;
    const auto hour =
        o.of("/v1/admin/phase",
             fmt::format(
                 R"({{"symbol":"{}","action":"pause","until":"2026-12-01T00:10:00Z","reason":"test"}})",
                 symbol))
            .as<engine::SetPhase>();
    CHECK(hour.scope == *o.g.directory.instrument(symbol));
    CHECK(hour.action == engine::PhaseAction::pause);
    CHECK(hour.until == engine::Time{1'796'083'800'000'000'000});
    CHECK(hour.blob != engine::Sha256{});
    const auto family =
        o.of("/v1/admin/phase", R"({"family":"H100.CN-EAST.G2","action":"call"})").as<engine::SetPhase>();
    CHECK(family.scope == engine::instrument(engine::FamilyId{0}, engine::Period{}));
    CHECK(family.action == engine::PhaseAction::call);
    CHECK(o.code("/v1/admin/phase", R"({"action":"pause"})") == "FORMAT_FIELD");
    CHECK(o.code("/v1/admin/phase", R"({"family":"X","action":"pause"})") == "SYMBOL_UNKNOWN");
    CHECK(o.code("/v1/admin/phase",
                 R"({"family":"H100.CN-EAST.G2","action":"call","until":"2026-12-01T00:10:00Z"})") ==
          "FORMAT_FIELD");
    CHECK(o.code("/v1/admin/phase", R"({"family":"H100.CN-EAST.G2","action":"call"})", "k-buyer") ==
          "AUTH_ROLE");
}

TEST_CASE("a suspension says when it ends", "[admin]") {
    Overseer o;
    const auto suspend =
        o.of("/v1/admin/dynamic",
             R"({"family":"H100.CN-EAST.G2","action":"suspend","until":"2026-12-01T00:10:00Z"})")
            .as<engine::SuspendDynamic>();
    CHECK(suspend.family == engine::FamilyId{0});
    CHECK(suspend.until != engine::Time{});
    CHECK(o.of("/v1/admin/dynamic", R"({"family":"H100.CN-EAST.G2","action":"resume"})")
              .as<engine::SuspendDynamic>()
              .until == engine::Time{});
    CHECK(o.code("/v1/admin/dynamic", R"({"family":"H100.CN-EAST.G2","action":"suspend"})") ==
          "FORMAT_FIELD");
    CHECK(o.code("/v1/admin/dynamic", R"({"family":"H100.CN-EAST.G2","action":"resume"})", "k-operator") ==
          "AUTH_ROLE");
}

TEST_CASE("a kill names what its scope needs and nothing else", "[admin]") {
    Overseer o;
    const auto account =
        o.of("/v1/admin/kill", R"({"scope":"account","account":"prov","on":true})").as<engine::Kill>();
    CHECK(account.scope == engine::KillScope::account);
    CHECK(account.target == o.g.prov);
    CHECK(account.on);
    const auto hour =
        o.of("/v1/admin/kill", fmt::format(R"({{"scope":"instrument","symbol":"{}","on":false}})", symbol))
            .as<engine::Kill>();
    CHECK(hour.instrument == *o.g.directory.instrument(symbol));
    CHECK_FALSE(hour.on);
    CHECK(o.of("/v1/admin/kill", R"({"scope":"market","on":true})").as<engine::Kill>().scope ==
          engine::KillScope::market);
    CHECK(o.code("/v1/admin/kill", R"({"scope":"market","account":"prov","on":true})") == "FORMAT_FIELD");
    CHECK(o.code("/v1/admin/kill", R"({"scope":"family","on":true})") == "FORMAT_FIELD");
    CHECK(o.code("/v1/admin/kill", R"({"scope":"account","account":"nobody","on":true})") ==
          "ACCOUNT_UNKNOWN");
}

TEST_CASE("limits name an account; what is left out is as the market's own", "[admin]") {
    Overseer o;
    const engine::Command command =
        o.of("/v1/admin/limits",
             R"({"account":"acme","qty":"10","notional":"500.5","orders_per_s":20,"reason":"r"})");
    CHECK(command.header.account == o.g.acme);
    const auto body = command.as<engine::SetLimits>();
    CHECK(body.limits ==
          engine::AccountLimits{engine::Decimal{10'000'000}, engine::Money{500'500'000}, 0, 20});
    CHECK(body.blob != engine::Sha256{});
    CHECK(o.of("/v1/admin/limits", R"({"account":"acme"})").as<engine::SetLimits>().limits ==
          engine::AccountLimits{});
    CHECK(o.code("/v1/admin/limits", R"({"account":"nobody","qty":"1"})") == "ACCOUNT_UNKNOWN");
    CHECK(o.code("/v1/admin/limits", R"({"qty":"1"})") == "FORMAT_FIELD");
    CHECK(o.code("/v1/admin/limits", R"({"account":"acme","qty":"-1"})") == "FORMAT_VALUE");
    CHECK(o.code("/v1/admin/limits", R"({"account":"acme","open_orders":"5"})") == "FORMAT_FIELD");
}

TEST_CASE("limits of accounts are listed: those that have some, or the one that is named", "[admin]") {
    Gateway g;
    engine::LimitsSet set;
    set.limits.qty = engine::Decimal{10'000'000};
    set.limits.open_orders = 3;
    engine::Event event;
    event.header.account = g.prov;
    event.set(set);
    g.directory.apply(event);
    const auto ask = [&](const char* target) { return g.ask(g.sign("k-operator", "GET", target)).body; };
    CHECK(ask("/v1/admin/limits")
              .starts_with(
                  R"({"ok":true,"accounts":[{"account":"prov","limits":{"qty":"10","open_orders":3}}],)"));
    CHECK(ask("/v1/admin/limits?account=acme")
              .starts_with(R"({"ok":true,"accounts":[{"account":"acme","limits":{}}],)"));
    CHECK(code_in(ask("/v1/admin/limits?account=nobody")) == "ACCOUNT_UNKNOWN");
    CHECK(code_in(ask("/v1/admin/limits?name=acme")) == "FORMAT_FIELD");
    CHECK(code_in(g.ask(g.sign("k-buyer", "GET", "/v1/admin/limits")).body) == "AUTH_ROLE");
}

TEST_CASE("a band is explained by its family and version; surveillance that is off says so", "[admin]") {
    Gateway g;
    engine::Event event;
    const auto tell = [&](std::uint32_t version, int floor, int ceiling, int guidance) {
        engine::BandChanged band;
        band.family = engine::FamilyId{0};
        band.version = version;
        band.floor = engine::Price{floor};
        band.ceiling = engine::Price{ceiling};
        band.guidance = engine::Price{guidance};
        band.effective = engine::Time{version};
        event.header.sequence = engine::Sequence{100 + version};
        event.set(band);
        g.directory.apply(event);
        g.bands.apply(event);
    };
    tell(7, 980, 1'960, 1'400);
    tell(8, 980, 2'000, 1'400);
    const auto ask = [&](const char* target, const char* key = "k-regulator") {
        return g.ask(g.sign(key, "GET", target)).body;
    };
    const std::string now = ask("/v1/admin/explain?family=H100.CN-EAST.G2");
    INFO(now);
    CHECK(now.starts_with(
        R"({"ok":true,"family":"H100.CN-EAST.G2","status":"applied","rule":"set_by_regulator",)"
        R"("edges":{"floor":{"price":"9.80","rule":"0.70 x guidance 14.00, rounded up to the tick"},)"
        R"("ceiling":{"price":"20.00","rule":"set"},"guidance":{"price":"14.00","rule":"set"}},)"
        R"("band":{"ev":"band","family":"H100.CN-EAST.G2","seq":108,"version":8,)"));
    CHECK(now.find(R"("before":{"ev":"band","family":"H100.CN-EAST.G2","seq":107,"version":7,)") !=
          std::string::npos);
    CHECK(ask("/v1/admin/explain?family=H100.CN-EAST.G2&version=7").find("\"before\"") == std::string::npos);
    CHECK(code_in(ask("/v1/admin/explain?family=H100.CN-EAST.G2&version=3")) == "FORMAT_VALUE");
    CHECK(code_in(ask("/v1/admin/explain?family=X")) == "SYMBOL_UNKNOWN");
    CHECK(code_in(ask("/v1/admin/explain")) == "SYMBOL_UNKNOWN");
    CHECK(code_in(ask("/v1/admin/explain?family=H100.CN-EAST.G2", "k-buyer")) == "AUTH_ROLE");
    CHECK(code_in(ask("/v1/admin/surveillance")) == "NOT_AVAILABLE");
    CHECK(code_in(ask("/v1/admin/surveillance", "k-buyer")) == "AUTH_ROLE");
}

}  // namespace gridbook::gateway::rim
