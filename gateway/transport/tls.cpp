// SPDX-License-Identifier: Apache-2.0
#include "gateway/transport/tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace gridbook::gateway {

namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
    void operator()(SSL* session) const { SSL_free(session); }
};

// The last error of this thread as a sentence, and none is left behind for the next connection.
std::string what_openssl_says() {
    char text[256] = "unknown error";
    if (const unsigned long code = ERR_peek_last_error(); code != 0)
        ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return text;
}

std::unique_ptr<SSL_CTX, FreeContext> make_context(const SSL_METHOD* method) {
    std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(method));
    if (!context) throw std::runtime_error("TLS: " + what_openssl_says());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

}  // namespace

struct TlsContext::State {
    std::unique_ptr<SSL_CTX, FreeContext> context;
    bool server = false;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

std::shared_ptr<TlsContext> TlsContext::server(const std::string& certificate, const std::string& key) {
    auto context = make_context(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        throw std::runtime_error(fmt::format("server.certificate {}: {}", certificate, what_openssl_says()));
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error(fmt::format("server.key {}: {}", key, what_openssl_says()));
    if (SSL_CTX_check_private_key(context.get()) != 1)
        throw std::runtime_error(
            fmt::format("server.key {} does not belong to server.certificate {}", key, certificate));
    if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()))) <= 0) {
        throw std::runtime_error(fmt::format("server.certificate {} has expired", certificate));
    }
    return std::shared_ptr<TlsContext>(
        new TlsContext(std::make_unique<State>(State{std::move(context), true})));
}

std::shared_ptr<TlsContext> TlsContext::client(const std::string& authority) {
    auto context = make_context(TLS_client_method());
    const int loaded = authority.empty()
                           ? SSL_CTX_set_default_verify_paths(context.get())
                           : SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr);
    if (loaded != 1)
        throw std::runtime_error(
            fmt::format("{}: not a PEM file of certificates: {}", authority, what_openssl_says()));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return std::shared_ptr<TlsContext>(
        new TlsContext(std::make_unique<State>(State{std::move(context), false})));
}

// ---- one connection ----

struct TlsFilter::State {
    std::shared_ptr<TlsContext> context;  // lives as long as its sessions
    std::unique_ptr<SSL, FreeSession> session;
    BIO* in = nullptr;  // the session owns both
    BIO* out = nullptr;
    std::string unsent;
    std::size_t sent = 0;
    std::string error;

    // What the session has to say goes to the end of what is unsent.
    void collect() {
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(out, &bytes);
        if (size <= 0) return;
        unsent.append(bytes, static_cast<std::size_t>(size));
        BIO_reset(out);
    }
    Result outcome(int returned) {
        const int why = SSL_get_error(session.get(), returned);
        collect();
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return Result::ok;
        if (why == SSL_ERROR_ZERO_RETURN) return Result::ended;
        error = what_openssl_says();
        // Which of the many reasons a certificate was refused for stands elsewhere.
        if (const long verdict = SSL_get_verify_result(session.get()); verdict != X509_V_OK)
            error = fmt::format("the certificate is refused: {}", X509_verify_cert_error_string(verdict));
        return Result::broken;
    }
};

TlsFilter::TlsFilter(std::shared_ptr<TlsContext> context, const std::string& host)
    : state_(std::make_unique<State>()) {
    State& s = *state_;
    s.context = std::move(context);
    s.session.reset(SSL_new(s.context->state_->context.get()));
    s.in = BIO_new(BIO_s_mem());
    s.out = BIO_new(BIO_s_mem());
    if (!s.session || s.in == nullptr || s.out == nullptr)
        throw std::runtime_error("TLS: " + what_openssl_says());
    // An empty input means "not yet", not "over".
    BIO_set_mem_eof_return(s.in, -1);
    SSL_set_bio(s.session.get(), s.in, s.out);
    if (s.context->state_->server) {
        SSL_set_accept_state(s.session.get());
        return;
    }
    SSL_set_connect_state(s.session.get());
    SSL_set_tlsext_host_name(s.session.get(), host.c_str());
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s.session.get()), host.c_str()) != 1)
        SSL_set1_host(s.session.get(), host.c_str());
    ERR_clear_error();
}

TlsFilter::~TlsFilter() = default;
TlsFilter::TlsFilter(TlsFilter&&) noexcept = default;
TlsFilter& TlsFilter::operator=(TlsFilter&&) noexcept = default;

TlsFilter::Result TlsFilter::handshake(bool& done) {
    const int result = SSL_do_handshake(state_->session.get());
    done = result == 1;
    if (!done) return state_->outcome(result);
    state_->collect();
    return Result::ok;
}

void TlsFilter::feed(std::string_view bytes) {
    BIO_write(state_->in, bytes.data(), static_cast<int>(bytes.size()));
}

TlsFilter::Result TlsFilter::read(std::span<char> into, std::size_t& size) {
    size = 0;
    if (into.empty()) return Result::ok;
    const int got = SSL_read(state_->session.get(), into.data(), static_cast<int>(into.size()));
    if (got <= 0) return state_->outcome(got);
    state_->collect();
    size = static_cast<std::size_t>(got);
    return Result::ok;
}

TlsFilter::Result TlsFilter::write(std::string_view bytes, std::size_t& size) {
    constexpr std::size_t at_once = 64 * 1024;
    size = 0;
    while (size < bytes.size() && size < at_once) {
        const auto rest = bytes.substr(size, at_once);
        const int put = SSL_write(state_->session.get(), rest.data(), static_cast<int>(rest.size()));
        if (put <= 0) return state_->outcome(put);
        size += static_cast<std::size_t>(put);
    }
    state_->collect();
    return Result::ok;
}

void TlsFilter::shut() {
    SSL_shutdown(state_->session.get());
    ERR_clear_error();
    state_->collect();
}

std::string_view TlsFilter::unsent() const { return std::string_view(state_->unsent).substr(state_->sent); }

void TlsFilter::sent(std::size_t size) {
    state_->sent += size;
    if (state_->sent != state_->unsent.size()) return;
    state_->unsent.clear();
    state_->sent = 0;
}

const std::string& TlsFilter::error() const { return state_->error; }

}  // namespace gridbook::gateway
