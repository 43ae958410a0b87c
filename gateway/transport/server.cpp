// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/server.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "gateway/transport/sockets.hpp"

namespace gridbook::gateway {

using boost::system::error_code;

namespace {

// How soon a reader that was stopped for want of room is tried again when nothing else happens.
constexpr engine::Duration retry_after{engine::millisecond};

}  // namespace

Server::Server(const std::string& address, std::uint16_t port, const ServerLimits& limits, Inbox& inbox)
    : sockets_(std::make_unique<Sockets>(limits, inbox)) {
    sockets_->host.now = std::chrono::steady_clock::now();
    sockets_->listen(address, port);
    const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) throw std::runtime_error("cannot make an eventfd: too many open files");
    sockets_->wake.assign(descriptor);
    sockets_->watch();
    sockets_->tick_later();
    sockets_->accept_next();
}

Server::~Server() = default;

std::size_t Server::poll() { return sockets_->round(0); }

std::size_t Server::wait(engine::Duration at_most) {
    if (const std::size_t done = poll(); done > 0) return done;
    const auto limit = sockets_->waiting.empty() ? at_most : std::min(at_most, retry_after);
    return sockets_->round(sockets_->io.run_one_for(std::chrono::nanoseconds(limit.value)));
}

void Server::stop(engine::Duration at_most) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(at_most.value);
    error_code ec;
    sockets_->stopped = true;
    sockets_->acceptor.close(ec);
    sockets_->host.now = std::chrono::steady_clock::now();
    for (const auto& peer : sockets_->peers) {
        peer->connection.close(1001, "shutdown");
        sockets_->touch(*peer);
    }
    while (!sockets_->peers.empty() && std::chrono::steady_clock::now() < end) wait(engine::millisecond * 10);
    for (const auto& peer : sockets_->peers) sockets_->cut(*peer);
    poll();
}

void Server::on_signal(std::function<void()> callback) {
    sockets_->signalled = std::move(callback);
    if (sockets_->signals) return;
    sockets_->signals.emplace(sockets_->io, SIGINT, SIGTERM);
    struct Again {
        Sockets& sockets;
        void operator()(error_code ec, int) {
            if (ec) return;
            sockets.signalled();
            sockets.signals->async_wait(Again{sockets});
        }
    };
    sockets_->signals->async_wait(Again{*sockets_});
}

void Server::send(ConnectionId connection, std::string_view text) {
    Peer* peer = sockets_->find(connection);
    if (peer == nullptr) return;
    peer->connection.send(text);
    sockets_->touch(*peer);
}

void Server::close(ConnectionId connection, std::uint16_t code, std::string_view reason) {
    Peer* peer = sockets_->find(connection);
    if (peer == nullptr) return;
    peer->connection.close(code, reason);
    sockets_->touch(*peer);
}

void Server::respond(HttpId request, unsigned status, std::string_view content_type, std::string_view body) {
    const auto asked = sockets_->host.asked.find(request);
    if (asked == sockets_->host.asked.end()) return;
    Peer* peer = sockets_->find(asked->second);
    if (peer == nullptr) return;
    peer->connection.respond(status, content_type, body);
    sockets_->touch(*peer);
    // More requests may already be there; the next poll looks.
    if (!std::exchange(peer->waiting, true)) sockets_->waiting.push_back(peer->connection.id());
}

void Server::flush() { sockets_->flush(); }

std::uint16_t Server::port() const { return sockets_->listening_port; }
std::size_t Server::connections() const { return sockets_->peers.size(); }
int Server::wake_descriptor() const { return sockets_->wake.native_handle(); }

void IoSleeper::rouse() {
    const std::uint64_t one = 1;
    // It cannot fail in a way that matters: when the counter is full the thread is awake anyway.
    [[maybe_unused]] const auto written = ::write(server_.wake_descriptor(), &one, sizeof one);
}

}  // namespace gridbook::gateway
