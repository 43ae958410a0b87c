// SPDX-License-Identifier: Apache-2.0
// Channels book.100ms and ticker, candles, and readers that do not keep up.
#include "tests/gateway/egress_support.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;

MarketRequest subscribe(const char* channel, const std::string& symbol) {
    return {"1", "subscribe", {channel}, {symbol}};
}

bool is(const std::string& text, std::string_view ev) {
    return text.starts_with(R"({"ev":")" + std::string(ev) + "\"");
}
std::uint64_t member(const std::string& text, const std::string& name) {
    const std::size_t at = text.find("\"" + name + "\":");
    REQUIRE(at != std::string::npos);
    return std::stoull(text.substr(at + name.size() + 3));
}

struct Live : Egress {
    std::uint64_t seq = 100;
    // An order that rests, and so moves a level.
    void rest(Side side, int price, std::uint32_t lots, const std::string& symbol = example_symbol) {
        ++seq;
        publish({event({seq, 0, acme}, resting(instrument(symbol), seq, side, price, lots))});
    }
    void tick(engine::Duration later = engine::millisecond * 100) {
        now = now + later;
        feed.tick(now);
    }
    Texts take(ConnectionId connection) {
        const Texts all = outbox.to(connection);
        outbox.clear();
        return all;
    }
    Time now = example_time;
};

constexpr std::size_t flooded = SlowReaders::Limits{}.conflate_bytes + 1;

}  // namespace

TEST_CASE("book.100ms tells once what a tenth of a second changed, and prev joins its messages") {
    Live x;
    x.feed.handle(1, subscribe("book.100ms", example_symbol));
    const Texts begin = x.take(1);
    REQUIRE(begin.size() == 2);
    REQUIRE(is(begin[1], "book.snapshot"));
    x.rest(Side::buy, 1340, 100);
    x.rest(Side::buy, 1340, 200);
    x.rest(Side::sell, 1350, 50);
    CHECK(x.take(1).empty());
    x.tick();
    const Texts first = x.take(1);
    REQUIRE(first.size() == 1);
    CHECK(first[0].find(R"({"ev":"book.100ms","symbol":"H100.CN-EAST.G2.20261201T01Z")") == 0);
    CHECK(first[0].find(R"("bids":[["13.40","30"]],"asks":[["13.50","5"]])") != std::string::npos);
    CHECK(member(first[0], "prev") == member(begin[1], "seq"));
    CHECK(member(first[0], "seq") == x.seq);
    x.tick();
    CHECK(x.take(1).empty());
    x.rest(Side::buy, 1330, 10);
    x.tick();
    CHECK(member(x.take(1).at(0), "prev") == x.seq - 1);
}

TEST_CASE("a snapshot in the middle of a tenth of a second leaves nobody with a gap") {
    Live x;
    x.feed.handle(1, subscribe("book.100ms", example_symbol));
    x.rest(Side::buy, 1340, 100);
    x.outbox.clear();
    x.feed.handle(2, subscribe("book.100ms", example_symbol));
    const Texts early = x.outbox.to(1), late = x.outbox.to(2);
    REQUIRE(early.size() == 1);  // what was due, at once
    REQUIRE(late.back().find("book.snapshot") != std::string::npos);
    x.rest(Side::buy, 1330, 100);
    x.outbox.clear();
    x.tick();
    CHECK(x.outbox.to(1) == x.outbox.to(2));
    CHECK(member(x.outbox.to(2).at(0), "prev") == member(late.back(), "seq"));
    CHECK(member(x.outbox.to(1).at(0), "prev") == member(early[0], "seq"));
}

TEST_CASE("a ticker is told when best prices, trades or the phase change, and not otherwise") {
    Live x;
    x.feed.handle(1, subscribe("ticker", example_symbol));
    const Texts begin = x.take(1);
    REQUIRE(begin.size() == 2);
    CHECK(is(begin[1], "ticker"));
    x.rest(Side::buy, 1340, 100);
    const Texts best = x.take(1);
    REQUIRE(best.size() == 1);
    CHECK(best[0].find(R"("phase":"open","bid":["13.40","10"],"volume":"0","trades":0)") !=
          std::string::npos);
    x.rest(Side::buy, 1330, 100);  // behind the best
    CHECK(x.take(1).empty());
    x.publish({x.phase(200, example_symbol, engine::Phase::gated)});
    CHECK(x.take(1).at(0).find(R"("phase":"gated")") != std::string::npos);
}

