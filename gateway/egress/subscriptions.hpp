// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who hears what on /v1/market. A topic is a channel of one instrument, of a family, or of the whole market;
// a connection that hears an event by several topics gets it once. Knows nothing of messages.

#include <initializer_list>
#include <unordered_map>
#include <vector>

#include "engine/catalogue/instrument.hpp"
#include "gateway/transport/transport.hpp"

namespace gridbook::gateway {

enum class Channel : std::uint8_t {
    book,
    book_100ms,
    trades,
    ticker,
    band,
    phase,
    indicative,
    capacity,
    cost,
    alerts
};

struct Topic {
    Channel channel = Channel::book;
    engine::InstrumentId scope{};
    friend constexpr auto operator<=>(const Topic&, const Topic&) = default;
};

// Scopes wider than an instrument; no window is that far away.
inline constexpr engine::Period every_period{0xFFFFFFFFu};
constexpr Topic of_instrument(Channel c, engine::InstrumentId instrument) { return {c, instrument}; }
constexpr Topic of_family(Channel c, engine::FamilyId family) {
    return {c, engine::instrument(family, every_period)};
}
constexpr Topic of_all(Channel c) { return {c, engine::instrument(engine::no_family, every_period)}; }

class Subscriptions {
  public:
    // False: it was there already.
    bool add(ConnectionId connection, const Topic& topic);
    void remove(ConnectionId connection, const Topic& topic);
    void drop(ConnectionId connection);
    // Windows of the family before `instrument` are over: nothing will be said of them any more.
    void drop_before(engine::InstrumentId instrument);

    std::size_t count(ConnectionId connection) const;
    bool has(ConnectionId connection, const Topic& topic) const;
    bool heard(std::initializer_list<Topic> topics) const;

    // Calls `tell(connection)` once for each connection that hears any of the topics.
    template <class Tell>
    void each(std::initializer_list<Topic> topics, Tell&& tell) {
        ++message_;
        for (const Topic& topic : topics) {
            const auto it = topics_.find(topic);
            if (it == topics_.end()) continue;
            for (Subscriber* s : it->second) {
                if (s->message == message_) continue;
                s->message = message_;
                tell(s->connection);
            }
        }
    }

  private:
    struct Subscriber {
        ConnectionId connection = 0;
        std::uint64_t message = 0;  // the last one it was told
        std::vector<Topic> topics{};
    };
    struct Hash {
        std::size_t operator()(const Topic& topic) const noexcept;
    };
    void leave(Subscriber& subscriber, const Topic& topic);

    std::unordered_map<ConnectionId, Subscriber>
        subscribers_;  // nodes stay where they are: topics point at them
    std::unordered_map<Topic, std::vector<Subscriber*>, Hash> topics_;
    std::uint64_t message_ = 0;
};

}  // namespace gridbook::gateway
