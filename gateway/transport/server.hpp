// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sockets of the exchange: one port, HTTP and WebSocket, one I/O thread. The thread's owner drives it
// with poll() and wait(); nothing else runs by itself. The Inbox is called from there and from stop() only,
// never from send, close, respond or flush, so that whoever answers is not called back in the middle of it.
// It promises: closed() once for every opened(); no wait, no throw in poll(); one system call for all the
// frames that a connection has to say; output and input of a peer within ServerLimits.

#include <functional>
#include <memory>
#include <string>

#include "engine/pipeline/wait.hpp"
#include "gateway/transport/limits.hpp"
#include "gateway/transport/transport.hpp"

namespace gridbook::gateway {

struct Sockets;

class Server final : public Outbox {
  public:
    // Listens at once; port 0 takes any. Throws std::runtime_error naming address and port when it cannot.
    Server(const std::string& address, std::uint16_t port, const ServerLimits& limits, Inbox& inbox);
    ~Server() override;
    // TLS on the port above, from now on and for new connections: the first time before the first poll(),
    // later with a certificate that has taken the place of the old one. Throws as TlsContext::server does,
    // and then nothing has changed.
    void use_tls(const std::string& certificate, const std::string& key);
    // One more port that answers without TLS.
    void listen_plain(const std::string& address, std::uint16_t port);

    // Runs what is ready, without waiting, and flushes. Returns how many things were done; 0: nothing to do.
    std::size_t poll();
    // The same, but waits for something to happen when nothing is ready.
    std::size_t wait(engine::Duration at_most);
    // Closes the port, says 1001 to every WebSocket, sends what is left, waits at most `at_most`, cuts the
    // rest.
    void stop(engine::Duration at_most);
    // Calls back from poll() at every SIGINT and SIGTERM, or at every SIGHUP. At most one server of a process
    // may ask for each.
    void on_signal(std::function<void()> callback);
    void on_hangup(std::function<void()> callback);

    void send(ConnectionId connection, std::string_view text) override;
    void send_each(std::span<const ConnectionId> connections, std::string_view text) override;
    void close(ConnectionId connection, std::uint16_t code, std::string_view reason) override;
    void respond(HttpId request, unsigned status, std::string_view content_type,
                 std::string_view body) override;
    std::size_t unsent(ConnectionId connection) const override;
    void flush() override;

    std::uint16_t port() const;        // of the first listener
    std::uint16_t plain_port() const;  // of the last one
    std::size_t connections() const;   // open sockets
    int wake_descriptor() const;       // an eventfd: writing to it ends a wait()

  private:
    std::unique_ptr<Sockets> sockets_;
};

// Lets the neighbour stages wake the I/O thread with one system call while it waits in the sockets.
class IoSleeper final : public engine::Sleeper {
  public:
    explicit IoSleeper(Server& server) : server_(server) {}
    void sleep(engine::Duration at_most) override { server_.wait(at_most); }

  protected:
    void rouse() override;

  private:
    Server& server_;
};

}  // namespace gridbook::gateway
