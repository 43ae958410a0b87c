// SPDX-License-Identifier: Apache-2.0
// Signed HTTP: who may, what it becomes, what is kept of it.
#include "gateway/admin/signed_text.hpp"
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

constexpr const char* band_body =
    R"({"family":"H100.CN-EAST.G2","floor":"9.80","ceiling":"19.60","expect":7,"effective":"2026-12-01T00:00:00Z","reason":"cost survey 2026-11"})";

std::unique_ptr<ledger::Blob> blob_of(Gateway& g) {
    ledger::Blob* blob = nullptr;
    REQUIRE(g.blobs.pop(blob));
    return std::unique_ptr<ledger::Blob>(blob);
}

}  // namespace

TEST_CASE("a band change becomes a command and keeps its signed request", "[admin]") {
    Gateway g;
    const HttpRequest http = g.sign("k-regulator", "POST", "/v1/admin/bands", band_body);
    CHECK(g.ask(http).status == 0);
    const engine::Command command = g.entered();
    CHECK(command.kind() == engine::CommandKind::set_band);
    CHECK(command.header.key == *g.directory.key_index("k-regulator"));
    const auto body = command.as<engine::SetBand>();
    CHECK(body.family == engine::FamilyId{0});
    CHECK(body.floor == engine::Decimal{9'800'000});
    CHECK(body.ceiling == engine::Decimal{19'600'000});
    CHECK(body.guidance == engine::Decimal{});
    CHECK(body.expect == 7);
    CHECK(body.effective == engine::Time{1'796'083'200'000'000'000});
    const Request* request = g.requests.find(command.header.origin);
    REQUIRE(request);
    CHECK(request->http == g.requests_made);
    CHECK(request->op == "POST /v1/admin/bands");

    // What is kept proves by itself who asked for what.
    const auto blob = blob_of(g);
    CHECK(body.blob == blob->sha256);
    CHECK(sha256(blob->text) == blob->sha256);
    const auto kept = read_signed_text(blob->text);
    REQUIRE(kept);
    CHECK(kept->body == band_body);
    CHECK(verify(g.secrets.at("k-regulator").public_key(), signed_message(*kept), kept->signature));
    CHECK(reason_in(blob->text) == "cost survey 2026-11");
}

TEST_CASE("a kept text is byte for byte what was signed", "[admin]") {
    HttpRequest http;
    http.method = "POST";
    http.target = "/v1/admin/bands";
    http.timestamp = "1";
    http.key = "k";
    http.signature = "s==";
    http.body = "{\n\t\"reason\": \"\\u00e9 \\\" \\\\ \xe4\xb8\xad\"}";
    const auto kept = read_signed_text(signed_text(http));
    REQUIRE(kept);
    CHECK(kept->body == http.body);
    CHECK(signed_message(*kept) == signed_message(http));
    CHECK(reason_in(signed_text(http)) == "\xc3\xa9 \" \\ \xe4\xb8\xad");
    CHECK(reason_in("not ours").empty());
    CHECK(reason_in("{}").empty());
}

