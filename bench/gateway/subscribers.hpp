// SPDX-License-Identifier: Apache-2.0
#pragma once
// Many readers of /v1/market on one thread. They look every twenty milliseconds, as a client does that reads
// in batches, and count bytes: all messages of a run have one size.

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "bench/gateway/load.hpp"
#include "gateway/transport/client.hpp"

namespace gridbook::bench {

class Subscribers {
  public:
    Subscribers(std::uint16_t port, std::size_t count) {
        const auto url = gateway::parse_url(fmt::format("http://127.0.0.1:{}/v1/market", port));
        for (std::size_t i = 0; i < count; ++i) {
            sockets_.push_back(gateway::ClientSocket::connect(url, std::chrono::milliseconds(5'000)));
            open_websocket(sockets_.back(), url.path);
        }
        thread_ = std::thread([this] { read(); });
    }
    ~Subscribers() {
        over_ = true;
        thread_.join();
    }
    Subscribers(const Subscribers&) = delete;
    Subscribers& operator=(const Subscribers&) = delete;

    std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  private:
    void read() {
        std::vector<char> chunk(256 * 1024);
        while (!over_) {
            for (gateway::ClientSocket& socket : sockets_)
                if (const auto size = socket.read(chunk); size > 0)
                    bytes_.fetch_add(static_cast<std::uint64_t>(size), std::memory_order_relaxed);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    std::vector<gateway::ClientSocket> sockets_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace gridbook::bench
