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

#include "gateway/transport/addresses.hpp"
#include "gateway/transport/inbound.hpp"
#include "gateway/transport/limits.hpp"

namespace gridbook::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

// What all connections of one server share.
struct Host {
    Inbox& inbox;
    const ServerLimits limits;
    boost::asio::io_context& io;
    Addresses addresses;
    std::unordered_map<HttpId, ConnectionId> asked{};  // HTTP requests that wait for respond()
    HttpId last_http = 0;
    SteadyTime now{};  // as of the last tick

    // The same for what counts in nanoseconds.
    engine::Time time() const {
        return engine::Time{
            std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count()};
    }
};

// Why every request of a peer is answered with a refusal.
enum class TurnedAway : std::uint8_t { no, server_full, address_full };

struct Remote {
    std::string address;
    std::string host;  // what the limits of one address count: of IPv6 its /64
    TurnedAway turned_away = TurnedAway::no;
};

class Connection {
  public:
    enum class Phase : std::uint8_t { http, open, closing };
    enum class Drained : std::uint8_t { dry, paused };

    Connection(Host& host, ConnectionId id, Remote remote);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Tells the Inbox everything complete in the input. Paused: the Inbox does not accept; call again later.
    Drained drain();
    void send(std::string_view text);
    // A whole frame, for those who say the same to many.
    void send_frame(std::string_view frame);
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
    const BufferedLayer& layer() const { return layer_; }
    const Remote& remote() const { return remote_; }
    bool was_open() const { return ws_ != nullptr; }  // the Inbox knows it
    bool reads_market() const { return phase_ == Phase::open && endpoint_ == Endpoint::market; }

  private:
    Drained drain_http();
    Drained drain_frames();
    void keep_to_budget();
    void ask();
    void upgrade();
    // True: it was refused, for being one too many or asking too often.
    bool turn_away();
    void refuse(unsigned status, std::string_view code, std::string_view msg, std::uint64_t retry_ms = 0);
    void answer(unsigned status, std::string_view content_type, std::string_view body, bool keep_alive);
    void answer_preflight();
    void answered(bool keep_alive);
    void part();
    bool tick_http();
    void tick_open();
    bool stuck();

    Host& host_;
    const ConnectionId id_;
    const Remote remote_;
    Phase phase_ = Phase::http;
    Endpoint endpoint_ = Endpoint::trade;
    bool pinged_ = false;
    bool answered_ = false;  // it had at least one answer
    bool began_ = false;     // something of the next request was there at the last tick
    HttpId pending_ = 0;
    Bucket messages_;             // read from the WebSocket
    std::uint64_t received_ = 0;  // messages
    std::uint64_t received_before_ = 0;
    SteadyTime moved_;  // when the last whole message came, or there was none begun
    SteadyTime heard_;  // when the peer last sent anything
    SteadyTime since_;  // when the phase or the reading of a request began
    BufferedLayer layer_;
    HttpReader http_;
    std::unique_ptr<WsReader> ws_;
};

}  // namespace gridbook::gateway
