// SPDX-License-Identifier: Apache-2.0
#pragma once
// One peer, without its socket: bytes come into the layer, drain() tells the Inbox what they mean, and what
// is to be said gathers in the layer's output. The server moves the bytes (server.cpp). A connection starts
// as HTTP and may become a WebSocket; when it is closing, its input is thrown away and only its output still
// matters.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/transport/inbound.hpp"
#include "gateway/transport/limits.hpp"

namespace gridbook::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

// What all connections of one server share.
struct Host {
    Inbox& inbox;
    const ServerLimits limits;
    boost::asio::io_context& io;
    std::unordered_map<HttpId, ConnectionId> asked{};  // HTTP requests that wait for respond()
    HttpId last_http = 0;
    SteadyTime now{};  // as of the last tick
};

class Connection {
  public:
    enum class Phase : std::uint8_t { http, open, closing };
    enum class Drained : std::uint8_t { dry, paused };

    // `turned_away`: there are too many, every request is answered 503.
    Connection(Host& host, ConnectionId id, std::string remote, bool turned_away);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Tells the Inbox everything complete in the input. Paused: the Inbox does not accept; call again later.
    Drained drain();
    void send(std::string_view text);
    void close(std::uint16_t code, std::string_view reason);
    // Answers the pending HTTP request; the next one is read by the next drain().
    void respond(unsigned status, std::string_view content_type, std::string_view body);
    // An exception came out of the Inbox while it handled this connection.
    void fail();
    void heard() { heard_ = host_.now; }
    // Pings the silent, closes the dead. False: the time to part is over, cut the socket.
    bool tick(bool paused);

    ConnectionId id() const { return id_; }
    Phase phase() const { return phase_; }
    BufferedLayer& layer() { return layer_; }
    bool was_open() const { return ws_ != nullptr; }  // the Inbox knows it

  private:
    Drained drain_http();
    Drained drain_frames();
    void keep_to_budget();
    void ask();
    void upgrade();
    void refuse(unsigned status, std::string_view code, std::string_view msg);
    void answer(unsigned status, std::string_view content_type, std::string_view body, bool keep_alive);
    void part();
    bool tick_http();
    void tick_open();

    Host& host_;
    const ConnectionId id_;
    const std::string remote_;
    const bool turned_away_;
    Phase phase_ = Phase::http;
    Endpoint endpoint_ = Endpoint::trade;
    bool pinged_ = false;
    bool answered_ = false;  // it had at least one answer
    bool began_ = false;     // something of the next request was there at the last tick
    HttpId pending_ = 0;
    SteadyTime heard_;  // when the peer last sent anything
    SteadyTime since_;  // when the phase or the reading of a request began
    BufferedLayer layer_;
    HttpReader http_;
    std::unique_ptr<WsReader> ws_;
};

}  // namespace gridbook::gateway
