// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/channel.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "gateway/transport/client.hpp"

namespace gridbook::gateway {

ClientChannel ClientChannel::connect(const Url& url, Milliseconds timeout, const std::string& authority) {
    ClientChannel channel;
    if (url.secure()) {
        // A file that cannot be read is found before anybody is called.
        auto context = TlsContext::client(authority);
        channel.socket_ = ClientSocket::connect(url, timeout);
        channel.tls_.emplace(std::move(context), url.host);
        channel.shake_hands(url, timeout);
        return channel;
    }
    channel.socket_ = ClientSocket::connect(url, timeout);
    return channel;
}

// Waited for here, so that a certificate that is refused is told as such, and nothing is said before.
void ClientChannel::shake_hands(const Url& url, Milliseconds timeout) {
    const auto fail = [&](std::string_view why) {
        throw std::runtime_error(fmt::format("{}: TLS: {}", url.text(), why));
    };
    const auto end = std::chrono::steady_clock::now() + timeout;
    std::array<char, 16 * 1024> chunk;
    for (bool done = false;;) {
        const bool broken = tls_->handshake(done) != TlsFilter::Result::ok;
        push();
        if (broken) fail(tls_->error().empty() ? "the peer hung up during the handshake" : tls_->error());
        if (done) return;
        if (std::chrono::steady_clock::now() >= end) fail("no answer to the handshake in time");
        wait(false, Milliseconds(100));
        const auto size = socket_.read(chunk);
        if (size < 0) fail("the peer hung up during the handshake; does it speak TLS on this port?");
        tls_->feed({chunk.data(), static_cast<std::size_t>(size)});
    }
}

// Ciphertext leaves as far as the socket takes it. False: the connection is over.
bool ClientChannel::push() {
    while (!tls_->unsent().empty()) {
        const auto size = socket_.write(tls_->unsent());
        if (size < 0) return false;
        if (size == 0) return true;
        tls_->sent(static_cast<std::size_t>(size));
    }
    return true;
}

std::int64_t ClientChannel::read(std::span<char> into) { return tls_ ? decrypt(into) : socket_.read(into); }

// All there is: nobody would wake us for what has left the socket already.
std::int64_t ClientChannel::decrypt(std::span<char> into) {
    std::array<char, 16 * 1024> chunk;
    std::size_t got = 0;
    for (bool over = false; got < into.size();) {
        std::size_t size = 0;
        const auto result = tls_->read(into.subspan(got), size);
        got += size;
        if (size > 0) continue;
        if (result != TlsFilter::Result::ok || over) return got > 0 ? static_cast<std::int64_t>(got) : -1;
        const auto came = socket_.read(chunk);
        if (came == 0) break;
        over = came < 0;
        if (!over) tls_->feed({chunk.data(), static_cast<std::size_t>(came)});
    }
    if (!push() && got == 0) return -1;
    return static_cast<std::int64_t>(got);
}

std::int64_t ClientChannel::write(std::string_view bytes) {
    if (!tls_) return socket_.write(bytes);
    std::size_t size = 0;
    // What is encrypted already leaves first: a peer that does not read is not written ahead of.
    if (!push()) return -1;
    if (!tls_->unsent().empty()) return 0;
    if (tls_->write(bytes, size) != TlsFilter::Result::ok || !push()) return -1;
    return static_cast<std::int64_t>(size);
}

ClientSocket::Ready ClientChannel::wait(bool for_writing, Milliseconds at_most) const {
    return socket_.wait(for_writing || (tls_ && !tls_->unsent().empty()), at_most);
}

void ClientChannel::close() {
    if (tls_ && socket_.open()) {
        tls_->shut();
        push();
    }
    socket_.close();
}

}  // namespace gridbook::gateway
