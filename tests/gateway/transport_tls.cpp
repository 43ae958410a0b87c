// SPDX-License-Identifier: Apache-2.0
// TLS on the exchange's port, with certificates made for the test: trusted, renewed without a restart,
// refused.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>

#include "gateway/transport/tls.hpp"
#include "tests/gateway/transport_harness.hpp"

namespace gridbook::gateway::test {

namespace {

namespace fs = std::filesystem;

// A self-signed certificate for localhost and 127.0.0.1 in a folder of its own.
class Certificate {
  public:
    explicit Certificate(long serial, long seconds = 3'600) {
        folder_ = fs::temp_directory_path() /
                  ("gridbook-tls-" + std::to_string(getpid()) + "-" + std::to_string(serial));
        fs::create_directories(folder_);
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* x = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
        X509_gmtime_adj(X509_getm_notBefore(x), -3'600);
        X509_gmtime_adj(X509_getm_notAfter(x), seconds);
        X509_set_version(x, 2);
        X509_set_pubkey(x, key);
        X509_NAME* name = X509_get_subject_name(x);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(x, name);
        X509_EXTENSION* names =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
        X509_add_ext(x, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(x, key, EVP_sha256());
        FILE* out = fopen(certificate().c_str(), "w");
        PEM_write_X509(out, x);
        fclose(out);
        out = fopen(key_file().c_str(), "w");
        PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
        fclose(out);
        X509_free(x);
        EVP_PKEY_free(key);
    }
    ~Certificate() { fs::remove_all(folder_); }
    std::string certificate() const { return folder_ / "certificate.pem"; }
    std::string key_file() const { return folder_ / "key.pem"; }

  private:
    fs::path folder_;
};

// A plain socket with a filter in front of it, as a client would have.
class TlsPeer {
  public:
    TlsPeer(const Loopback& at, const std::string& authority, const std::string& host = "localhost")
        : socket_(at.raw()), filter_(TlsContext::client(authority), host) {}

    // Sends, and reads until `enough` was heard; empty when the handshake failed.
    std::string ask(std::string_view text, std::string_view enough) {
        std::string heard;
        const auto end = std::chrono::steady_clock::now() + milliseconds(5'000);
        while (std::chrono::steady_clock::now() < end && heard.find(enough) == std::string::npos) {
            std::size_t size = 0;
            if (filter_.write(text, size) == TlsFilter::Result::broken) return {};
            text.remove_prefix(size);
            while (!filter_.unsent().empty()) {
                const auto sent = socket_.write(filter_.unsent());
                if (sent < 0) return heard;
                filter_.sent(static_cast<std::size_t>(sent));
            }
            std::array<char, 20'000> chunk;
            if (socket_.wait(false, milliseconds(20)).readable) {
                const auto got = socket_.read(chunk);
                if (got < 0) return heard;
                filter_.feed({chunk.data(), static_cast<std::size_t>(got)});
            }
            for (size = 1; size > 0;) {
                if (filter_.read(chunk, size) != TlsFilter::Result::ok) return heard;
                heard.append(chunk.data(), size);
            }
        }
        return heard;
    }
    const std::string& error() const { return filter_.error(); }

  private:
    ClientSocket socket_;
    TlsFilter filter_;
};

struct TlsLoopback : Loopback {
    explicit TlsLoopback(const Certificate& certificate) {
        server.use_tls(certificate.certificate(), certificate.key_file());
    }
};

std::string post(std::size_t size) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           std::string(size, 'b');
}

}  // namespace

TEST_CASE("requests and answers of every size pass through TLS", "[transport][tls]") {
    const Certificate certificate(1);
    const TlsLoopback at(certificate);
    TlsPeer peer(at, certificate.certificate());
    CHECK(peer.ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET").find("200 OK") != std::string::npos);
    CHECK(peer.ask(post(60'000), std::string(60'000, 'b')).find("POST") != std::string::npos);
    CHECK(peer.ask("GET /large HTTP/1.1\r\nHost: x\r\n\r\n", std::string(100'000, 'l')).size() > 100'000);
}

TEST_CASE("a WebSocket goes through TLS with its frames in order", "[transport][tls]") {
    const Certificate certificate(2);
    const TlsLoopback at(certificate);
    TlsPeer peer(at, certificate.certificate(), "127.0.0.1");
    REQUIRE(peer.ask("GET /v1/trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                     "\r\n\r\n")
                .find("101") != std::string::npos);
    std::string frames, wanted;
    for (int i = 0; i < 2'000; ++i) {
        frames += masked(Opcode::text, "message " + std::to_string(i));
        append_frame(wanted, Opcode::text, "message " + std::to_string(i));
    }
    CHECK(peer.ask(frames, "message 1999") == wanted);
}

TEST_CASE("a client that does not trust the certificate, or wants another host, goes no further",
          "[transport][tls]") {
    const Certificate certificate(3), other(4);
    const TlsLoopback at(certificate);
    TlsPeer suspicious(at, other.certificate());
    CHECK(suspicious.ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET").empty());
    CHECK(suspicious.error() == "the certificate is refused: self-signed certificate");
    TlsPeer elsewhere(at, certificate.certificate(), "exchange.example");
    CHECK(elsewhere.ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET").empty());
}

TEST_CASE("our own clients speak TLS: pages and frames of every size", "[transport][tls]") {
    const Certificate certificate(10);
    const TlsLoopback at(certificate);
    const std::string port = std::to_string(at.server.port());
    HttpClient http("https://localhost:" + port, milliseconds(5'000), certificate.certificate());
    CHECK(http.get("/large").body.size() == 100'000);
    CHECK(http.post("/echo", std::string(60'000, 'b')).body.find(std::string(60'000, 'b')) !=
          std::string::npos);
    WsClient ws;
    ws.connect("wss://127.0.0.1:" + port + "/v1/trade", milliseconds(5'000), certificate.certificate());
    std::size_t heard = 0, bytes = 0;
    ws.send("burst 300 9000");
    for (int i = 0; i < 200 && heard < 300; ++i)
        heard += ws.poll([&](std::string_view text) { bytes += text.size(); }, milliseconds(50));
    CHECK(heard == 300);
    CHECK(bytes == 300 * 9'000);
    for (int i = 0; i < 2'000; ++i) ws.send("message " + std::to_string(i));
    std::string last;
    for (int i = 0; i < 200 && last != "message 1999"; ++i)
        ws.poll([&](std::string_view text) { last = text; }, milliseconds(50));
    CHECK(last == "message 1999");
    ws.close();
}

TEST_CASE("our own clients say why they do not trust a server", "[transport][tls]") {
    const Certificate certificate(11), other(12);
    const TlsLoopback at(certificate);
    const std::string port = std::to_string(at.server.port());
    const auto page = [](const std::string& url, const std::string& authority) {
        HttpClient(url, milliseconds(5'000), authority).get("/echo");
    };
    const std::string here = "https://localhost:" + port;
    CHECK_THROWS_WITH(page(here, other.certificate()),
                      here + "/: TLS: the certificate is refused: self-signed certificate");
    CHECK_THROWS_WITH(page(here, ""), Catch::Contains("the certificate is refused: self-signed certificate"));
    CHECK_THROWS_WITH(page("https://127.0.0.2:" + port, certificate.certificate()),
                      Catch::Contains("the certificate is refused: IP address mismatch") ||
                          Catch::Contains("cannot connect"));
    CHECK_THROWS_WITH(page(here, "/nonexistent.pem"), Catch::Contains("/nonexistent.pem: not a PEM file"));
    const Loopback plain;
    CHECK_THROWS_WITH(
        page("https://localhost:" + std::to_string(plain.server.port()), certificate.certificate()),
        Catch::Contains("TLS: "));
    WsClient ws;
    CHECK_THROWS_WITH(
        ws.connect("wss://localhost:" + port + "/v1/trade", milliseconds(5'000), other.certificate()),
        Catch::Contains("the certificate is refused"));
    CHECK_FALSE(ws.connected());
}

TEST_CASE("who speaks plainly to a TLS port is cut off, and others are served", "[transport][tls][hostile]") {
    const Certificate certificate(5);
    const TlsLoopback at(certificate);
    ClientSocket plain = at.raw();
    plain.write("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(bytes_from(plain, "HTTP/1.1").find("HTTP/1.1") == std::string::npos);
    TlsPeer peer(at, certificate.certificate());
    CHECK(peer.ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET").find("200 OK") != std::string::npos);
}

TEST_CASE("a new certificate takes over for new connections, and a bad one leaves the old in place",
          "[transport][tls]") {
    const Certificate before(6), after(7), expired(8, -60);
    WordInbox inbox;
    Server server("127.0.0.1", 0, {}, inbox);
    server.use_tls(before.certificate(), before.key_file());
    CHECK_THROWS_WITH(server.use_tls(after.certificate(), before.key_file()), Catch::Contains("server.key"));
    CHECK_THROWS_WITH(server.use_tls("/nonexistent.pem", before.key_file()),
                      Catch::Contains("/nonexistent.pem"));
    CHECK_THROWS_WITH(server.use_tls(expired.certificate(), expired.key_file()),
                      Catch::Contains("has expired"));
    server.stop(engine::millisecond);
    const TlsLoopback at(before);
    TlsPeer old(at, before.certificate());
    CHECK_FALSE(old.ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", "GET").empty());
}

TEST_CASE("beside TLS a loopback port answers without it", "[transport][tls]") {
    const Certificate certificate(9);
    WordInbox inbox;
    Server server("127.0.0.1", 0, {}, inbox);
    inbox.server = &server;
    server.use_tls(certificate.certificate(), certificate.key_file());
    server.listen_plain("127.0.0.1", 0);
    std::atomic<bool> stop{false};
    std::thread owner([&] {
        while (!stop) server.wait(engine::millisecond * 5);
        server.stop(engine::millisecond * 100);
    });
    HttpClient plain("http://127.0.0.1:" + std::to_string(server.plain_port()));
    CHECK(plain.get("/echo").status == 200);
    stop = true;
    owner.join();
}

}  // namespace gridbook::gateway::test
