// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is known of each connection, without its socket: who signed in, which accounts it hears, when it was
// last spoken to (protocol section 2 and 6). (state, input, now) -> what to send, through the Outbox. `now`
// is the machine's clock, also when the market runs on the replay clock: freshness and silence are about
// machines. It knows nothing of orders, and nothing of a client's silence: frames of any kind end that, also
// pongs, so the transport watches it.

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/directory.hpp"
#include "gateway/egress/account_streams.hpp"
#include "gateway/ingress/trade_request.hpp"
#include "gateway/keys.hpp"
#include "gateway/transport/transport.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

inline constexpr engine::Duration heartbeat_after{5 * engine::second.value};  // our own silence
inline constexpr unsigned logon_failures_max = 5;  // a signature costs us more to check than them to send

// A logon whose cancel on disconnect waits for the engine's word.
struct Opening {
    std::string id;
    engine::KeyIndex key = engine::no_key;
    std::string stream;
    std::uint64_t from = 0;
};

struct Session {
    ConnectionId connection = 0;
    Endpoint endpoint = Endpoint::trade;
    std::string remote;                     // address of the peer
    std::string nonce;                      // trade only; signed once
    engine::KeyIndex key = engine::no_key;  // no_key: not signed in
    engine::AccountId account = engine::no_account;
    PublicKey signed_with{};
    bool on_behalf = false;
    bool cancels = false;    // the engine knows it: cancel on disconnect
    bool closing = false;    // we have closed it; the transport has not confirmed yet
    bool replaying = false;  // its account stream is behind and catches up: nothing live is told yet
    std::optional<Opening> opening{};
    unsigned failures = 0;
    std::vector<engine::AccountId> hears;  // its own account first, then those it has named
    engine::Time said{};

    bool signed_in() const { return key != engine::no_key; }
};

// Limits of the engine that a logon tells its client; 0: not told.
struct TradeLimits {
    std::uint32_t open_orders = 0;
    engine::Decimal qty{};
    engine::Money notional{};
    std::uint32_t orders_per_s = 0;  // only of an account with a rate of its own
};

// {"frame_bytes":16384,"open_orders":…,"qty":"…","notional":"…"}
void append_trade_limits(const TradeLimits& limits, std::string& out);

// AUTH_KEY, naming the address: the key is bound to others. `field` is where the key was named.
std::optional<WireError> from_elsewhere(const Directory::Key& key, std::string_view remote,
                                        std::string_view field);

class Sessions {
  public:
    Sessions(const Directory& directory, Outbox& transport, const AccountStreams& streams,
             TradeLimits limits = {});
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;

    // What everybody should send through, so that a heartbeat leaves only after silence.
    Outbox& outbox() { return voice_; }

    void opened(ConnectionId connection, Endpoint endpoint, engine::Time now, std::string_view remote = {});
    void closed(ConnectionId connection);
    // Sends the reply. A stream that cannot be resumed does not stop anybody from signing in: the reply says
    // RESUME_TOO_OLD beside all the rest, and a snapshot is to follow.
    enum class Logon : std::uint8_t { refused, live, resumes, too_old };
    Logon logon(ConnectionId connection, std::string_view id, const LogonRequest& request, engine::Time now);
    // Its two halves, for a logon that waits for the engine in between: who it is, or nullopt when the
    // refusal was sent; and signing in.
    std::optional<engine::KeyIndex> check(Session& session, std::string_view id, const LogonRequest& request,
                                          engine::Time now);
    Logon complete(Session& session, const Opening& opening);
    // A session that catches up is told nothing live until it has.
    void pause(Session& session);
    void go_live(Session& session);
    // An on_behalf session names an account: from now on it hears that account's stream.
    void name(Session& session, engine::AccountId account);
    // Once a second or more often: heartbeats, and the end of sessions whose key was changed.
    void tick(engine::Time now);
    // Tells every connection that a restart comes.
    void announce_shutdown(engine::Time now);

    Session* find(ConnectionId connection);
    // Connections that receive this account's stream: signed in for it, or on_behalf ones that have named it.
    std::span<const ConnectionId> listeners(engine::AccountId account) const;
    // An on_behalf session: its replies and events carry "account".
    bool names_accounts(ConnectionId connection) const;
    // What the session's key may do now; 0 when it is not signed in or its key was revoked.
    std::uint8_t roles(const Session& session) const;
    std::size_t size() const { return sessions_.size(); }
    // The market's, or the account's own where it has some.
    TradeLimits limits(engine::AccountId account) const;

  private:
    // The transport with a note of when each connection was last spoken to.
    class Voice final : public Outbox {
      public:
        Voice(Sessions& sessions, Outbox& transport) : sessions_(sessions), transport_(transport) {}
        void send(ConnectionId connection, std::string_view text) override;
        void send_each(std::span<const ConnectionId> connections, std::string_view text) override;
        void close(ConnectionId connection, std::uint16_t code, std::string_view reason) override {
            transport_.close(connection, code, reason);
        }
        void respond(HttpId request, unsigned status, std::string_view content_type,
                     std::string_view body) override {
            transport_.respond(request, status, content_type, body);
        }
        std::size_t unsent(ConnectionId connection) const override { return transport_.unsent(connection); }
        void flush() override { transport_.flush(); }

      private:
        Sessions& sessions_;
        Outbox& transport_;
    };

    std::optional<WireError> refusal(const Session& session, const LogonRequest& request,
                                     std::optional<engine::KeyIndex> key, engine::Time now) const;
    std::optional<WireError> forged(const Session& session, const LogonRequest& request,
                                    const Directory::Key& key) const;
    void sign_in(Session& session, engine::KeyIndex key);
    void append_welcome(const Session& session, engine::Time now);
    void append_logon_reply(const Session& session, std::string_view id,
                            const std::optional<WireError>& resume_error);
    std::optional<WireError> resume_error(const Session& session, const Opening& opening) const;
    void listen(Session& session, engine::AccountId account);
    bool key_changed(const Session& session) const;
    void end(ConnectionId connection, std::string_view reason);
    void look_after(ConnectionId connection);

    const Directory& directory_;
    Voice voice_;
    const AccountStreams& streams_;
    TradeLimits limits_;
    std::unordered_map<ConnectionId, Session> sessions_;
    std::vector<std::vector<ConnectionId>> listeners_;  // by account
    engine::Time now_{};
    std::string text_;                   // the frame being written
    std::vector<ConnectionId> visited_;  // of a tick: closing may take a session out of the table
};

}  // namespace gridbook::gateway
