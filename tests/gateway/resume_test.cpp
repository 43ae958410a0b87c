// SPDX-License-Identifier: Apache-2.0
// Resuming the account stream: every event once, in order, word for word as it was told the first time.
#include "tests/gateway/egress_support.hpp"

#include "gateway/egress/stream_replay.hpp"

namespace gridbook::gateway::egress {

namespace {

using Texts = std::vector<std::string>;

struct Resuming : Egress {
    StreamReplay replay{directory, streams, sessions};

    Resuming() {
        key.name = engine::Text<24>("k");
        key.public_key = secret.public_key();
        key.id = engine::KeyIndex{static_cast<std::uint16_t>(directory.keys().size())};
        key.roles = engine::role::buyer;
        publisher.recover(event({9, 0, acme}, key));
    }
    // One order of acme, with the next number of its stream.
    void order(std::uint64_t n) {
        engine::OrderEvent o = example_order(instrument());
        o.order = engine::OrderId{1000 + n};
        o.cid = engine::Cid("c-" + std::to_string(n));
        publish({event({100 + n, n, acme}, o)});
    }
    void orders(std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t n = first; n <= last; ++n) order(n);
    }
    // Signs in as a client would, and does what ingress does with the outcome.
    std::string logon(ConnectionId connection, std::uint64_t from, const std::string& stream = {}) {
        sessions.opened(connection, Endpoint::trade, example_time);
        const std::string welcome = outbox.to(connection).back();
        const std::size_t at = welcome.find("\"nonce\":\"") + 9;
        const std::string nonce = welcome.substr(at, welcome.find('"', at) - at);
        const std::string ts = std::to_string(example_time.value);
        const std::string signature = secret.sign("logon\n" + nonce + "\nk\n" + ts);
        outbox.clear();
        const auto outcome = sessions.logon(
            connection, "1", {"k", ts, example_time, signature, {}, stream, from}, example_time);
        if (outcome == Sessions::Logon::resumes) replay.begin(*sessions.find(connection), from);
        return outbox.to(connection).front();
    }
    std::string stream_name() {
        const std::string said = logon(90, 0);
        const std::size_t at = said.find("\"stream\":\"") + 10;
        return said.substr(at, said.find('"', at) - at);
    }

    SigningKey secret = SigningKey::generate();
    engine::KeySet key;
};

std::uint64_t number_in(const std::string& text) { return std::stoull(text.substr(text.find("\"n\":") + 4)); }

}  // namespace

TEST_CASE("a client that was away hears every event once, and then goes live", "[resume]") {
    Resuming x;
    x.sign_in(1, x.acme);
    x.orders(1, 6);
    const Texts live = x.outbox.to(1);
    REQUIRE(live.size() == 6);
    x.logon(2, 3);
    const Texts all = x.outbox.to(2);
    CHECK(Texts(all.begin() + 1, all.end()) == Texts(live.begin() + 2, live.end()));
    x.outbox.clear();
    x.order(7);
    CHECK(x.outbox.to(2) == x.outbox.to(1));
    CHECK(x.outbox.to(2).size() == 1);
}

TEST_CASE("whoever has heard everything resumes with nothing", "[resume]") {
    Resuming x;
    x.orders(1, 3);
    const std::string said = x.logon(1, 4);
    CHECK(said.find("RESUME_TOO_OLD") == std::string::npos);
    CHECK(x.outbox.to(1).size() == 1);
}

TEST_CASE("events of an earlier process are replayed from the journal that was recovered", "[resume]") {
    Resuming x;
    engine::OrderEvent o = example_order(x.instrument());
    x.publisher.recover(event({100, 1, x.acme}, o));
    x.publisher.recover(event({101, 2, x.acme}, example_fill(x.instrument())));
    x.logon(1, 1);
    const Texts all = x.outbox.to(1);
    REQUIRE(all.size() == 3);
    CHECK(all[2].find(R"("ev":"fill","seq":101,"n":2)") != std::string::npos);
    CHECK(all[2].find(R"("cum":"16")") != std::string::npos);
}

