// SPDX-License-Identifier: Apache-2.0
#pragma once
// A client of /v1/trade for our own tools: replay, demo, tests, benches. It signs in, numbers requests,
// pipelines them, and reads replies and events into plain structs. It knows no market rule and keeps no
// order. One thread uses one client. Every call that talks to the exchange throws std::runtime_error naming
// URL and cause; Disconnected (ws_client's) when the exchange closed the connection.

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "gateway/client/message.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

// The exchange refused the logon: `code` is the wire's (AUTH_KEY, AUTH_SIGNATURE, ...).
class LogonRefused : public std::runtime_error {
  public:
    LogonRefused(const std::string& what, std::string_view code) : std::runtime_error(what), code_(code) {}
    const std::string& code() const { return code_; }

  private:
    std::string code_;
};

class TradeClient {
  public:
    using Milliseconds = std::chrono::milliseconds;

    struct Options {
        Milliseconds timeout{10'000};  // to connect, and to be signed in
        std::string cod = "off";       // cancel on disconnect: off | connection | account
        std::string authority{};       // with TLS: a PEM file of whom to trust; empty: the machine's
    };
    struct Logon {
        std::string account;
        std::string role;
        std::string stream;
        std::uint64_t n = 0;  // last number of the account stream
        std::uint64_t seq = 0;
    };

    // `url` is ws://host:port or http://host:port (wss, https: with TLS), with or without /v1/trade. The key
    // must outlive the client.
    TradeClient(std::string url, std::string key_name, const SigningKey& key);
    TradeClient(std::string url, std::string key_name, const SigningKey& key, Options options);
    ~TradeClient();
    TradeClient(TradeClient&&) noexcept;
    TradeClient& operator=(TradeClient&&) noexcept;

    // Connects, waits for the welcome, signs it, waits for the answer. Throws LogonRefused when the exchange
    // refuses. May be called again after the connection was lost.
    Logon logon();

    // Appends {"id":"<number>","op":"<op>",<members_json>}; it leaves at the next flush or poll.
    // `members_json` is what stands between the braces, without a leading comma, and may be empty. Returns
    // the request's number.
    std::uint64_t request(std::string_view op, std::string_view members_json);

    // Sends everything appended; waits while the exchange does not read (that is its backpressure).
    void flush();

    // Flushes, then hands every frame that is there to `handler`; waits at most `at_most` for the first one.
    // Returns how many there were.
    std::size_t poll(const MessageHandler& handler, Milliseconds at_most);

    // Sends one request and waits for its reply; what else arrives meanwhile goes to `other`.
    // The views of the returned message hold until the next call on this client.
    Message call(std::string_view op, std::string_view members_json, const MessageHandler& other = {});

    void close();  // says goodbye, waits a second at most for the answer
    void drop();   // cuts the connection; what was not sent is forgotten

    bool connected() const;
    std::size_t unsent_bytes() const;
    const std::string& key_name() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gridbook::gateway
