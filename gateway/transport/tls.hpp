// SPDX-License-Identifier: Apache-2.0
#pragma once
// TLS between a socket and a connection, as a filter over bytes in memory: ciphertext in, plaintext out, and
// the other way. It makes no system call, so the server moves the bytes as it does without TLS, and Beast
// never sees it. TLS 1.2 and 1.3, no renegotiation. OpenSSL is named in tls.cpp only.

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gridbook::gateway {

// A certificate with its key, and all settings; shared by the connections that were made with it, so that a
// new one may take its place while they go on.
class TlsContext {
  public:
    // For a server. Throws std::runtime_error naming the file and what is wrong with it: unreadable, no PEM,
    // expired, or a key that does not belong to the certificate.
    static std::shared_ptr<TlsContext> server(const std::string& certificate, const std::string& key);
    // For a client. `authority`: a PEM file of whom to trust; empty: those the machine trusts.
    static std::shared_ptr<TlsContext> client(const std::string& authority);
    ~TlsContext();

  private:
    friend class TlsFilter;
    struct State;
    explicit TlsContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class TlsFilter {
  public:
    // `host`: the name that the server's certificate must have; empty on the server's side.
    explicit TlsFilter(std::shared_ptr<TlsContext> context, const std::string& host = {});
    ~TlsFilter();
    TlsFilter(TlsFilter&&) noexcept;
    TlsFilter& operator=(TlsFilter&&) noexcept;

    enum class Result { ok, ended, broken };

    // Goes on with the handshake; `done` says whether it is over. Reads and writes do that by themselves.
    Result handshake(bool& done);
    // Ciphertext from the peer.
    void feed(std::string_view bytes);
    // Plaintext for us; `size` bytes of `into` were filled, 0 when there is nothing yet. Ended: the peer has
    // said goodbye. Broken: it does not speak TLS, or not with us.
    Result read(std::span<char> into, std::size_t& size);
    // Takes as much plaintext as the handshake allows; `size` says how much.
    Result write(std::string_view bytes, std::size_t& size);
    // Says goodbye.
    void shut();
    // Ciphertext for the peer, handshake and goodbye included.
    std::string_view unsent() const;
    void sent(std::size_t size);
    const std::string& error() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gridbook::gateway
