// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/sessions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "gateway/config.hpp"
#include "gateway/decimal.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/ingress/freshness.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::size_t nonce_bytes = 24;           // 192 bits: no two connections ever get the same one
constexpr std::uint16_t policy_violation = 1008;  // the WebSocket close code for a client that breaks a rule

// Stable for the account and the journal: another journal's numbers must not look like ours.
std::string stream_of(const Directory& directory, engine::AccountId account) {
    const Digest digest = sha256(
        fmt::format("stream\n{}\n{}", directory.epoch().value, directory.accounts()[account.value].name));
    return hex(std::span(digest).first(8));
}

void append_plain_event(std::string_view name, engine::Time now, std::string& out) {
    Members(out).raw(R"({"ev":")").raw(name).raw("\"").time<"ts">(now).raw("}");
}

}  // namespace

void append_trade_limits(const TradeLimits& limits, std::string& out) {
    Members members(out);
    members.raw(fmt::format(R"({{"frame_bytes":{})", frame_bytes_max));
    if (limits.open_orders != 0) members.number<"open_orders">(limits.open_orders);
    if (limits.qty.value != 0) members.decimal<"qty">(limits.qty);
    if (limits.notional.value != 0) members.money<"notional">(limits.notional);
    if (limits.orders_per_s != 0) members.number<"orders_per_s">(limits.orders_per_s);
    members.raw("}");
}

Sessions::Sessions(const Directory& directory, Outbox& transport, const AccountStreams& streams,
                   TradeLimits limits)
    : directory_(directory), voice_(*this, transport), streams_(streams), limits_(limits) {}

TradeLimits Sessions::limits(engine::AccountId account) const {
    const engine::AccountLimits& own = directory_.accounts()[account.value].limits;
    TradeLimits limits = limits_;
    if (own.open_orders != 0) limits.open_orders = own.open_orders;
    if (own.qty != engine::Decimal{}) limits.qty = own.qty;
    if (own.notional != engine::Money{}) limits.notional = own.notional;
    limits.orders_per_s = own.orders_per_s;
    return limits;
}

void Sessions::Voice::send(ConnectionId connection, std::string_view text) {
    if (Session* session = sessions_.find(connection)) session->said = sessions_.now_;
    transport_.send(connection, text);
}

void Sessions::Voice::send_each(std::span<const ConnectionId> connections, std::string_view text) {
    for (const ConnectionId connection : connections)
        if (Session* session = sessions_.find(connection)) session->said = sessions_.now_;
    transport_.send_each(connections, text);
}

// ---- connections ----

void Sessions::opened(ConnectionId connection, Endpoint endpoint, engine::Time now, std::string_view remote) {
    now_ = now;
    Session& session = sessions_[connection];
    session.connection = connection;
    session.endpoint = endpoint;
    session.remote = remote;
    session.said = now;
    if (endpoint != Endpoint::trade) return;
    session.nonce = random_token(nonce_bytes);
    append_welcome(session, now);
    voice_.send(connection, text_);
}

void Sessions::closed(ConnectionId connection) {
    const auto it = sessions_.find(connection);
    if (it == sessions_.end()) return;
    for (const engine::AccountId account : it->second.hears)
        std::erase(listeners_[account.value], connection);
    sessions_.erase(it);
}

// ---- signing in ----

Sessions::Logon Sessions::logon(ConnectionId connection, std::string_view id, const LogonRequest& request,
                                engine::Time now) {
    Session* session = find(connection);
    if (!session) return Logon::refused;
    const auto key = check(*session, id, request, now);
    if (!key) return Logon::refused;
    return complete(*session, {std::string(id), *key, std::string(request.stream), request.from});
}

std::optional<engine::KeyIndex> Sessions::check(Session& session, std::string_view id,
                                                const LogonRequest& request, engine::Time now) {
    const auto key = directory_.key_index(request.key);
    const auto error = refusal(session, request, key, now);
    if (!error) return key;
    text_.clear();
    append_error_reply(id, *error, text_);
    voice_.send(session.connection, text_);
    if (++session.failures == logon_failures_max) end(session.connection, "too many failed logons");
    return std::nullopt;
}

