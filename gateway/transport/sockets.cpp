// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/sockets.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

namespace gridbook::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds tick_length{200};
// Peers beyond the limit get their 503; beyond this many more they are cut at once.
constexpr std::size_t turned_away_max = 64;
// An IPv6 host usually has a /64 to itself.
std::string counted_as(const asio::ip::address& address) {
    if (!address.is_v6() || address.to_v6().is_v4_mapped()) return address.to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace

// ---- start ----

void Sockets::listen(const std::string& address, std::uint16_t port, bool with_tls) {
    error_code ec;
    const auto ip = asio::ip::make_address(address, ec);
    if (ec) throw std::runtime_error(fmt::format("cannot listen on {}:{}: not an IP address", address, port));
    const tcp::endpoint endpoint(ip, port);
    Acceptor& acceptor = listeners.emplace_back(io, with_tls).acceptor;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec == asio::error::address_in_use)
        throw std::runtime_error(
            fmt::format("cannot listen on {}:{}: the port is taken by another program", address, port));
    if (ec) throw std::runtime_error(fmt::format("cannot listen on {}:{}: {}", address, port, ec.message()));
    std::size_t size = 64;
    while (size < 2 * (host.limits.connections + turned_away_max)) size *= 2;
    if (slots.empty()) slots.assign(size, nullptr);
}

void Sockets::watch() {
    wake.async_read_some(asio::buffer(&wakes, sizeof wakes), [this](error_code ec, std::size_t) {
        if (!ec) watch();
    });
}

void Sockets::tick_later() {
    ticker.expires_after(tick_length);
    ticker.async_wait([this](error_code ec) {
        if (!ec) tick();
    });
}

void Sockets::tick() {
    host.now = std::chrono::steady_clock::now();
    for (const auto& peer : peers) {
        if (peer->dead) continue;
        const bool stays = peer->connection.tick(peer->waiting);
        touch(*peer);
        if (!stays) cut(*peer);
    }
    host.addresses.tick(host.time());
    for (Listener& listener : listeners)
        if (!listener.accepting && !stopped) accept_next(listener);
    tick_later();
}

// ---- accept ----

void Sockets::accept_next(Listener& listener) {
    listener.accepting = true;
    listener.acceptor.async_accept(io, [this, &listener](error_code ec, Socket socket) {
        listener.accepting = false;
        if (stopped) return;
        if (!ec) admit(std::move(socket), listener.tls);
        // Out of descriptors: the next tick tries again, instead of turning in a circle.
        if (!ec || ec == asio::error::connection_aborted) accept_next(listener);
    });
}

void Sockets::admit(Socket&& socket, bool with_tls) {
    if (peers.size() >= host.limits.connections + turned_away_max) return;
    error_code ec;
    const auto endpoint = socket.remote_endpoint(ec);
    if (!ec) socket.non_blocking(true, ec);
    if (!ec) socket.set_option(tcp::no_delay(true), ec);
    if (ec) return;
    host.now = std::chrono::steady_clock::now();
    Remote remote{endpoint.address().to_string(), counted_as(endpoint.address()), TurnedAway::no};
    if (peers.size() >= host.limits.connections) remote.turned_away = TurnedAway::server_full;
    if (!host.addresses.connect(remote.host)) remote.turned_away = TurnedAway::address_full;
    const ConnectionId id = next_id();
    auto peer = std::make_unique<Peer>(host, id, std::move(remote), std::move(socket));
    if (with_tls) {
        peer->tls.emplace(tls);
        peer->ciphertext = std::make_unique<std::array<char, 16 * 1024>>();
    }
    slots[id & (slots.size() - 1)] = peer.get();
    peers.push_back(std::move(peer));
    arm_read(*peers.back());
}

ConnectionId Sockets::next_id() {
    do ++last_id;
    while (last_id == 0 || slots[last_id & (slots.size() - 1)] != nullptr);
    return last_id;
}

