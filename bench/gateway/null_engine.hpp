// SPDX-License-Identifier: Apache-2.0
#pragma once
// Our server with an Inbox that parses and acknowledges: what the transport alone costs. It may publish book
// messages to everybody on /v1/market meanwhile.

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "bench/gateway/counterpart.hpp"
#include "gateway/transport/server.hpp"

namespace gridbook::bench {

class NullEngine final : public Counterpart {
  public:
    static constexpr std::string_view book =
        R"({"ev":"book","symbol":"H100.CN-EAST.G2.20261201T01Z","prev":88119,"seq":88120,"bids":[],"asks":[["13.50","104"]],"crc":687071496})";

    // `books_per_s`: how many book messages go to every market connection once publish() was said.
    explicit NullEngine(double books_per_s = 0)
        : book_every_(std::chrono::duration_cast<Clock::duration>(
              std::chrono::duration<double>(books_per_s == 0 ? 3'600 : 1 / books_per_s))),
          server_("127.0.0.1", 0, limits(), inbox_) {
        inbox_.server = &server_;
        thread_ = std::thread([this] { serve(); });
    }
    ~NullEngine() override {
        stopping_ = true;
        thread_.join();
    }
    std::uint16_t port() const override { return server_.port(); }
    void publish() { publishing_ = true; }

  private:
    using Clock = std::chrono::steady_clock;

    static gateway::ServerLimits limits() {
        gateway::ServerLimits limits;
        // A bench that is slow is not to be cut for it: what it delivers is what is measured.
        limits.market_output_bytes = 64u << 20;
        return limits;
    }
    void serve() {
        while (!stopping_) {
            if (!publishing_) next_book_ = Clock::now() + book_every_;
            const auto left = next_book_ - Clock::now();
            if (left.count() > 0) {
                server_.wait(std::min(engine::Duration{left.count()}, engine::millisecond));
                continue;
            }
            tell_readers();
            server_.poll();
        }
        server_.stop(engine::millisecond);
    }
    void tell_readers() {
        next_book_ += book_every_;
        server_.send_each(inbox_.readers, book);
    }

    struct AckInbox final : gateway::Inbox {
        void opened(gateway::ConnectionId connection, gateway::Endpoint endpoint, std::string_view) override {
            if (endpoint == gateway::Endpoint::market) readers.push_back(connection);
        }
        void received(gateway::ConnectionId connection, std::string_view text) override {
            server->send(connection, acknowledger.answer(text));
        }
        void closed(gateway::ConnectionId connection) override { std::erase(readers, connection); }
        void requested(gateway::HttpId request, const gateway::HttpRequest&) override {
            server->respond(request, 404, "text/plain", "");
        }
        bool accepting() const override { return true; }
        gateway::Server* server = nullptr;
        Acknowledger acknowledger;
        std::vector<gateway::ConnectionId> readers;
    };
    const Clock::duration book_every_;
    Clock::time_point next_book_;
    AckInbox inbox_;
    gateway::Server server_;
    std::atomic<bool> publishing_{false};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace gridbook::bench
