// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/client.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

#include "gateway/transport/answer_reader.hpp"
#include "gateway/transport/channel.hpp"
#include "gateway/transport/frame.hpp"

namespace gridbook::gateway {

namespace {

using Milliseconds = std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Milliseconds left_until(Clock::time_point end) {
    const auto left = std::chrono::ceil<Milliseconds>(end - Clock::now());
    return std::max(left, Milliseconds{0});
}

std::string base64(std::span<const unsigned char> bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    return text;
}

// RFC 6455 section 1.3: proof that the server understood the handshake.
std::string accept_token(const std::string& key) {
    const std::string joined = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(joined.data(), joined.size(), digest.data(), &size, EVP_sha1(), nullptr);
    return base64({digest.data(), size});
}

template <class Integer>
Integer random_bits() {
    Integer bits = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits);
    return bits;
}

// Bytes of a socket, read until nothing is there. False: the connection is over.
bool take_in(ClientChannel& socket, std::string& input) {
    std::array<char, 64 * 1024> chunk;
    for (;;) {
        const std::int64_t size = socket.read(chunk);
        if (size < 0) return false;
        if (size == 0) return true;
        input.append(chunk.data(), static_cast<std::size_t>(size));
        if (static_cast<std::size_t>(size) < chunk.size()) return true;
    }
}

}  // namespace

Url parse_url(std::string_view text) {
    const auto fail = [&](std::string_view what) {
        throw std::runtime_error(fmt::format(
            "{}: {} (expected ws://host:port or http://host:port, wss or https with TLS)", text, what));
    };
    Url url;
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) fail("no scheme");
    url.scheme = text.substr(0, scheme);
    if (url.scheme != "ws" && url.scheme != "http" && !url.secure()) fail("unknown scheme");
    std::string_view rest = text.substr(scheme + 3);
    const auto slash = rest.find('/');
    url.path = slash == std::string_view::npos ? "/" : rest.substr(slash);
    rest = rest.substr(0, slash);
    const bool bracketed = rest.starts_with('[');  // [::1]:8080
    const auto host_end = bracketed ? rest.find(']') : rest.find(':');
    if (bracketed && host_end == std::string_view::npos) fail("no ]");
    url.host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
    rest = host_end == std::string_view::npos ? "" : rest.substr(host_end + (bracketed ? 1 : 0));
    url.port = !rest.empty() ? rest.substr(1) : url.secure() ? "443" : "80";
    const bool digits = url.port.find_first_not_of("0123456789") == std::string::npos;
    if (url.host.empty()) fail("no host");
    if (url.port.empty() || url.port.size() > 5 || !digits) fail("no port");
    return url;
}

Url Url::as_ws(std::string_view with_path) const {
    return {secure() ? "wss" : "ws", host, port, std::string(with_path)};
}
Url Url::as_http() const { return {secure() ? "https" : "http", host, port, "/"}; }

Disconnected::Disconnected(const std::string& url, std::uint16_t code, std::string_view reason)
    : std::runtime_error(
          fmt::format("{}: the connection ended with {}{}{}", url, code, reason.empty() ? "" : " ", reason)),
      code_(code),
      reason_(reason) {}

// ---- WebSocket ----

struct WsClient::State {
    Url url;
    ClientChannel socket;
    std::string input;
    std::size_t taken = 0;  // of the input
    std::string output;
    std::size_t sent = 0;  // of the output
    std::string partial;   // the earlier frames of a fragmented message
    std::uint64_t masks = random_bits<std::uint64_t>() | 1;
    bool ended = false;  // nothing more will come from the socket
    bool said_close = false;
    CloseReason reason{1006, "connection lost"};

    // xorshift: enough against proxies that would mistake a payload for HTTP, which is what masks are for.
    std::uint32_t mask() {
        masks ^= masks << 13;
        masks ^= masks >> 7;
        masks ^= masks << 17;
        return static_cast<std::uint32_t>(masks >> 16);
    }