// ---- in ----

// A read that is begun asks the socket at once, mostly in vain: that waits until what is to be said has left.
void Sockets::arm_later(Peer& peer) {
    if (!std::exchange(peer.unarmed, true)) unarmed.push_back(peer.connection.id());
}

void Sockets::arm_reads() {
    for (std::size_t i = 0; i < unarmed.size(); ++i) {
        Peer* peer = find(unarmed[i]);
        if (peer == nullptr) continue;
        peer->unarmed = false;
        arm_read(*peer);
    }
    unarmed.clear();
}

void Sockets::arm_read(Peer& peer) {
    const auto room = peer.connection.layer().room();
    if (peer.reading || peer.dead || room.empty()) return;
    peer.reading = true;
    const auto into = peer.tls ? asio::buffer(*peer.ciphertext) : asio::buffer(room.data(), room.size());
    peer.socket.async_read_some(into, [this, &peer](error_code ec, std::size_t size) {
        peer.reading = false;
        read(peer, ec, size);
    });
}

void Sockets::read(Peer& peer, error_code ec, std::size_t size) {
    if (peer.dead) {
        burials = true;
        return;
    }
    if (ec) return cut(peer);
    if (peer.tls)
        peer.tls->feed({peer.ciphertext->data(), size});
    else
        peer.connection.layer().commit(size);
    peer.connection.heard();
    service(peer);
}

// What the filter has for us goes into the layer, as far as there is room. False: the peer has gone.
bool Sockets::decrypt(Peer& peer) {
    BufferedLayer& layer = peer.connection.layer();
    for (auto room = layer.room(); !room.empty(); room = layer.room()) {
        std::size_t size = 0;
        if (peer.tls->read(room, size) != TlsFilter::Result::ok) return false;
        if (size == 0) return true;
        layer.commit(size);
    }
    return true;
}

void Sockets::service(Peer& peer) {
    auto drained = Connection::Drained::dry;
    bool over = false, full = false;
    do {
        over = peer.tls && !decrypt(peer);
        full = peer.tls && peer.connection.layer().room().empty();
        try {
            drained = peer.connection.drain();
        } catch (const std::exception& error) {
            spdlog::error("connection {}: {}", peer.connection.id(), error.what());
            peer.connection.fail();
        }
    } while (full && drained == Connection::Drained::dry && !peer.connection.layer().room().empty());
    if (over) {
        // An alert may be on its way: why we and the peer do not understand each other.
        write(peer);
        return cut(peer);
    }
    touch(peer);
    if (drained == Connection::Drained::dry) return arm_later(peer);
    if (!std::exchange(peer.waiting, true)) waiting.push_back(peer.connection.id());
}

// Drains those again that had to wait, for room in the pipeline or for an answer.
void Sockets::resume() {
    std::vector<ConnectionId> again;
    again.swap(waiting);
    for (const ConnectionId id : again) {
        Peer* peer = find(id);
        if (peer == nullptr) continue;
        peer->waiting = false;
        service(*peer);
    }
    // The list keeps its memory from one time to the next.
    if (waiting.empty()) {
        again.clear();
        waiting.swap(again);
    }
}

// ---- out ----

// Whatever happened to a connection, this puts it into the lists where it belongs.
void Sockets::touch(Peer& peer) {
    if (peer.dead) return;
    if (peer.connection.phase() == Connection::Phase::closing) note_end(peer);
    const bool due = !peer.connection.layer().unsent().empty() || (peer.tls && !peer.tls->unsent().empty()) ||
                     peer.connection.phase() == Connection::Phase::closing;
    if (!due || peer.writing || std::exchange(peer.dirty, true)) return;
    if (peer.connection.reads_market())
        readers.push_back(peer.connection.id());
    else
        dirty.push_back(peer.connection.id());
}

