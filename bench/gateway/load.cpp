// SPDX-License-Identifier: Apache-2.0
#include "bench/gateway/load.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <stdexcept>

#include "gateway/transport/client.hpp"
#include "gateway/transport/frame.hpp"

namespace gridbook::bench {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t digits = 12;
constexpr std::uint32_t mask_bits = 0x5A17C3E9;
constexpr milliseconds patience{10'000};

// Numbers are never used twice in a process: a market knows the cids of earlier runs.
std::atomic<std::uint64_t> last_number{0};

// The number in {"id":"123",...; nullopt: it is an event.
std::optional<std::uint64_t> id_of(std::string_view payload) {
    constexpr std::string_view opening = R"({"id":")";
    std::uint64_t number = 0;
    if (!payload.starts_with(opening)) return std::nullopt;
    std::from_chars(payload.data() + opening.size(), payload.data() + payload.size(), number);
    return number;
}

}  // namespace

std::string buyer_of(std::size_t peer) { return fmt::format("a{}", peer); }
std::string seller_of(std::size_t peer) { return fmt::format("b{}", peer); }

std::string open_websocket(gateway::ClientSocket& socket, std::string_view path) {
    socket.write(
        fmt::format("GET {} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                    path));
    std::string input;
    std::array<char, 4096> chunk;
    std::size_t end = 0;
    while ((end = input.find("\r\n\r\n")) == std::string::npos) {
        if (!socket.wait(false, patience).readable) throw std::runtime_error("no handshake");
        const auto size = socket.read(chunk);
        if (size < 0) throw std::runtime_error("the server hung up");
        input.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return input.substr(end + 4);
}

// ---- orders ----

Load::Template Load::order(std::string_view account, std::string_view symbol, std::string_view side) {
    const std::string text = fmt::format(
        R"({{"id":"{0:0{1}}","op":"order.place","account":"{2}","symbol":"{3}","side":"{4}","type":"limit",)"
        R"("price":"14.20","qty":"16","tif":"gate","cid":"b-{0:0{1}}"}})",
        0, digits, account, symbol, side);
    Template made;
    gateway::append_masked_frame(made.frame, gateway::Opcode::text, text, mask_bits);
    made.payload_at = made.frame.size() - text.size();
    for (std::size_t i = 0; i < 4; ++i)
        made.mask[i] = static_cast<char>(made.frame[made.payload_at + i] ^ text[i]);
    made.id_at = text.find("\"id\":\"") + 6;
    made.cid_at = text.find("\"b-") + 3;
    return made;
}

void Load::Template::number(std::uint64_t value) {
    for (std::size_t i = digits; i-- > 0; value /= 10) {
        const char digit = static_cast<char>('0' + value % 10);
        for (const std::size_t at : {id_at + i, cid_at + i})
            frame[payload_at + at] = static_cast<char>(digit ^ mask[at % 4]);
    }
}

std::string Load::next_frame(Peer& peer) {
    Template& order = peer.orders[peer.asked++ % peer.orders.size()];
    order.number(last_number.fetch_add(1, std::memory_order_relaxed) + 1);
    return order.frame;
}

// ---- connecting ----

Load::Load(const Counterpart& counterpart, std::size_t connections) : poll_(epoll_create1(0)) {
    prctl(PR_SET_TIMERSLACK,
          1'000);  // nanoseconds: the schedule of an open loop is finer than the usual 50 us
    const auto url = gateway::parse_url(fmt::format("http://127.0.0.1:{}/v1/trade", counterpart.port()));
    for (std::size_t i = 0; i < connections; ++i) {
        const std::string symbol = counterpart.symbol(i), a = buyer_of(i), b = seller_of(i);
        peers_.push_back({gateway::ClientSocket::connect(url, patience),
                          {order(a, symbol, "buy"), order(b, symbol, "sell"), order(b, symbol, "buy"),
                           order(a, symbol, "sell")}});
        Peer& peer = peers_.back();
        if (counterpart.handshakes()) peer.input = open_websocket(peer.socket, url.path);
        epoll_event event{.events = EPOLLIN, .data = {.u32 = static_cast<std::uint32_t>(i)}};
        epoll_ctl(poll_, EPOLL_CTL_ADD, peers_.back().socket.descriptor(), &event);
    }
    if (counterpart.signs_in()) sign_in(counterpart);
}

Load::~Load() { ::close(poll_); }

// Waits for one whole text message and takes it.
std::string Load::next_message(Peer& peer) {
    std::array<char, 4096> chunk;
    for (;;) {
        const auto header = gateway::peek_frame(peer.input);
        if (header && peer.input.size() >= header->frame_size()) {
            const std::string text = peer.input.substr(header->header_size, header->payload_size);
            peer.input.erase(0, static_cast<std::size_t>(header->frame_size()));
            return text;
        }
        if (!peer.socket.wait(false, patience).readable) throw std::runtime_error("the server says nothing");
        const auto size = peer.socket.read(chunk);
        if (size < 0) throw std::runtime_error("the server hung up");
        peer.input.append(chunk.data(), static_cast<std::size_t>(size));
    }
}

// All at once, so that they share the commits and none is silent for long. What an earlier run left open
// goes, so that of four orders two trade again.
void Load::sign_in(const Counterpart& counterpart) {
    for (std::size_t i = 0; i < peers_.size(); ++i)
        say(peers_[i], counterpart.logon(i, next_message(peers_[i])));
    for (std::size_t i = 0; i < peers_.size(); ++i) {
        await_reply(peers_[i]);
        for (const std::string& account : {buyer_of(i), seller_of(i)})
            say(peers_[i], fmt::format(R"({{"id":"c","op":"order.cancel_all","account":"{}","symbol":"{}"}})",
                                       account, counterpart.symbol(i)));
    }
    for (Peer& peer : peers_)
        for (int replies = 0; replies < 2; ++replies) await_reply(peer);
}

void Load::say(Peer& peer, std::string_view text) {
    gateway::append_masked_frame(peer.output, gateway::Opcode::text, text, mask_bits);
    flush(peer);
}

void Load::await_reply(Peer& peer) {
    std::string reply;
    while (!reply.starts_with("{\"id\"")) reply = next_message(peer);
    if (reply.find("\"ok\":true") == std::string::npos)
        throw std::runtime_error(fmt::format("signing in was answered {}", reply));
}

// ---- talking ----

void Load::flush(Peer& peer) {
    while (!peer.output.empty()) {
        const auto size = peer.socket.write(peer.output);
        if (size < 0) throw std::runtime_error("the server hung up");
        if (size == 0) break;
        peer.output.erase(0, static_cast<std::size_t>(size));
    }
}

// A window of small frames always fits into the socket's buffer; what does not leaves with the next.
void Load::ask(Peer& peer, int count) {
    for (int i = 0; i < count; ++i) peer.output += next_frame(peer);
    flush(peer);
}

template <class Replied>
std::uint64_t Load::hear(Peer& peer, Replied&& replied) {
    const auto size = peer.socket.read(chunk_);
    if (size < 0) throw std::runtime_error("the server hung up");
    peer.input.append(chunk_.data(), static_cast<std::size_t>(size));
    std::size_t taken = 0;
    std::uint64_t replies = 0;
    const std::string_view input = peer.input;
    while (const auto header = gateway::peek_frame(input.substr(taken))) {
        if (input.size() - taken < header->frame_size()) break;
        const auto payload = input.substr(taken + header->header_size, header->payload_size);
        taken += static_cast<std::size_t>(header->frame_size());
        // What comes back masked is our own word, echoed.
        const auto id = header->masked ? 0 : id_of(payload);
        if (!id) continue;
        if (payload.find("\"ok\":false") != std::string_view::npos) {
            if (payload.find("\"code\":\"BUSY\"") == std::string_view::npos)
                throw std::runtime_error(fmt::format("an order was refused: {}", payload));
            ++busy_;
            ++replies;
            continue;
        }
        replied(*id);
        ++replies;
    }
    peer.input.erase(0, taken);
    return replies;
}

// ---- closed loop ----

std::uint64_t Load::answer_for(Seconds length) {
    const auto end = Clock::now() + length;
    std::uint64_t replies = 0;
    std::array<epoll_event, 256> events;
    while (Clock::now() < end) {
        const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < ready; ++i) {
            Peer& peer = peers_[events[static_cast<std::size_t>(i)].data.u32];
            const std::uint64_t heard = hear(peer, [](std::uint64_t) {});
            ask(peer, static_cast<int>(heard));
            replies += heard;
        }
    }
    return replies;
}

double Load::run(Seconds length) {
    for (Peer& peer : peers_) ask(peer, window);
    answer_for(length * 0.2);
    const auto begin = Clock::now();
    const std::uint64_t busy = busy_, replies = answer_for(length);
    return static_cast<double>(replies - (busy_ - busy)) / Seconds(Clock::now() - begin).count();
}

double Load::ping_pong_us(Seconds length) {
    Histogram took;
    Peer& peer = peers_.front();
    const auto end = Clock::now() + length;
    while (Clock::now() < end || took.count() == 0) {
        const auto asked = Clock::now();
        ask(peer, 1);
        while (hear(peer, [](std::uint64_t) {}) == 0) {
        }
        took.add(std::chrono::nanoseconds(Clock::now() - asked).count());
    }
    return static_cast<double>(took.quantile(0.5)) / 1e3;
}

// ---- open loop ----

Load::Offered Load::offer(double per_s, Seconds length) {
    Offered offered;
    const std::uint64_t before = last_number.load();
    const auto total = static_cast<std::uint64_t>(per_s * length.count());
    const auto begin = Clock::now();
    const auto intended = [&](std::uint64_t order) {
        return begin +
               std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(order) * 1e9 / per_s));
    };
    std::uint64_t sent = 0, replies = 0;
    std::array<epoll_event, 256> events;
    // What is not answered ten seconds after its time never is.
    const auto latest = begin + std::chrono::duration_cast<Clock::duration>(length) + patience;
    while (replies < total) {
        const auto now = Clock::now();
        if (now > latest)
            throw std::runtime_error(fmt::format("{} orders were not answered", total - replies));
        for (; sent < total && intended(sent) <= now; ++sent) ask(peers_[sent % peers_.size()], 1);
        const auto until = sent < total ? intended(sent) - Clock::now() : milliseconds(20);
        const auto left = std::max<std::int64_t>(0, std::chrono::nanoseconds(until).count());
        const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
        const int ready =
            epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
        for (int i = 0; i < ready; ++i)
            replies += hear(peers_[events[static_cast<std::size_t>(i)].data.u32], [&](std::uint64_t number) {
                offered.latency.add(
                    std::chrono::nanoseconds(Clock::now() - intended(number - before - 1)).count());
            });
    }
    offered.busy = busy_;
    offered.made_per_s = static_cast<double>(replies - busy_) / Seconds(Clock::now() - begin).count();
    return offered;
}

}  // namespace gridbook::bench
