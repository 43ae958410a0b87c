// SPDX-License-Identifier: Apache-2.0
// The server over loopback: WebSockets, good and bad manners, limits, backpressure, endings.
#include <csignal>

#include "tests/gateway/transport_harness.hpp"

using namespace gridbook;
using namespace gridbook::gateway;
using namespace gridbook::gateway::test;

TEST_CASE("a peer upgrades and is echoed, in order", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    std::vector<std::string> expected;
    for (int i = 0; i < 2'000; ++i) {
        expected.push_back("echo " + std::to_string(i));
        client.send(expected.back());
    }
    CHECK(texts(client, expected.size()) == expected);
    client.close();
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 1; }));
}

TEST_CASE("messages of every header size pass both ways", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    for (const std::size_t size : {1u, 125u, 126u, 1'500u, 1'536u, 1'537u, 4'096u, 16'384u}) {
        const std::string text(size, 'm');
        client.send(text);
        CHECK(texts(client, 1) == std::vector<std::string>{text});
    }
    client.send("burst 1 70000");
    CHECK(texts(client, 1).at(0).size() == 70'000);
    // An empty message is one too.
    client.send("");
    CHECK(texts(client, 1) == std::vector<std::string>{""});
}

TEST_CASE("a fragmented message arrives whole, with control frames between its fragments", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    client.send_raw(masked(Opcode::text, "", false));
    client.flush();
    client.send_raw(masked(Opcode::continuation, "one ", false));
    client.send_raw(masked(Opcode::ping, "now"));
    client.flush();
    std::this_thread::sleep_for(milliseconds(20));
    client.send_raw(masked(Opcode::continuation, "two", false));
    client.send_raw(masked(Opcode::continuation, "", true));
    client.send("and whole");
    CHECK(texts(client, 2) == std::vector<std::string>{"one two", "and whole"});
}

TEST_CASE("a message that dribbles in byte by byte arrives whole", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    const std::string frame =
        masked(Opcode::text, "echo slowly") + masked(Opcode::ping, "p") + masked(Opcode::text, "x");
    for (const char byte : frame) {
        client.send_raw(std::string(1, byte));
        client.flush();
        std::this_thread::sleep_for(milliseconds(1));
    }
    CHECK(texts(client, 2) == std::vector<std::string>{"echo slowly", "x"});
}

TEST_CASE("pongs keep their place among our frames", "[transport]") {
    Loopback loopback;
    auto socket = loopback.raw();
    socket.write(
        "GET /v1/trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    const std::string hello = bytes_from(socket, "\r\n\r\n");
    // The token of RFC 6455 section 1.3.
    CHECK_THAT(hello, Catch::Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    socket.write(masked(Opcode::text, "a") + masked(Opcode::ping, "1") + masked(Opcode::text, "b") +
                 masked(Opcode::ping, "2") + masked(Opcode::ping, "3") + masked(Opcode::text, "END"));
    CHECK(bytes_from(socket, "END") ==
          "\x81\x01"
          "a"
          "\x8A\x01"
          "1"
          "\x81\x01"
          "b"
          "\x8A\x01"
          "2"
          "\x8A\x01"
          "3"
          "\x81\x03"
          "END");
    socket.write(masked(Opcode::ping, "alone"));
    CHECK(bytes_from(socket, "alone") ==
          "\x8A\x05"
          "alone");
}

TEST_CASE("what breaks the protocol is closed with its code", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    const auto closed_after = [&](const std::string& bytes) {
        client = loopback.connect();
        client.send_raw(bytes);
        return ending(client);
    };
    CHECK(closed_after(masked(Opcode::text, std::string(16 * 1024 + 1, 'x'))) == "1009");
    // The header alone is enough to refuse; nobody waits for the payload.
    CHECK(closed_after(masked(Opcode::text, std::string(1 << 20, 'x')).substr(0, 100)) == "1009");
    CHECK(closed_after(masked(Opcode::text, std::string(10'000, 'x'), false) +
                       masked(Opcode::continuation, std::string(10'000, 'x'))) == "1009");
    CHECK(closed_after(masked(Opcode::binary, "x")) == "1003 text frames only");
    CHECK(closed_after(std::string("\x81\x01x", 3)) == "1002");        // no mask
    CHECK(closed_after(masked(Opcode::continuation, "x")) == "1002");  // nothing to continue
    CHECK(closed_after(masked(Opcode::text, "x", false) + masked(Opcode::text, "y")) == "1002");
    CHECK(closed_after(masked(Opcode::ping, "x", false)) == "1002");              // fragmented control
    CHECK(closed_after(masked(Opcode::ping, std::string(126, 'x'))) == "1002");   // long control
    CHECK(closed_after(masked(static_cast<Opcode>(3), "x")) == "1002");           // reserved opcode
    CHECK(closed_after("\xC1" + masked(Opcode::text, "x").substr(1)) == "1002");  // reserved bit
    CHECK(closed_after(masked(Opcode::text, "\xC3\x28")) == "1007");              // not UTF-8
    CHECK(closed_after(masked(Opcode::close, "\x03\xEE")) == "1002");             // 1006 may not be sent
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.open_count() == 0; }));
}

TEST_CASE("a market peer may say more in one message than a trading one", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect("/v1/market");
    const std::string text(64 * 1024, 'm');
    client.send(text);
    CHECK(texts(client, 1) == std::vector<std::string>{text});
    client.send(text + "m");
    CHECK(ending(client) == "1009");
}

TEST_CASE("both sides may begin the goodbye", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    client.send_raw(masked(Opcode::text, "echo before") + masked(Opcode::close,
                                                                 "\x0F\xA0"
                                                                 "bye"));
    CHECK(texts(client, 1) == std::vector<std::string>{"echo before"});
    CHECK(ending(client) == "4000");  // Beast answers with the peer's code

    client = loopback.connect();
    client.send("echo before");
    client.send("close 4002 enough");
    client.send("echo after");  // never heard
    CHECK(texts(client, 1) == std::vector<std::string>{"echo before"});
    CHECK(ending(client) == "4002 enough");
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 2; }));
    CHECK(loopback.inbox.received_count() == 3);
}

TEST_CASE("one connection's message may close the others", "[transport]") {
    Loopback loopback;
    std::vector<WsClient> others;
    for (int i = 0; i < 20; ++i) others.push_back(loopback.connect());
    WsClient client = loopback.connect();
    client.send("closeother");
    CHECK(texts(client, 1) == std::vector<std::string>{"closed"});
    for (auto& other : others) CHECK(ending(other) == "4001 another said so");
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.open_count() == 1; }));
}

TEST_CASE("an exception of the inbox ends that connection only", "[transport]") {
    Loopback loopback;
    WsClient victim = loopback.connect(), bystander = loopback.connect();
    victim.send("throw");
    CHECK(ending(victim) == "1011 internal error");
    bystander.send("echo still here");
    CHECK(texts(bystander, 1) == std::vector<std::string>{"echo still here"});
    HttpClient http(loopback.http());
    CHECK(http.get("/throw").status == 500);
    CHECK(http.get("/echo").status == 200);
}

TEST_CASE("a peer that does not read is closed with 1013 when its budget is used up", "[transport]") {
    ServerLimits limits;
    limits.trade_output_bytes = limits.market_output_bytes = 1 << 20;
    Loopback loopback(limits);
    // 64 MiB are more than any socket buffer takes; nothing is read before all was asked for.
    WsClient trader = loopback.connect("/v1/trade"), watcher = loopback.connect("/v1/market");
    for (WsClient* client : {&trader, &watcher}) {
        for (int i = 0; i < 64; ++i) client->send("burst 16 65536");
        client->flush();
    }
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 2; }));
    CHECK(ending(trader) == "1013 RESUME");
    CHECK(ending(watcher) == "1013 SLOW");
}

