// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seam between sockets and protocol. The transport knows frames and HTTP, not what they mean; the
// protocol (ingress, egress, admin) knows what they mean, not how they travel. Tests put their own Outbox
// here and need no network. Everything on both sides runs on the one I/O thread that owns the connection.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gridbook::gateway {

// Never reused while the process lives; 0: none.
using ConnectionId = std::uint32_t;
// A pending HTTP request, answered later with respond(); never reused; 0: none.
using HttpId = std::uint32_t;

enum class Endpoint : std::uint8_t { trade, market };

struct HttpRequest {
    std::string method;  // GET, POST
    std::string target;  // path and query, as signed
    std::string body;
    std::string key;        // header Gb-Key
    std::string timestamp;  // header Gb-Timestamp
    std::string signature;  // header Gb-Signature
    std::string remote;     // address of the peer
};

// What the protocol may ask of the transport.
class Outbox {
  public:
    virtual ~Outbox() = default;
    // Appends one text frame to the connection's output; it leaves at the next flush. Unknown ids are
    // ignored.
    virtual void send(ConnectionId connection, std::string_view text) = 0;
    // The same to many. To those of /v1/market it may be appended piece by piece, between two looks at the
    // sockets; each of them still hears everything in the order in which it was said.
    virtual void send_each(std::span<const ConnectionId> connections, std::string_view text) {
        for (const ConnectionId connection : connections) send(connection, text);
    }
    // Sends what was appended, then closes with the WebSocket close code and reason.
    virtual void close(ConnectionId connection, std::uint16_t code, std::string_view reason) = 0;
    virtual void respond(HttpId request, unsigned status, std::string_view content_type,
                         std::string_view body) = 0;
    // Bytes appended for the connection that its peer's socket has not taken yet; 0 for unknown ids.
    virtual std::size_t unsent(ConnectionId connection) const = 0;
    // Writes out everything appended since the last flush: one system call a connection.
    virtual void flush() = 0;
};

// What the transport tells the protocol.
class Inbox {
  public:
    virtual ~Inbox() = default;
    virtual void opened(ConnectionId connection, Endpoint endpoint, std::string_view remote) = 0;
    // One complete text frame.
    virtual void received(ConnectionId connection, std::string_view text) = 0;
    virtual void closed(ConnectionId connection) = 0;
    virtual void requested(HttpId request, const HttpRequest& http) = 0;
    // False: the pipeline is full, leave what comes in the sockets (backpressure); asked before each read.
    virtual bool accepting() const = 0;
};

}  // namespace gridbook::gateway