TEST_CASE("what a snapshot remembers is no part of a stream: there are gaps in it", "[resume]") {
    Resuming x;
    engine::OrderEvent o = example_order(x.instrument());
    x.publisher.remember(event({100, 1, x.acme}, o));
    x.publisher.recover(event({107, 5, x.acme}, example_fill(x.instrument())));
    CHECK(x.logon(1, 1).find("RESUME_TOO_OLD") != std::string::npos);
    CHECK(x.logon(2, 5).find("RESUME_TOO_OLD") == std::string::npos);
    CHECK(x.outbox.to(2).size() == 2);  // the reply and the fill
}

TEST_CASE("what cannot be replayed is told, with what can, and the client is signed in", "[resume]") {
    Resuming x;
    x.streams = AccountStreams(4);
    x.orders(1, 10);
    const std::string said = x.logon(1, 2);
    CHECK_THAT(said, Catch::StartsWith(R"({"id":"1","ok":true)"));
    CHECK(said.find(R"("error":{"code":"RESUME_TOO_OLD")") != std::string::npos);
    CHECK(said.find(R"("field":"from","rule":"window","limit":["7","11"],"got":"2")") != std::string::npos);
    CHECK(x.outbox.to(1).size() == 1);
    CHECK(x.logon(2, 7).find("RESUME_TOO_OLD") == std::string::npos);
    CHECK(x.outbox.to(2).size() == 5);
    CHECK(x.logon(3, 12).find("RESUME_TOO_OLD") != std::string::npos);  // of a history we do not have
}

TEST_CASE("another journal's stream is not resumed", "[resume]") {
    Resuming x;
    x.orders(1, 3);
    const std::string mine = x.stream_name();
    CHECK(x.logon(1, 2, mine).find("RESUME_TOO_OLD") == std::string::npos);
    const std::string other = x.logon(2, 2, "0123456789abcdef");
    CHECK(other.find(R"("code":"RESUME_TOO_OLD")") != std::string::npos);
    CHECK(other.find(R"("field":"stream")") != std::string::npos);
}

TEST_CASE("a long absence is told in pieces, as fast as the client reads, without a gap or a repetition",
          "[resume]") {
    Resuming x;
    constexpr std::uint64_t away = 2 * StreamReplay::piece_events + 10;
    x.orders(1, away);
    x.logon(1, 1);
    x.outbox.unread[1] = StreamReplay::unsent_max + 1;
    CHECK_FALSE(x.replay.step());  // it has not read the first piece
    x.order(away + 1);             // meanwhile the market goes on, and is not told out of turn
    x.outbox.unread[1] = 0;
    while (x.replay.step()) {
    }
    x.order(away + 2);
    const Texts all = x.outbox.to(1);
    REQUIRE(all.size() == away + 3);  // the reply, then all of them
    for (std::uint64_t n = 1; n <= away + 2; ++n) REQUIRE(number_in(all[n]) == n);
}

TEST_CASE("who falls out of the memory while catching up is closed with RESUME", "[resume]") {
    Resuming x;
    x.streams = AccountStreams(StreamReplay::piece_events + 100);
    x.orders(1, StreamReplay::piece_events + 50);
    x.logon(1, 1);
    x.orders(StreamReplay::piece_events + 51, 3 * StreamReplay::piece_events);
    x.replay.step();
    CHECK(x.outbox.closed == std::vector<ConnectionId>{1});
}

TEST_CASE("fills are paged from the same memory", "[resume]") {
    Resuming x;
    for (std::uint64_t n = 1; n <= 6; n += 2) {
        engine::OrderEvent o = example_order(x.instrument());
        o.order = engine::OrderId{n};
        engine::Fill f = example_fill(x.instrument());
        f.order = engine::OrderId{n};
        x.publish({event({100 + n, n, x.acme}, o), event({100 + n, n + 1, x.acme}, f)});
    }
    std::string page;
    x.replay.append_fills(x.acme, 0, 2, page);
    CHECK(page.find(R"("n":2)") != std::string::npos);
    CHECK(page.find(R"("n":4)") != std::string::npos);
    CHECK(page.find(R"("more":true,"oldest":1)") != std::string::npos);
    std::string rest;
    x.replay.append_fills(x.acme, 4, 2, rest);
    CHECK(rest.find(R"("n":6)") != std::string::npos);
    CHECK(rest.find(R"("more":false)") != std::string::npos);
    std::string none;
    x.replay.append_fills(x.zeta, 0, 2, none);
    CHECK_THAT(none, Catch::StartsWith(R"("fills":[],"more":false)"));
}

}  // namespace gridbook::gateway::egress
