// SPDX-License-Identifier: Apache-2.0
#pragma once
// A server on loopback with an Inbox of its own, whose thread is driven as an owner would drive it. Peers
// tell the Inbox what to do in words: "echo X", "burst COUNT SIZE", "close CODE REASON", "closeother REASON",
// "throw", "tellall COUNT".

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "gateway/transport/client.hpp"
#include "gateway/transport/frame.hpp"
#include "gateway/transport/server.hpp"
#include "gateway/transport/socket.hpp"

namespace gridbook::gateway::test {

using std::chrono::milliseconds;

class WordInbox final : public Inbox {
  public:
    void opened(ConnectionId connection, Endpoint endpoint, std::string_view) override {
        const std::lock_guard lock(mutex_);
        open_[connection] = endpoint;
        ++opened_;
        changed_.notify_all();
    }
    void received(ConnectionId connection, std::string_view text) override {
        std::istringstream words{std::string(text)};
        std::string word;
        words >> word;
        if (word == "burst") {
            std::size_t count = 0, size = 0;
            words >> count >> size;
            for (std::size_t i = 0; i < count; ++i) server->send(connection, std::string(size, 'x'));
        } else if (word == "close") {
            std::uint16_t code = 0;
            std::string reason;
            words >> code >> reason;
            server->close(connection, code, reason);
            server->send(connection, "after the end");
        } else if (word == "closeother") {
            close_others(connection);
        } else if (word == "tellall") {
            std::size_t count = 0;
            words >> count;
            tell_all(count);
        } else if (word == "throw") {
            throw std::runtime_error("told to");
        } else {
            server->send(connection, text);
        }
        const std::lock_guard lock(mutex_);
        ++received_;
        changed_.notify_all();
    }
    void closed(ConnectionId connection) override {
        const std::lock_guard lock(mutex_);
        if (open_.erase(connection) == 0) ++closed_twice_;
        ++closed_;
        changed_.notify_all();
    }
    void requested(HttpId request, const HttpRequest& http) override {
        if (http.target == "/later") {
            held_.push_back(request);
        } else if (http.target == "/release") {
            for (const HttpId held : held_) server->respond(held, 200, "text/plain", "released");
            held_.clear();
            server->respond(request, 200, "text/plain", "ok");
        } else if (http.target == "/echo") {
            server->respond(request, 200, "text/plain", http.method + " " + http.key + " " + http.body);
        } else if (http.target == "/large") {
            ++large_answers;
            server->respond(request, 200, "text/plain", std::string(100'000, 'l'));
        } else if (http.target == "/throw") {
            throw std::runtime_error("told to");
        } else {
            server->respond(request, 404, "application/json", "{}");
        }
    }
    bool accepting() const override { return accepts.load(); }

    // Waits until `condition` holds over what was counted.
    template <class Condition>
    bool until(Condition condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, milliseconds(5'000), [&] { return condition(*this); });
    }
    std::size_t open_count() const { return open_.size(); }
    std::size_t opened_count() const { return opened_; }
    std::size_t closed_count() const { return closed_; }
    std::size_t received_count() const { return received_; }
    std::size_t closed_now() {
        const std::lock_guard lock(mutex_);
        return closed_;
    }
    std::size_t closed_twice() const { return closed_twice_; }

    Server* server = nullptr;
    std::atomic<bool> accepts{true};
    std::atomic<int> large_answers{0};

  private:
    // The same numbers to all readers of the market, and between the last two a word to the newest.
    void tell_all(std::size_t count) {
        std::vector<ConnectionId> readers;
        for (const auto& [id, endpoint] : open_)
            if (endpoint == Endpoint::market) readers.push_back(id);
        for (std::size_t i = 1; i <= count; ++i) {
            if (i == count) server->send(readers.back(), "a word");
            server->send_each(readers, std::to_string(i));
        }
    }
    void close_others(ConnectionId connection) {
        std::vector<ConnectionId> others;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [id, endpoint] : open_)
                if (id != connection) others.push_back(id);
        }
        for (const ConnectionId id : others) server->close(id, 4001, "another said so");
        server->send(connection, "closed");
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<ConnectionId, Endpoint> open_;
    std::size_t opened_ = 0, closed_ = 0, received_ = 0, closed_twice_ = 0;
    std::vector<HttpId> held_;
};

class Loopback {
  public:
    explicit Loopback(const ServerLimits& limits = {}) : server("127.0.0.1", 0, limits, inbox) {
        inbox.server = &server;
        port = server.port();
        owner_ = std::thread([this] {
            while (!stopping_) server.wait(engine::millisecond * 5);
            server.stop(engine::millisecond * 500);
        });
    }
    ~Loopback() { stop(); }
    void stop() {
        stopping_ = true;
        if (owner_.joinable()) owner_.join();
        CHECK(inbox.closed_twice() == 0);
        CHECK(inbox.opened_count() == inbox.closed_count());
    }

    std::string url(std::string_view path) const {
        return "ws://127.0.0.1:" + std::to_string(port) + std::string(path);
    }
    std::string http() const { return "http://127.0.0.1:" + std::to_string(port); }
    WsClient connect(std::string_view path = "/v1/trade") const {
        WsClient client;
        client.connect(url(path), milliseconds(5'000));
        return client;
    }
    ClientSocket raw() const { return ClientSocket::connect(parse_url(http()), milliseconds(5'000)); }

    WordInbox inbox;
    Server server;
    std::uint16_t port = 0;

  private:
    std::atomic<bool> stopping_{false};
    std::thread owner_;
};

// The next text frames, at least `count` unless the connection ends or five seconds pass.
inline std::vector<std::string> texts(WsClient& client, std::size_t count) {
    std::vector<std::string> all;
    const auto end = std::chrono::steady_clock::now() + milliseconds(5'000);
    while (all.size() < count && std::chrono::steady_clock::now() < end)
        client.poll([&](std::string_view text) { all.emplace_back(text); }, milliseconds(100));
    return all;
}

// How the connection ended: "1009", "1013 RESUME"; "open" when it did not within five seconds.
inline std::string ending(WsClient& client) {
    const auto end = std::chrono::steady_clock::now() + milliseconds(5'000);
    try {
        while (std::chrono::steady_clock::now() < end)
            client.poll([](std::string_view) {}, milliseconds(100));
    } catch (const Disconnected& gone) {
        return std::to_string(gone.code()) + (gone.reason().empty() ? "" : " ") + gone.reason();
    }
    return "open";
}

// All bytes until the peer hangs up, or until `enough` is among them.
inline std::string bytes_from(ClientSocket& socket, std::string_view enough) {
    std::string all;
    std::array<char, 4096> chunk;
    const auto end = std::chrono::steady_clock::now() + milliseconds(5'000);
    while (std::chrono::steady_clock::now() < end && all.find(enough) == std::string::npos) {
        if (!socket.wait(false, milliseconds(100)).readable) continue;
        const auto size = socket.read(chunk);
        if (size < 0) break;
        all.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return all;
}

inline std::string masked(Opcode opcode, std::string_view payload, bool fin = true) {
    std::string frame;
    append_masked_frame(frame, opcode, payload, 0x12345678);
    if (!fin) frame[0] = static_cast<char>(frame[0] & 0x7F);
    return frame;
}

}  // namespace gridbook::gateway::test
