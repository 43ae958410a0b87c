// SPDX-License-Identifier: Apache-2.0
#pragma once
// WebSocket and HTTP clients for our own tools (terminal, replay, demo, tests): one thread a client, several
// frames a system call, plain or with TLS. They know frames and HTTP, not what they mean. Whatever goes wrong
// throws std::runtime_error naming the URL and the cause.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/transport/http_answer.hpp"

namespace gridbook::gateway {

struct Url {
    std::string scheme;  // ws or http; wss or https with TLS
    std::string host;
    std::string port;
    std::string path;  // begins with '/'; "/" when the text named none
    bool secure() const { return scheme == "wss" || scheme == "https"; }
    std::string text() const { return scheme + "://" + host + ":" + port + path; }
    // The same place, asked for frames or for pages.
    Url as_ws(std::string_view with_path) const;
    Url as_http() const;
};
// scheme://host[:port][/path]; the port defaults to 80, with TLS to 443. Throws naming what is wrong.
Url parse_url(std::string_view text);

// The peer closed, or the connection broke: then the code is 1006.
class Disconnected : public std::runtime_error {
  public:
    Disconnected(const std::string& url, std::uint16_t code, std::string_view reason);
    std::uint16_t code() const { return code_; }
    const std::string& reason() const { return reason_; }

  private:
    std::uint16_t code_;
    std::string reason_;
};

class WsClient {
  public:
    using Milliseconds = std::chrono::milliseconds;
    using TextHandler = std::function<void(std::string_view)>;

    WsClient();
    ~WsClient();
    WsClient(WsClient&&) noexcept;
    WsClient& operator=(WsClient&&) noexcept;

    // `authority`: with TLS, a PEM file of whom to trust; empty: those the machine trusts.
    void connect(const std::string& url, Milliseconds timeout, const std::string& authority = {});
    // Appends one masked text frame; it leaves at the next flush or poll.
    void send(std::string_view text);
    // Sends everything appended; meanwhile takes in what the peer says, so that two full buffers never
    // deadlock.
    void flush();
    // Sends what the socket takes without waiting; true when nothing is left.
    bool try_flush();
    // Flushes, then delivers every complete text frame that is there; waits at most `at_most` for the first.
    // Throws Disconnected after everything that came before the end was delivered.
    std::size_t poll(const TextHandler& on_text, Milliseconds at_most);
    // Says goodbye, waits at most `at_most` for the answer, and forgets the socket. Never throws.
    void close(std::uint16_t code = 1000, Milliseconds at_most = Milliseconds{1'000}) noexcept;

    // For tests of bad manners: bytes as they are, no frame around them.
    void send_raw(std::string_view bytes);

    bool connected() const;
    std::size_t unsent_bytes() const;
    int descriptor() const;  // -1 when not connected; for event loops that watch many clients

  private:
    struct State;
    std::unique_ptr<State> state_;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

class HttpClient {
  public:
    using Milliseconds = std::chrono::milliseconds;

    // `url` names scheme, host and port; `authority` as WsClient's.
    explicit HttpClient(const std::string& url, Milliseconds timeout = Milliseconds{10'000},
                        std::string authority = {});
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    // `target` is path and query. The connection is kept and, when the peer has closed it meanwhile, made
    // anew.
    HttpAnswer get(std::string_view target, const HttpHeaders& headers = {});
    HttpAnswer post(std::string_view target, std::string_view body, const HttpHeaders& headers = {});
    HttpAnswer request(std::string_view method, std::string_view target, std::string_view body,
                       const HttpHeaders& headers);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gridbook::gateway
