// SPDX-License-Identifier: Apache-2.0
// Our own clients: reading frames and documents, signing in, pipelining, signed HTTP. The other side is an
// Inbox that checks signatures as protocol section 2 says and answers in the words of section 3.
#include <fmt/format.h>

#include "gateway/client/admin_client.hpp"
#include "gateway/client/json.hpp"
#include "gateway/client/trade_client.hpp"
#include "tests/gateway/transport_harness.hpp"

using namespace gridbook;
using namespace gridbook::gateway;
using namespace gridbook::gateway::test;

TEST_CASE("a frame of the exchange becomes a message", "[transport]") {
    MessageReader reader;
    const Message reply = reader.read(
        R"({"id":"7","ok":true,"ev":"order","state":"open","seq":88120,"n":412,"oid":"551200","cid":"b-1",)"
        R"("symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","price":"14.20","qty":"16","leaves":"16","cum":"0",)"
        R"("hold":"227.681664","band":7,"flags":[],"dup":true,"ts":"1760000000123456789"})");
    CHECK(reply.id == 7);
    CHECK(reply.reply());
    CHECK(reply.ok);
    CHECK(reply.dup);
    CHECK(reply.ev == "order");
    CHECK(reply.state == "open");
    CHECK(reply.seq == 88120);
    CHECK(reply.n == 412);
    CHECK(reply.oid == "551200");
    CHECK(reply.symbol == "H100.CN-EAST.G2.20261201T01Z");
    CHECK(reply.hold == "227.681664");
    CHECK(reply.band == 7);
    CHECK(reply.ts == "1760000000123456789");
    CHECK(reply.error.code.empty());

    const Message refusal = reader.read(
        R"({"id":"8","ok":false,"error":{"code":"PRICE_BAND_HARD","msg":"below floor 9.80 = 14.00 x 0.70","field":"price",)"
        R"("rule":"hard","band":7,"rationale":"G-2026-11-28/3","limit":["9.80","19.60"],"got":"9.79","retry_ms":5},"cid":"p-5","seq":88121})");
    CHECK(!refusal.ok);
    CHECK(refusal.error.code == "PRICE_BAND_HARD");
    CHECK(refusal.error.limit == "9.80");
    CHECK(refusal.error.limit_high == "19.60");
    CHECK(refusal.error.got == "9.79");
    CHECK(refusal.error.band == 7);
    CHECK(refusal.error.retry_ms == 5);

    const Message event = reader.read(
        R"({"ev":"fill","tid":"9","liquidity":"taker","fee":"0.432","text":"\u00e9\"","new":{"a":[1]}})");
    CHECK(!event.reply());
    CHECK(event.tid == "9");
    CHECK(event.liquidity == "taker");
    CHECK(event.fee == "0.432");
    CHECK_THROWS_WITH(reader.read("[1]"), Catch::Contains("not JSON"));
    CHECK_THROWS_WITH(reader.read("{\"id\":"), Catch::Contains("not JSON"));
}

TEST_CASE("a document is asked by pointer, and text is escaped into one", "[transport]") {
    const JsonDocument document(
        R"({"families":[{"family":"A","band":3},{"family":"B","band":4}],"more":false})");
    CHECK(document.size("/families") == 2);
    CHECK(document.text("/families/1/family") == "B");
    CHECK(document.number("/families/0/band") == 3);
    CHECK(document.flag("/more") == false);
    CHECK(!document.text("/families/2/family"));
    CHECK(!document.text("/families/0/band"));
    CHECK(document.size("/nothing") == 0);
    CHECK_THROWS_WITH(JsonDocument("{"), Catch::Contains("not JSON"));
    std::string out = "{\"t\":";
    append_json_string(out, "a\"b\\c\n\x01 \xC3\xA9");
    out += '}';
    CHECK(JsonDocument(out).text("/t") == "a\"b\\c\n\x01 \xC3\xA9");
}

namespace {

// Checks signatures and answers every order with a reply and a fill.
class SigningInbox final : public Inbox {
  public:
    explicit SigningInbox(PublicKey key) : key_(key) {}

