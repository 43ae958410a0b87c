// SPDX-License-Identifier: Apache-2.0
// From a frame to the command in the ring, or to the refusal that never gets there.
#include <map>
#include <set>

#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

using engine::CommandKind;

constexpr const char* symbol = "H100.CN-EAST.G2.20261201T01Z";

std::string place(std::string_view more = {}) {
    return fmt::format(
        R"({{"id":"7","op":"order.place","symbol":"{}","side":"buy","type":"limit","price":"14.20","qty":"16","cid":"b-1"{}}})",
        symbol, more);
}

std::string cancel(std::string_view cid = "b-1") {
    return fmt::format(R"({{"id":"8","op":"order.cancel","cid":"{}"}})", cid);
}

// One good frame an op.
const std::map<std::string, std::string> frames{
    {"order.place", place()},
    {"order.replace", R"({"id":"7","op":"order.replace","cid":"b-1","price":"14","qty":"1"})"},
    {"order.cancel", cancel()},
    {"order.status", R"({"id":"7","op":"order.status","oid":"1"})"},
    {"orders.open", R"({"id":"7","op":"orders.open"})"},
    {"balance.get", R"({"id":"7","op":"balance.get"})"},
    {"positions.get", R"({"id":"7","op":"positions.get"})"},
    {"resource.register",
     R"({"id":"7","op":"resource.register","class":"H100","zone":"CN-EAST","tier":"G2","count":"8"})"},
    {"resource.withdraw", R"({"id":"7","op":"resource.withdraw","resource":"1"})"},
    {"maintenance.declare",
     R"({"id":"7","op":"maintenance.declare","resource":"1","start":"20261201T01Z","windows":5})"},
    {"maintenance.cancel", R"({"id":"7","op":"maintenance.cancel","maintenance":"1"})"},
    {"resources.get", R"({"id":"7","op":"resources.get"})"},
    {"clock.advance", R"({"id":"7","op":"clock.advance","ts":"1800000000000000000"})"},
};

}  // namespace

TEST_CASE("an order becomes a command with its sender and its origin", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    CHECK(g.say(c, place(R"(,"tif":"ioc")")).empty());
    const engine::Command command = g.entered();
    CHECK(command.kind() == CommandKind::place_order);
    CHECK(command.header.account == g.acme);
    CHECK(command.header.key == *g.directory.key_index("k-buyer"));
    CHECK(command.header.sequence == engine::Sequence{});
    const auto body = command.as<engine::PlaceOrder>();
    CHECK(body.instrument == *g.directory.instrument(symbol));
    CHECK(body.cid == engine::Cid("b-1"));
    CHECK(body.price == engine::Decimal{14'200'000});
    CHECK(body.qty == engine::Decimal{16'000'000});
    CHECK(body.tif == engine::TimeInForce::ioc);
    const Request* request = g.requests.find(command.header.origin);
    REQUIRE(request);
    CHECK(request->connection == c);
    CHECK(request->id == "7");
    CHECK(request->op == "order.place");
}

TEST_CASE("a symbol that names nothing goes on, so that it is refused in its turn", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    std::string text = place();
    text.replace(text.find("H100"), 4, "H999");
    CHECK(g.say(c, text).empty());
    CHECK(g.entered().as<engine::PlaceOrder>().instrument == engine::no_instrument);
}

TEST_CASE("nothing but a logon is heard before the logon", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.connect();
    g.heard.take(c);
    for (const auto& [op, text] : frames) {
        INFO(op);
        CHECK(code_in(g.say(c, text)) == "SESSION_REQUIRED");
    }
    CHECK(code_in(g.say(c, "nonsense")) == "FORMAT_JSON");
    CHECK(g.nothing_entered());
    CHECK(g.requests.size() == 0);
}

TEST_CASE("a key's role is the set of ops it may send", "[ingress]") {
    // In the replay clock clock.advance asks for on_behalf instead of a role.
    const std::map<std::string, std::set<std::string>> who_may{
        {"order.place", {"k-buyer", "k-provider", "k-broker"}},
        {"order.replace", {"k-buyer", "k-provider", "k-broker"}},
        {"order.cancel", {"k-buyer", "k-provider", "k-broker"}},
        {"resource.register", {"k-provider", "k-broker"}},
        {"resource.withdraw", {"k-provider", "k-broker"}},
        {"maintenance.declare", {"k-provider", "k-broker"}},
        {"maintenance.cancel", {"k-provider", "k-broker"}},
        {"clock.advance", {"k-broker"}}};
    Gateway g(engine::ClockMode::replay);
    for (const char* key : {"k-buyer", "k-provider", "k-observer", "k-operator", "k-regulator", "k-broker"}) {
        const ConnectionId c = g.signed_in(key);
        for (const auto& [op, text] : frames) {
            INFO(key << ' ' << op);
            const auto rule = who_may.find(op);
            const bool may = rule == who_may.end() || rule->second.contains(key);
            const std::string reply = g.say(c, text);
            CHECK(code_in(reply) == (may ? "" : "AUTH_ROLE"));
            if (may) g.entered();
            CHECK(g.nothing_entered());
        }
    }
}

