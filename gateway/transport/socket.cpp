// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/socket.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "gateway/transport/client.hpp"

namespace gridbook::gateway {

namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const Url& url) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
    if (error != 0) throw std::runtime_error(fmt::format("{}: {}", url.text(), gai_strerror(error)));
    return {found, &freeaddrinfo};
}

pollfd watched(int descriptor, short events) { return {descriptor, events, 0}; }

// 0, or the errno of the attempt.
int try_connect(int descriptor, const addrinfo& address, ClientSocket::Milliseconds timeout) {
    if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    auto watch = watched(descriptor, POLLOUT);
    if (::poll(&watch, 1, static_cast<int>(timeout.count())) <= 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

std::int64_t moved(ssize_t result) {
    if (result > 0) return result;
    const bool would_wait = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return would_wait ? 0 : -1;
}

}  // namespace

ClientSocket ClientSocket::connect(const Url& url, Milliseconds timeout) {
    const Addresses addresses = resolve(url);
    int error = 0;
    for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
        ClientSocket socket(::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        error = socket.open() ? try_connect(socket.descriptor_, *at, timeout) : errno;
        if (error != 0) continue;
        const int on = 1;
        setsockopt(socket.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return socket;
    }
    throw std::runtime_error(fmt::format("{}: cannot connect: {}", url.text(), std::strerror(error)));
}

ClientSocket& ClientSocket::operator=(ClientSocket&& other) noexcept {
    if (this != &other) {
        close();
        descriptor_ = other.release();
    }
    return *this;
}

std::int64_t ClientSocket::read(std::span<char> into) {
    return moved(::recv(descriptor_, into.data(), into.size(), 0));
}

std::int64_t ClientSocket::write(std::string_view bytes) {
    return moved(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

ClientSocket::Ready ClientSocket::wait(bool for_writing, Milliseconds at_most) const {
    auto watch = watched(descriptor_, static_cast<short>(for_writing ? POLLIN | POLLOUT : POLLIN));
    const auto limit = static_cast<int>(std::clamp<std::int64_t>(at_most.count(), 0, 1'000'000'000));
    if (::poll(&watch, 1, limit) <= 0) return {};
    // An error or the end of the stream is told by the next read.
    return {(watch.revents & (POLLIN | POLLERR | POLLHUP)) != 0, (watch.revents & POLLOUT) != 0};
}

void ClientSocket::close() {
    if (const int descriptor = release(); descriptor >= 0) ::close(descriptor);
}

int ClientSocket::release() { return std::exchange(descriptor_, -1); }

}  // namespace gridbook::gateway
