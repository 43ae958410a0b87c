// SPDX-License-Identifier: Apache-2.0
#pragma once
// A client's connection, plain or with TLS (schemes wss and https): the reads, writes and waits of a
// ClientSocket, whatever lies between. With TLS it is connected only when the server has shown a certificate
// for the host of the URL, signed by whom we trust.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/transport/socket.hpp"
#include "gateway/transport/tls.hpp"

namespace gridbook::gateway {

class ClientChannel {
  public:
    using Milliseconds = ClientSocket::Milliseconds;

    // `authority`: a PEM file of whom to trust; empty: those the machine trusts. Throws std::runtime_error
    // naming URL and cause.
    static ClientChannel connect(const Url& url, Milliseconds timeout, const std::string& authority);

    ClientChannel() = default;

    // As ClientSocket's. What is read is all that has come, as far as there is room.
    std::int64_t read(std::span<char> into);
    std::int64_t write(std::string_view bytes);
    ClientSocket::Ready wait(bool for_writing, Milliseconds at_most) const;

    void close();
    bool open() const { return socket_.open(); }
    int descriptor() const { return socket_.descriptor(); }

  private:
    void shake_hands(const Url& url, Milliseconds timeout);
    bool push();
    std::int64_t decrypt(std::span<char> into);

    ClientSocket socket_;
    std::optional<TlsFilter> tls_;
};

}  // namespace gridbook::gateway
