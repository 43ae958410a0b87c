// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/connection.hpp"

#include <fmt/format.h>

#include <utility>

#include "gateway/transport/frame.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::string_view json_type = "application/json";
// Answers that wait for a peer to read them, before its next request is looked at.
constexpr std::size_t http_output_max = 1 << 20;

// Pages of other origins may ask: who asks is told by a signature, never by a cookie. The second text answers
// the question that a browser asks before a signed request (Fetch standard, CORS protocol).
constexpr std::string_view any_origin = "Access-Control-Allow-Origin: *\r\n";
constexpr std::string_view allowed =
    "HTTP/1.1 204 No Content\r\nServer: gridbook\r\nAccess-Control-Allow-Origin: *\r\n"
    "Access-Control-Allow-Methods: GET, POST\r\n"
    "Access-Control-Allow-Headers: Content-Type, Gb-Key, Gb-Timestamp, Gb-Signature\r\n"
    "Access-Control-Max-Age: 86400\r\n";

std::string_view status_text(unsigned status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 409: return "Conflict";
        case 413: return "Payload Too Large";
        case 422: return "Unprocessable Entity";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        default: return "-";
    }
}

}  // namespace

Connection::Connection(Host& host, ConnectionId id, Remote remote)
    : host_(host),
      id_(id),
      remote_(std::move(remote)),
      moved_(host.now),
      heard_(host.now),
      since_(host.now),
      http_(host.limits.http) {}

Connection::~Connection() { host_.asked.erase(pending_); }

Connection::Drained Connection::drain() {
    Drained drained = Drained::dry;
    if (phase_ == Phase::http) drained = drain_http();
    if (phase_ == Phase::open) drained = drain_frames();
    if (phase_ == Phase::closing) layer_.discard_input();
    return drained;
}

Connection::Drained Connection::drain_http() {
    while (phase_ == Phase::http && pending_ == 0) {
        // Who asks and asks without reading the answers is not read either.
        if (layer_.unsent().size() > http_output_max) return Drained::paused;
        switch (http_.next(layer_)) {
            case HttpReader::Result::more: return Drained::dry;
            case HttpReader::Result::bad:
                refuse(http_.error_status(), "FORMAT_VALUE", http_.error_text());
                break;
            case HttpReader::Result::upgrade: upgrade(); break;
            case HttpReader::Result::request: ask(); break;
        }
    }
    return Drained::dry;
}

bool Connection::turn_away() {
    engine::Duration retry{};
    if (remote_.turned_away == TurnedAway::server_full) {
        refuse(503, "BUSY", "too many connections");
    } else if (remote_.turned_away == TurnedAway::address_full) {
        refuse(429, "RATE_LIMIT",
               fmt::format("more than {} connections from one address", host_.addresses.connections_max()));
    } else if (!host_.addresses.ask(remote_.host, host_.time(), retry)) {
        refuse(
            429, "RATE_LIMIT",
            fmt::format("more than {} HTTP requests a second from one address", host_.addresses.http_per_s()),
            1 + static_cast<std::uint64_t>(retry.value / engine::millisecond.value));
    } else {
        return false;
    }
    return true;
}

void Connection::ask() {
    if (turn_away()) return;
    HttpRequest request = http_.request();
    if (request.method == "OPTIONS") return answer_preflight();
    request.remote = remote_.address;
    pending_ = ++host_.last_http;
    host_.asked.emplace(pending_, id_);
    host_.inbox.requested(pending_, request);
}

void Connection::upgrade() {
    if (turn_away()) return;
    const std::string target = http_.request().target;
    const std::string_view path = std::string_view(target).substr(0, target.find('?'));
    if (path != "/v1/trade" && path != "/v1/market")
        return refuse(404, "OP_UNKNOWN", "WebSockets are at /v1/trade and /v1/market");
    endpoint_ = path == "/v1/trade" ? Endpoint::trade : Endpoint::market;
    const std::size_t message_bytes =
        endpoint_ == Endpoint::trade ? host_.limits.trade_message_bytes : host_.limits.market_message_bytes;
    ws_ = WsReader::accept(http_, layer_, host_.io, message_bytes);
    if (!ws_) return part();
    phase_ = Phase::open;
    since_ = host_.now;
    moved_ = host_.now;
    host_.inbox.opened(id_, endpoint_, remote_.address);
}

