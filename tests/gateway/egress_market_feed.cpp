// SPDX-License-Identifier: Apache-2.0
// /v1/market without a network: what subscribers hear, in the protocol's words, and what is refused.

#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;

MarketRequest subscribe(Texts channels, Texts symbols, const std::string& id = "1") {
    return {id, "subscribe", std::move(channels), std::move(symbols)};
}

std::string ok(const std::string& id, int subscriptions, std::uint64_t seq) {
    return R"({"id":")" + id + R"(","ok":true,"subscriptions":)" + std::to_string(subscriptions) +
           R"(,"seq":)" + std::to_string(seq) + "}";
}

// The book of the protocol's example, at sequence 88119.
void example_book(Egress& x) {
    x.publish({event({88119}, resting(x.instrument(), 1, Side::buy, 1340, 3'000)),
               event({88119}, resting(x.instrument(), 2, Side::sell, 1350, 1'200))});
}
void example_trade(Egress& x, std::uint64_t seq = 88120) {
    x.publish({event({seq}, example_order(x.instrument())),
               event({seq}, maker_fill(x.instrument(), 2, Side::sell, 1350, 160, 1'040)),
               event({seq}, example_fill(x.instrument()))});
}

TEST_CASE("a book subscriber gets a snapshot at once and one delta a command, as in the protocol") {
    Egress x;
    example_book(x);
    x.feed.handle(1, subscribe({"book", "trades"}, {example_symbol}));
    CHECK(
        x.outbox.to(1) ==
        Texts{
            ok("1", 2, 88119),
            R"({"ev":"book.snapshot","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":88119,"bids":[["13.40","300"]],"asks":[["13.50","120"]],"crc":497567635})"});
    x.outbox.clear();
    example_trade(x);
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"trade","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":88120,"tid":"90331","price":"13.50","qty":"16","aggressor":"buy","ts":"1760000000123456789"})",
            R"({"ev":"book","symbol":"H100.CN-EAST.G2.20261201T01Z","prev":88119,"seq":88120,"bids":[],"asks":[["13.50","104"]],"crc":687071496})"});
}

TEST_CASE("a level that is gone is published as 0") {
    Egress x;
    example_book(x);
    x.feed.handle(1, subscribe({"book"}, {example_symbol}));
    x.outbox.clear();
    auto gone = resting(x.instrument(), 1, Side::buy, 1340, 3'000);
    gone.state = engine::OrderState::cancelled;
    gone.leaves = 0;
    x.publish({event({88120}, gone)});
    REQUIRE(x.outbox.to(1).size() == 1);
    CHECK(x.outbox.to(1)[0].find(R"("bids":[["13.40","0"]],"asks":[])") != std::string::npos);
}

TEST_CASE("commands that leave the book as it was publish no delta") {
    Egress x;
    example_book(x);
    x.feed.handle(1, subscribe({"book"}, {example_symbol}));
    x.outbox.clear();
    auto ioc = resting(x.instrument(), 9, Side::buy, 1345, 10);
    auto ended = ioc;
    ended.state = engine::OrderState::cancelled;
    ended.leaves = 0;
    x.publish({event({88120}, ioc), event({88120}, ended)});
    CHECK(x.outbox.sent.empty());
}

TEST_CASE("several commands in one batch are several deltas, and follow-on commands have their own") {
    Egress x;
    x.feed.handle(1, subscribe({"book"}, {example_symbol, other_symbol}));
    x.outbox.clear();
    x.publish({event({20}, resting(x.instrument(), 1, Side::buy, 1340, 10)),
               event({20}, resting(x.instrument(other_symbol), 2, Side::buy, 1341, 10)),
               event({21}, resting(x.instrument(), 3, Side::buy, 1342, 10))});
    const Texts heard = x.outbox.to(1);
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].find(R"("prev":7,"seq":20,"bids":[["13.40","1"]])") != std::string::npos);
    CHECK(heard[1].find(R"("prev":8,"seq":20,"bids":[["13.41","1"]])") != std::string::npos);
    CHECK(heard[2].find(R"("prev":20,"seq":21,"bids":[["13.42","1"]])") != std::string::npos);
}

TEST_CASE("a parked order leaves the public book and comes back to it") {
    Egress x;
    example_book(x);
    x.feed.handle(1, subscribe({"book"}, {example_symbol}));
    x.outbox.clear();
    auto order = resting(x.instrument(), 2, Side::sell, 1350, 1'200);
    order.moved = false;
    order.state = engine::OrderState::parked;
    x.publish({event({88120}, order)});
    order.state = engine::OrderState::open;
    x.publish({event({88121}, order)});
    const Texts heard = x.outbox.to(1);
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].find(R"("asks":[["13.50","0"]])") != std::string::npos);
    CHECK(heard[1].find(R"("asks":[["13.50","120"]],"crc":497567635)") != std::string::npos);
}

TEST_CASE("light channels may be had by instrument, family and *, and nobody hears an event twice") {
    Egress x;
    example_book(x);
    x.feed.handle(1, subscribe({"trades"}, {example_symbol, example_family, "*"}));
    x.feed.handle(2, subscribe({"trades"}, {other_symbol}));
    x.feed.handle(3, subscribe({"trades"}, {"*"}));
    x.outbox.clear();
    example_trade(x);
    CHECK(x.outbox.to(1).size() == 1);
    CHECK(x.outbox.to(2).empty());
    CHECK(x.outbox.to(3) == x.outbox.to(1));
}

TEST_CASE("bands and phases are told") {
    Egress x;
    x.feed.handle(1, subscribe({"band", "phase"}, {"*"}));
    x.outbox.clear();
    engine::KeySet key;
    key.name = engine::Text<24>("reg-1");
    auto band = band_v7();
    band.version = 8;
    band.blob = Sequence{88125};
    band.effective = Time{1'764'547'200'000'000'000};  // 2025-12-01T00:00:00Z
    x.bands = Bands([](Sequence blob) { return blob == Sequence{88125} ? "cost survey \"2026-11\"" : ""; });
    x.publish({event({30, 0, x.acme}, key),
               event({88125, 0, engine::no_account, 0, example_time, engine::KeyIndex{0}}, band),
               x.phase(88130, example_symbol, engine::Phase::gated)});
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"ev":"band","family":"H100.CN-EAST.G2","seq":88125,"version":8,"floor":"9.80","ceiling":"19.60","guidance":"14.00","soft":"0.10","rationale":"G-2026-11-28/3","effective":"2025-12-01T00:00:00Z","by":"reg-1","reason":"cost survey \"2026-11\""})",
            R"({"ev":"phase","symbol":"H100.CN-EAST.G2.20261201T01Z","seq":88130,"phase":"gated","until":"2026-12-01T00:45:00Z","reason":"GATE_CLOSED"})"});
}

