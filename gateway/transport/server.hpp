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

    // Runs what is ready, without waiting, and flushes. Returns how many things were done; 0: nothing to do.
    std::size_t poll();
    // The same, but waits for something to happen when nothing is ready.
    std::size_t wait(engine::Duration at_most);
    // Closes the port, says 1001 to every WebSocket, sends what is left, waits at most `at_most`, cuts the
    // rest.
    void stop(engine::Duration at_most);
    // Calls back from poll() at every SIGINT and SIGTERM. At most one server of a process may ask for this.
    void on_signal(std::function<void()> callback);

    void send(ConnectionId connection, std::string_view text) override;
    void close(ConnectionId connection, std::uint16_t code, std::string_view reason) override;
    void respond(HttpId request, unsigned status, std::string_view content_type,
                 std::string_view body) override;
    void flush() override;

    std::uint16_t port() const;
    std::size_t connections() const;  // open sockets
    int wake_descriptor() const;      // an eventfd: writing to it ends a wait()

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
