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

}  // namespace gridbook::gateway::rim