TEST_CASE("pongs count towards the budget of a peer that does not read", "[transport]") {
    ServerLimits limits;
    limits.trade_output_bytes = 256 * 1024;
    Loopback loopback(limits);
    WsClient client = loopback.connect();
    std::string pings;
    for (int i = 0; i < 1'000; ++i) pings += masked(Opcode::ping, std::string(125, 'p'));
    // The peer may be cut before all was sent; that is as good.
    for (int i = 0; i < 500; ++i) {
        client.send_raw(pings);
        if (!client.try_flush()) std::this_thread::sleep_for(milliseconds(1));
        if (loopback.inbox.closed_now() == 1) break;
    }
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 1; }));
}

TEST_CASE("a reader slower than the writer but within its budget gets everything", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    client.send("burst 7000 1000");
    client.flush();
    std::this_thread::sleep_for(milliseconds(50));
    CHECK(texts(client, 7'000).size() == 7'000);
    client.send("echo on");
    CHECK(texts(client, 1) == std::vector<std::string>{"echo on"});
}

TEST_CASE("while the inbox does not accept, sockets are not read; afterwards nothing is missing",
          "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    loopback.inbox.accepts = false;
    const std::string text = "echo " + std::string(1'000, 'b');
    std::size_t sent = 0;
    // Until the sockets are full: then the pressure has reached the client.
    for (; sent < 100'000; ++sent) {
        client.send(text);
        if (client.unsent_bytes() > 65'536 && !client.try_flush()) {
            std::this_thread::sleep_for(milliseconds(20));
            if (!client.try_flush()) break;
        }
    }
    CHECK(sent < 100'000);
    CHECK(loopback.inbox.received_count() == 0);
    HttpClient http(loopback.http());
    CHECK(http.get("/echo").status == 200);  // health and metrics are still answered
    loopback.inbox.accepts = true;
    CHECK(texts(client, sent + 1).size() == sent + 1);
}

TEST_CASE("peers vanish in the middle of a frame, of a handshake, of anything", "[transport]") {
    Loopback loopback;
    for (int i = 0; i < 50; ++i) {
        auto client = std::make_unique<WsClient>(loopback.connect());
        client->send("burst 50 2000");
        client->send_raw(masked(Opcode::text, "never whole").substr(0, static_cast<std::size_t>(i) % 16));
        client->flush();
        client.reset();
        auto socket = loopback.raw();
        socket.write(std::string_view("GET /v1/trade HTTP/1.1\r\nHost: x\r\n")
                         .substr(0, static_cast<std::size_t>(i) % 34));
    }
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 50; }));
    WsClient client = loopback.connect();
    client.send("echo alive");
    CHECK(texts(client, 1) == std::vector<std::string>{"echo alive"});
}