TEST_CASE("unsubscribe, closed connections and delivered windows end what is heard") {
    Egress x;
    example_book(x);
    for (const ConnectionId c : {1u, 2u, 3u})
        x.feed.handle(c, subscribe({"trades", "book"}, {example_symbol}));
    x.outbox.clear();
    x.feed.handle(1, {"2", "unsubscribe", {"trades", "book"}, {example_symbol}});
    CHECK(x.outbox.to(1) == Texts{ok("2", 0, 88119)});
    x.feed.closed(2);
    x.outbox.clear();
    example_trade(x);
    CHECK(x.outbox.to(1).empty());
    CHECK(x.outbox.to(2).empty());
    CHECK(x.outbox.to(3).size() == 2);
    x.publish({x.phase(90000, other_symbol, engine::Phase::delivering)});
    x.outbox.clear();
    x.feed.handle(3, subscribe({"phase"}, {other_symbol}, "4"));
    CHECK(x.outbox.to(3) == Texts{ok("4", 1, 90000)});
}

struct RefusedCase {
    MarketRequest request;
    std::string starts;  // of the error object
};

TEST_CASE("what cannot be had is refused by name and changes nothing") {
    Egress x;
    const std::string error = R"({"id":"1","ok":false,"error":{"code":")";
    const auto c = GENERATE(values<RefusedCase>({
        {subscribe({"book"}, {"H100.CN-EAST.G2.20991201T01Z"}), "SYMBOL_UNKNOWN"},
        {subscribe({"book"}, {"nonsense"}), "SYMBOL_UNKNOWN"},
        {subscribe({"book"}, {"*"}), R"(FORMAT_VALUE","msg":"channels book and book.100ms take instruments)"},
        {subscribe({"trades", "book"}, {example_family}),
         R"(FORMAT_VALUE","msg":"channels book and book.100ms take instruments)"},
        {subscribe({"book.100ms"}, {"*"}), R"(FORMAT_VALUE","msg":"channels book and book.100ms)"},
        {subscribe({"gossip"}, {"*"}), R"(FORMAT_VALUE","msg":"no such channel: gossip","field":"channels")"},
        {subscribe({}, {"*"}), R"(FORMAT_FIELD","msg":"channels is missing or empty","field":"channels")"},
        {subscribe({"trades"}, {}), R"(FORMAT_FIELD","msg":"symbols is missing or empty","field":"symbols")"},
        {{"1", "shout", {"trades"}, {"*"}}, R"(OP_UNKNOWN","msg":"no such op: shout")"},
    }));
    x.feed.handle(1, c.request);
    REQUIRE(x.outbox.to(1).size() == 1);
    CHECK_THAT(x.outbox.to(1)[0], Catch::StartsWith(error + c.starts));
    x.outbox.clear();
    x.feed.handle(1, {"2", "unsubscribe", {"trades"}, {"*"}});
    CHECK(x.outbox.to(1) == Texts{ok("2", 0, 8)});
}

TEST_CASE("a connection holds so many subscriptions and is told the limit") {
    Egress x;
    x.feed.handle(1, subscribe({"trades", "band", "phase"}, {"*", example_family}));
    x.feed.handle(1, subscribe({"trades", "band", "phase"}, {"*", example_family}));  // again: they are there
    x.outbox.clear();
    x.feed.handle(1, subscribe({"book", "trades"}, {example_symbol, other_symbol}));
    CHECK(
        x.outbox.to(1) ==
        Texts{
            R"({"id":"1","ok":false,"error":{"code":"ENGINE_LIMIT","msg":"too many subscriptions on one connection","field":"symbols","rule":"subscriptions","limit":["8"],"got":"10"}})"});
}

TEST_CASE("an alert is told to who hears its family, or all; one of an account only to who hears all") {
    Egress x;
    x.feed.handle(1, subscribe({"alerts"}, {example_family}));
    x.feed.handle(2, subscribe({"alerts"}, {"*"}));
    x.feed.handle(3, subscribe({"band"}, {"*"}));
    x.outbox.clear();
    x.feed.alert(engine::FamilyId{0}, R"("number":1,"indicator":"spiral")");
    x.feed.alert(engine::no_family, R"("number":2,"indicator":"layering")");
    const std::string first = R"({"ev":"alert","number":1,"indicator":"spiral"})";
    const std::string second = R"({"ev":"alert","number":2,"indicator":"layering"})";
    CHECK(x.outbox.to(1) == std::vector<std::string>{first});
    CHECK(x.outbox.to(2) == std::vector<std::string>{first, second});
    CHECK(x.outbox.to(3).empty());
}

}  // namespace

}  // namespace gridbook::gateway::egress