TEST_CASE("only a broker names an account", "[ingress]") {
    Gateway g;
    const ConnectionId buyer = g.signed_in("k-buyer"), broker = g.signed_in("k-broker");
    const std::string named = place(R"(,"account":"acme")");
    const std::string refused = g.say(buyer, named);
    CHECK(code_in(refused) == "AUTH_ROLE");
    CHECK(field_in(refused) == "account");
    CHECK(g.say(broker, named).empty());
    CHECK(g.entered().header.account == g.acme);
    CHECK(g.say(broker, place()).empty());
    CHECK(g.entered().header.account == g.prov);
    CHECK(code_in(g.say(broker, place(R"(,"account":"nobody")"))) == "ACCOUNT_UNKNOWN");
    CHECK(g.nothing_entered());
}

TEST_CASE("the clock is advanced only where it is a replay's", "[ingress]") {
    const std::string& advance = frames.at("clock.advance");
    Gateway real, replay(engine::ClockMode::replay);
    CHECK(code_in(real.say(real.signed_in("k-broker"), advance)) == "NOT_AVAILABLE");
    CHECK(replay.say(replay.signed_in("k-broker"), advance).empty());
    CHECK(replay.entered().as<engine::AdvanceTime>().to == engine::Time{1'800'000'000'000'000'000});
    CHECK(code_in(replay.say(replay.signed_in("k-buyer"), advance)) == "AUTH_ROLE");
}

TEST_CASE("a full ring says BUSY to orders and still takes cancels", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    std::size_t orders = 0;
    std::string reply;
    while ((reply = g.say(c, place())).empty()) ++orders;
    CHECK(orders == Gateway::ring_size / 8 * 7);
    CHECK(code_in(reply) == "BUSY");
    CHECK(reply.find(R"("retry_ms":50)") != std::string::npos);
    CHECK(g.requests.size() == orders);
    CHECK(code_in(g.say(c, frames.at("balance.get"))) == "BUSY");
    std::size_t cancels = 0;
    while ((reply = g.say(c, cancels % 2 ? cancel() : frames.at("order.status"))).empty()) ++cancels;
    CHECK(orders + cancels == Gateway::ring_size);
    CHECK(code_in(reply) == "BUSY");
    CHECK_FALSE(g.ingress.accepting());
    REQUIRE(g.commands.refresh() == Gateway::ring_size);
    g.commands.release(Gateway::ring_size);
    CHECK(g.ingress.accepting());
    CHECK(g.say(c, place()).empty());
}

TEST_CASE("who is gone gets no answer", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer"), other = g.signed_in("k-buyer");
    g.say(c, place());
    const engine::Origin origin = g.entered().header.origin;
    g.say(other, place());
    const engine::Origin stays = g.entered().header.origin;
    g.ingress.closed(c);
    CHECK(g.requests.find(origin) == nullptr);
    CHECK(g.requests.find(stays) != nullptr);
    g.ingress.received(c, place());
    CHECK(g.nothing_entered());
}