TEST_CASE("many connections are served at once, and one too many is turned away", "[transport]") {
    ServerLimits limits;
    limits.connections = 200;
    Loopback loopback(limits);
    std::vector<WsClient> clients;
    for (int i = 0; i < 200; ++i)
        clients.push_back(loopback.connect(i % 2 == 0 ? "/v1/trade" : "/v1/market"));
    for (std::size_t i = 0; i < clients.size(); ++i) {
        for (int k = 0; k < 20; ++k) clients[i].send("echo " + std::to_string(i) + "/" + std::to_string(k));
        clients[i].flush();
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        const auto got = texts(clients[i], 20);
        REQUIRE(got.size() == 20);
        CHECK(got.back() == "echo " + std::to_string(i) + "/19");
    }
    CHECK_THROWS_WITH(loopback.connect(),
                      Catch::Contains("HTTP 503") && Catch::Contains("too many connections"));
    clients.pop_back();
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 1; }));
    WsClient again;
    for (int tries = 0; tries < 50 && !again.connected(); ++tries) {
        try {
            again = loopback.connect();
        } catch (const std::runtime_error&) {
            std::this_thread::sleep_for(milliseconds(20));  // the turned-away ones still part
        }
    }
    CHECK(again.connected());
}

TEST_CASE("what is told to many readers comes whole and in order, also with a word between", "[transport]") {
    const Loopback at;
    std::vector<WsClient> readers;
    for (int i = 0; i < 300; ++i) readers.push_back(at.connect("/v1/market"));
    WsClient trader = at.connect();
    trader.send("tellall 400");
    trader.send("and an answer");
    CHECK(texts(trader, 1) == std::vector<std::string>{"and an answer"});
    std::vector<std::string> wanted;
    for (int i = 1; i <= 400; ++i) wanted.push_back(std::to_string(i));
    for (int i = 0; i < 299; ++i) REQUIRE(texts(readers[static_cast<std::size_t>(i)], 400) == wanted);
    wanted.insert(wanted.end() - 1, "a word");
    CHECK(texts(readers.back(), 401) == wanted);
}