Sessions::Logon Sessions::complete(Session& session, const Opening& opening) {
    sign_in(session, opening.key);
    const auto too_old = resume_error(session, opening);
    text_.clear();
    append_logon_reply(session, opening.id, too_old);
    voice_.send(session.connection, text_);
    if (too_old) return Logon::too_old;
    return opening.from == 0 ? Logon::live : Logon::resumes;
}

// Another journal's stream has another name, and numbers that mean nothing here.
std::optional<WireError> Sessions::resume_error(const Session& session, const Opening& request) const {
    const std::string stream = stream_of(directory_, session.account);
    if (!request.stream.empty() && request.stream != stream)
        return WireError{.code = "RESUME_TOO_OLD",
                         .msg = "this is another stream: the account's history was begun anew",
                         .field = "stream",
                         .rule = "stream",
                         .limit = {stream},
                         .got = std::string(shown(request.stream))};
    if (request.from == 0) return std::nullopt;
    const std::uint64_t last = directory_.accounts()[session.account.value].number;
    if (request.from <= last + 1 && streams_.reaches(session.account, request.from, last))
        return std::nullopt;
    const std::uint64_t oldest = streams_.oldest_of_all(session.account, last);
    return WireError{
        .code = "RESUME_TOO_OLD",
        .msg = fmt::format("events {} to {} can be replayed; a snapshot follows instead", oldest, last),
        .field = "from",
        .rule = "window",
        .limit = {std::to_string(oldest), std::to_string(last + 1)},
        .got = std::to_string(request.from)};
}

void Sessions::pause(Session& session) {
    session.replaying = true;
    for (const engine::AccountId account : session.hears)
        std::erase(listeners_[account.value], session.connection);
    session.hears.clear();
}

void Sessions::go_live(Session& session) {
    session.replaying = false;
    listen(session, session.account);
}

std::optional<WireError> Sessions::refusal(const Session& session, const LogonRequest& request,
                                           std::optional<engine::KeyIndex> key, engine::Time now) const {
    if (session.signed_in() || session.opening)
        return WireError{.code = "AUTH_REPLAY",
                         .msg = "this connection is signed in; its nonce is used up",
                         .rule = "nonce"};
    if (!key || directory_.keys()[key->value].roles == 0)
        return WireError{.code = "AUTH_KEY",
                         .msg = key ? "the key is revoked" : "no such key",
                         .field = "key",
                         .got = std::string(request.key)};
    if (auto error = stale(request.time, now, "ts")) return error;
    if (auto error = forged(session, request, directory_.keys()[key->value])) return error;
    // Only who has the key learns that it is bound to addresses.
    return from_elsewhere(directory_.keys()[key->value], session.remote, "key");
}

// The nonce belongs to this connection alone, so what was signed for another one fails here.
std::optional<WireError> Sessions::forged(const Session& session, const LogonRequest& request,
                                          const Directory::Key& key) const {
    const std::string signed_text = fmt::format("logon\n{}\n{}\n{}", session.nonce, request.key, request.ts);
    if (verify(key.public_key, signed_text, request.signature)) return std::nullopt;
    return WireError{
        .code = "AUTH_SIGNATURE",
        .msg = "the signature is not this key's over logon, nonce, key and ts, joined by line feeds",
        .field = "sig"};
}

void Sessions::sign_in(Session& session, engine::KeyIndex index) {
    const Directory::Key& key = directory_.keys()[index.value];
    session.key = index;
    session.account = key.account;
    session.on_behalf = key.on_behalf;
    session.signed_with = key.public_key;
    listen(session, key.account);
}

void Sessions::name(Session& session, engine::AccountId account) {
    if (session.on_behalf) listen(session, account);
}