TEST_CASE("a resource names its family, or which of its names is unknown", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-provider");
    const auto registered = [&](const char* names, const char* more = "") {
        CHECK(g.say(c, fmt::format(R"({{"id":"7","op":"resource.register",{},"count":"8"{}}})", names, more))
                  .empty());
        return g.entered().as<engine::RegisterResource>();
    };
    const auto full = registered(
        R"("class":"H100","zone":"CN-EAST","tier":"G2")",
        R"(,"residency":"CN","pue":"1.25","green_share":"0.45","tflops":"989.4","dense":false,"cert":"abc")");
    CHECK(full.family == engine::FamilyId{0});
    CHECK(full.count == engine::Decimal{8'000'000});
    CHECK(full.pue == 1'250);
    CHECK(full.green_share == 4'500);
    CHECK(full.tflops == 989'400);
    CHECK(full.dense_given);
    CHECK_FALSE(full.dense);
    CHECK(full.certificate == sha256("abc"));
    const auto unknown = [&](const char* names) {
        const auto body = registered(names);
        CHECK(body.family == engine::no_family);
        return body.unknown_field;
    };
    CHECK(unknown(R"("class":"X","zone":"CN-EAST","tier":"G2")") == engine::RejectField::class_name);
    CHECK(unknown(R"("class":"H100","zone":"X","tier":"G2")") == engine::RejectField::zone);
    CHECK(unknown(R"("class":"H100","zone":"CN-EAST","tier":"X")") == engine::RejectField::tier);
    CHECK(unknown(R"("class":"H100","zone":"CN-EAST","tier":"T1")") == engine::RejectField::family);
    const std::string reply = g.say(
        c,
        R"({"id":"7","op":"resource.register","class":"H100","zone":"CN-EAST","tier":"G2","count":"8","residency":"EU"})");
    CHECK(code_in(reply) == "SPEC_MISMATCH");
    CHECK(field_in(reply) == "residency");
}

TEST_CASE("a page of positions goes on after a symbol", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-observer");
    CHECK(
        g.say(c, fmt::format(R"({{"id":"7","op":"positions.get","after":"{}","limit":3}})", symbol)).empty());
    const auto body = g.entered().as<engine::QueryPositions>();
    CHECK(body.after == *g.directory.instrument(symbol));
    CHECK(body.limit == 3);
    CHECK(code_in(g.say(c, R"({"id":"7","op":"positions.get","after":"X"})")) == "SYMBOL_UNKNOWN");
}

TEST_CASE("a refusal carries the id of its request", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    CHECK(g.say(c, R"({"id":"abc","op":"no.such"})")
              .starts_with(R"({"id":"abc","ok":false,"error":{"code":"OP_UNKNOWN")"));
}

TEST_CASE("market frames are checked and handed to the feed", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.connect(Endpoint::market);
    const auto said = [&](std::string_view text) { return code_in(g.say(c, text)); };
    CHECK(said("[]") == "FORMAT_JSON");
    CHECK(said(place()) == "OP_UNKNOWN");
    CHECK(said(R"({"id":"1","op":"subscribe","channels":["book"]})") == "FORMAT_FIELD");
    CHECK(said(R"({"id":"1","op":"subscribe","channels":[],"symbols":["*"]})") == "FORMAT_VALUE");
    CHECK(said(R"({"id":"1","op":"subscribe","channels":["books"],"symbols":["*"]})") == "FORMAT_VALUE");
    CHECK(said(R"({"id":"1","op":"subscribe","channels":["book",1],"symbols":["*"]})") == "FORMAT_FIELD");
    CHECK(said(R"({"id":"1","op":"subscribe","channels":["trades"],"symbols":["*"],"account":"acme"})") ==
          "FORMAT_FIELD");
    CHECK(said(R"({"id":"1","op":"book.snapshot"})") == "FORMAT_FIELD");
    CHECK(said(R"({"id":"1","op":"book.snapshot","symbol":"a","symbols":["b"]})") == "FORMAT_FIELD");
    const std::string reply =
        g.say(c, R"({"id":"5","op":"subscribe","channels":["trades"],"symbols":["*"]})");
    INFO(reply);
    CHECK(reply.starts_with(R"({"id":"5","ok":true)"));
}

TEST_CASE("a market frame may be longer than a trade frame", "[ingress]") {
    Gateway g;
    const ConnectionId c = g.connect(Endpoint::market);
    std::string symbols;
    while (symbols.size() < frame_bytes_max + 1'000)
        symbols += (symbols.empty() ? "\"" : ",\"") + std::string(symbol) + '"';
    CHECK(code_in(g.say(c, R"({"id":"1","op":"subscribe","channels":["book"],"symbols":[)" + symbols +
                               "]}")) != "FORMAT_JSON");
}

TEST_CASE("requests are found by their origin until they are done", "[requests]") {
    Requests requests;
    std::vector<engine::Origin> open;
    for (std::uint32_t i = 1; i <= 5'000; ++i)
        open.push_back(requests.open({.connection = i % 7 + 1, .id = std::to_string(i)}));
    for (std::uint32_t i = 1; i <= 5'000; i += 2) requests.done(open[i - 1]);
    for (std::uint32_t i = 5'001; i <= 20'000; ++i)
        open.push_back(requests.open({.connection = i % 7 + 1, .id = std::to_string(i)}));
    CHECK(requests.size() == 17'500);
    for (std::uint32_t i = 1; i <= 20'000; ++i) {
        const Request* request = requests.find(open[i - 1]);
        const bool gone = i <= 5'000 && i % 2 == 1;
        REQUIRE((request == nullptr) == gone);
        if (request) REQUIRE(request->id == std::to_string(i));
    }
    requests.done(open[0]);
    requests.drop(3);
    for (std::uint32_t i = 5'001; i <= 20'000; ++i)
        REQUIRE((requests.find(open[i - 1]) == nullptr) == (i % 7 + 1 == 3));
    CHECK(requests.find(engine::Origin{}) == nullptr);
    CHECK(requests.find(engine::Origin{1, 4'000'000}) == nullptr);
}

}  // namespace gridbook::gateway::rim