    void handshake(Milliseconds timeout);
    bool write();
    void read() { ended = ended || !take_in(socket, input); }
    std::size_t deliver(const TextHandler& on_text);
    void handle(const FrameHeader& header, std::string_view payload, const TextHandler& on_text,
                std::size_t& count);
    void require_socket() const {
        if (!socket.open()) throw std::runtime_error(url.text() + ": not connected");
    }
};

WsClient::WsClient() : state_(std::make_unique<State>()) {}
WsClient::~WsClient() = default;
WsClient::WsClient(WsClient&&) noexcept = default;
WsClient& WsClient::operator=(WsClient&&) noexcept = default;

void WsClient::connect(const std::string& url, Milliseconds timeout, const std::string& authority) {
    auto fresh = std::make_unique<State>();
    fresh->url = parse_url(url);
    fresh->socket = ClientChannel::connect(fresh->url, timeout, authority);
    state_ = std::move(fresh);
    state_->handshake(timeout);
}

void WsClient::State::handshake(Milliseconds timeout) {
    const auto end = Clock::now() + timeout;
    std::array<unsigned char, 16> nonce{};
    RAND_bytes(nonce.data(), static_cast<int>(nonce.size()));
    const std::string key = base64(nonce);
    output = fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}:{}\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: {}\r\n\r\n",
        url.path, url.host, url.port, key);
    AnswerReader reader(false);
    while (write(), !reader.read(input, ended)) {
        if (ended) throw std::runtime_error(url.text() + ": the peer hung up during the handshake");
        if (Clock::now() >= end)
            throw std::runtime_error(url.text() + ": no answer to the handshake in time");
        if (socket.wait(sent < output.size(), left_until(end)).readable) read();
    }
    if (reader.status() != 101)
        throw std::runtime_error(
            fmt::format("{}: refused with HTTP {} {}", url.text(), reader.status(), reader.body()));
    if (reader.header("sec-websocket-accept") != accept_token(key))
        throw std::runtime_error(url.text() + ": the handshake's answer is not a WebSocket server's");
    taken = reader.size();
}

void WsClient::send(std::string_view text) {
    append_masked_frame(state_->output, Opcode::text, text, state_->mask());
}
void WsClient::send_raw(std::string_view bytes) { state_->output.append(bytes); }

// True when nothing is left.
bool WsClient::State::write() {
    while (!ended && sent < output.size()) {
        const std::int64_t size = socket.write(std::string_view(output).substr(sent));
        if (size == 0) return false;
        // What the peer said before it went is still to be read.
        if (size < 0) break;
        sent += static_cast<std::size_t>(size);
    }
    output.clear();
    sent = 0;
    return true;
}

bool WsClient::try_flush() {
    state_->require_socket();
    return state_->write();
}

