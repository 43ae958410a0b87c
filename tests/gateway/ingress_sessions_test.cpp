// SPDX-License-Identifier: Apache-2.0
// Signing in, hearing streams, heartbeats: without a socket and with a clock of our own.
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

using engine::second;

std::vector<ConnectionId> listening(const Gateway& g, engine::AccountId account) {
    const auto all = g.sessions.listeners(account);
    return {all.begin(), all.end()};
}

}  // namespace

TEST_CASE("a trade connection is welcomed with a nonce of its own", "[sessions]") {
    Gateway g;
    const std::string first = g.heard.take(g.connect()), second_one = g.heard.take(g.connect());
    CHECK(first.starts_with(R"({"ev":"welcome","schema":1,"nonce":")"));
    CHECK(first.ends_with(fmt::format(R"("ts":"{}"}})", g.now.value)));
    CHECK(Gateway::nonce_in(first) != Gateway::nonce_in(second_one));
    CHECK(Gateway::nonce_in(first).size() == 32);
    CHECK(g.heard.frames[g.connect(Endpoint::market)].empty());
}

TEST_CASE("a logon is answered with account, role, stream, n and seq", "[sessions]") {
    Gateway g;
    g.journal.apply(engine::Credited{.amount = engine::Money{1}}, g.acme, 41);
    const ConnectionId c = g.connect();
    const std::string reply = g.say(c, g.logon("k-buyer", Gateway::nonce_in(g.heard.take(c))));
    INFO(reply);
    CHECK(reply.starts_with(R"({"id":"1","ok":true,"account":"acme","role":"buyer","stream":")"));
    CHECK(reply.find(fmt::format(R"(,"n":41,"seq":{},"limits":{{"frame_bytes":16384}}}})",
                                 g.directory.sequence().value)) != std::string::npos);
}

TEST_CASE("a stream is the account's, and stays the same", "[sessions]") {
    Gateway g;
    const auto stream = [&](const char* key) {
        const ConnectionId c = g.connect();
        const std::string reply = g.say(c, g.logon(key, Gateway::nonce_in(g.heard.take(c))));
        const std::size_t at = reply.find(R"("stream":")") + 10;
        return reply.substr(at, reply.find('"', at) - at);
    };
    CHECK(stream("k-buyer") == stream("k-observer"));
    CHECK(stream("k-buyer") != stream("k-provider"));
}

TEST_CASE("a logon that is not right is refused, and may be tried again", "[sessions]") {
    Gateway g;
    const ConnectionId c = g.connect();
    const std::string nonce = Gateway::nonce_in(g.heard.take(c));
    const std::string good = g.logon("k-buyer", nonce);
    const auto changed = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    CHECK(code_in(g.say(c, changed("k-buyer", "k-nobody"))) == "AUTH_KEY");
    CHECK(code_in(g.say(c, changed("k-buyer", "k-provider"))) == "AUTH_SIGNATURE");
    CHECK(code_in(g.say(c, changed("\"sig\":\"", "\"sig\":\"A"))) == "AUTH_SIGNATURE");
    CHECK(code_in(g.say(c, g.logon("k-buyer", "another-nonce"))) == "AUTH_SIGNATURE");
    CHECK(g.heard.closed.empty());
    CHECK(code_in(g.say(c, good)).empty());
}

TEST_CASE("a signature for one connection is worth nothing on another", "[sessions]") {
    Gateway g;
    const ConnectionId first = g.connect(), other = g.connect();
    const std::string logon = g.logon("k-buyer", Gateway::nonce_in(g.heard.take(first)));
    g.heard.take(other);
    CHECK(code_in(g.say(other, logon)) == "AUTH_SIGNATURE");
    CHECK(code_in(g.say(first, logon)).empty());
    CHECK(code_in(g.say(first, logon)) == "AUTH_REPLAY");
}

TEST_CASE("a timestamp may be 5 s off, to either side, and no more", "[sessions]") {
    Gateway g;
    const ConnectionId c = g.connect();
    const std::string logon = g.logon("k-buyer", Gateway::nonce_in(g.heard.take(c)));
    const engine::Time signed_at = g.now;
    g.now = signed_at + freshness + engine::nanosecond;
    const std::string late = g.say(c, logon);
    CHECK(code_in(late) == "AUTH_REPLAY");
    CHECK(field_in(late) == "ts");
    g.now = signed_at - freshness - engine::nanosecond;
    CHECK(code_in(g.say(c, logon)) == "AUTH_REPLAY");
    g.now = signed_at + freshness;
    CHECK(code_in(g.say(c, logon)).empty());
}

TEST_CASE("a revoked key does not sign in", "[sessions]") {
    Gateway g;
    g.key("k-buyer", g.acme, 0);
    const ConnectionId c = g.connect();
    CHECK(code_in(g.say(c, g.logon("k-buyer", Gateway::nonce_in(g.heard.take(c))))) == "AUTH_KEY");
}

TEST_CASE("who fails five times to sign in is closed", "[sessions]") {
    Gateway g;
    const ConnectionId c = g.connect();
    g.heard.take(c);
    for (unsigned i = 0; i < logon_failures_max; ++i) {
        CHECK(g.heard.closed.empty());
        CHECK(code_in(g.say(c, g.logon("k-buyer", "wrong"))) == "AUTH_SIGNATURE");
    }
    CHECK(g.heard.closed.at(c).starts_with("1008"));
    CHECK(g.say(c, g.logon("k-buyer", "wrong")).empty());
}

TEST_CASE("the same signed-in session ends when its key is changed", "[sessions]") {
    Gateway g;
    const ConnectionId revoked = g.signed_in("k-buyer"), stays = g.signed_in("k-provider");
    g.key("k-buyer", g.acme, 0);
    CHECK(code_in(g.say(revoked, R"({"id":"2","op":"balance.get"})")) == "AUTH_KEY");
    g.ingress.tick();
    CHECK(g.heard.closed.contains(revoked));
    CHECK_FALSE(g.heard.closed.contains(stays));
}

TEST_CASE("the account's connections hear its stream", "[sessions]") {
    Gateway g;
    const ConnectionId buyer = g.signed_in("k-buyer"), observer = g.signed_in("k-observer");
    g.signed_in("k-provider");
    const ConnectionId stranger = g.connect();
    CHECK(listening(g, g.acme) == std::vector{buyer, observer});
    CHECK(g.sessions.listeners(engine::AccountId{999}).empty());
    CHECK_FALSE(g.sessions.names_accounts(buyer));
    CHECK_FALSE(g.sessions.names_accounts(stranger));
    g.ingress.closed(buyer);
    CHECK(listening(g, g.acme) == std::vector{observer});
    CHECK(g.sessions.find(buyer) == nullptr);
}

TEST_CASE("a broker hears the accounts it has named, and says for whom", "[sessions]") {
    Gateway g;
    const ConnectionId broker = g.signed_in("k-broker");
    CHECK(g.sessions.names_accounts(broker));
    CHECK(listening(g, g.prov) == std::vector{broker});
    CHECK(listening(g, g.acme).empty());
    CHECK(g.say(broker, R"({"id":"2","op":"balance.get","account":"acme"})").empty());
    CHECK(g.entered().header.account == g.acme);
    CHECK(g.say(broker, R"({"id":"3","op":"balance.get","account":"acme"})").empty());
    CHECK(g.entered().header.account == g.acme);
    CHECK(listening(g, g.acme) == std::vector{broker});
    g.ingress.closed(broker);
    CHECK(listening(g, g.acme).empty());
}

TEST_CASE("a heartbeat leaves after 5 s of silence, and only then", "[sessions]") {
    Gateway g;
    const ConnectionId quiet = g.connect(), busy_one = g.connect();
    g.heard.frames.clear();
    g.now = g.now + engine::Duration{4 * second.value};
    g.ingress.tick();
    CHECK(g.heard.frames.empty());
    g.sessions.outbox().send(busy_one, "{}");
    g.heard.frames.clear();
    g.now = g.now + engine::Duration{second.value};
    g.ingress.tick();
    CHECK(g.heard.take(quiet) == fmt::format(R"({{"ev":"hb","ts":"{}"}})", g.now.value));
    CHECK(g.heard.frames[busy_one].empty());
    g.now = g.now + engine::Duration{4 * second.value};
    g.ingress.tick();
    CHECK(g.heard.frames[quiet].empty());
    CHECK(g.heard.frames[busy_one].size() == 1);
    g.now = g.now + engine::Duration{second.value};
    g.ingress.tick();
    CHECK(g.heard.frames[quiet].size() == 1);
}

TEST_CASE("everybody is told of a restart", "[sessions]") {
    Gateway g;
    const ConnectionId signed_in = g.signed_in("k-buyer"), market = g.connect(Endpoint::market);
    g.heard.frames.clear();
    g.ingress.announce_shutdown();
    for (const ConnectionId c : {signed_in, market})
        CHECK(g.heard.take(c) == fmt::format(R"({{"ev":"notice.shutdown","ts":"{}"}})", g.now.value));
}

TEST_CASE("limits of the engine are told at logon when they are known", "[sessions]") {
    Gateway g;
    Sessions sessions(
        g.directory, g.heard, g.streams,
        {.open_orders = 10, .qty = engine::Decimal{5'500'000}, .notional = engine::Money{7'000'000}});
    sessions.opened(99, Endpoint::trade, g.now);
    const std::string nonce = Gateway::nonce_in(g.heard.take(99));
    const std::string ts = std::to_string(g.now.value);
    const std::string signature = g.secrets.at("k-buyer").sign("logon\n" + nonce + "\nk-buyer\n" + ts);
    sessions.logon(99, "1", {.key = "k-buyer", .ts = ts, .time = g.now, .signature = signature}, g.now);
    CHECK(g.heard.take(99).find(
              R"("limits":{"frame_bytes":16384,"open_orders":10,"qty":"5.5","notional":"7"}})") !=
          std::string::npos);
}

}  // namespace gridbook::gateway::rim
