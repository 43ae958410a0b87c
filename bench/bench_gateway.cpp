// SPDX-License-Identifier: Apache-2.0
// Order entry at the socket, closed loop: C connections keep 16 requests each under way. Interleaved in one
// run:
//
//   epoll echo    bytes back as they came, no protocol: what the kernel and the load client allow
//   plain Beast   async_read, parse, acknowledge, async_write: what one gets from Beast without further
//   thought null engine   our server with an Inbox that parses and acknowledges
//
// The load client is the same for all: one thread, raw sockets, frames prepared before. Client and server
// share the machine. Beast is named here for the plain contender only.

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

#include "bench/frame.hpp"
#include "bench/subscribers.hpp"
#include "gateway/client/json.hpp"
#include "gateway/transport/client.hpp"
#include "gateway/transport/frame.hpp"
#include "gateway/transport/server.hpp"
#include "gateway/transport/socket.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace gateway = gridbook::gateway;
namespace engine = gridbook::engine;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int window = 16;
constexpr std::array connection_counts{1, 16, 128, 1'000};
constexpr std::size_t headline = 2;  // 128 connections

constexpr std::string_view order =
    R"({"id":"1234567","op":"order.place","symbol":"H100.CN-EAST.G2.20261201T01Z","side":"buy","type":"limit",)"
    R"("price":"14.20","qty":"16","tif":"gate","cid":"b-1234567"})";

// What both protocol contenders do with a request: read all of it, answer with its id.
class Acknowledger {
  public:
    std::string_view answer(std::string_view request) {
        const gateway::Message message = reader_.read(request);
        text_.clear();
        fmt::format_to(
            std::back_inserter(text_),
            R"({{"id":"{}","ok":true,"ev":"order","state":"open","cid":"{}","symbol":"{}","price":"{}"}})",
            message.id, message.cid, message.symbol, message.price);
        return text_;
    }

  private:
    gateway::MessageReader reader_;
    std::string text_;
};

// ---- the contenders: each serves a port on a thread of its own until it is destroyed ----

class Contender {
  public:
    virtual ~Contender() = default;
    virtual std::uint16_t port() const = 0;
    virtual bool handshakes() const { return true; }
};

class EpollEcho final : public Contender {
  public:
    EpollEcho()
        : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), thread_([this] { serve(); }) {}
    ~EpollEcho() override {
        stopping_ = true;
        thread_.join();
        for (const int socket : sockets_) ::close(socket);
    }
    std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }
    bool handshakes() const override { return false; }

  private:
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
        if (socket != acceptor_.native_handle()) return echo(socket);
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
    void echo(int socket) {
        const ssize_t size = ::recv(socket, buffer_.data(), buffer_.size(), 0);
        if (size == 0) epoll_ctl(0, EPOLL_CTL_DEL, socket, nullptr);
        for (ssize_t sent = 0; sent < size;) {
            const ssize_t part =
                ::send(socket, buffer_.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
            if (part < 0 && errno != EAGAIN) break;
            if (part > 0) sent += part;
        }
    }

    asio::io_context io_;
    tcp::acceptor acceptor_;
    std::vector<int> sockets_;
    std::array<char, 65'536> buffer_{};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

class PlainBeast final : public Contender {
  public:
    PlainBeast() : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~PlainBeast() override {
        io_.stop();
        thread_.join();
    }
    std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  private:
    struct Session : std::enable_shared_from_this<Session> {
        explicit Session(tcp::socket&& socket) : ws(std::move(socket)) {}
        void start() {
            ws.async_accept([self = shared_from_this()](error_code ec) {
                if (!ec) self->read();
            });
        }
        void read() {
            ws.async_read(buffer, [self = shared_from_this()](error_code ec, std::size_t) {
                if (!ec) self->write();
            });
        }
        void write() {
            const auto data = buffer.data();
            reply = acknowledger.answer({static_cast<const char*>(data.data()), data.size()});
            buffer.consume(buffer.size());
            ws.text(true);
            ws.async_write(asio::buffer(reply), [self = shared_from_this()](error_code ec, std::size_t) {
                if (!ec) self->read();
            });
        }
        beast::websocket::stream<tcp::socket> ws;
        beast::flat_buffer buffer;
        std::string reply;
        Acknowledger acknowledger;
    };
    void accept() {
        acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
            if (ec) return;
            socket.set_option(tcp::no_delay(true));
            std::make_shared<Session>(std::move(socket))->start();
            accept();
        });
    }

    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    std::thread thread_;
};

