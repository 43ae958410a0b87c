// SPDX-License-Identifier: Apache-2.0
#pragma once
// Market data from the server's thread to many readers on one other thread, for bench_gateway.

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "gateway/transport/client.hpp"
#include "gateway/transport/server.hpp"

namespace gridbook::bench {

// Subscribers of /v1/market that read what comes, while the server's thread publishes one book message after
// the other to all of them: messages delivered a second.
class Subscribers final : public gateway::Inbox {
  public:
    explicit Subscribers(std::size_t count) : server_("127.0.0.1", 0, {}, *this) {
        const auto url = fmt::format("ws://127.0.0.1:{}/v1/market", server_.port());
        std::thread owner([&] {
            while (opened_.size() < count) server_.wait(engine::millisecond);
        });
        for (std::size_t i = 0; i < count; ++i) {
            clients_.emplace_back();
            clients_.back().connect(url, std::chrono::milliseconds(5'000));
        }
        owner.join();
    }
    double delivered_per_s(std::chrono::duration<double> length) {
        std::atomic<bool> over{false};
        std::thread readers([&] {
            while (!over)
                for (gateway::WsClient& client : clients_)
                    client.poll([](std::string_view) {}, std::chrono::milliseconds(0));
        });
        const auto begin = std::chrono::steady_clock::now();
        std::uint64_t messages = 0;
        while (std::chrono::steady_clock::now() - begin < length) {
            // A publisher that waits for its readers: what is measured is the way out, not a queue.
            while (server_.unsent(opened_.back()) > 64 * 1024) server_.poll();
            for (const gateway::ConnectionId connection : opened_) server_.send(connection, book);
            messages += opened_.size();
            server_.poll();
        }
        const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        over = true;
        readers.join();
        return static_cast<double>(messages) / took;
    }
    void opened(gateway::ConnectionId connection, gateway::Endpoint, std::string_view) override {
        opened_.push_back(connection);
    }
    void received(gateway::ConnectionId, std::string_view) override {}
    void closed(gateway::ConnectionId) override {}
    void requested(gateway::HttpId, const gateway::HttpRequest&) override {}
    bool accepting() const override { return true; }

  private:
    static constexpr std::string_view book =
        R"({"ev":"book","symbol":"H100.CN-EAST.G2.20261201T01Z","prev":88119,"seq":88120,"bids":[],"asks":[["13.50","104"]],"crc":687071496})";
    gateway::Server server_;
    std::vector<gateway::ConnectionId> opened_;
    std::vector<gateway::WsClient> clients_;
};

}  // namespace gridbook::bench
