// SPDX-License-Identifier: Apache-2.0
// Market data to many readers, so that those who trade do not wait for it: a frame is appended to so many
// outputs, and so many outputs are written, between two looks at the sockets.
#include "gateway/transport/frame.hpp"
#include "gateway/transport/sockets.hpp"

namespace gridbook::gateway {

namespace {

// Market connections that are written in a row, before orders are looked at again; and how many may be
// written at once after a pause.
constexpr std::size_t readers_in_a_row = 4;
constexpr std::uint32_t readers_burst = 128;
// Outputs that a frame to many is appended to in a row; to fewer it is appended at once. And how many such
// frames may wait.
constexpr std::size_t announced_in_a_row = 64;
constexpr std::size_t announcements_max = 8;

}  // namespace

std::size_t Sockets::tell_readers() { return announce_some(announced_in_a_row) + flush_readers(); }

void Sockets::announce(std::span<const ConnectionId> to, std::string_view text) {
    if (to.empty()) return;
    Announcement made;
    append_frame(made.frame, Opcode::text, text);
    made.to.assign(to.begin(), to.end());
    announcements.push_back(std::move(made));
    if (to.size() <= announced_in_a_row && announcements.size() == 1) return announce_all();
    // Who says more than the rounds carry away does the oldest frame's work himself: nothing piles up.
    if (announcements.size() > announcements_max) announce_some(announcements.front().to.size());
}

// Before anything else is said to one of those who may be waiting.
void Sockets::announce_all() {
    while (!announcements.empty()) announce_some(announcements.front().to.size());
}

std::size_t Sockets::announce_some(std::size_t at_most) {
    std::size_t told = 0;
    while (told < at_most && !announcements.empty()) {
        Announcement& next = announcements.front();
        for (; told < at_most && next.at < next.to.size(); ++next.at, ++told) {
            look_ahead(next);
            Peer* peer = find(next.to[next.at]);
            if (peer == nullptr) continue;
            peer->connection.send_frame(next.frame);
            touch(*peer);
        }
        if (next.at == next.to.size()) announcements.pop_front();
    }
    return told;
}

// A thousand connections do not fit into the nearest cache: what the next ones need is fetched meanwhile.
void Sockets::look_ahead(const Announcement& announcement) const {
    constexpr std::size_t far = 8, near = 4;
    const auto peer_at = [&](std::size_t ahead) -> const Peer* {
        const std::size_t at = announcement.at + ahead;
        return at < announcement.to.size() ? slots[announcement.to[at] & (slots.size() - 1)] : nullptr;
    };
    if (const Peer* peer = peer_at(far)) {
        __builtin_prefetch(&peer->connection);
        __builtin_prefetch(&peer->connection.layer());
        __builtin_prefetch(&peer->dirty);
    }
    if (const Peer* peer = peer_at(near)) __builtin_prefetch(peer->connection.layer().end_of_output(), 1);
}

// The next few readers, as far as their pace allows. Returns how many were written: while there are more,
// the thread comes back at once, by way of the sockets.
std::size_t Sockets::flush_readers() {
    if (readers.empty()) return 0;
    const Rate rate{host.limits.market_writes_per_s, readers_burst};
    const engine::Time now{SteadyClock::now().time_since_epoch().count()};
    engine::Duration retry{};
    std::size_t written = 0;
    while (written < readers_in_a_row && !readers.empty() && reader_writes.take(rate, 1, now, retry)) {
        Peer* peer = find(readers.front());
        readers.pop_front();
        if (peer == nullptr) continue;
        peer->dirty = false;
        write(*peer);
        ++written;
    }
    return written;
}

}  // namespace gridbook::gateway