void WsClient::flush() {
    while (!try_flush())
        if (state_->socket.wait(true, Milliseconds{1'000}).readable) state_->read();
}

std::size_t WsClient::poll(const TextHandler& on_text, Milliseconds at_most) {
    State& state = *state_;
    const auto end = Clock::now() + at_most;
    for (;;) {
        state.require_socket();
        const bool flushed = state.write();
        state.read();
        if (const std::size_t count = state.deliver(on_text); count > 0) return count;
        if (!state.socket.open()) return 0;  // the handler closed
        if (state.ended) {
            state.socket.close();
            throw Disconnected(state.url.text(), state.reason.code, state.reason.reason);
        }
        const auto left = left_until(end);
        if (left.count() == 0) return 0;
        state.socket.wait(!flushed, left);
    }
}

std::size_t WsClient::State::deliver(const TextHandler& on_text) {
    std::size_t count = 0;
    // A handler may send and even close; the input stays where it is until all was delivered.
    while (socket.open()) {
        const std::string_view bytes = std::string_view(input).substr(taken);
        const auto header = peek_frame(bytes);
        if (!header || bytes.size() < header->frame_size()) break;
        const auto size = static_cast<std::size_t>(header->frame_size());
        taken += size;
        handle(*header, bytes.substr(header->header_size, size - header->header_size), on_text, count);
    }
    input.erase(0, taken);
    taken = 0;
    return count;
}

void WsClient::State::handle(const FrameHeader& header, std::string_view payload, const TextHandler& on_text,
                             std::size_t& count) {
    switch (header.opcode) {
        case Opcode::ping: append_masked_frame(output, Opcode::pong, payload, mask()); return;
        case Opcode::pong: return;
        case Opcode::close:
            reason = parse_close(payload);
            if (!said_close) append_masked_frame(output, Opcode::close, payload, mask());
            said_close = true;
            write();
            ended = true;
            return;
        default: break;
    }
    if (!header.fin || !partial.empty()) partial.append(payload);
    if (!header.fin) return;
    ++count;
    const std::string whole = std::exchange(partial, {});
    on_text(whole.empty() ? payload : std::string_view(whole));
}

void WsClient::close(std::uint16_t code, Milliseconds at_most) noexcept try {
    State& state = *state_;
    const auto end = Clock::now() + at_most;
    if (state.socket.open() && !std::exchange(state.said_close, true))
        append_masked_frame(state.output, Opcode::close, close_payload(code, ""), state.mask());
    while (state.socket.open() && !state.ended && left_until(end).count() > 0) {
        const bool flushed = state.write();
        if (state.socket.wait(!flushed, left_until(end)).readable) state.read();
        state.deliver([](std::string_view) {});
    }
    state.socket.close();
} catch (const std::exception&) {
    state_->socket.close();
}

bool WsClient::connected() const { return state_->socket.open(); }
std::size_t WsClient::unsent_bytes() const { return state_->output.size() - state_->sent; }
int WsClient::descriptor() const { return state_->socket.descriptor(); }

// ---- HTTP ----

struct HttpClient::State {
    Url url;
    Milliseconds timeout;
    std::string authority;
    ClientChannel socket{};

    // nullopt: the peer closed a kept connection before it answered.
    bool exchange(const std::string& request, bool head, HttpAnswer& answer);
};

HttpClient::HttpClient(const std::string& url, Milliseconds timeout, std::string authority)
    : state_(std::make_unique<State>(State{parse_url(url).as_http(), timeout, std::move(authority)})) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpAnswer HttpClient::get(std::string_view target, const HttpHeaders& headers) {
    return request("GET", target, "", headers);
}
HttpAnswer HttpClient::post(std::string_view target, std::string_view body, const HttpHeaders& headers) {
    return request("POST", target, body, headers);
}

HttpAnswer HttpClient::request(std::string_view method, std::string_view target, std::string_view body,
                               const HttpHeaders& headers) {
    State& state = *state_;
    std::string text =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\n", method, target, state.url.host, state.url.port);
    for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
    if (method != "GET" && method != "HEAD")
        text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    text += "\r\n";
    text += body;
    HttpAnswer answer;
    // A kept connection may have been closed while we did not look: then nothing was answered, and one made
    // anew is asked once more.
    const bool kept = state.socket.open();
    if (kept && state.exchange(text, method == "HEAD", answer)) return answer;
    state.socket = ClientChannel::connect(state.url, state.timeout, state.authority);
    if (state.exchange(text, method == "HEAD", answer)) return answer;
    throw std::runtime_error(
        fmt::format("{}: the peer hung up without an answer to {} {}", state.url.text(), method, target));
}

bool HttpClient::State::exchange(const std::string& request, bool head, HttpAnswer& answer) {
    const auto end = Clock::now() + timeout;
    std::size_t sent = 0;
    std::string input;
    bool ended = false;
    AnswerReader reader(head);
    while (!reader.read(input, ended)) {
        if (ended) {
            socket.close();
            return false;
        }
        if (Clock::now() >= end) {
            socket.close();
            throw std::runtime_error(url.text() + ": no answer in time");
        }
        if (sent < request.size()) {
            const std::int64_t size = socket.write(std::string_view(request).substr(sent));
            if (size > 0) sent += static_cast<std::size_t>(size);
            if (size < 0) sent = request.size();
        }
        if (socket.wait(sent < request.size(), left_until(end)).readable) ended = !take_in(socket, input);
    }
    answer = {reader.status(), reader.header("content-type"), reader.body()};
    if (!reader.keep_alive()) socket.close();
    return true;
}

}  // namespace gridbook::gateway
