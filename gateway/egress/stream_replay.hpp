// SPDX-License-Identifier: Apache-2.0
#pragma once
// Resuming an account stream (protocol section 2): the events from the wanted `n` on are told as they were
// told then, and the session goes live behind the last one. What is longer than a piece waits until the peer
// has read the one before, so that coming back never breaks the output budget; until it has caught up the
// session hears nothing live. Also fills.get, which reads the same memory and behind it the projection. On
// the I/O thread, between batches.

#include <vector>

#include "gateway/directory.hpp"
#include "gateway/egress/account_streams.hpp"
#include "gateway/ingress/sessions.hpp"
#include "ledger/projection/projection.hpp"

namespace gridbook::gateway {

class StreamReplay {
  public:
    static constexpr std::size_t piece_events = 1'000;
    static constexpr std::size_t past_piece_events = 200;  // of one block of the journal, which is read whole
    static constexpr engine::Duration ask_again = engine::millisecond * 20;  // the projection is behind
    static constexpr engine::Duration patience = engine::second * 30;        // with it
    static constexpr std::size_t unsent_max = 1u << 20;  // no next piece while more than this waits

    StreamReplay(const Directory& directory, const AccountStreams& streams, Sessions& sessions)
        : directory_(directory), streams_(streams), sessions_(sessions) {}
    StreamReplay(const StreamReplay&) = delete;
    StreamReplay& operator=(const StreamReplay&) = delete;
    // Fills that have left the memory are read there.
    void use_history(const ledger::Projection& history) { history_ = &history; }

    // A session that has just signed in, and whose stream is kept from `from` on.
    void begin(Session& session, std::uint64_t from);
    // Goes on with those that are behind. True: something was told.
    bool step(engine::Time now = {});

    // "fills":[…],"more":…,"oldest":…,"seq":…: fills after the number `after`, oldest first. `oldest`: none
    // before it can be had. `dated`: each with its time as RFC 3339 too, as HTTP tells it.
    void append_fills(engine::AccountId account, std::uint64_t after, std::size_t limit, std::string& out,
                      bool dated = false) const;
    // The account's order in a trade, among the events that are kept; nullopt: there is none.
    std::optional<engine::OrderId> order_in(engine::AccountId account, engine::TradeId trade) const;

  private:
    struct Behind {
        ConnectionId connection = 0;
        std::uint64_t next = 0;      // the number to be told next
        engine::Time waits_since{};  // for the projection; zero: it does not
        engine::Time asked{};
    };
    // Tells one piece. False: it is over, live or lost.
    bool tell(Session& session, std::uint64_t& next);
    bool tell_past(Session& session, std::uint64_t& next);
    void lose(Session& session);
    void tell(const Session& session, const engine::Event& event, std::uint32_t cum);
    std::uint64_t last(engine::AccountId account) const {
        return directory_.accounts()[account.value].number;
    }

    const Directory& directory_;
    const AccountStreams& streams_;
    Sessions& sessions_;
    const ledger::Projection* history_ = nullptr;
    std::vector<Behind> behind_;
    std::vector<engine::Event> alternatives_;  // of the any-of order that comes next
    std::string text_;
};

}  // namespace gridbook::gateway