TEST_CASE("tickers of a family and of the whole market") {
    Live x;
    x.feed.handle(1, subscribe("ticker", example_family));
    x.feed.handle(2, subscribe("ticker", "*"));
    x.outbox.clear();
    x.rest(Side::buy, 1340, 100, other_symbol);
    CHECK(x.outbox.to(1).size() == 1);
    CHECK(x.outbox.to(1) == x.outbox.to(2));
}

TEST_CASE("a slow reader is conflated, then told anew from a snapshot") {
    Live x;
    x.feed.handle(1, subscribe("book", example_symbol));
    x.feed.handle(2, subscribe("book", example_symbol));
    x.outbox.clear();
    x.outbox.unread[1] = flooded;
    x.rest(Side::buy, 1340, 100);
    x.rest(Side::buy, 1330, 100);
    CHECK(x.outbox.to(1).empty());
    CHECK(x.outbox.to(2).size() == 2);  // others are not disturbed
    x.tick();
    CHECK(x.outbox.to(1).empty());
    x.outbox.unread[1] = 0;
    x.outbox.clear();
    x.tick();
    const Texts anew = x.take(1);
    REQUIRE(anew.size() == 2);
    CHECK(anew[0].find(R"({"ev":"resync","dropped":2)") == 0);
    CHECK(anew[1].find(R"("bids":[["13.40","10"],["13.30","10"]])") != std::string::npos);
    x.rest(Side::buy, 1320, 100);
    CHECK(member(x.take(1).at(0), "prev") == member(anew[1], "seq"));
}

TEST_CASE("a slow reader that does not catch up is closed with 1013") {
    Live x;
    x.feed.handle(1, subscribe("book", example_symbol));
    x.tick();
    x.outbox.unread[1] = flooded;
    x.rest(Side::buy, 1340, 100);
    x.tick(engine::second * 9);
    CHECK(x.outbox.closed.empty());
    x.tick(engine::second * 2);
    CHECK(x.outbox.closed == std::vector<ConnectionId>{1});
}

TEST_CASE("who leaves while behind is forgotten") {
    Live x;
    x.feed.handle(1, subscribe("book", example_symbol));
    x.outbox.unread[1] = flooded;
    x.rest(Side::buy, 1340, 100);
    x.feed.closed(1);
    x.outbox.unread.clear();
    x.outbox.clear();
    x.tick();
    CHECK(x.outbox.sent.empty());
}

TEST_CASE("candles of a minute, put together to longer ones, oldest forgotten first") {
    Candles candles(3);
    Live x;
    const InstrumentId instrument = x.instrument();
    const Time start{1'764'547'200'000'000'000};  // a full hour
    const auto trade = [&](int minute, int price, std::uint32_t qty) {
        candles.add({.time = start + engine::minute * minute + engine::second * 7,
                     .instrument = instrument,
                     .price = Price{price},
                     .qty = qty});
    };
    trade(0, 1400, 10);
    trade(0, 1500, 20);
    trade(0, 1300, 30);
    trade(4, 1350, 5);
    CHECK(candles.of(instrument, engine::minute, 10) ==
          std::vector<Candle>{
              {start, Price{1400}, Price{1500}, Price{1300}, Price{1300}, 60, 3},
              {start + engine::minute * 4, Price{1350}, Price{1350}, Price{1350}, Price{1350}, 5, 1}});
    CHECK(candles.of(instrument, engine::minute * 5, 10) ==
          std::vector<Candle>{{start, Price{1400}, Price{1500}, Price{1300}, Price{1350}, 65, 4}});
    trade(7, 1, 1);
    trade(8, 1, 1);
    CHECK(candles.of(instrument, engine::minute, 10).front().start == start + engine::minute * 4);
    CHECK(candles.of(instrument, engine::minute, 1).size() == 1);
    CHECK(candles.of(x.instrument(other_symbol), engine::minute, 10).empty());
}

TEST_CASE("candles by HTTP, from the trades as they happen") {
    Live x;
    x.publish({event({101, 1, x.acme}, resting(x.instrument(), 7, Side::sell, 1350, 160))});
    engine::Fill taker = example_fill(x.instrument());
    x.publish({event({102, 1, x.zeta}, example_order(x.instrument())),
               event({102, 2, x.acme}, maker_fill(x.instrument(), 7, Side::sell, 1350, 160, 0)),
               event({102, 2, x.zeta}, taker)});
    const auto answer = x.api.get("/v1/candles?symbol=" + example_symbol + "&interval=1h&limit=5");
    REQUIRE(answer->status == 200);
    CHECK(
        answer->body.find(
            R"("interval":"1h","candles":[{"start":"2025-10-09T08:00:00Z","open":"13.50","high":"13.50","low":"13.50","close":"13.50","volume":"16","trades":1)") !=
        std::string::npos);
}

}  // namespace gridbook::gateway::egress
