// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/server.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "gateway/transport/sockets.hpp"

namespace gridbook::gateway {

using boost::system::error_code;

namespace {

// How soon a peer that was stopped for want of room, or by its pace, is tried again when nothing else
// happens.
constexpr engine::Duration retry_after{engine::millisecond};

}  // namespace

Server::Server(const std::string& address, std::uint16_t port, const ServerLimits& limits, Inbox& inbox)
    : sockets_(std::make_unique<Sockets>(limits, inbox)) {
    sockets_->host.now = std::chrono::steady_clock::now();
    sockets_->listen(address, port, false);
    const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) throw std::runtime_error("cannot make an eventfd: too many open files");
    sockets_->wake.assign(descriptor);
    sockets_->watch();
    sockets_->tick_later();
    sockets_->accept_next(sockets_->listeners.front());
}

Server::~Server() = default;

std::size_t Server::poll() { return sockets_->round(0); }

// What one peer has asked is answered before the next is looked for: no system call stands between.
std::size_t Server::wait(engine::Duration at_most) {
    if (!sockets_->waiting.empty()) sockets_->resume();
    if (const std::size_t done = sockets_->finish(); done > 0) return sockets_->round(done);
    const bool soon = !sockets_->waiting.empty() || !sockets_->readers.empty();
    const auto limit = soon ? std::min(at_most, retry_after) : at_most;
    const std::size_t done = sockets_->io.run_one_for(std::chrono::nanoseconds(limit.value));
    return sockets_->round(done + sockets_->finish());
}

void Server::stop(engine::Duration at_most) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(at_most.value);
    error_code ec;
    sockets_->stopped = true;
    for (Listener& listener : sockets_->listeners) listener.acceptor.close(ec);
    sockets_->host.now = std::chrono::steady_clock::now();
    sockets_->announce_all();
    for (const auto& peer : sockets_->peers) {
        peer->connection.close(1001, "shutdown");
        sockets_->touch(*peer);
    }
    while (!sockets_->peers.empty() && std::chrono::steady_clock::now() < end) wait(engine::millisecond * 10);
    for (const auto& peer : sockets_->peers) sockets_->cut(*peer);
    poll();
}

namespace {

struct Again {
    Sockets::Signals& signals;
    void operator()(error_code ec, int) {
        if (ec) return;
        signals.callback();
        signals.set.async_wait(Again{signals});
    }
};

void watch(Sockets& sockets, std::initializer_list<int> numbers, std::function<void()> callback) {
    auto& signals = sockets.signals.emplace_back(sockets.io, std::move(callback));
    for (const int number : numbers) signals.set.add(number);
    signals.set.async_wait(Again{signals});
}

}  // namespace

void Server::on_signal(std::function<void()> callback) {
    watch(*sockets_, {SIGINT, SIGTERM}, std::move(callback));
}

void Server::on_hangup(std::function<void()> callback) { watch(*sockets_, {SIGHUP}, std::move(callback)); }

void Server::use_tls(const std::string& certificate, const std::string& key) {
    sockets_->tls = TlsContext::server(certificate, key);
    sockets_->listeners.front().tls = true;
}

void Server::listen_plain(const std::string& address, std::uint16_t port) {
    sockets_->listen(address, port, false);
    sockets_->accept_next(sockets_->listeners.back());
}

void Server::send(ConnectionId connection, std::string_view text) {
    Peer* peer = sockets_->find(connection);
    if (peer == nullptr) return;
    if (peer->connection.reads_market()) sockets_->announce_all();
    peer->connection.send(text);
    sockets_->touch(*peer);
}

void Server::send_each(std::span<const ConnectionId> connections, std::string_view text) {
    sockets_->announce(connections, text);
}

void Server::close(ConnectionId connection, std::uint16_t code, std::string_view reason) {
    Peer* peer = sockets_->find(connection);
    if (peer == nullptr) return;
    if (peer->connection.reads_market()) sockets_->announce_all();
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

std::size_t Server::unsent(ConnectionId connection) const {
    Peer* peer = sockets_->find(connection);
    return peer == nullptr ? 0 : peer->connection.layer().unsent().size();
}

void Server::flush() { sockets_->flush(); }

std::uint16_t Server::port() const { return sockets_->listeners.front().acceptor.local_endpoint().port(); }
std::uint16_t Server::plain_port() const {
    return sockets_->listeners.back().acceptor.local_endpoint().port();
}
std::size_t Server::connections() const { return sockets_->peers.size(); }
int Server::wake_descriptor() const { return sockets_->wake.native_handle(); }

void IoSleeper::rouse() {
    const std::uint64_t one = 1;
    // It cannot fail in a way that matters: when the counter is full the thread is awake anyway.
    [[maybe_unused]] const auto written = ::write(server_.wake_descriptor(), &one, sizeof one);
}

}  // namespace gridbook::gateway
