// SPDX-License-Identifier: Apache-2.0
#pragma once
// /v1/market (protocol section 4): subscriptions, a snapshot at once for every subscribed book, then one
// delta a command with prev, seq and crc, or one a tenth of a second; trades, tickers, bands and phases as
// they happen. Who reads too slowly is conflated, told anew, or closed (slow_readers.hpp). Nobody waits for
// the engine here: everything comes from the mirrors. An event is encoded once and its bytes are shared by
// all who hear it; what nobody hears is not encoded at all.

#include <optional>

#include <map>
#include <set>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/egress/conflated_books.hpp"
#include "gateway/egress/discovery.hpp"
#include "gateway/egress/market_data.hpp"
#include "gateway/egress/slow_readers.hpp"
#include "gateway/egress/subscriptions.hpp"
#include "gateway/ingress/market_request.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

class MarketFeed {
  public:
    // Topics a connection may hold: a channel of a symbol is one.
    static constexpr std::size_t topics_max = 2'000;

    MarketFeed(const Directory& directory, const MarketData& market, Outbox& outbox,
               std::size_t topics_limit = topics_max, SlowReaders::Limits slow = {})
        : directory_(directory),
          market_(market),
          outbox_(outbox),
          topics_limit_(topics_limit),
          slow_(outbox, slow) {}
    MarketFeed(const MarketFeed&) = delete;
    MarketFeed& operator=(const MarketFeed&) = delete;

    // Where channels capacity and cost are computed; without it they say nothing.
    void use_discovery(const Discovery& discovery) { discovery_ = &discovery; }

    // Answers at once; a request that is refused changes nothing. Between batches only: a snapshot must not
    // show half a command.
    void handle(ConnectionId connection, const MarketRequest& request);
    void closed(ConnectionId connection) {
        subscriptions_.drop(connection);
        slow_.drop(connection);
    }
    // Ten times a second, between batches: channel book.100ms, and the slow readers.
    void tick(engine::Time now);

    // What happened, in the order it happened.
    void book(std::span<const LevelChange> changes);
    void trade(const engine::Event& taker_fill);
    void band(const Bands::Version& version, engine::Sequence sequence);
    void phase(const engine::Event& phase_changed);
    void indicative(const engine::Event& indicative);
    // A reference or its band moved, a limit state or wall begins or ends, the dynamic layer is suspended.
    void dynamic_band(const engine::Event& event);
    // What surveillance found: its members, of a family or of none (no_family).
    void alert(engine::FamilyId family, std::string_view members);

  private:
    using Topics = std::vector<Topic>;

    std::optional<WireError> read_channels(const MarketRequest& request,
                                           std::vector<Channel>& channels) const;
    std::optional<WireError> read_symbols(const MarketRequest& request, const std::vector<Channel>& channels,
                                          Topics& topics) const;
    // `any`: also instruments that are not listed any more, for who leaves them.
    std::optional<WireError> read_topic(const std::string& symbol, Channel channel, bool any,
                                        Topic& topic) const;
    std::optional<WireError> over_limit(ConnectionId connection, const Topics& topics) const;
    std::optional<WireError> subscribe(ConnectionId connection, const Topics& topics);
    std::optional<WireError> unsubscribe(ConnectionId connection, const Topics& topics);

    void reply(ConnectionId connection, const std::string& id);
    void refuse(ConnectionId connection, const std::string& id, const WireError& error);
    void present(ConnectionId connection, const Topics& topics);
    void snapshot(ConnectionId connection, engine::InstrumentId instrument);
    void present_ticker(ConnectionId connection, engine::InstrumentId instrument);
    void resync(ConnectionId connection, const SlowReaders::Lag& lag);
    void conflated(engine::InstrumentId instrument);
    void ticker(engine::InstrumentId instrument);
    bool append_discovery(engine::FamilyId family, Channel channel);
    void discover();
    // The first topic names what the message is about.
    void tell(std::initializer_list<Topic> topics);
    template <class Append>
    void tell(std::initializer_list<Topic> topics, const engine::Event& event, Append&& append);

    const Directory& directory_;
    const MarketData& market_;
    Outbox& outbox_;
    std::size_t topics_limit_;
    Subscriptions subscriptions_;
    SlowReaders slow_;
    ConflatedBooks conflated_;
    // What the last ticker of an instrument said; another is told only when this changes.
    struct Top {
        Level bid{}, ask{};
        std::uint64_t trades = 0;
        engine::Phase phase = engine::Phase::unlisted;
        friend bool operator==(const Top&, const Top&) = default;
    };
    std::map<engine::InstrumentId, Top> tops_;
    const Discovery* discovery_ = nullptr;
    std::set<engine::FamilyId> moved_;  // since capacity and cost were told
    engine::Time discovered_{};
    std::vector<ConnectionId> hearers_;  // of the message being told
    std::string text_;                   // the message being written
};

}  // namespace gridbook::gateway