void Sockets::flush() {
    for (std::size_t i = 0; i < dirty.size(); ++i) {
        Peer* peer = find(dirty[i]);
        if (peer == nullptr) continue;
        peer->dirty = false;
        write(*peer);
    }
    dirty.clear();
}

// What the socket is to take next. Only so much is encrypted ahead that the budget still sees what waits.
std::string_view Sockets::due(Peer& peer) {
    BufferedLayer& layer = peer.connection.layer();
    if (!peer.tls) return layer.unsent();
    if (peer.tls->unsent().empty() && !layer.unsent().empty()) {
        std::size_t size = 0;
        peer.tls->write(layer.unsent(), size);
        layer.sent(size);
    }
    return peer.tls->unsent();
}

void Sockets::write(Peer& peer) {
    for (auto unsent = due(peer); !unsent.empty(); unsent = due(peer)) {
        error_code ec;
        const std::size_t size = peer.socket.write_some(asio::buffer(unsent.data(), unsent.size()), ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) return write_later(peer);
        if (ec) return cut(peer);
        peer.tls ? peer.tls->sent(size) : peer.connection.layer().sent(size);
        if (size < unsent.size()) return write_later(peer);
    }
    // A handshake that is not done yet holds back what was said.
    if (peer.connection.layer().unsent().empty()) finish_if_done(peer);
}

void Sockets::write_later(Peer& peer) {
    peer.writing = true;
    peer.socket.async_wait(Socket::wait_write, [this, &peer](error_code ec) {
        peer.writing = false;
        if (peer.dead) {
            burials = true;
        } else if (ec) {
            cut(peer);
        } else {
            write(peer);
        }
    });
}

// After its last word a connection is only listened to until the peer hangs up: closing at once with input
// unread would reset it, and the peer might never read that last word.
void Sockets::finish_if_done(Peer& peer) {
    if (peer.connection.phase() != Connection::Phase::closing || std::exchange(peer.shut, true)) return;
    error_code ec;
    if (peer.tls) {
        peer.tls->shut();
        const auto goodbye = peer.tls->unsent();
        peer.socket.write_some(asio::buffer(goodbye.data(), goodbye.size()), ec);
    }
    peer.socket.shutdown(Socket::shutdown_send, ec);
    if (ec) return cut(peer);
    peer.connection.layer().discard_input();
    arm_read(peer);
}

// ---- the end of a connection ----

void Sockets::cut(Peer& peer) {
    if (std::exchange(peer.dead, true)) return;
    error_code ec;
    peer.socket.close(ec);
    note_end(peer);
    burials = true;
}

void Sockets::note_end(Peer& peer) {
    if (peer.connection.was_open() && !std::exchange(peer.farewelled, true))
        farewells.push_back(peer.connection.id());
}

void Sockets::say_farewells() {
    for (std::size_t i = 0; i < farewells.size(); ++i) {
        try {
            host.inbox.closed(farewells[i]);
        } catch (const std::exception& error) {
            spdlog::error("connection {}: {}", farewells[i], error.what());
        }
    }
    farewells.clear();
}

void Sockets::bury() {
    if (!std::exchange(burials, false)) return;
    for (std::size_t i = 0; i < peers.size();) {
        if (!peers[i]->dead || peers[i]->busy()) {
            ++i;
            continue;
        }
        slots[peers[i]->connection.id() & (slots.size() - 1)] = nullptr;
        host.addresses.release(peers[i]->connection.remote().host, host.time());
        std::swap(peers[i], peers.back());
        peers.pop_back();
    }
}

// The end of a round: what was said leaves first.
std::size_t Sockets::finish() {
    flush();
    say_farewells();
    flush();
    const std::size_t told = tell_readers();
    arm_reads();
    bury();
    return told;
}

std::size_t Sockets::round(std::size_t done) {
    if (!waiting.empty()) resume();
    done += io.poll();
    return done + finish();
}

}  // namespace gridbook::gateway
