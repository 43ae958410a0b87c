// SPDX-License-Identifier: Apache-2.0
// Token buckets, batches, and the matrix of roles and calls: what ingress does with a request before the
// engine.
#include "tests/gateway/ingress_fixture.hpp"

namespace gridbook::gateway::rim {

namespace {

std::string place(int number) {
    return fmt::format(
        R"({{"id":"{0}","op":"order.place","symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","type":"limit","price":"14","qty":"1","cid":"c-{0}"}})",
        number);
}
std::string item(std::string_view cid, std::string_view more = "") {
    return fmt::format(
        R"({{"symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","type":"limit","price":"14","qty":"1","cid":"{}"{}}})",
        cid, more);
}
const std::string cancel = R"({"id":"8","op":"order.cancel","cid":"b-1"})";

Rates rates(std::uint32_t orders, std::uint32_t cancels, std::uint32_t queries) {
    Rates out;
    out.of(Pace::orders) = {orders, 2 * orders};
    out.of(Pace::cancels) = {cancels, 2 * cancels};
    out.of(Pace::queries) = {queries, 2 * queries};
    return out;
}

// The gateway's ingress with limits; the fixture's own has none.
struct Limited : Gateway {
    Limited(const Rates& key, const Rates& account)
        : limits(key, account),
          limited(directory, sessions, requests, port, feed, admin, replay, limits, [this] { return now; }) {}
    std::string ask(ConnectionId connection, std::string_view text) {
        limited.received(connection, text);
        std::vector<std::string> all;
        all.swap(heard.frames[connection]);
        REQUIRE(all.size() <= 1);
        return all.empty() ? std::string() : all.front();
    }
    void forget_commands() { commands.release(commands.refresh()); }
    RateLimits limits;
    Ingress limited;
};

}  // namespace

TEST_CASE("over its rate a key is told so, when to come again, and then it may", "[rates]") {
    Limited g(rates(10, 100, 10), {});
    const ConnectionId c = g.signed_in("k-buyer");
    for (int i = 0; i < 20; ++i) CHECK(g.ask(c, place(i)).empty());
    const std::string refused = g.ask(c, place(20));
    CHECK(code_in(refused) == "RATE_LIMIT");
    CHECK(refused.find(R"("rule":"key.orders","limit":["10","20"],"got":"20","retry_ms":100)") !=
          std::string::npos);
    g.forget_commands();
    g.now = g.now + engine::millisecond * 99;
    CHECK(code_in(g.ask(c, place(21))) == "RATE_LIMIT");
    g.now = g.now + engine::millisecond;
    CHECK(g.ask(c, place(22)).empty());
    g.entered();
}

TEST_CASE("cancels have a larger bucket of their own", "[rates]") {
    Limited g(rates(1, 10, 1), {});
    const ConnectionId c = g.signed_in("k-buyer");
    for (int i = 0; i < 2; ++i) CHECK(g.ask(c, place(i)).empty());
    CHECK(code_in(g.ask(c, place(2))) == "RATE_LIMIT");
    for (int i = 0; i < 20; ++i) CHECK(g.ask(c, cancel).empty());
    CHECK(code_in(g.ask(c, cancel)) == "RATE_LIMIT");
}

TEST_CASE("an account's keys share the account's bucket, and a refusal costs the key nothing", "[rates]") {
    Limited g(rates(100, 100, 100), rates(1, 1, 1));
    g.key("k-second", g.acme, engine::role::buyer);
    const ConnectionId one = g.signed_in("k-buyer"), two = g.signed_in("k-second");
    CHECK(g.ask(one, place(1)).empty());
    CHECK(g.ask(two, place(2)).empty());
    CHECK(g.ask(two, place(3)).find(R"("rule":"account.orders")") != std::string::npos);
    const std::string use = g.ask(two, R"({"id":"9","op":"limits.get"})");
    CHECK(use.find(R"("key":{"orders":{"per_s":100,"burst":200,"used":1},)") != std::string::npos);
    CHECK(use.find(R"("account":{"orders":{"per_s":1,"burst":2,"used":2},)") != std::string::npos);
    CHECK(use.find(R"("limits":{"frame_bytes":16384)") != std::string::npos);
}

TEST_CASE("a batch costs as much as its orders", "[rates][batch]") {
    Limited g(rates(2, 1, 1), {});
    const ConnectionId c = g.signed_in("k-buyer");
    const std::string three =
        R"({"id":"5","op":"order.batch","orders":[)" + item("a") + "," + item("b") + "," + item("c") + "]}";
    CHECK(g.ask(c, three).empty());
    CHECK(code_in(g.ask(c, three)) == "RATE_LIMIT");
}

TEST_CASE("a batch enters one command an order, and answers bad ones in their place", "[batch]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    const std::string text = R"({"id":"5","op":"order.batch","orders":[)" + item("a") + "," +
                             item("b", R"(,"colour":"red")") + "," + item("c") + "]}";
    CHECK(g.say(c, text).empty());
    REQUIRE(g.commands.refresh() == 2);
    CHECK(g.commands.peek(0).as<engine::PlaceOrder>().cid == engine::Cid("a"));
    CHECK(g.commands.peek(1).as<engine::PlaceOrder>().cid == engine::Cid("c"));
    const Request* last = g.requests.find(g.commands.peek(1).header.origin);
    REQUIRE(last);
    CHECK(last->batch->waiting == 2);
    CHECK(last->item == 2);
    CHECK(code_in(last->batch->results[1]) == "FORMAT_FIELD");
    CHECK(field_in(last->batch->results[1]) == "colour");
}

TEST_CASE("a batch with nothing good in it is answered at once", "[batch]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    const std::string reply = g.say(c, R"({"id":"5","op":"order.batch","orders":[{},{"cid":"a"}]})");
    CHECK_THAT(reply, Catch::StartsWith(
                          R"({"id":"5","ok":true,"results":[{"ok":false,"error":{"code":"FORMAT_FIELD")"));
    CHECK(g.nothing_entered());
}

TEST_CASE("a batch that is none is refused as a whole", "[batch]") {
    Gateway g;
    const ConnectionId c = g.signed_in("k-buyer");
    const auto said = [&](const std::string& orders) {
        return g.say(c, R"({"id":"5","op":"order.batch","orders":)" + orders + "}");
    };
    CHECK(code_in(said("[]")) == "FORMAT_VALUE");
    CHECK(code_in(said(R"(["a"])")) == "FORMAT_FIELD");
    CHECK(code_in(said(R"([{"cid":"a","cid":"b"}])")) == "FORMAT_JSON");
    CHECK(code_in(said(R"([{"cid":"a"},7])")) == "FORMAT_FIELD");
    std::string many = "[" + item("c-0");
    for (int i = 1; i <= 20; ++i) many += "," + item("c-" + std::to_string(i));
    const std::string reply = said(many + "]");
    CHECK(code_in(reply) == "FORMAT_VALUE");
    CHECK(reply.find(R"("limit":["20"],"got":"21")") != std::string::npos);
    CHECK(g.nothing_entered());
}

TEST_CASE("an account's own rate is kept where it is narrower than the market's, and told", "[rates]") {
    Limited g({}, rates(10, 100, 10));
    const auto own = [&](std::uint32_t per_s) {
        engine::LimitsSet set;
        set.limits.orders_per_s = per_s;
        set.limits.qty = engine::Decimal{2'500'000};
        engine::Event event;
        event.header.account = g.acme;
        event.set(set);
        g.directory.apply(event);
    };
    own(3);
    const ConnectionId c = g.signed_in("k-buyer");
    for (int i = 0; i < 3; ++i) CHECK(g.ask(c, place(i)).empty());
    const std::string refused = g.ask(c, place(3));
    CHECK(refused.find(R"("rule":"account.orders","limit":["3","3"])") != std::string::npos);
    const std::string told = g.ask(c, R"({"id":"9","op":"limits.get"})");
    CHECK(told.find(R"("account":{"orders":{"per_s":3,"burst":3,"used":3})") != std::string::npos);
    CHECK(told.find(R"("qty":"2.5","orders_per_s":3})") != std::string::npos);
    // Wider than the market's: that one holds.
    own(50);
    g.forget_commands();
    g.now = g.now + engine::second * 10;
    for (int i = 4; i < 24; ++i) CHECK(g.ask(c, place(i)).empty());
    CHECK(g.ask(c, place(24)).find(R"("limit":["10","20"])") != std::string::npos);
}

}  // namespace gridbook::gateway::rim
