// SPDX-License-Identifier: Apache-2.0
// The server over loopback: HTTP.
#include "tests/gateway/transport_harness.hpp"

using namespace gridbook::gateway;
using namespace gridbook::gateway::test;

namespace {

std::string header(std::string_view line) { return std::string(line) + "\r\nHost: x\r\n"; }

// What the server answers to these bytes, up to its hanging up or `enough`.
std::string answer_to(const Loopback& loopback, std::string_view bytes, std::string_view enough) {
    auto socket = loopback.raw();
    while (!bytes.empty()) {
        const auto size = socket.write(bytes);
        if (size < 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return bytes_from(socket, enough);
}

}  // namespace

TEST_CASE("requests share a connection and carry body and signature headers", "[transport]") {
    Loopback loopback;
    HttpClient http(loopback.http());
    for (int i = 0; i < 100; ++i) {
        const HttpAnswer answer = http.post("/echo", "body " + std::to_string(i), {{"Gb-Key", "k-1"}});
        CHECK(answer.status == 200);
        CHECK(answer.content_type == "text/plain");
        CHECK(answer.body == "POST k-1 body " + std::to_string(i));
    }
    CHECK(loopback.server.connections() == 1);
    CHECK(http.get("/nothing").status == 404);
    CHECK(http.request("HEAD", "/echo", "", {}).body.empty());
    CHECK(http.get("/echo").body == "GET  ");
}

TEST_CASE("a request may be answered later, and pipelined ones wait for it", "[transport]") {
    Loopback loopback;
    auto socket = loopback.raw();
    socket.write(header("GET /later HTTP/1.1") + "\r\n" + header("GET /echo HTTP/1.1") + "\r\n");
    HttpClient http(loopback.http());
    std::this_thread::sleep_for(milliseconds(20));
    CHECK(http.get("/release").body == "ok");
    const std::string answers = bytes_from(socket, "GET  ");
    const auto first = answers.find("released"), second = answers.find("GET  ");
    REQUIRE(first != std::string::npos);
    REQUIRE(second != std::string::npos);
    CHECK(first < second);
}

TEST_CASE("an answer for somebody who left is dropped", "[transport]") {
    Loopback loopback;
    {
        auto socket = loopback.raw();
        socket.write(header("GET /later HTTP/1.1") + "\r\n");
        std::this_thread::sleep_for(milliseconds(50));
    }
    std::this_thread::sleep_for(milliseconds(50));
    HttpClient http(loopback.http());
    CHECK(http.get("/release").status == 200);
}

TEST_CASE("pages of other origins may ask, also with a signature", "[transport]") {
    Loopback loopback;
    const std::string any = "\r\nAccess-Control-Allow-Origin: *\r\n";
    CHECK_THAT(
        answer_to(loopback, header("GET /echo HTTP/1.1") + "Origin: http://elsewhere\r\n\r\n", "GET  "),
        Catch::StartsWith("HTTP/1.1 200 OK") && Catch::Contains(any));
    // A browser asks first when headers of our own are to be sent; the connection goes on.
    const std::string both =
        answer_to(loopback,
                  header("OPTIONS /v1/admin/bands HTTP/1.1") +
                      "Origin: http://elsewhere\r\nAccess-Control-Request-Method: POST\r\n"
                      "Access-Control-Request-Headers: gb-key\r\n\r\n" +
                      header("GET /echo HTTP/1.1") + "\r\n",
                  "GET  ");
    CHECK_THAT(both, Catch::StartsWith("HTTP/1.1 204 No Content") && Catch::Contains(any) &&
                         Catch::Contains("Gb-Key, Gb-Timestamp, Gb-Signature") && Catch::EndsWith("GET  "));
}

TEST_CASE("bad requests are answered with their status and closed", "[transport]") {
    Loopback loopback;
    CHECK_THAT(answer_to(loopback, "garbage\r\n\r\n", "}}"), Catch::StartsWith("HTTP/1.1 400 "));
    CHECK_THAT(
        answer_to(loopback, header("GET / HTTP/1.1") + "X: " + std::string(17'000, 'x') + "\r\n\r\n", "}}"),
        Catch::StartsWith("HTTP/1.1 431 ") && Catch::Contains("16384"));
    CHECK_THAT(answer_to(loopback, header("POST /echo HTTP/1.1") + "Content-Length: 65537\r\n\r\n", "}}"),
               Catch::StartsWith("HTTP/1.1 413 ") && Catch::Contains("65536"));
    const std::string most(65'536, 'b');
    CHECK_THAT(
        answer_to(loopback, header("POST /echo HTTP/1.1") + "Content-Length: 65536\r\n\r\n" + most, most),
        Catch::StartsWith("HTTP/1.1 200 OK"));
    const std::string upgrade =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    CHECK_THAT(answer_to(loopback, header("GET /elsewhere HTTP/1.1") + upgrade, "}}"),
               Catch::StartsWith("HTTP/1.1 404 ") && Catch::Contains("/v1/trade and /v1/market"));
    CHECK_THAT(
        answer_to(loopback,
                  header("GET /v1/trade HTTP/1.1") + "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                  "\r\n\r\n"),
        Catch::StartsWith("HTTP/1.1 400 "));
    CHECK_THAT(answer_to(loopback, header("GET /v1/market?x=1 HTTP/1.1") + upgrade, "\r\n\r\n"),
               Catch::StartsWith("HTTP/1.1 101 "));
}

TEST_CASE("who asks without reading is not read, and gets everything when it does read", "[transport]") {
    Loopback loopback;
    auto socket = loopback.raw();
    std::string requests;
    for (int i = 0; i < 1'000; ++i) requests += header("GET /large HTTP/1.1") + "\r\n";
    REQUIRE(socket.write(requests) == static_cast<std::int64_t>(requests.size()));
    std::this_thread::sleep_for(milliseconds(300));
    // A megabyte, and what the sockets take, of the hundred that were asked for.
    CHECK(loopback.inbox.large_answers < 500);
    std::size_t size = 0;
    std::vector<char> chunk(1 << 20);
    while (loopback.inbox.large_answers < 1'000 || socket.wait(false, milliseconds(300)).readable) {
        if (!socket.wait(false, milliseconds(5'000)).readable) break;
        size += static_cast<std::size_t>(std::max<std::int64_t>(0, socket.read(chunk)));
    }
    CHECK(loopback.inbox.large_answers == 1'000);
    CHECK(size > 1'000 * 100'000);
}

TEST_CASE("a body is asked for when the peer waits to be asked", "[transport]") {
    Loopback loopback;
    auto socket = loopback.raw();
    socket.write(header("POST /echo HTTP/1.1") + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    CHECK(bytes_from(socket, "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("body");
    CHECK_THAT(bytes_from(socket, "body"), Catch::Contains("POST  body"));
}

TEST_CASE("HTTP/1.0 and Connection: close end after the answer", "[transport]") {
    Loopback loopback;
    CHECK_THAT(answer_to(loopback, "GET /echo HTTP/1.0\r\n\r\n", "never"),
               Catch::Contains("Connection: close"));
    CHECK_THAT(answer_to(loopback, header("GET /echo HTTP/1.1") + "Connection: close\r\n\r\n", "never"),
               Catch::Contains("Connection: close"));
}

TEST_CASE("who does not finish a request is cut off", "[transport]") {
    ServerLimits limits;
    limits.handshake = milliseconds(300);
    limits.http_idle = milliseconds(1'500);
    limits.parting = milliseconds(300);
    Loopback loopback(limits);
    auto silent = loopback.raw(), slow = loopback.raw(), kept = loopback.raw();
    slow.write("GET /echo HT");
    kept.write(header("GET /echo HTTP/1.1") + "\r\n");
    const auto begin = std::chrono::steady_clock::now();
    CHECK(bytes_from(silent, "never").empty());
    CHECK(bytes_from(slow, "never").empty());
    CHECK(std::chrono::steady_clock::now() - begin < milliseconds(2'000));
    // The one that had an answer may rest longer between two requests.
    kept.write(header("GET /nothing HTTP/1.1") + "\r\n");
    CHECK_THAT(bytes_from(kept, "404"), Catch::Contains("404"));
}

TEST_CASE("a client asks once more when the kept connection was closed meanwhile", "[transport]") {
    ServerLimits limits;
    limits.http_idle = milliseconds(100);
    limits.parting = milliseconds(100);
    Loopback loopback(limits);
    HttpClient http(loopback.http());
    CHECK(http.get("/echo").status == 200);
    std::this_thread::sleep_for(milliseconds(900));
    CHECK(http.get("/echo").status == 200);
}
