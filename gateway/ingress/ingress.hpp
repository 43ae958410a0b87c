// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the outside comes in: frames of the trade and the market socket, and HTTP requests.
//
//   trade frame ──▶ decoder ──▶ schema ──▶ session, role, account ──▶ command or question ──▶ CommandPort ──▶
//   ring market frame ─▶ decoder ──▶ schema ──▶ MarketFeed (egress; nothing there waits for the engine) HTTP
//   request ─▶ HttpApi (admin)
//
// What is refused here has no sequence and leaves no trace in the journal. All on the I/O thread; it knows no
// sockets, and no time but the clock it is given.

#include <functional>

#include "gateway/admin/http_api.hpp"
#include "gateway/egress/market_feed.hpp"
#include "gateway/egress/stream_replay.hpp"
#include "gateway/ingress/command_port.hpp"
#include "gateway/ingress/decoder.hpp"
#include "gateway/ingress/family_choice.hpp"
#include "gateway/ingress/rate_limits.hpp"
#include "gateway/ingress/sessions.hpp"
#include "gateway/ingress/trade_request.hpp"
#include "gateway/requests.hpp"

namespace gridbook::gateway {

// The machine's clock: freshness and heartbeats are about machines, also when the market runs in its own
// time.
using MachineClock = std::function<engine::Time()>;

class Ingress final : public Inbox {
  public:
    Ingress(const Directory& directory, Sessions& sessions, Requests& requests, CommandPort& port,
            MarketFeed& feed, HttpApi& http, StreamReplay& replay, RateLimits& rates, MachineClock clock,
            std::uint32_t cancel_grace_ms = 5'000);
    Ingress(const Ingress&) = delete;
    Ingress& operator=(const Ingress&) = delete;

    void opened(ConnectionId connection, Endpoint endpoint, std::string_view remote) override;
    void received(ConnectionId connection, std::string_view text) override;
    void closed(ConnectionId connection) override;
    void requested(HttpId request, const HttpRequest& http) override;
    bool accepting() const override { return port_.accepting(); }

    // Who chooses the families of an any-of order; it hears what is durable.
    FamilyChoice& choice() { return choice_; }
    // Where invoices are read; before the first frame.
    void use_billing(const Billing& billing) { billing_ = &billing; }

    // Once a second or more often: heartbeats.
    void tick() {
        sessions_.tick(clock_());
        tell_lost();
    }
    // The engine's word on a logon with cancel on disconnect; `error`: it refused.
    void session_opened(ConnectionId connection, const std::optional<WireError>& error);
    void announce_shutdown() { sessions_.announce_shutdown(clock_()); }

  private:
    void trade(Session& session, std::string_view text);
    void logon(Session& session);
    void open_session(Session& session, const LogonRequest& request);
    void greet(Session& session, Sessions::Logon logon, std::uint64_t from);
    void tell_lost();
    void market(Session& session, std::string_view text);
    std::optional<WireError> read_trade_frame(std::string_view text);
    std::optional<WireError> permit(const Session& session, const TradeRequest& request) const;
    std::optional<WireError> permit_op(const Session& session, const OpSpec& op) const;
    std::optional<WireError> permit_account(const Session& session, std::string_view name) const;
    engine::AccountId account_of(const Session& session, const TradeRequest& request) const;
    std::optional<WireError> answer(Session& session);
    std::optional<WireError> find_traded(engine::AccountId account);
    std::optional<WireError> choose_families(engine::AccountId account);
    std::uint32_t own_rate(engine::AccountId account) const;
    std::optional<WireError> admit(const Session& session, const TradeRequest& request,
                                   engine::AccountId account);
    // What needs no engine is answered from the mirrors. False: it is no such question.
    bool answer_here(const Session& session, const TradeRequest& request, engine::AccountId account);
    std::optional<WireError> append_here(const Session& session, const TradeRequest& request,
                                         engine::AccountId account);
    void batch(const Session& session, const TradeRequest& request, engine::AccountId account);
    std::optional<WireError> batch_item(const Session& session, std::string_view text,
                                        engine::AccountId account, Request waiting);
    void ask_snapshot(const Session& session);
    bool enter(const Session& session, const TradeRequest& request, engine::AccountId account,
               Request waiting);
    void refuse(ConnectionId connection, std::string_view id, const WireError& error);

    const Directory& directory_;
    Sessions& sessions_;
    Requests& requests_;
    CommandPort& port_;
    MarketFeed& feed_;
    HttpApi& http_;
    StreamReplay& replay_;
    const Billing* billing_ = nullptr;
    RateLimits& rates_;
    MachineClock clock_;
    const std::uint32_t cancel_grace_ms_;
    std::vector<ConnectionId> lost_;  // of sessions with cancel on disconnect, not told to the engine yet
    FamilyChoice choice_{directory_};
    Decoder trade_decoder_;
    Decoder item_decoder_;  // of one order of a batch
    Decoder market_decoder_;
    TradeRequest request_;  // of the frame being read
    std::string text_;      // the refusal being written
};

}  // namespace gridbook::gateway