    void opened(ConnectionId connection, Endpoint, std::string_view) override {
        server->send(connection, R"({"ev":"welcome","schema":1,"nonce":"n-42","ts":"1"})");
    }
    void received(ConnectionId connection, std::string_view text) override {
        const JsonDocument request(text);
        const std::string id = request.text("/id").value_or("");
        const std::string op = request.text("/op").value_or("");
        if (op == "session.logon") return logon(connection, id, request);
        if (op == "order.place") {
            server->send(connection, fmt::format(R"({{"ev":"fill","cid":"{}","leaves":"0"}})",
                                                 request.text("/cid").value_or("")));
            server->send(connection, fmt::format(R"({{"id":"{}","ok":true,"ev":"order","cid":"{}"}})", id,
                                                 request.text("/cid").value_or("")));
            return;
        }
        server->close(connection, 1013, "RESUME");
    }
    void closed(ConnectionId) override {}
    void requested(HttpId request, const HttpRequest& http) override {
        const std::string message =
            http.method + "\n" + http.target + "\n" + http.timestamp + "\n" + hex(sha256(http.body));
        const bool fresh = http.timestamp > last_timestamp_;
        last_timestamp_ = http.timestamp;
        const bool good = http.key == "k-7" && fresh && verify(key_, message, http.signature);
        server->respond(request, good ? 200 : 401, "application/json", good ? http.body : "{}");
    }
    bool accepting() const override { return true; }
    Server* server = nullptr;

  private:
    void logon(ConnectionId connection, const std::string& id, const JsonDocument& request) {
        const std::string message =
            "logon\nn-42\n" + request.text("/key").value_or("") + "\n" + request.text("/ts").value_or("");
        const bool good =
            request.text("/key") == "k-7" && verify(key_, message, request.text("/sig").value_or(""));
        server->send(
            connection,
            good
                ? fmt::format(
                      R"({{"id":"{}","ok":true,"account":"acme","role":"buyer","stream":"7f3a","n":411,"seq":88120}})",
                      id)
                : fmt::format(R"({{"id":"{}","ok":false,"error":{{"code":"AUTH_SIGNATURE","msg":"no"}}}})",
                              id));
    }
    PublicKey key_;
    std::string last_timestamp_;
};

struct SigningExchange {
    SigningExchange()
        : inbox(key.public_key()),
          server("127.0.0.1", 0, {}, inbox),
          url(fmt::format("http://127.0.0.1:{}", server.port())) {
        inbox.server = &server;
        owner = std::thread([this] {
            while (!stopping) server.wait(engine::millisecond * 5);
        });
    }
    ~SigningExchange() {
        stopping = true;
        owner.join();
    }
    SigningKey key = SigningKey::generate();
    SigningInbox inbox;
    Server server;
    std::string url;
    std::atomic<bool> stopping{false};
    std::thread owner;
};

}  // namespace

TEST_CASE("a trade client signs in, pipelines and hears its replies and events", "[transport]") {
    SigningExchange exchange;
    TradeClient client(exchange.url, "k-7", exchange.key);
    const auto logon = client.logon();
    CHECK(logon.account == "acme");
    CHECK(logon.role == "buyer");
    CHECK(logon.stream == "7f3a");
    CHECK(logon.n == 411);
    CHECK(logon.seq == 88120);

    std::vector<std::uint64_t> asked, answered;
    for (int i = 0; i < 1'000; ++i)
        asked.push_back(client.request("order.place", fmt::format(R"("cid":"c-{}")", i)));
    std::size_t fills = 0;
    while (answered.size() < asked.size()) {
        const auto take = [&](const Message& message) {
            if (message.reply()) answered.push_back(message.id);
            fills += message.ev == "fill" ? 1 : 0;
        };
        REQUIRE(client.poll(take, milliseconds(5'000)) > 0);
    }
    CHECK(answered == asked);
    CHECK(fills == 1'000);

    std::size_t others = 0;
    const Message reply = client.call("order.place", R"("cid":"last")", [&](const Message&) { ++others; });
    CHECK(reply.cid == "last");
    CHECK(others == 1);

    CHECK_THROWS_AS(client.call("provoke", ""), Disconnected);
    CHECK(!client.connected());
    CHECK(client.logon().account == "acme");
}

TEST_CASE("a refused logon names its code", "[transport]") {
    SigningExchange exchange;
    const SigningKey stranger = SigningKey::generate();
    TradeClient client(exchange.url, "k-7", stranger);
    try {
        client.logon();
        FAIL("signed in with a stranger's key");
    } catch (const LogonRefused& refusal) {
        CHECK(refusal.code() == "AUTH_SIGNATURE");
        CHECK_THAT(refusal.what(), Catch::Contains("k-7"));
    }
}

TEST_CASE("every admin request is signed by itself", "[transport]") {
    SigningExchange exchange;
    AdminClient client(exchange.url, "k-7", exchange.key);
    for (int i = 0; i < 50; ++i) {
        const HttpAnswer answer = client.post("/v1/admin/credits?x=1", fmt::format(R"({{"n":{}}})", i));
        CHECK(answer.status == 200);
        CHECK(JsonDocument(answer.body).number("/n") == static_cast<std::uint64_t>(i));
    }
    CHECK(client.get("/v1/admin/audit").status == 200);
    AdminClient other(exchange.url, "k-8", exchange.key);
    CHECK(other.get("/v1/admin/audit").status == 401);
}
