// SPDX-License-Identifier: Apache-2.0
// Frames as bytes, the buffered layer, URLs and HTTP answers: no network.
#include <catch2/catch.hpp>

#include "gateway/transport/answer_reader.hpp"
#include "gateway/transport/buffered_layer.hpp"
#include "gateway/transport/client.hpp"
#include "gateway/transport/frame.hpp"

using namespace gridbook::gateway;

TEST_CASE("a server frame has a header of 2, 4 or 10 bytes", "[transport]") {
    const auto header_of = [](std::size_t size) {
        std::string out;
        append_frame(out, Opcode::text, std::string(size, 'a'));
        return out.substr(0, out.size() - size);
    };
    CHECK(header_of(0) == std::string("\x81\x00", 2));
    CHECK(header_of(125) == std::string("\x81\x7D", 2));
    CHECK(header_of(126) == std::string("\x81\x7E\x00\x7E", 4));
    CHECK(header_of(65'535) == std::string("\x81\x7E\xFF\xFF", 4));
    CHECK(header_of(65'536) == std::string("\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}

TEST_CASE("a header is read back as it was written, and not before it is whole", "[transport]") {
    for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u}) {
        std::string frame;
        append_masked_frame(frame, Opcode::binary, std::string(size, 'q'), 0xA1B2C3D4);
        const auto header = peek_frame(frame);
        REQUIRE(header);
        CHECK(header->fin);
        CHECK(header->masked);
        CHECK(header->mask == 0xA1B2C3D4);
        CHECK(header->opcode == Opcode::binary);
        CHECK(header->payload_size == size);
        CHECK(header->frame_size() == frame.size());
        for (std::size_t cut = 0; cut < header->header_size; ++cut) CHECK(!peek_frame(frame.substr(0, cut)));
    }
}

TEST_CASE("a mask is applied byte by byte as RFC 6455 section 5.7 shows", "[transport]") {
    std::string frame;
    std::uint32_t mask;
    std::memcpy(&mask, "\x37\xfa\x21\x3d", 4);
    append_masked_frame(frame, Opcode::text, "Hello", mask);
    CHECK(frame == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("close codes are big-endian and reasons are cut to a control frame", "[transport]") {
    CHECK(close_payload(1013, "RESUME") == "\x03\xF5RESUME");
    CHECK(close_payload(1000, std::string(200, 'r')).size() == 125);
    CHECK(parse_close("\x03\xF5RESUME").code == 1013);
    CHECK(parse_close("\x03\xF5RESUME").reason == "RESUME");
    CHECK(parse_close("").code == 1005);
}

TEST_CASE("the layer gives Beast what was granted and no more", "[transport]") {
    BufferedLayer layer;
    const auto room = layer.room();
    std::memcpy(room.data(), "frame-1frame-2", 14);
    layer.commit(14);
    char out[32];
    CHECK(layer.take(out, sizeof out) == 0);
    layer.grant(7);
    CHECK(layer.take(out, 3) == 3);
    CHECK(layer.take(out + 3, sizeof out) == 4);
    CHECK(std::string_view(out, 7) == "frame-1");
    CHECK(layer.take(out, sizeof out) == 0);
    CHECK(layer.unread() == "frame-2");
}

TEST_CASE("the layer's input moves to the front when it is full", "[transport]") {
    BufferedLayer layer;
    layer.commit(layer.room().size());
    CHECK(layer.room().empty());
    layer.consume(1'000);
    CHECK(layer.room().size() == 1'000);
    CHECK(layer.unread().size() == BufferedLayer::input_capacity - 1'000);
    layer.discard_input();
    CHECK(layer.room().size() == BufferedLayer::input_capacity);
}

TEST_CASE("the layer's output keeps its order over partial sends", "[transport]") {
    BufferedLayer layer;
    layer.output() += "abcdef";
    layer.sent(2);
    layer.output() += "gh";
    CHECK(layer.unsent() == "cdefgh");
    layer.sent(6);
    CHECK(layer.unsent().empty());
    CHECK(layer.output().empty());
}

TEST_CASE("URLs are taken apart, and bad ones named", "[transport]") {
    const Url url = parse_url("ws://127.0.0.1:8080/v1/trade?x=1");
    CHECK(url.scheme == "ws");
    CHECK(url.host == "127.0.0.1");
    CHECK(url.port == "8080");
    CHECK(url.path == "/v1/trade?x=1");
    CHECK(parse_url("http://example").port == "80");
    CHECK(parse_url("http://example").path == "/");
    CHECK(parse_url("ws://[::1]:9/x").host == "::1");
    CHECK(parse_url("ws://[::1]:9/x").port == "9");
    CHECK(parse_url("https://example").port == "443");
    CHECK(parse_url("https://example:8443").as_ws("/v1/trade").text() == "wss://example:8443/v1/trade");
    CHECK(parse_url("ws://example/x").as_http().text() == "http://example:80/");
    for (const char* bad :
         {"", "localhost:8080", "ftp://x:1", "ws://", "ws://:80", "ws://h:", "ws://h:80a", "ws://[::1"})
        CHECK_THROWS_WITH(parse_url(bad), Catch::Contains("expected ws://host:port"));
}

TEST_CASE("an HTTP answer is read by length, by chunks and to the end", "[transport]") {
    const std::string by_length =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhelloNEXT";
    AnswerReader first(false);
    for (std::size_t cut = 0; cut < by_length.size() - 4; ++cut)
        CHECK(!first.read(by_length.substr(0, cut), false));
    REQUIRE(first.read(by_length, false));
    CHECK(first.body() == "hello");
    CHECK(first.header("content-type") == "text/plain");
    CHECK(first.size() == by_length.size() - 4);
    CHECK(first.keep_alive());

    const std::string chunked =
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
    AnswerReader second(false);
    for (std::size_t cut = 0; cut < chunked.size(); ++cut) CHECK(!second.read(chunked.substr(0, cut), false));
    REQUIRE(second.read(chunked, false));
    CHECK(second.status() == 404);
    CHECK(second.body() == "abc0123456789");

    AnswerReader third(false);
    CHECK(!third.read("HTTP/1.1 200 OK\r\n\r\nall of", false));
    REQUIRE(third.read("HTTP/1.1 200 OK\r\n\r\nall of it", true));
    CHECK(third.body() == "all of it");
    CHECK(!third.keep_alive());

    AnswerReader head(true);
    CHECK(head.read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false));
    AnswerReader none(false);
    CHECK_THROWS_WITH(none.read("SSH-2.0-OpenSSH_9.2\r\n\r\n", false), "not an HTTP answer");
}
