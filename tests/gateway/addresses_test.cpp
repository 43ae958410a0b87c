// SPDX-License-Identifier: Apache-2.0
// Where a key may come from: addresses and networks, at logon and with signed HTTP, from the configuration
// and from the request that set it.
#include "gateway/admin/signed_text.hpp"
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

AddressList list(std::initializer_list<std::string_view> texts) {
    const auto read = AddressList::of(std::vector<std::string_view>(texts));
    REQUIRE(read);
    return *read;
}

// k-bound comes from the configuration's network, k-set from what its request says.
struct Bound {
    Gateway g;
    std::map<engine::Sequence, AddressList> requested;

    Bound() {
        g.directory.use_addresses({{"k-bound", list({"10.0.0.0/8"})}, {"k-set", list({"10.0.0.0/8"})}},
                                  [this](engine::Sequence s) -> std::optional<AddressList> {
                                      const auto found = requested.find(s);
                                      if (found == requested.end()) return std::nullopt;
                                      return found->second;
                                  });
        g.key("k-bound", g.acme, engine::role::buyer);
    }
    void set_by_request(const AddressList& addresses) {
        requested[engine::Sequence{g.directory.sequence().value + 1}] = addresses;
        g.key("k-set", g.acme, engine::role::buyer);
    }
    // What a logon from there is answered.
    std::string logon(const std::string& key, const std::string& from, ConnectionId* connection = nullptr) {
        g.ingress.opened(++g.connections, Endpoint::trade, from);
        if (connection != nullptr) *connection = g.connections;
        const std::string nonce = Gateway::nonce_in(g.heard.take(g.connections));
        g.ingress.received(g.connections, g.logon(key, nonce));
        return g.heard.take(g.connections);
    }
    unsigned ask(const std::string& key, const std::string& from) {
        HttpRequest request = g.sign(key, "GET", "/v1/account/balances");
        request.remote = from;
        const auto answer = g.ask(request);
        if (answer.status == 0) g.entered();
        return answer.status;
    }
};

}  // namespace

TEST_CASE("addresses and networks of both kinds", "[addresses]") {
    const AddressList some = list({"192.0.2.7", "10.16.0.0/12", "2001:db8::/33", "::1"});
    for (const char* in : {"192.0.2.7", "10.16.0.1", "10.31.255.255", "2001:db8:7fff::1", "::1",
                           "::ffff:192.0.2.7", "2001:db8::1%eth0"})
        CHECK(some.admits(in));
    for (const char* out : {"192.0.2.8", "10.32.0.1", "10.15.255.255", "2001:db8:8000::1", "::2", "",
                            "localhost", "::ffff:192.0.2.8"})
        CHECK_FALSE(some.admits(out));
    CHECK(list({"0.0.0.0/0"}).admits("203.0.113.1"));
    CHECK_FALSE(list({"0.0.0.0/0"}).admits("2001:db8::1"));
    CHECK(list({"::/0"}).admits("203.0.113.1"));
    CHECK(AddressList{}.admits(""));
    for (const char* wrong : {"", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x",
                              "::/129", "a", "fe80::1%eth0", "10.0.0.0/8/8"})
        CHECK_FALSE(AddressList::valid(wrong));
}

TEST_CASE("a bound key signs in from its addresses only, and is told the one it came from", "[addresses]") {
    Bound b;
    CHECK(b.logon("k-bound", "10.1.2.3").find(R"("ok":true)") != std::string::npos);
    const std::string refused = b.logon("k-bound", "192.0.2.7");
    CHECK(refused.find(R"("code":"AUTH_KEY")") != std::string::npos);
    CHECK(refused.find(R"("field":"key","rule":"address","got":"192.0.2.7")") != std::string::npos);
    CHECK(b.logon("k-buyer", "192.0.2.7").find(R"("ok":true)") != std::string::npos);
    // Who does not have the key learns nothing of its addresses.
    b.g.secrets.erase("k-bound");
    b.g.secrets.emplace("k-bound", SigningKey::generate());
    CHECK(code_in(b.logon("k-bound", "192.0.2.7")) == "AUTH_SIGNATURE");
}

TEST_CASE("signed HTTP is bound as logons are", "[addresses]") {
    Bound b;
    CHECK(b.ask("k-bound", "10.1.2.3") == 0);
    CHECK(b.ask("k-bound", "192.0.2.7") == 401);
    CHECK(b.ask("k-buyer", "192.0.2.7") == 0);
}

TEST_CASE("the request that set a key has the later word, and ends sessions from elsewhere", "[addresses]") {
    Bound b;
    b.set_by_request(list({"192.0.2.7"}));
    ConnectionId there = 0;
    CHECK(b.logon("k-set", "192.0.2.7", &there).find(R"("ok":true)") != std::string::npos);
    CHECK(code_in(b.logon("k-set", "10.1.2.3")) == "AUTH_KEY");
    b.g.ingress.tick();
    CHECK(b.g.heard.closed.empty());
    b.set_by_request(list({"192.0.2.8"}));
    b.g.ingress.tick();
    CHECK(b.g.heard.closed[there] == "1008 the key was changed");
    b.set_by_request({});
    CHECK(b.logon("k-set", "203.0.113.1").find(R"("ok":true)") != std::string::npos);
}

TEST_CASE("POST keys takes addresses and keeps them in its signed request", "[addresses]") {
    Bound b;
    const auto body = [](const char* addresses) {
        return fmt::format(R"({{"key":"k-buyer","account":"acme","roles":["buyer"],"addresses":{}}})",
                           addresses);
    };
    CHECK(b.g.ask(b.g.sign("k-operator", "POST", "/v1/admin/keys", body(R"(["10.0.0.0/8","::1"])"))).status ==
          0);
    CHECK(b.g.entered().kind() == engine::CommandKind::set_key);
    ledger::Blob* taken = nullptr;
    REQUIRE(b.g.blobs.pop(taken));
    const std::unique_ptr<ledger::Blob> blob(taken);
    CHECK(addresses_in(blob->text) == list({"10.0.0.0/8", "::1"}));
    CHECK(addresses_in("not ours") == std::nullopt);
    const auto refused =
        b.g.ask(b.g.sign("k-operator", "POST", "/v1/admin/keys", body(R"(["10.0.0.0/8","home"])")));
    CHECK(code_in(refused.body) == "FORMAT_VALUE");
    CHECK(refused.body.find(R"("field":"addresses")") != std::string::npos);
    CHECK(refused.body.find(R"("got":"home")") != std::string::npos);
}

}  // namespace gridbook::gateway::rim