class NullEngine final : public Contender {
  public:
    NullEngine() : server_("127.0.0.1", 0, {}, inbox_) {
        inbox_.server = &server_;
        thread_ = std::thread([this] {
            while (!stopping_) server_.wait(engine::millisecond * 20);
            server_.stop(engine::millisecond);
        });
    }
    ~NullEngine() override {
        stopping_ = true;
        thread_.join();
    }
    std::uint16_t port() const override { return server_.port(); }

  private:
    struct AckInbox final : gateway::Inbox {
        void opened(gateway::ConnectionId, gateway::Endpoint, std::string_view) override {}
        void received(gateway::ConnectionId connection, std::string_view text) override {
            server->send(connection, acknowledger.answer(text));
        }
        void closed(gateway::ConnectionId) override {}
        void requested(gateway::HttpId request, const gateway::HttpRequest&) override {
            server->respond(request, 404, "text/plain", "");
        }
        bool accepting() const override { return true; }
        gateway::Server* server = nullptr;
        Acknowledger acknowledger;
    };
    AckInbox inbox_;
    gateway::Server server_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// ---- the load ----

// One connection of the load client.
struct Peer {
    gateway::ClientSocket socket;
    std::string input;
    std::string output;
};

class Load {
  public:
    Load(const Contender& contender, int connections) : poll_(epoll_create1(0)) {
        gateway::append_masked_frame(frame_, gateway::Opcode::text, order, 0x5A17C3E9);
        const auto url = fmt::format("http://127.0.0.1:{}/v1/trade", contender.port());
        for (int i = 0; i < connections; ++i) {
            peers_.push_back(
                {gateway::ClientSocket::connect(gateway::parse_url(url), milliseconds(5'000)), {}, {}});
            if (contender.handshakes()) handshake(peers_.back());
            epoll_event event{.events = EPOLLIN, .data = {.u32 = static_cast<std::uint32_t>(i)}};
            epoll_ctl(poll_, EPOLL_CTL_ADD, peers_.back().socket.descriptor(), &event);
        }
    }
    ~Load() { ::close(poll_); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Answers a second, after a tenth of the time to warm up.
    double run(std::chrono::duration<double> length) {
        for (Peer& peer : peers_) ask(peer, window);
        answer_for(length * 0.1);
        const auto begin = Clock::now();
        const std::uint64_t answers = answer_for(length);
        return static_cast<double>(answers) / std::chrono::duration<double>(Clock::now() - begin).count();
    }

    // One request at a time on the first connection: microseconds from asking to having the answer, the
    // median.
    double ping_pong_us(std::chrono::duration<double> length) {
        std::vector<double> took;
        const auto end = Clock::now() + length;
        while (Clock::now() < end || took.empty()) {
            const auto asked = Clock::now();
            ask(peers_.front(), 1);
            while (hear(peers_.front(), false) == 0) {
            }
            took.push_back(std::chrono::duration<double, std::micro>(Clock::now() - asked).count());
        }
        std::ranges::nth_element(took, took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2));
        return took[took.size() / 2];
    }

  private:
    static void handshake(Peer& peer) {
        peer.socket.write(
            "GET /v1/trade HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        std::array<char, 4096> chunk;
        while (peer.input.find("\r\n\r\n") == std::string::npos) {
            if (!peer.socket.wait(false, milliseconds(5'000)).readable)
                throw std::runtime_error("no handshake");
            const auto size = peer.socket.read(chunk);
            if (size < 0) throw std::runtime_error("the server hung up");
            peer.input.append(chunk.data(), static_cast<std::size_t>(size));
        }
        peer.input.clear();
    }
    std::uint64_t answer_for(std::chrono::duration<double> length) {
        const auto end = Clock::now() + length;
        std::uint64_t answers = 0;
        std::array<epoll_event, 256> events;
        while (Clock::now() < end) {
            const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 100);
            for (int i = 0; i < ready; ++i)
                answers += hear(peers_[events[static_cast<std::size_t>(i)].data.u32]);
        }
        return answers;
    }
    std::uint64_t hear(Peer& peer, bool ask_again = true) {
        const auto size = peer.socket.read(chunk_);
        if (size < 0) throw std::runtime_error("the server hung up");
        peer.input.append(chunk_.data(), static_cast<std::size_t>(size));
        std::size_t taken = 0;
        int answers = 0;
        while (const auto header = gateway::peek_frame(std::string_view(peer.input).substr(taken))) {
            if (peer.input.size() - taken < header->frame_size()) break;
            taken += static_cast<std::size_t>(header->frame_size());
            ++answers;
        }
        peer.input.erase(0, taken);
        if (ask_again) ask(peer, answers);
        return static_cast<std::uint64_t>(answers);
    }
    // A window of small frames always fits into the socket's buffer; what does not leaves with the next.
    void ask(Peer& peer, int count) {
        for (int i = 0; i < count; ++i) peer.output += frame_;
        while (!peer.output.empty()) {
            const auto size = peer.socket.write(peer.output);
            if (size <= 0) break;
            peer.output.erase(0, static_cast<std::size_t>(size));
        }
    }

    const int poll_;
    std::string frame_;
    std::array<char, 65'536> chunk_{};
    std::vector<Peer> peers_;
};

template <class Server>
double measure(int connections, double seconds) {
    const Server contender;
    return Load(contender, connections).run(std::chrono::duration<double>(seconds));
}

template <class Server>
double ping_pong(double seconds) {
    const Server contender;
    return Load(contender, 1).ping_pong_us(std::chrono::duration<double>(seconds));
}

}  // namespace

int main(int argc, char** argv) {
    using namespace gridbook::bench;
    const Options options =
        Cli("bench_gateway", "Order entry at the socket: echo, plain Beast, ours; window 16.")
            .parse(argc, argv);
    Report report("gateway", options);
    const double each = options.seconds / 6;  // each count is a part of a timed run
    const std::vector<std::string> names{"epoll_echo", "plain_beast", "null_engine"};
    std::vector<std::vector<Series>> all;
    for (const int connections : connection_counts) {
        all.push_back(
            interleave(options.rounds, {{names[0], [=] { return measure<EpollEcho>(connections, each); }},
                                        {names[1], [=] { return measure<PlainBeast>(connections, each); }},
                                        {names[2], [=] { return measure<NullEngine>(connections, each); }}}));
        std::string line = fmt::format("{:>4} connections", connections);
        for (const Series& series : all.back())
            line +=
                fmt::format("   {} {:>9.0f}/s (median {:.0f})", series.name, series.best(), series.median());
        report.line(line);
    }
    for (std::size_t i = 0; i < names.size(); ++i)
        report.json().number(names[i] + "_per_s", all[headline][i].best());
    report.json().number("null_engine_to_plain_beast", all[headline][2].best() / all[headline][1].best());
    const double ours_us = ping_pong<NullEngine>(each), plain_us = ping_pong<PlainBeast>(each);
    report.line(
        fmt::format("ping-pong p50   plain Beast {:.1f} us   null engine {:.1f} us", plain_us, ours_us));
    report.json().number("pingpong_p50_us", ours_us).number("plain_beast_pingpong_p50_us", plain_us);
    for (const std::size_t count : {std::size_t{1}, std::size_t{100}, std::size_t{1'000}}) {
        const double per_s =
            gridbook::bench::Subscribers(count).delivered_per_s(std::chrono::duration<double>(each));
        report.line(fmt::format("{:>4} subscribers   {:.0f} messages/s delivered", count, per_s));
        report.json().number(fmt::format("fanout_{}_per_s", count), per_s);
    }
    report.json().open("connections");
    for (std::size_t c = 0; c < all.size(); ++c) {
        report.json().open(std::to_string(connection_counts[c]));
        for (const Series& series : all[c]) report.json().number(series.name + "_per_s", series.best());
        report.json().close();
    }
    report.json().close();
    report.finish();
}
