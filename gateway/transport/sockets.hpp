// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sockets behind Server, with Asio: accepting, reading into each connection's layer, writing its output,
// the one timer, and the end of connections. For server.cpp and sockets.cpp only; everybody else includes
// server.hpp.

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/transport/connection.hpp"
#include "gateway/transport/tls.hpp"

namespace gridbook::gateway {

// Concrete executors: no type erasure on the way of a message.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using SteadyClock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Executor>;

// A connection with its socket. It is destroyed only when no operation of its socket is pending.
struct Peer {
    Peer(Host& host, ConnectionId id, Remote remote, Socket&& s)
        : connection(host, id, std::move(remote)), socket(std::move(s)) {}
    Connection connection;
    Socket socket;
    std::optional<TlsFilter> tls;
    std::unique_ptr<std::array<char, 16 * 1024>> ciphertext;  // what is being read, with TLS
    bool reading = false;                                     // a read is pending
    bool writing = false;                                     // waits until the socket takes more
    bool dirty = false;                                       // in a list of those with something to send
    bool unarmed = false;                                     // in the list of those to be read again
    bool waiting = false;                                     // in the list of those to be drained again
    bool shut = false;                                        // nothing more will be sent
    bool dead = false;                                        // the socket is gone
    bool farewelled = false;  // in the list of those whose end the Inbox must hear
    bool busy() const { return reading || writing; }
};

// A port. Those without TLS are on loopback, or there is no certificate.
struct Listener {
    Listener(boost::asio::io_context& io, bool with_tls) : acceptor(io), tls(with_tls) {}
    Acceptor acceptor;
    bool tls;
    bool accepting = false;
};

// A frame on its way into the outputs of many.
struct Announcement {
    std::string frame;
    std::vector<ConnectionId> to;
    std::size_t at = 0;  // who gets it next
};

struct Sockets {
    Sockets(const ServerLimits& limits, Inbox& inbox)
        : host{inbox, limits, io, {limits.connections_per_address, limits.http_per_s}} {}

    // One thread, so Asio needs no locks.
    boost::asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    Host host;
    std::deque<Listener> listeners;   // addresses stay: a pending accept points at its own
    std::shared_ptr<TlsContext> tls;  // of connections from now on; null: no TLS
    Timer ticker{io};
    boost::asio::posix::basic_stream_descriptor<Executor> wake{io};
    struct Signals {
        Signals(boost::asio::io_context& io, std::function<void()> f) : set(io), callback(std::move(f)) {}
        boost::asio::basic_signal_set<Executor> set;
        std::function<void()> callback;
    };
    std::deque<Signals> signals;  // made when asked for
    std::uint64_t wakes = 0;      // what the eventfd was read into
    bool stopped = false;

    std::vector<std::unique_ptr<Peer>> peers;
    std::vector<Peer*> slots;  // by id & mask: ids are never reused, and no hash is needed
    ConnectionId last_id = 0;
    std::vector<ConnectionId> dirty, unarmed, waiting, farewells;
    std::deque<ConnectionId> readers;  // market connections with something to send, written at their own pace
    Bucket reader_writes{};
    std::deque<Announcement> announcements;  // a bounded number, told from the front
    bool burials = false;

    void listen(const std::string& address, std::uint16_t port, bool with_tls);
    void watch();
    void tick_later();
    void tick();

    void accept_next(Listener& listener);
    void admit(Socket&& socket, bool with_tls);
    ConnectionId next_id();
    Peer* find(ConnectionId id) const {
        Peer* peer = slots[id & (slots.size() - 1)];
        return peer != nullptr && peer->connection.id() == id && !peer->dead ? peer : nullptr;
    }

    void arm_later(Peer& peer);
    void arm_reads();
    void arm_read(Peer& peer);
    void read(Peer& peer, boost::system::error_code ec, std::size_t size);
    bool decrypt(Peer& peer);
    void service(Peer& peer);
    void resume();
    void touch(Peer& peer);
    void announce(std::span<const ConnectionId> to, std::string_view text);
    void announce_all();
    std::size_t announce_some(std::size_t at_most);
    void look_ahead(const Announcement& announcement) const;
    std::string_view due(Peer& peer);
    void write(Peer& peer);
    void write_later(Peer& peer);
    void finish_if_done(Peer& peer);
    void cut(Peer& peer);
    void note_end(Peer& peer);
    void say_farewells();
    void flush();
    std::size_t tell_readers();
    std::size_t flush_readers();
    void bury();
    std::size_t finish();
    std::size_t round(std::size_t done);
};

}  // namespace gridbook::gateway
