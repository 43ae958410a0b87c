// SPDX-License-Identifier: Apache-2.0
// What the demo's issuer and user of token packages say, and when.
#include "gateway/demo/packages.hpp"

#include <catch2/catch.hpp>

namespace gridbook::gateway::demo {

namespace {

constexpr engine::Time noon{1'796'126'400'000'000'000};  // 2026-12-01T12:00:00Z

std::vector<Family> models() {
    Family f;
    f.name = "CHAT-L.CN-EAST.T1";
    f.class_name = "CHAT-L";
    f.guidance = 800;
    return {f};
}

struct Said : Packages {
    using Packages::Packages;
    // "op members"; empty: nothing. It is answered with `answer`, or refused.
    std::string at(engine::Time now, const std::string& answer = "{}", std::string_view code = "") {
        const auto saying = due(models(), now);
        if (!saying) return {};
        CHECK_FALSE(due(models(), now + engine::hour));  // not before the answer
        hear(JsonDocument(answer), code);
        return saying->op + " " + saying->members;
    }
};

}  // namespace

TEST_CASE("an issuer holds blocks of three days and offers each model once", "[demo]") {
    Said issuer(Packages::Part::issuer, "demo-provider-02");
    CHECK(issuer.at(noon,
                    R"({"packages":[{"package":"1","state":"open","issuer":"other","class":"CHAT-L"}]})") ==
          "packages.get ");
    for (const char* day : {"20261202", "20261203", "20261204"}) {
        const std::string said = issuer.at(noon);
        CHECK(said.starts_with("order.place \"symbol\":\"CHAT-L.CN-EAST.T1." + std::string(day)));
        CHECK(said.find(R"("side":"buy","type":"limit","price":"8.00","qty":"100")") != std::string::npos);
    }
    CHECK(
        issuer.at(noon) ==
        R"(package.offer "class":"CHAT-L","blocks":200,"days":7,"carry":20,"price":"1520.00","overage":"8.80")");
    CHECK(issuer.at(noon) == "");
    const std::string next_day = issuer.at(noon + engine::day);
    CHECK(next_day.starts_with(R"(order.place "symbol":"CHAT-L.CN-EAST.T1.20261205")"));
    CHECK(issuer.at(noon + engine::day) == "");
}

TEST_CASE("an issuer that comes back offers nothing twice", "[demo]") {
    Said issuer(Packages::Part::issuer, "demo-provider-02");
    REQUIRE(issuer.due(models(), noon));
    issuer.forget();
    CHECK(issuer.at(noon, R"({"packages":[{"package":"1","state":"open","issuer":"demo-provider-02",)"
                          R"("class":"CHAT-L"}]})") == "packages.get ");
    for (int day = 0; day < 3; ++day) CHECK(issuer.at(noon).starts_with("order.place "));
    CHECK(issuer.at(noon) == "");
}

TEST_CASE("a user buys a package, draws once a minute, and waits for the next day when nothing is there",
          "[demo]") {
    Said user(Packages::Part::user, "demo-buyer-01");
    CHECK(user.at(noon, R"({"grants":[]})") == "grants.get ");
    CHECK(user.at(noon,
                  R"({"packages":[{"package":"1","state":"withdrawn"},{"package":"2","state":"open"}]})") ==
          "packages.get ");
    CHECK(user.at(noon, "{}", "RESERVE") ==
          R"(package.buy "package":"2","qty":1,"purchase":"demo-buyer-01-20788")");
    CHECK(user.at(noon + engine::second) == "");
    CHECK(user.at(noon + engine::minute, R"({"grant":"7"})").starts_with("package.buy "));
    const auto first = noon + engine::minute * 2;
    const std::string draw = user.at(first, "{}");
    CHECK(draw.starts_with(R"(token.draw "grant":"7","uncached":2)"));
    CHECK(user.at(first + engine::second) == "");
    CHECK(user.at(first + engine::minute, "{}", "QUOTA_EXHAUSTED") != draw);
    CHECK(user.at(first + engine::hour) == "");
    CHECK(user.at(noon + engine::hour * 12, "{}", "PACKAGE_UNKNOWN").starts_with("token.draw "));
    CHECK(user.at(noon + engine::hour * 13, R"({"packages":[]})") == "packages.get ");
}

TEST_CASE("a user that comes back goes on with what it bought", "[demo]") {
    Said user(Packages::Part::user, "demo-buyer-01");
    CHECK(user.at(noon, R"({"grants":[{"grant":"5","party":"issuer"},{"grant":"6","party":"buyer"}]})") ==
          "grants.get ");
    CHECK(user.at(noon).starts_with(R"(token.draw "grant":"6")"));
    Said nobody(Packages::Part::none, "demo-buyer-02");
    CHECK(nobody.at(noon) == "");
}

}  // namespace gridbook::gateway::demo
