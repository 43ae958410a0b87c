// SPDX-License-Identifier: Apache-2.0
#pragma once
// The load client of bench_gateway, the same for every counterpart: one thread, raw sockets, orders prepared
// before and only numbered anew. Of four orders of a peer two trade with the other two: account a buys and b
// sells, then b buys back, so that a market could go on for ever. It counts orders that were
// taken; BUSY is counted apart, events are read past.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/frame.hpp"
#include "bench/gateway/counterpart.hpp"
#include "gateway/transport/socket.hpp"

namespace gridbook::bench {

// The accounts that a peer acts for, where there is a market.
std::string buyer_of(std::size_t peer);
std::string seller_of(std::size_t peer);

// Turns a connected socket into a WebSocket; returns what the server said after its handshake.
std::string open_websocket(gateway::ClientSocket& socket, std::string_view path);

class Load {
  public:
    static constexpr int window = 16;  // requests of a connection under way, closed loop
    using Seconds = std::chrono::duration<double>;

    Load(const Counterpart& counterpart, std::size_t connections);
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Closed loop: replies a second, after a fifth of the time to warm up.
    double run(Seconds length);
    // One request at a time on the first connection: the median from asking to having the answer.
    double ping_pong_us(Seconds length);
    // Open loop: orders leave by a fixed schedule, one connection after the other; from the intended time of
    // each to its reply. `made_per_s`: replies a second.
    struct Offered {
        Histogram latency;
        double made_per_s = 0;
        std::uint64_t busy = 0;  // answered BUSY: nothing was entered, and they are in no other number
    };
    Offered offer(double per_s, Seconds length);

  private:
    using Clock = std::chrono::steady_clock;

    // A masked frame of which two numbers change.
    struct Template {
        std::string frame;
        std::array<char, 4> mask{};
        std::size_t id_at = 0, cid_at = 0, payload_at = 0;
        void number(std::uint64_t value);
    };
    struct Peer {
        gateway::ClientSocket socket;
        std::array<Template, 4> orders;
        std::uint64_t asked = 0;
        std::string input{};
        std::string output{};
    };
    static Template order(std::string_view account, std::string_view symbol, std::string_view side);
    void sign_in(const Counterpart& counterpart);
    static std::string next_message(Peer& peer);
    static void say(Peer& peer, std::string_view text);
    static void await_reply(Peer& peer);
    static std::string next_frame(Peer& peer);

    template <class Replied>
    std::uint64_t hear(Peer& peer, Replied&& replied);
    std::uint64_t answer_for(Seconds length);
    static void ask(Peer& peer, int count);
    static void flush(Peer& peer);

    const int poll_;
    std::array<char, 65'536> chunk_{};
    std::vector<Peer> peers_;
    std::uint64_t busy_ = 0;
};

}  // namespace gridbook::bench