TEST_CASE("a silent peer is pinged, then closed; one that answers pings stays", "[transport]") {
    ServerLimits limits;
    limits.silence = milliseconds(900);
    Loopback loopback(limits);
    WsClient lively = loopback.connect(), dead = loopback.connect();
    const auto end = std::chrono::steady_clock::now() + milliseconds(2'000);
    while (std::chrono::steady_clock::now() < end) lively.poll([](std::string_view) {}, milliseconds(50));
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.closed_count() == 1; }));
    lively.send("echo here");
    CHECK(texts(lively, 1) == std::vector<std::string>{"echo here"});
    CHECK(ending(dead) == "1001 no answer to pings");
}

TEST_CASE("a taken port is named", "[transport]") {
    Loopback loopback;
    WordInbox inbox;
    const std::string place = "127.0.0.1:" + std::to_string(loopback.port);
    CHECK_THROWS_WITH(Server("127.0.0.1", loopback.port, {}, inbox),
                      Catch::Contains(place) && Catch::Contains("taken by another program"));
    CHECK_THROWS_WITH(Server("nowhere", 80, {}, inbox), Catch::Contains("nowhere:80: not an IP address"));
}

TEST_CASE("stop sends what is left, says 1001 and closes the port", "[transport]") {
    Loopback loopback;
    WsClient client = loopback.connect();
    client.send("burst 100 1000");
    client.flush();
    CHECK(loopback.inbox.until([](auto& inbox) { return inbox.received_count() == 1; }));
    loopback.stop();
    CHECK(texts(client, 100).size() == 100);
    CHECK(ending(client) == "1001 shutdown");
    CHECK_THROWS_WITH(loopback.connect(), Catch::Contains("cannot connect: Connection refused"));
}

TEST_CASE("a neighbour wakes the thread that waits in the sockets", "[transport]") {
    WordInbox inbox;
    Server server("127.0.0.1", 0, {}, inbox);
    inbox.server = &server;
    IoSleeper sleeper(server);
    using Clock = std::chrono::steady_clock;
    while (server.poll() > 0) {
    }
    for (int i = 0; i < 20; ++i) {
        sleeper.announce();
        std::thread neighbour([&] {
            std::this_thread::sleep_for(milliseconds(5));
            sleeper.wake();
        });
        const auto begin = Clock::now();
        sleeper.sleep(engine::second * 10);
        sleeper.retract();
        CHECK(Clock::now() - begin < milliseconds(1'000));
        neighbour.join();
    }
    // A wake that came before the sleep is not lost.
    sleeper.announce();
    sleeper.wake();
    const auto begin = Clock::now();
    sleeper.sleep(engine::second * 10);
    CHECK(Clock::now() - begin < milliseconds(1'000));
}

TEST_CASE("signals are told from poll", "[transport]") {
    WordInbox inbox;
    Server server("127.0.0.1", 0, {}, inbox);
    int told = 0;
    server.on_signal([&] { ++told; });
    for (int expected = 1; expected <= 2; ++expected) {
        std::raise(SIGTERM);
        for (int i = 0; i < 100 && told < expected; ++i) server.wait(engine::millisecond * 10);
        CHECK(told == expected);
    }
}
