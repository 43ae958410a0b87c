// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two contenders that are not ours:
//
//   EpollEcho    bytes back as they came, no protocol: what the kernel and the load client allow
//   PlainBeast   async_read, parse, acknowledge, async_write: what one gets from Beast without further
//   thought

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "bench/gateway/counterpart.hpp"

namespace gridbook::bench {

class EpollEcho final : public Counterpart {
  public:
    EpollEcho()
        : acceptor_(io_, Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          thread_([this] { serve(); }) {}
    ~EpollEcho() override {
        stopping_ = true;
        thread_.join();
        for (const int socket : sockets_) ::close(socket);
    }
    std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }
    bool handshakes() const override { return false; }

  private:
    using Tcp = boost::asio::ip::tcp;

    void serve() {
        const int poll = epoll_create1(0);
        acceptor_.non_blocking(true);
        watch(poll, acceptor_.native_handle());
        std::array<epoll_event, 256> events;
        while (!stopping_) {
            const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 20);
            for (int i = 0; i < ready; ++i) handle(poll, events[static_cast<std::size_t>(i)].data.fd);
        }
        ::close(poll);
    }
    void handle(int poll, int socket) {
        if (socket != acceptor_.native_handle()) return echo(poll, socket);
        const int peer = ::accept4(socket, nullptr, nullptr, SOCK_NONBLOCK);
        if (peer < 0) return;
        const int on = 1;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, peer);
        sockets_.push_back(peer);
    }
    static void watch(int poll, int socket) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
        epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    }
    void echo(int poll, int socket) {
        const ssize_t size = ::recv(socket, buffer_.data(), buffer_.size(), 0);
        if (size == 0) epoll_ctl(poll, EPOLL_CTL_DEL, socket, nullptr);
        for (ssize_t sent = 0; sent < size;) {
            const ssize_t part =
                ::send(socket, buffer_.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
            if (part < 0 && errno != EAGAIN) break;
            if (part > 0) sent += part;
        }
    }

    boost::asio::io_context io_;
    Tcp::acceptor acceptor_;
    std::vector<int> sockets_;
    std::array<char, 65'536> buffer_{};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

class PlainBeast final : public Counterpart {
  public:
    PlainBeast() : acceptor_(io_, Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~PlainBeast() override {
        io_.stop();
        thread_.join();
    }
    std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  private:
    using Tcp = boost::asio::ip::tcp;
    using ErrorCode = boost::system::error_code;

    struct Session : std::enable_shared_from_this<Session> {
        explicit Session(Tcp::socket&& socket) : ws(std::move(socket)) {}
        void start() {
            ws.async_accept([self = shared_from_this()](ErrorCode ec) {
                if (!ec) self->read();
            });
        }
        void read() {
            ws.async_read(buffer, [self = shared_from_this()](ErrorCode ec, std::size_t) {
                if (!ec) self->write();
            });
        }
        void write() {
            const auto data = buffer.data();
            reply = acknowledger.answer({static_cast<const char*>(data.data()), data.size()});
            buffer.consume(buffer.size());
            ws.text(true);
            ws.async_write(boost::asio::buffer(reply),
                           [self = shared_from_this()](ErrorCode ec, std::size_t) {
                               if (!ec) self->read();
                           });
        }
        boost::beast::websocket::stream<Tcp::socket> ws;
        boost::beast::flat_buffer buffer;
        std::string reply;
        Acknowledger acknowledger;
    };
    void accept() {
        acceptor_.async_accept([this](ErrorCode ec, Tcp::socket socket) {
            if (ec) return;
            socket.set_option(Tcp::no_delay(true));
            std::make_shared<Session>(std::move(socket))->start();
            accept();
        });
    }

    boost::asio::io_context io_{1};
    Tcp::acceptor acceptor_;
    std::thread thread_;
};

}  // namespace gridbook::bench