TEST_CASE("the other admin calls become their commands", "[admin]") {
    Gateway g;
    CHECK(g.ask(g.sign("k-operator", "POST", "/v1/admin/participants",
                       R"({"name":"new","roles":["buyer","provider"],"group":"house"})"))
              .status == 0);
    const auto opened = g.entered().as<engine::OpenAccount>();
    CHECK(opened.name.view() == "new");
    CHECK(opened.group.view() == "house");
    CHECK(opened.roles == (engine::role::buyer | engine::role::provider));
    CHECK(opened.blob == blob_of(g)->sha256);

    const SigningKey fresh = SigningKey::generate();
    CHECK(
        g
            .ask(g.sign(
                "k-operator", "POST", "/v1/admin/keys",
                fmt::format(
                    R"({{"key":"k-9","account":"acme","roles":["buyer"],"public_key":"{}","on_behalf":true}})",
                    base64(fresh.public_key()))))
            .status == 0);
    const engine::Command key = g.entered();
    CHECK(key.header.account == g.acme);
    CHECK(key.as<engine::SetKey>().public_key == fresh.public_key());
    CHECK(key.as<engine::SetKey>().on_behalf);
    CHECK(key.as<engine::SetKey>().roles == engine::role::buyer);

    CHECK(g.ask(g.sign("k-operator", "POST", "/v1/admin/credits", R"({"account":"acme","amount":"-1000.5"})"))
              .status == 0);
    const engine::Command credit = g.entered();
    CHECK(credit.header.account == g.acme);
    CHECK(credit.as<engine::Credit>().amount == engine::Money{-1'000'500'000});
}

TEST_CASE("a payout is decided by its id; an operator is told all that wait, others their own", "[admin]") {
    Gateway g;
    for (const bool paid : {true, false}) {
        CHECK(g.ask(g.sign("k-operator", "POST", "/v1/admin/payouts",
                           fmt::format(R"({{"payout":"7","decision":"{}"}})", paid ? "paid" : "refused")))
                  .status == 0);
        const auto decided = g.entered().as<engine::DecidePayout>();
        CHECK(decided.payout == engine::PayoutId{7});
        CHECK(decided.paid == paid);
        CHECK(decided.blob != engine::Sha256{});
        blob_of(g);
    }
    CHECK(g.ask(g.sign("k-operator", "GET", "/v1/admin/payouts?after=3&limit=5")).status == 0);
    const engine::Command all = g.entered();
    CHECK(all.header.account == engine::no_account);
    CHECK(all.as<engine::QueryPayouts>().after == engine::PayoutId{3});
    CHECK(all.as<engine::QueryPayouts>().limit == 5);
    CHECK(g.ask(g.sign("k-buyer", "GET", "/v1/account/payouts")).status == 0);
    CHECK(g.entered().header.account == g.acme);
}

TEST_CASE("an account's resources are asked by page", "[admin]") {
    Gateway g;
    CHECK(g.ask(g.sign("k-provider", "GET", "/v1/account/resources?after=3&limit=5")).status == 0);
    const engine::Command asked = g.entered();
    CHECK(asked.header.account == g.prov);
    CHECK(asked.as<engine::QueryResources>().after == 3);
    CHECK(asked.as<engine::QueryResources>().limit == 5);
    CHECK(g.ask(g.sign("k-provider", "GET", "/v1/account/resources?limit=1001")).status == 400);
}

TEST_CASE("a key is revoked by taking its roles, without its public key", "[admin]") {
    Gateway g;
    CHECK(g.ask(g.sign("k-operator", "POST", "/v1/admin/keys",
                       R"({"key":"k-buyer","account":"acme","roles":[]})"))
              .status == 0);
    const auto body = g.entered().as<engine::SetKey>();
    CHECK(body.roles == 0);
    CHECK(body.public_key == g.secrets.at("k-buyer").public_key());
    const auto answer = g.ask(
        g.sign("k-operator", "POST", "/v1/admin/keys", R"({"key":"k-new","account":"acme","roles":[]})"));
    CHECK(answer.status == 400);
    CHECK(field_in(answer.body) == "public_key");
}

TEST_CASE("questions about the account pass through the pipeline", "[admin]") {
    Gateway g;
    CHECK(g.ask(g.sign("k-observer", "GET", "/v1/account/balances")).status == 0);
    engine::Command command = g.entered();
    CHECK(command.kind() == engine::CommandKind::query_balance);
    CHECK(command.header.account == g.acme);
    CHECK(g.ask(g.sign("k-buyer", "GET", "/v1/account/orders?after=12&limit=5")).status == 0);
    command = g.entered();
    CHECK(command.as<engine::QueryOrders>().after == engine::OrderId{12});
    CHECK(command.as<engine::QueryOrders>().limit == 5);
    CHECK(g.ask(g.sign("k-buyer", "GET", "/v1/account/positions")).status == 0);
    CHECK(g.entered().as<engine::QueryPositions>().limit == 1'000);
    CHECK(g.ask(g.sign("k-broker", "GET", "/v1/account/balances?account=acme")).status == 0);
    CHECK(g.entered().header.account == g.acme);
    const auto refused = [&](const char* key, const char* target) {
        return code_in(g.ask(g.sign(key, "GET", target)).body);
    };
    CHECK(refused("k-buyer", "/v1/account/balances?account=prov") == "AUTH_ROLE");
    CHECK(refused("k-broker", "/v1/account/balances?account=nobody") == "ACCOUNT_UNKNOWN");
    CHECK(refused("k-buyer", "/v1/account/orders?limit=1001") == "FORMAT_VALUE");
    CHECK(refused("k-buyer", "/v1/account/orders?colour=red") == "FORMAT_FIELD");
    CHECK(refused("k-buyer", "/v1/account/positions?after=X") == "SYMBOL_UNKNOWN");
    CHECK(g.nothing_entered());
}

TEST_CASE("admin calls go by role", "[admin]") {
    const std::map<std::string, std::string> bodies{
        {"/v1/admin/bands", band_body},
        {"/v1/admin/credits", R"({"account":"acme","amount":"1"})"},
        {"/v1/admin/payouts", R"({"payout":"1","decision":"paid"})"},
        {"/v1/admin/participants", R"({"name":"n","roles":["buyer"]})"},
        {"/v1/admin/keys", R"({"key":"k-buyer","account":"acme","roles":["buyer"]})"}};
    Gateway g;
    for (const auto& [path, body] : bodies)
        for (const char* key :
             {"k-buyer", "k-provider", "k-observer", "k-operator", "k-regulator", "k-broker"}) {
            INFO(path << ' ' << key);
            const std::string owner = path == "/v1/admin/bands" ? "k-regulator" : "k-operator";
            const auto answer = g.ask(g.sign(key, "POST", path, body));
            if (key == owner) {
                CHECK(answer.status == 0);
                g.entered();
                blob_of(g);
            } else {
                CHECK(answer.status == 403);
                CHECK(code_in(answer.body) == "AUTH_ROLE");
            }
            CHECK(g.nothing_entered());
        }
}

TEST_CASE("a request that is not signed as it should be is refused", "[admin]") {
    Gateway g;
    const auto refused = [&](auto change) {
        HttpRequest http =
            g.sign("k-operator", "POST", "/v1/admin/credits", R"({"account":"acme","amount":"1"})");
        change(http);
        const auto answer = g.ask(http);
        CHECK(answer.status == (code_in(answer.body) == "FORMAT_VALUE" ? 400 : 401));
        CHECK(g.nothing_entered());
        return code_in(answer.body);
    };
    CHECK(refused([](HttpRequest& r) { r.key.clear(); }) == "AUTH_KEY");
    CHECK(refused([](HttpRequest& r) { r.timestamp.clear(); }) == "AUTH_KEY");
    CHECK(refused([](HttpRequest& r) { r.signature.clear(); }) == "AUTH_KEY");
    CHECK(refused([](HttpRequest& r) { r.key = "k-nobody"; }) == "AUTH_KEY");
    CHECK(refused([](HttpRequest& r) { r.key = "k-buyer"; }) == "AUTH_SIGNATURE");
    CHECK(refused([](HttpRequest& r) { r.body = R"({"account":"acme","amount":"2"})"; }) == "AUTH_SIGNATURE");
    CHECK(refused([](HttpRequest& r) { r.target += "?x=1"; }) == "AUTH_SIGNATURE");
    CHECK(refused([](HttpRequest& r) { r.timestamp.pop_back(); }) == "AUTH_REPLAY");
    CHECK(refused([](HttpRequest& r) { r.timestamp = "now"; }) == "FORMAT_VALUE");
    CHECK(refused([](HttpRequest& r) { r.timestamp = "-1"; }) == "FORMAT_VALUE");
    g.key("k-operator", g.acme, 0);
    CHECK(refused([](HttpRequest&) {}) == "AUTH_KEY");
}

TEST_CASE("a signed request is good once, for 5 s, and not across a restart", "[admin]") {
    Gateway g;
    const auto credit = [&] {
        return g.sign("k-operator", "POST", "/v1/admin/credits", R"({"account":"acme","amount":"1"})");
    };
    const HttpRequest once = credit();
    CHECK(g.ask(once).status == 0);
    CHECK(code_in(g.ask(once).body) == "AUTH_REPLAY");
    g.now = g.now + freshness;
    CHECK(code_in(g.ask(once).body) == "AUTH_REPLAY");

    const HttpRequest old = credit();
    g.now = g.now + freshness + engine::nanosecond;
    CHECK(code_in(g.ask(old).body) == "AUTH_REPLAY");

    HttpApi next(g.directory, g.bands, g.pages, g.requests, g.port, g.heard, g.now + engine::second);
    const HttpRequest before = credit();
    next.handle(77, before, g.now + engine::second);
    CHECK(code_in(g.heard.responses[77].body) == "AUTH_REPLAY");
}

TEST_CASE("what was seen is remembered until nobody could send it again", "[admin]") {
    Gateway g;
    SignatureGate gate(g.directory, engine::Time{}, 3);
    const auto admitted = [&](const HttpRequest& http, engine::Time now) {
        auto result = gate.admit(http, now);
        const auto* error = std::get_if<WireError>(&result);
        return error ? std::string(error->code) : std::string();
    };
    const auto fresh = [&] { return g.sign("k-buyer", "GET", "/v1/account/balances"); };
    // Signed by a clock ahead of ours: it stays fresh for 10 s.
    const engine::Time begin = g.now;
    g.now = begin + freshness - engine::second;
    const HttpRequest ahead = fresh();
    CHECK(admitted(ahead, begin).empty());
    CHECK(admitted(ahead, begin + freshness + engine::second) == "AUTH_REPLAY");
    CHECK(admitted(fresh(), begin).empty());
    CHECK(admitted(fresh(), begin).empty());
    // Full of what is still fresh: rather BUSY than forgetful.
    CHECK(admitted(fresh(), begin) == "BUSY");
    g.now = begin + freshness + freshness + engine::second;
    CHECK(admitted(fresh(), g.now).empty());
}

TEST_CASE("bodies are checked like frames", "[admin]") {
    Gateway g;
    const auto refused = [&](const char* path, std::string body) {
        const char* key = std::string_view(path) == "/v1/admin/bands" ? "k-regulator" : "k-operator";
        const auto answer = g.ask(g.sign(key, "POST", path, std::move(body)));
        CHECK(g.nothing_entered());
        return fmt::format("{} {} {}", answer.status, code_in(answer.body), field_in(answer.body));
    };
    const char* bands = "/v1/admin/bands";
    CHECK(refused(bands, "") == "400 FORMAT_JSON ");
    CHECK(refused(bands, R"({"family":"H100.CN-EAST.G2","floor":"1"})") == "400 FORMAT_FIELD expect");
    CHECK(refused(bands, R"({"family":"H100.CN-EAST.G2","expect":1})") == "400 FORMAT_FIELD floor");
    CHECK(refused(bands, R"({"family":"H100.CN-EAST.G2","expect":1,"floor":"0"})") ==
          "400 FORMAT_VALUE floor");
    CHECK(refused(bands, R"({"family":"H100.CN-EAST.G2","expect":1,"floor":9.8})") ==
          "400 FORMAT_FIELD floor");
    CHECK(refused(bands, R"({"family":"X","expect":1,"floor":"1"})") == "404 SYMBOL_UNKNOWN family");
    CHECK(refused(bands, R"({"family":"H100.CN-EAST.G2","expect":1,"floor":"1","effective":"soon"})") ==
          "400 FORMAT_VALUE effective");
    CHECK(refused(bands, R"({"family":"H100.CN-EAST.G2","expect":1,"floor":"1","by":"me"})") ==
          "400 FORMAT_FIELD by");
    CHECK(refused("/v1/admin/credits", R"({"account":"nobody","amount":"1"})") ==
          "404 ACCOUNT_UNKNOWN account");
    CHECK(refused("/v1/admin/credits", R"({"account":"acme","amount":"0"})") == "400 FORMAT_VALUE amount");
    CHECK(refused("/v1/admin/credits", R"({"account":"acme","amount":"1.0000001"})") ==
          "400 FORMAT_VALUE amount");
    CHECK(refused("/v1/admin/payouts", R"({"payout":"1"})") == "400 FORMAT_FIELD decision");
    CHECK(refused("/v1/admin/payouts", R"({"payout":"1","decision":"later"})") ==
          "400 FORMAT_VALUE decision");
    CHECK(refused("/v1/admin/payouts", R"({"payout":"4294967296","decision":"paid"})") ==
          "400 FORMAT_VALUE payout");
    CHECK(refused("/v1/admin/participants", R"({"name":"acme","roles":["buyer"]})") ==
          "400 FORMAT_VALUE name");
    CHECK(refused("/v1/admin/participants", R"({"name":"a b","roles":["buyer"]})") ==
          "400 FORMAT_VALUE name");
    CHECK(refused("/v1/admin/participants", R"({"name":"n","roles":["king"]})") == "400 FORMAT_VALUE roles");
    CHECK(refused("/v1/admin/participants", R"({"name":"n","roles":[]})") == "400 FORMAT_VALUE roles");
    CHECK(refused("/v1/admin/keys",
                  R"({"key":"k-9","account":"acme","roles":["buyer"],"public_key":"AAAA"})") ==
          "400 FORMAT_VALUE public_key");
}

TEST_CASE("paths are unknown, known by another method, or of what is not kept here", "[admin]") {
    Gateway g;
    const auto answer = [&](const char* method, const char* target) {
        HttpRequest http;
        http.method = method;
        http.target = target;
        const auto response = g.ask(http);
        return fmt::format("{} {}", response.status, code_in(response.body));
    };
    for (const char* path : {"/v1/nothing", "/v1/admin", "/v1/admin/", "/v1/admin/bands/", "/v1/account",
                             "/v2/classes", "/v1/admin//approve", "/v1/admin/explain/"}) {
        INFO(path);
        CHECK(answer("GET", path) == "404 OP_UNKNOWN");
    }
    CHECK(answer("GET", "/v1/admin/bands") == "405 OP_UNKNOWN");
    CHECK(answer("DELETE", "/v1/admin/keys") == "405 OP_UNKNOWN");
    CHECK(answer("POST", "/v1/account/balances") == "405 OP_UNKNOWN");
    CHECK(answer("POST", "/v1/families") == "405 OP_UNKNOWN");
    CHECK(answer("GET", "/v1/admin/kill") == "405 OP_UNKNOWN");
    // Here is nobody who could start one; with somebody: tests/system/regulator.py.
    CHECK(answer("POST", "/v1/admin/sandbox") == "422 NOT_AVAILABLE");
    CHECK(answer("GET", "/v1/admin/sandbox") == "422 NOT_AVAILABLE");
    for (const char* path : {"/v1/admin/surveillance", "/v1/admin/limits", "/v1/admin/explain"}) {
        INFO(path);
        CHECK(answer("GET", path).starts_with("401 "));
        CHECK(answer("DELETE", path) == "405 OP_UNKNOWN");
    }
    for (const char* path : {"/v1/account/invoices", "/v1/account/invoices/3.csv"}) {
        INFO(path);
        CHECK(answer("GET", path) == "422 NOT_AVAILABLE");
    }
    CHECK(answer("GET", "/v1/families") == "200 ");
}

TEST_CASE("a full ring says BUSY by 503 and keeps nothing", "[admin]") {
    Gateway g;
    while (g.port.enter(engine::Command::of(engine::QueryBalance{}))) continue;
    const auto answer =
        g.ask(g.sign("k-operator", "POST", "/v1/admin/credits", R"({"account":"acme","amount":"1"})"));
    CHECK(answer.status == 503);
    CHECK(code_in(answer.body) == "BUSY");
    CHECK(g.requests.size() == 0);
    ledger::Blob* blob = nullptr;
    CHECK_FALSE(g.blobs.pop(blob));
    // What protects the market has the eighth that is kept free.
    const std::string kill = R"({"scope":"market","on":true,"reason":"drill"})";
    g.ask(g.sign("k-regulator", "POST", "/v1/admin/kill", kill));
    CHECK(g.requests.size() == 1);
    REQUIRE(g.blobs.pop(blob));
    delete blob;
}

TEST_CASE("HTTP statuses mirror the class of the code", "[admin]") {
    const std::map<std::string, unsigned> statuses{{"FORMAT_JSON", 400},   {"FORMAT_FIELD", 400},
                                                   {"FORMAT_VALUE", 400},  {"AUTH_KEY", 401},
                                                   {"AUTH_REPLAY", 401},   {"AUTH_SIGNATURE", 401},
                                                   {"AUTH_ROLE", 403},     {"SYMBOL_UNKNOWN", 404},
                                                   {"OP_UNKNOWN", 404},    {"VERSION_CONFLICT", 409},
                                                   {"NOT_AVAILABLE", 422}, {"EFFECTIVE", 422},
                                                   {"TICK", 422},          {"FUNDS", 422},
                                                   {"RESERVE", 422},       {"PACKAGE_UNKNOWN", 404},
                                                   {"RATE_LIMIT", 429},    {"BUSY", 503}};
    for (const auto& [code, status] : statuses) {
        INFO(code);
        CHECK(http_status(code) == status);
    }
}

}  // namespace gridbook::gateway::rim