void Sessions::listen(Session& session, engine::AccountId account) {
    if (listeners_.size() <= account.value) listeners_.resize(account.value + 1);
    std::vector<ConnectionId>& connections = listeners_[account.value];
    // The latest comer stands last, and an account has few connections.
    if (std::ranges::find(connections, session.connection) != connections.end()) return;
    connections.push_back(session.connection);
    session.hears.push_back(account);
}

// ---- time ----

void Sessions::tick(engine::Time now) {
    now_ = now;
    visited_.clear();
    for (const auto& [connection, session] : sessions_) visited_.push_back(connection);
    for (const ConnectionId connection : visited_) look_after(connection);
}

void Sessions::look_after(ConnectionId connection) {
    const Session* session = find(connection);
    if (!session || session->closing) return;
    if (key_changed(*session)) return end(connection, "the key was changed");
    if (now_ - session->said < heartbeat_after) return;
    text_.clear();
    append_plain_event("hb", now_, text_);
    voice_.send(connection, text_);
}

void Sessions::end(ConnectionId connection, std::string_view reason) {
    if (Session* session = find(connection)) session->closing = true;
    voice_.close(connection, policy_violation, reason);
}

void Sessions::announce_shutdown(engine::Time now) {
    now_ = now;
    text_.clear();
    append_plain_event("notice.shutdown", now, text_);
    for (const auto& [connection, session] : sessions_) voice_.send(connection, text_);
}

bool Sessions::key_changed(const Session& session) const {
    if (!session.signed_in()) return false;
    const Directory::Key& key = directory_.keys()[session.key.value];
    return key.roles == 0 || key.account != session.account || key.on_behalf != session.on_behalf ||
           key.public_key != session.signed_with || !key.addresses.admits(session.remote);
}

std::optional<WireError> from_elsewhere(const Directory::Key& key, std::string_view remote,
                                        std::string_view field) {
    if (key.addresses.admits(remote)) return std::nullopt;
    return WireError{.code = "AUTH_KEY",
                     .msg = fmt::format("the key may not be used from {}", remote),
                     .field = std::string(field),
                     .rule = "address",
                     .got = std::string(remote)};
}

// ---- questions ----

Session* Sessions::find(ConnectionId connection) {
    const auto it = sessions_.find(connection);
    return it == sessions_.end() ? nullptr : &it->second;
}

std::span<const ConnectionId> Sessions::listeners(engine::AccountId account) const {
    if (account.value >= listeners_.size()) return {};
    return listeners_[account.value];
}

bool Sessions::names_accounts(ConnectionId connection) const {
    const auto it = sessions_.find(connection);
    return it != sessions_.end() && it->second.on_behalf;
}

std::uint8_t Sessions::roles(const Session& session) const {
    if (!session.signed_in() || key_changed(session)) return 0;
    return directory_.keys()[session.key.value].roles;
}

// ---- text ----

void Sessions::append_welcome(const Session& session, engine::Time now) {
    text_.clear();
    Members(text_).raw(R"({"ev":"welcome","schema":1)").word<"nonce">(session.nonce).time<"ts">(now).raw("}");
}

void Sessions::append_logon_reply(const Session& session, std::string_view id,
                                  const std::optional<WireError>& resume_error) {
    const Directory::Account& account = directory_.accounts()[session.account.value];
    text_ += R"({"id":)";
    append_quoted(id, text_);
    Members(text_)
        .truth<"ok">(true)
        .text<"account">(account.name)
        .word<"role">(role_words(directory_.keys()[session.key.value].roles))
        .word<"stream">(stream_of(directory_, session.account))
        .number<"n">(account.number)
        .number<"seq">(directory_.sequence().value)
        .raw<"limits">("");
    append_trade_limits(limits(session.account), text_);
    if (resume_error) {
        text_ += ',';
        append_error_member(*resume_error, text_);
    }
    text_ += '}';
}

}  // namespace gridbook::gateway
