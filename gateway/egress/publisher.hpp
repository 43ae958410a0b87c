// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where durable events become known. It is the last stage: the ring it is fed from holds only what is
// committed, so nothing can be told earlier.
//
//   durable event ──▶ mirrors (directory, bands, market data, metrics)
//                 ──▶ the request that waits for it: one reply, by socket or HTTP
//                 ──▶ the account's stream: every other connection of the account
//                 ──▶ the market feed
//
// A reply carries the n of its event and stands for it on its own connection. Questions gather their rows in
// the request until the last one. All on the I/O thread; it knows no sockets.

#include <functional>

#include "gateway/directory.hpp"
#include "gateway/egress/account_streams.hpp"
#include "gateway/egress/bands.hpp"
#include "gateway/egress/market_data.hpp"
#include "gateway/egress/market_feed.hpp"
#include "gateway/egress/metrics.hpp"
#include "gateway/ingress/family_choice.hpp"
#include "gateway/ingress/sessions.hpp"
#include "gateway/requests.hpp"

namespace gridbook::gateway {

class Publisher {
  public:
    Publisher(Directory& directory, Bands& bands, MarketData& market, MarketFeed& feed, Requests& requests,
              const Sessions& sessions, Outbox& outbox, Metrics& metrics, AccountStreams& streams)
        : directory_(directory),
          bands_(bands),
          market_(market),
          feed_(feed),
          requests_(requests),
          sessions_(sessions),
          outbox_(outbox),
          metrics_(metrics),
          streams_(streams) {}
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    // Who finishes a logon that the engine has opened a session for, or refused.
    using SessionOpened = std::function<void(ConnectionId, const std::optional<WireError>&)>;
    void on_session_opened(SessionOpened opened) { session_opened_ = std::move(opened); }

    // Who chooses families hears of the any-of orders there are.
    void use_choice(FamilyChoice& choice) { choice_ = &choice; }

    // An event from before this process: it only fills the mirrors, and the account streams.
    void recover(const engine::Event& event);
    // One of those that a snapshot remembers: streams have gaps between them, so they fill the mirrors alone.
    void remember(const engine::Event& event);
    // One durable event, or one answer to a question.
    void publish(const engine::Event& event);
    // The events that were there are published. Batches end where a command ends, so that one command is one
    // delta.
    void end_of_batch();

  private:
    void recall_command(engine::Sequence sequence);
    void begin_command(engine::Sequence sequence);
    void take_in(const engine::Event& event);
    void answer(const engine::Event& row);
    void tell_account(const engine::Event& event, std::uint32_t cum);
    bool opens_session(const engine::Event& event);
    void tell_listeners(const engine::Event& event, ConnectionId told);
    void tell_market(const engine::Event& event);
    std::uint32_t cum_after(const engine::Event& event) const;

    void reply(const engine::Event& event, const Request& request);
    void batch_result(const engine::Event& event, const Request& request, bool ok);
    // To a connection of the trade socket; while its batch is being answered, it waits for the reply.
    void say(ConnectionId connection);
    void refuse(const engine::Event& event, const Request& request);
    void refuse(const Request& request, const WireError& error);
    void send_reply(const engine::Event& event, const Request& request, bool ok);
    void send_answer(const engine::Event& end, const Request& request);
    void respond(const Request& request, unsigned status, std::string_view body);
    void append_account(const engine::Event& event, ConnectionId connection);

    Directory& directory_;
    Bands& bands_;
    MarketData& market_;
    MarketFeed& feed_;
    Requests& requests_;
    const Sessions& sessions_;
    Outbox& outbox_;
    Metrics& metrics_;
    AccountStreams& streams_;
    SessionOpened session_opened_;
    FamilyChoice* choice_ = nullptr;
    engine::Sequence command_{};               // whose events are being published
    std::vector<engine::Event> alternatives_;  // of the any-of order that the command places
    std::string members_;                      // of the present event, encoded once
    std::string text_;                         // the frame or body being written
    std::unordered_map<ConnectionId, std::weak_ptr<Batch>>
        batches_;  // partly answered; gone with their client
};

// The request that an event answers; connection 0: none, or the kind has no origin.
engine::Origin origin_of(const engine::Event& event);

}  // namespace gridbook::gateway
