// SPDX-License-Identifier: Apache-2.0
// Every role against every call there is: ops from the table, admin calls from theirs, account routes from
// theirs. Who may is written down here once more, by hand, so that a slip in a table is seen.
#include <map>
#include <set>

#include "gateway/admin/bodies.hpp"
#include "gateway/admin/routes.hpp"
#include "gateway/config.hpp"
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

using Roles = std::set<std::string>;
const Roles everybody{"observer", "buyer", "provider", "regulator", "operator"};
const Roles traders{"buyer", "provider"};
const std::string order =
    R"("symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","type":"limit","price":"14","qty":"1","cid":"b-1")";

struct Rule {
    std::string fields;
    Roles may;
};
const std::map<std::string, Rule> ops_by_name{
    {"clock.advance", {R"("ts":"1800000000000000000")", everybody}},  // of a broker's key, on a replay clock
    {"order.place", {order, traders}},
    {"order.replace", {R"("cid":"b-1","price":"14","qty":"1")", traders}},
    {"order.cancel", {R"("cid":"b-1")", traders}},
    {"order.cancel_all", {"", traders}},
    {"order.batch", {R"("orders":[{)" + order + "}]", traders}},
    {"order.status", {R"("cid":"b-1")", everybody}},
    {"orders.open", {"", everybody}},
    {"strip.place",
     {R"("family":"H100.CN-EAST.G2","start":"20261201T01Z","hours":2,"side":"buy","qty":"1","price":"14","cid":"b-1")",
      traders}},
    {"anyof.place",
     {R"("families":["H100.CN-EAST.G2"],"start":"20261201T01Z","hours":1,"need":"1","price":"14","profile":"train","cid":"b-1")",
      traders}},
    {"cancel.after", {R"("ms":1000)", traders}},
    {"quote.explain", {R"("cid":"b-1")", everybody}},
    {"resource.register", {R"("class":"H100","zone":"CN-EAST","tier":"G2","count":"8")", {"provider"}}},
    {"resource.withdraw", {R"("resource":"1")", {"provider"}}},
    {"maintenance.declare", {R"("resource":"1","start":"20261201T01Z","windows":2)", {"provider"}}},
    {"maintenance.cancel", {R"("maintenance":"1")", {"provider"}}},
    {"resources.get", {"", everybody}},
    {"delivery.ready", {R"("did":"1","endpoint_ref":"ssh://n-1")", {"provider"}}},
    {"meter.report", {R"("did":"1","minute":0,"available":"1")", traders}},
    {"dispute.open", {R"("did":"1","minutes":[0])", traders}},
    {"deliveries.get", {"", everybody}},
    {"token.draw", {R"("class":"H100","uncached":1,"usage":"u-1")", {"buyer"}}},
    {"package.offer", {R"("class":"H100","blocks":4,"days":30,"price":"40")", {"provider"}}},
    {"package.withdraw", {R"("package":"1")", {"provider"}}},
    {"package.buy", {R"("package":"1","qty":1,"purchase":"p-1")", {"buyer"}}},
    {"packages.get", {"", everybody}},
    {"grants.get", {"", everybody}},
    {"reserves.get", {"", everybody}},
    {"payout.request", {R"("amount":"1","reference":"p-1")", traders}},
    {"payouts.get", {"", everybody}},
    {"invoices.get", {"", everybody}},
    {"balance.get", {"", everybody}},
    {"positions.get", {"", everybody}},
    {"fills.get", {"", everybody}},
    {"limits.get", {"", everybody}},
};

const std::map<std::string, Rule> admin_by_path{
    {"/v1/admin/participants", {R"({"name":"new","roles":["buyer"]})", {"operator"}}},
    {"/v1/admin/keys", {R"({"key":"k-buyer","account":"acme","roles":["buyer"]})", {"operator"}}},
    {"/v1/admin/credits", {R"({"account":"acme","amount":"1"})", {"operator"}}},
    {"/v1/admin/payouts", {R"({"payout":"1","decision":"paid"})", {"operator"}}},
    {"/v1/admin/bands", {R"({"family":"H100.CN-EAST.G2","floor":"9","expect":1})", {"regulator"}}},
    {"/v1/admin/phase", {R"({"family":"H100.CN-EAST.G2","action":"pause"})", {"regulator", "operator"}}},
    {"/v1/admin/dynamic", {R"({"family":"H100.CN-EAST.G2","action":"resume"})", {"regulator"}}},
    {"/v1/admin/kill", {R"({"scope":"market","on":true})", {"regulator", "operator"}}},
    {"/v1/admin/limits", {R"({"account":"acme","open_orders":5})", {"regulator", "operator"}}},
    {"/v1/admin/disputes", {R"({"did":"1","claimant":"buyer","uphold":true})", {"regulator"}}},
    {"/v1/admin/guidance",
     {R"({"family":"H100.CN-EAST.G2","price":"14.00","formula":"cost-1","capex":"230000","life_h":35040,"util":"0.8",)"
      R"("power_kw":"0.7","pue":"1.3","tariff":"0.65","opex_h":"5.2","expect":1,"rationale":"survey"})",
      {"regulator"}}},
    {"/v1/admin/factors",
     {R"({"class":"H100","k_train":"1","k_infer":"1","provenance":"regulator","expect":1})", {"regulator"}}},
    {"/v1/admin/*/approve", {"{}", {"regulator"}}},
    {"/v1/admin/*/reject", {"{}", {"regulator"}}},
};

// A gateway where each role has a key of its own name.
struct Everybody : Gateway {
    Everybody() {
        for (const std::string& role : everybody) key(role, acme, role_bit(role));
    }
    void forget() {
        commands.release(commands.refresh());
        for (ledger::Blob* blob = nullptr; blobs.pop(blob);) delete blob;
    }
};

bool refused_for_role(const std::string& answer) { return code_in(answer) == "AUTH_ROLE"; }

}  // namespace

TEST_CASE("the matrix of roles and ops: who may is entered or answered, who may not is told the role",
          "[roles]") {
    std::set<std::string> there;
    for (const OpSpec& op : ops())
        if (op.endpoint == Endpoint::trade && op.op != Op::session_logon) there.emplace(op.name);
    std::set<std::string> known;
    for (const auto& [name, rule] : ops_by_name) known.insert(name);
    CHECK(there == known);

    Everybody g;
    for (const std::string& role : everybody) {
        const ConnectionId c = g.signed_in(role);
        for (const auto& [op, rule] : ops_by_name) {
            if (op == "clock.advance") continue;  // has its own test (ingress_test.cpp)
            INFO(role << " " << op);
            const std::string text =
                fmt::format(R"({{"id":"1","op":"{}"{}{}}})", op, rule.fields.empty() ? "" : ",", rule.fields);
            const std::string answer = g.say(c, text);
            CHECK(refused_for_role(answer) == !rule.may.contains(role));
            // Without a projection there are no invoices, for nobody.
            if (rule.may.contains(role))
                CHECK(code_in(answer) == (op == "invoices.get" ? "NOT_AVAILABLE" : ""));
            else
                CHECK(g.nothing_entered());
            g.forget();
        }
    }
}

TEST_CASE("without a logon nothing of the matrix is done", "[roles]") {
    Gateway g;
    const ConnectionId c = g.connect();
    g.heard.take(c);
    for (const auto& [op, rule] : ops_by_name) {
        INFO(op);
        const std::string text =
            fmt::format(R"({{"id":"1","op":"{}"{}{}}})", op, rule.fields.empty() ? "" : ",", rule.fields);
        CHECK(code_in(g.say(c, text)) == "SESSION_REQUIRED");
    }
    CHECK(g.nothing_entered());
}

TEST_CASE("the matrix of roles and admin calls", "[roles]") {
    std::set<std::string> there, known;
    for (const AdminCall& call : admin_calls()) there.emplace(call.path);
    for (const auto& [path, rule] : admin_by_path) known.insert(path);
    CHECK(there == known);

    Everybody g;
    for (const std::string& role : everybody)
        for (const auto& [path, rule] : admin_by_path) {
            INFO(role << " " << path);
            std::string target = path;
            if (const std::size_t star = target.find('*'); star != std::string::npos)
                target.replace(star, 1, "7");
            const auto answer = g.ask(g.sign(role, "POST", target, rule.fields));
            if (rule.may.contains(role)) {
                CHECK(answer.status == 0);  // entered, and waits for the pipeline
                CHECK_FALSE(g.nothing_entered());
            } else {
                CHECK(answer.status == 403);
                CHECK(refused_for_role(answer.body));
                CHECK(g.nothing_entered());
            }
            g.forget();
        }
}

TEST_CASE(
    "an account's own pages are for every role that is signed, an overseer's for overseers, none for nobody",
    "[roles]") {
    Everybody g;
    for (const SignedRoute& route : signed_routes()) {
        if (route.question == engine::CommandKind::none) continue;
        const bool admin = route.path.starts_with("/v1/admin/");
        std::string target(route.path);
        if (const std::size_t star = target.find('*'); star != std::string::npos)
            target.replace(star, 1, "7");
        for (const std::string& role : everybody) {
            INFO(role << " " << target);
            const bool may = !admin || role == "regulator" || role == "operator";
            const auto answer = g.ask(g.sign(role, "GET", target));
            CHECK(answer.status == (may ? 0u : 403u));
            CHECK(refused_for_role(answer.body) == !may);
            g.forget();
        }
        HttpRequest unsigned_request;
        unsigned_request.method = "GET";
        unsigned_request.target = target;
        CHECK(g.ask(unsigned_request).status == 401);
    }
}

TEST_CASE("every public parameter that is published is known", "[roles]") {
    Everybody g;
    for (const PublicApi::Path& path : PublicApi::paths()) {
        std::string target(path.path);
        std::string rest(path.parameters);
        for (char mark = '?'; !rest.empty(); mark = '&') {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            target += mark + rest.substr(0, end) + "=x";
            rest.erase(0, end + 1);
        }
        const auto answer = g.pages.get(target);
        REQUIRE(answer);
        INFO(target << ": " << answer->body);
        CHECK(answer->body.find("unknown or repeated parameter") == std::string::npos);
    }
}

}  // namespace gridbook::gateway::rim
