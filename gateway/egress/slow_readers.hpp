// SPDX-License-Identifier: Apache-2.0
#pragma once
// What happens to a reader of market data that does not keep up (protocol section 4), in this order: its
// messages are conflated (only which books and tickers moved is remembered), when it has caught up these are
// told anew from a snapshot, and when it does not catch up in time its connection is closed with 1013.
// (what is unsent, now) -> send, remember, resync or close. It knows no messages: the feed writes them.

#include <set>
#include <unordered_map>

#include "engine/units/time.hpp"
#include "gateway/egress/subscriptions.hpp"

namespace gridbook::gateway {

class SlowReaders {
  public:
    struct Limits {
        std::size_t conflate_bytes = 1u << 20;  // unsent; beyond: conflated
        std::size_t resync_bytes = 64u << 10;   // unsent; below: told anew
        engine::Duration patience{10 * engine::second.value};
    };
    struct Lag {
        engine::Time since{};
        std::set<Topic> moved{};    // books and tickers, to be told from a snapshot
        std::uint64_t dropped = 0;  // messages of all channels
    };

    SlowReaders(const Outbox& outbox, Limits limits) : outbox_(outbox), limits_(limits) {}

    // False: the connection is behind; the message was noted instead. `topic` is what it is about.
    bool takes(ConnectionId connection, const Topic& topic) {
        auto lag = lags_.find(connection);
        if (lag == lags_.end()) {
            if (outbox_.unsent(connection) <= limits_.conflate_bytes) return true;
            lag = lags_.emplace(connection, Lag{.since = now_}).first;
        }
        ++lag->second.dropped;
        if (conflatable(topic.channel)) lag->second.moved.insert(topic);
        return false;
    }
    void drop(ConnectionId connection) { lags_.erase(connection); }
    // Calls resync(connection, lag) for those who have caught up, and close(connection) for those whose time
    // is over; both are forgotten.
    template <class Resync, class Close>
    void tick(engine::Time now, Resync&& resync, Close&& close) {
        now_ = now;
        for (auto it = lags_.begin(); it != lags_.end();) {
            if (it->second.since == engine::Time{}) it->second.since = now;  // before the first tick
            const bool caught_up = outbox_.unsent(it->first) < limits_.resync_bytes;
            if (!caught_up && now - it->second.since < limits_.patience) {
                ++it;
                continue;
            }
            const auto gone = lags_.extract(it++);
            if (caught_up)
                resync(gone.key(), gone.mapped());
            else
                close(gone.key());
        }
    }
    std::size_t size() const { return lags_.size(); }

  private:
    static bool conflatable(Channel channel) {
        return channel == Channel::book || channel == Channel::book_100ms || channel == Channel::ticker;
    }

    const Outbox& outbox_;
    const Limits limits_;
    engine::Time now_{};
    std::unordered_map<ConnectionId, Lag> lags_;
};

}  // namespace gridbook::gateway
