// SPDX-License-Identifier: Apache-2.0
// Peers that mean harm, each by its own name. What breaks a rule of the WebSocket protocol itself is in
// transport_test.cpp, what is no HTTP in transport_http.cpp. After every attack an honest peer is still
// served.
#include "gateway/transport/addresses.hpp"
#include "tests/gateway/transport_harness.hpp"

namespace gridbook::gateway::test {

namespace {

constexpr std::string_view get_echo = "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view upgrade =
    "GET /v1/trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

void serves_others(const Loopback& at) {
    WsClient honest = at.connect();
    honest.send("still there");
    CHECK(texts(honest, 1) == std::vector<std::string>{"still there"});
}

ClientSocket upgraded(const Loopback& at) {
    ClientSocket socket = at.raw();
    socket.write(upgrade);
    REQUIRE(bytes_from(socket, "\r\n\r\n").find("101") != std::string::npos);
    return socket;
}

bool hung_up(ClientSocket& socket) {
    std::array<char, 4096> chunk;
    const auto end = std::chrono::steady_clock::now() + milliseconds(5'000);
    while (std::chrono::steady_clock::now() < end)
        if (socket.wait(false, milliseconds(50)).readable && socket.read(chunk) < 0) return true;
    return false;
}

}  // namespace

TEST_CASE("slowloris: headers that never end are cut, however steadily they come", "[transport][hostile]") {
    ServerLimits limits;
    limits.handshake = milliseconds(400);
    const Loopback at(limits);
    ClientSocket socket = at.raw();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
    const auto begin = std::chrono::steady_clock::now();
    std::array<char, 64> chunk;
    bool gone = false;
    while (!gone && std::chrono::steady_clock::now() - begin < milliseconds(5'000)) {
        socket.write("X-a: b\r\n");
        gone = socket.wait(false, milliseconds(50)).readable && socket.read(chunk) < 0;
    }
    CHECK(gone);
    serves_others(at);
}

TEST_CASE("one byte dribbled into a message for ever ends with 1008", "[transport][hostile]") {
    ServerLimits limits;
    limits.message = milliseconds(500);
    const Loopback at(limits);
    ClientSocket socket = upgraded(at);
    const std::string frame = masked(Opcode::text, std::string(1'000, 'x'));
    std::string heard;
    std::array<char, 256> chunk;
    for (std::size_t i = 0; i < frame.size() && heard.empty(); ++i) {
        socket.write(std::string_view(frame).substr(i, 1));
        if (!socket.wait(false, milliseconds(50)).readable) continue;
        if (const auto size = socket.read(chunk); size > 0)
            heard.assign(chunk.data(), static_cast<std::size_t>(size));
    }
    CHECK(heard.find("\x03\xF0"
                     "a message took too long") != std::string::npos);  // 1008
    serves_others(at);
}

TEST_CASE("fragments without an end are stopped by time, as by size", "[transport][hostile]") {
    ServerLimits limits;
    limits.message = milliseconds(400);
    const Loopback at(limits);
    WsClient client = at.connect();
    client.send_raw(masked(Opcode::text, "a", false));
    client.flush();
    CHECK(ending(client) == "1008 a message took too long");
    WsClient large = at.connect();
    large.send_raw(masked(Opcode::text, std::string(10'000, 'x'), false));
    large.send_raw(masked(Opcode::continuation, std::string(10'000, 'x'), false));
    large.flush();
    CHECK(ending(large).substr(0, 4) == "1009");
}

TEST_CASE("a half-open peer, which neither speaks nor hangs up, is noticed", "[transport][hostile]") {
    ServerLimits limits;
    limits.silence = milliseconds(600);
    const Loopback at(limits);
    ClientSocket socket = upgraded(at);
    CHECK(hung_up(socket));
    serves_others(at);
}

TEST_CASE("bursts of 64 KiB of small frames are all answered, in order", "[transport][hostile]") {
    Loopback at;
    ClientSocket socket = upgraded(at);
    std::string burst;
    std::size_t count = 0;
    while (burst.size() < 64 * 1024) burst += masked(Opcode::text, std::to_string(count++));
    std::string heard;
    std::array<char, 64 * 1024> chunk;
    for (int round = 0; round < 8; ++round) {
        std::string_view rest = burst;
        while (!rest.empty()) {
            const auto ready = socket.wait(true, milliseconds(1'000));
            if (ready.writable) {
                const auto size = socket.write(rest);
                REQUIRE(size >= 0);
                rest.remove_prefix(static_cast<std::size_t>(size));
            }
            if (ready.readable)
                if (const auto size = socket.read(chunk); size > 0)
                    heard.append(chunk.data(), static_cast<std::size_t>(size));
        }
    }
    CHECK(at.inbox.until([&](const WordInbox& inbox) { return inbox.received_count() == 8 * count; }));
    serves_others(at);
}

TEST_CASE("faster than its rate a peer waits in its socket, and nothing of it is lost",
          "[transport][hostile]") {
    ServerLimits limits;
    limits.messages_per_s = 100;
    Loopback at(limits);
    WsClient client = at.connect();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 160; ++i) client.send(std::to_string(i));
    const auto answers = texts(client, 160);
    const auto took = std::chrono::steady_clock::now() - begin;
    REQUIRE(answers.size() == 160);
    for (int i = 0; i < 160; ++i) CHECK(answers[static_cast<std::size_t>(i)] == std::to_string(i));
    CHECK(took > milliseconds(300));  // 100 at once, the others at 100 a second
}

TEST_CASE("one address gets so many connections and no more, and gets them back", "[transport][hostile]") {
    ServerLimits limits;
    limits.connections_per_address = 3;
    Loopback at(limits);
    std::vector<WsClient> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(at.connect());
    ClientSocket fourth = at.raw();
    fourth.write(get_echo);
    const std::string answer = bytes_from(fourth, "}}");
    CHECK(answer.find("429") != std::string::npos);
    CHECK(answer.find(R"("code":"RATE_LIMIT","msg":"more than 3 connections from one address")") !=
          std::string::npos);
    fourth.close();
    clients.clear();
    CHECK(at.inbox.until([](const WordInbox& inbox) { return inbox.closed_count() == 3; }));
    std::this_thread::sleep_for(milliseconds(300));
    serves_others(at);
}

TEST_CASE("one address asks so many times a second by HTTP, and is told when to come again",
          "[transport][hostile]") {
    ServerLimits limits;
    limits.http_per_s = 5;
    const Loopback at(limits);
    HttpClient client(at.http());
    for (int i = 0; i < 5; ++i) CHECK(client.get("/echo").status == 200);
    HttpAnswer refused;
    for (int i = 0; i < 5 && refused.status == 200; ++i) refused = client.get("/echo");
    CHECK(refused.status == 429);
    CHECK(refused.body.find(R"("code":"RATE_LIMIT")") != std::string::npos);
    CHECK(refused.body.find(R"("retry_ms":)") != std::string::npos);
}

TEST_CASE("addresses that say nothing any more are forgotten", "[transport][hostile]") {
    Addresses addresses(2, 10);
    engine::Time now{1'000'000'000'000};
    engine::Duration retry{};
    for (int i = 0; i < 1'000; ++i) {
        const std::string address = "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256);
        CHECK(addresses.connect(address));
        CHECK(addresses.ask(address, now, retry));
        addresses.release(address, now);
    }
    now = now + engine::second;
    addresses.tick(now);
    CHECK(addresses.size() == 0);
}

TEST_CASE("random bytes at every stage end that connection and no other", "[transport][hostile]") {
    const Loopback at;
    std::uint32_t random = 1;
    for (int round = 0; round < 40; ++round) {
        ClientSocket socket = at.raw();
        if (round % 2 == 0) {
            socket.write(upgrade);
            bytes_from(socket, "\r\n\r\n");
        }
        std::string noise;
        for (int i = 0; i < 2'000; ++i)
            noise += static_cast<char>((random = random * 1664525 + 1013904223) >> 24);
        socket.write(noise);
    }
    serves_others(at);
}

}  // namespace gridbook::gateway::test