// The pipeline's room is looked at every few messages: one read may hold hundreds of them.
Connection::Drained Connection::drain_frames() {
    const Rate rate{host_.limits.messages_per_s, host_.limits.messages_per_s};
    engine::Duration retry{};
    for (unsigned count = 0; phase_ == Phase::open; ++count) {
        if (count % 16 == 0 && !host_.inbox.accepting()) return Drained::paused;
        keep_to_budget();  // pongs count too
        if (phase_ != Phase::open) break;
        // Who talks faster than is allowed is not refused: what he says waits in his socket.
        if (!messages_.take(rate, 1, host_.time(), retry)) return Drained::paused;
        std::string_view text;
        switch (ws_->next(text)) {
            case WsReader::Result::dry: messages_.give_back(rate, 1); return Drained::dry;
            case WsReader::Result::ended: part(); break;
            case WsReader::Result::text:
                ++received_;
                host_.inbox.received(id_, text);
                break;
        }
    }
    return Drained::dry;
}

void Connection::send(std::string_view text) {
    if (phase_ != Phase::open) return;
    append_frame(layer_.output(), Opcode::text, text);
    keep_to_budget();
}

void Connection::send_frame(std::string_view frame) {
    if (phase_ != Phase::open) return;
    layer_.output().append(frame);
    keep_to_budget();
}

void Connection::keep_to_budget() {
    const bool trade = endpoint_ == Endpoint::trade;
    const std::uint64_t budget = trade ? host_.limits.trade_output_bytes : host_.limits.market_output_bytes;
    if (phase_ == Phase::open && layer_.unsent().size() > budget) close(1013, trade ? "RESUME" : "SLOW");
}

void Connection::close(std::uint16_t code, std::string_view reason) {
    if (phase_ == Phase::open) append_frame(layer_.output(), Opcode::close, close_payload(code, reason));
    if (phase_ != Phase::closing) part();
}

void Connection::part() {
    phase_ = Phase::closing;
    since_ = host_.now;
}

void Connection::fail() {
    if (phase_ == Phase::http) {
        refuse(500, "BUSY", "internal error");
    } else {
        close(1011, "internal error");
    }
}

void Connection::respond(unsigned status, std::string_view content_type, std::string_view body) {
    host_.asked.erase(pending_);
    pending_ = 0;
    if (phase_ == Phase::http) answer(status, content_type, body, http_.keep_alive());
}

void Connection::refuse(unsigned status, std::string_view code, std::string_view msg,
                        std::uint64_t retry_ms) {
    const std::string retry = retry_ms == 0 ? "" : fmt::format(",\"retry_ms\":{}", retry_ms);
    answer(status, json_type,
           fmt::format(R"({{"ok":false,"error":{{"code":"{}","msg":"{}"{}}}}})", code, msg, retry), false);
}

void Connection::answer(unsigned status, std::string_view content_type, std::string_view body,
                        bool keep_alive) {
    fmt::format_to(std::back_inserter(layer_.output()),
                   "HTTP/1.1 {} {}\r\nServer: gridbook\r\n{}Content-Type: {}\r\nContent-Length: {}\r\n{}\r\n",
                   status, status_text(status), any_origin, content_type, body.size(),
                   keep_alive ? "" : "Connection: close\r\n");
    if (!http_.head()) layer_.output().append(body);
    answered(keep_alive);
}

void Connection::answer_preflight() {
    layer_.output().append(allowed).append(http_.keep_alive() ? "\r\n" : "Connection: close\r\n\r\n");
    answered(http_.keep_alive());
}

void Connection::answered(bool keep_alive) {
    if (!keep_alive) return part();
    http_.restart();
    answered_ = true;
    since_ = host_.now;
}

bool Connection::tick(bool paused) {
    if (paused) heard_ = moved_ = host_.now;  // we do not listen, so silence says nothing
    switch (phase_) {
        case Phase::http: return tick_http();
        case Phase::open: tick_open(); return true;
        case Phase::closing: return host_.now - since_ < host_.limits.parting;
    }
    return false;
}

bool Connection::tick_http() {
    if (pending_ != 0) return true;
    if (std::exchange(began_, http_.begun()) != http_.begun()) since_ = host_.now;
    const bool resting = answered_ && !began_;
    return host_.now - since_ < (resting ? host_.limits.http_idle : host_.limits.handshake);
}

// A message that was begun long ago and is still not whole: a byte now and then keeps nobody here.
bool Connection::stuck() {
    const bool begun = !layer_.unread().empty() || ws_->begun();
    if (!begun || std::exchange(received_before_, received_) != received_) moved_ = host_.now;
    return host_.now - moved_ >= host_.limits.message;
}

// A peer that is alive answers a ping, so silence through a third, then all of the time means that it is
// gone.
void Connection::tick_open() {
    if (stuck()) return close(1008, "a message took too long");
    const auto silence = host_.now - heard_;
    if (silence >= host_.limits.silence) return close(1001, "no answer to pings");
    const bool due = silence >= host_.limits.silence / 3;
    if (due && !pinged_) append_frame(layer_.output(), Opcode::ping, "");
    pinged_ = due;
}

}  // namespace gridbook::gateway
