// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/ingress.hpp"

#include <fmt/format.h>

#include "gateway/config.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/ingress/busy.hpp"
#include "gateway/ingress/commands.hpp"

namespace gridbook::gateway {

namespace {

// Long lists of symbols are a reader's right; orders are short.
constexpr std::size_t market_frame_bytes_max = 64 * 1024;

// What takes risk away, asks what became of it, or moves the time, passes when the ring is nearly full.
bool urgent(Op op) {
    return op == Op::order_cancel || op == Op::order_cancel_all || op == Op::cancel_after ||
           op == Op::order_status || op == Op::clock_advance;
}

MarketRequest market_request(const Frame& frame, std::string_view id, const OpSpec& op) {
    MarketRequest out{.id = std::string(id), .op = std::string(op.name), .channels = {}, .symbols = {}};
    for (const std::string_view channel : frame.texts("channels")) out.channels.emplace_back(channel);
    for (const std::string_view symbol : frame.texts("symbols")) out.symbols.emplace_back(symbol);
    if (frame.has("symbol")) out.symbols.emplace_back(frame.text("symbol"));
    return out;
}

// A snapshot is asked for by `symbol`, as events name it, or by `symbols`, as subscriptions do.
std::optional<WireError> check_snapshot(const Frame& frame, const OpSpec& op) {
    if (op.op != Op::book_snapshot || frame.has("symbol") != frame.has("symbols")) return std::nullopt;
    return WireError{.code = "FORMAT_FIELD",
                     .msg = "book.snapshot needs symbol or symbols, one of them",
                     .field = "symbol",
                     .rule = "required"};
}

}  // namespace

Ingress::Ingress(const Directory& directory, Sessions& sessions, Requests& requests, CommandPort& port,
                 MarketFeed& feed, HttpApi& http, MachineClock clock, std::uint32_t cancel_grace_ms)
    : directory_(directory),
      sessions_(sessions),
      requests_(requests),
      port_(port),
      feed_(feed),
      http_(http),
      clock_(std::move(clock)),
      cancel_grace_ms_(cancel_grace_ms),
      market_decoder_(market_frame_bytes_max) {}

// ---- the seam to the transport ----

void Ingress::opened(ConnectionId connection, Endpoint endpoint, std::string_view) {
    sessions_.opened(connection, endpoint, clock_());
}

void Ingress::received(ConnectionId connection, std::string_view text) {
    Session* session = sessions_.find(connection);
    if (!session || session->closing) return;
    if (session->endpoint == Endpoint::market) return market(*session, text);
    trade(*session, text);
}

void Ingress::closed(ConnectionId connection) {
    requests_.drop(connection);
    feed_.closed(connection);
    if (const Session* session = sessions_.find(connection); session && session->cancels) {
        lost_.push_back(connection);
        tell_lost();
    }
    sessions_.closed(connection);
}

// The engine hears of every lost session once; when its ring is full, with the next tick.
void Ingress::tell_lost() {
    while (!lost_.empty()) {
        const engine::Origin origin{.connection = lost_.front()};
        if (!port_.enter_urgent(
                engine::Command::of(engine::CloseSession{}, engine::no_account, engine::no_key, origin)))
            return;
        lost_.erase(lost_.begin());
    }
}

void Ingress::requested(HttpId request, const HttpRequest& http) { http_.handle(request, http, clock_()); }

// ---- market ----

void Ingress::market(Session& session, std::string_view text) {
    if (const auto error = market_decoder_.decode(text)) return refuse(session.connection, {}, *error);
    Frame& frame = market_decoder_.frame();
    std::string_view id;
    const OpSpec* op = nullptr;
    auto error = check_op(frame, Endpoint::market, id, op);
    if (!error) error = check_fields(frame, *op);
    if (!error) error = check_snapshot(frame, *op);
    if (error) return refuse(session.connection, id, *error);
    feed_.handle(session.connection, market_request(frame, id, *op));
}

// ---- trade ----

void Ingress::trade(Session& session, std::string_view text) {
    auto error = read_trade_frame(text);
    if (!error && request_.op->op == Op::session_logon) return logon(session);
    if (!error) error = permit(session, request_);
    if (!error) error = check_names(request_, directory_);
    if (error) return refuse(session.connection, request_.id, *error);
    const engine::AccountId account = account_of(session, request_);
    // First the name, then the command: the stream must not begin after the events of the command.
    sessions_.name(session, account);
    if (!enter(session, request_, account)) refuse(session.connection, request_.id, busy(port_.disk_full()));
}

// Nobody waits for the engine's word on cancel on disconnect: it stands in the ring before whatever the
// session says next.
void Ingress::logon(Session& session) {
    const auto& request = std::get<LogonRequest>(request_.body);
    if (request.cod != engine::CancelOnDisconnect::off && !port_.accepting())
        return refuse(session.connection, request_.id, busy(port_.disk_full()));
    if (!sessions_.logon(session.connection, request_.id, request, clock_())) return;
    if (request.cod == engine::CancelOnDisconnect::off) return;
    session.cancels = port_.enter_urgent(
        engine::Command::of(engine::OpenSession{.grace_ms = cancel_grace_ms_, .mode = request.cod},
                            session.account, session.key, {.connection = session.connection}));
}

std::optional<WireError> Ingress::read_trade_frame(std::string_view text) {
    request_ = {};
    if (auto error = trade_decoder_.decode(text)) return error;
    return read_trade(trade_decoder_.frame(), request_);
}

std::optional<WireError> Ingress::permit(const Session& session, const TradeRequest& request) const {
    if (!session.signed_in())
        return WireError{.code = "SESSION_REQUIRED",
                         .msg = fmt::format("sign in first: {} comes after session.logon", request.op->name),
                         .field = "op",
                         .got = std::string(request.op->name)};
    if (auto error = permit_op(session, *request.op)) return error;
    return permit_account(session, request.account);
}

std::optional<WireError> Ingress::permit_op(const Session& session, const OpSpec& op) const {
    const std::uint8_t roles = sessions_.roles(session);
    if (roles == 0)
        return WireError{.code = "AUTH_KEY", .msg = "the key was changed since this session signed in"};
    if ((roles & op.roles) == 0)
        return WireError{.code = "AUTH_ROLE",
                         .msg = fmt::format("{} needs the role {}", op.name, role_words(op.roles)),
                         .field = "op",
                         .rule = "role",
                         .limit = {role_words(op.roles)},
                         .got = role_words(roles)};
    if (op.op != Op::clock_advance) return std::nullopt;
    if (directory_.clock() != engine::ClockMode::replay)
        return WireError{.code = "NOT_AVAILABLE",
                         .msg = "this market runs on the real clock; only a replay clock can be advanced",
                         .field = "op",
                         .rule = "clock",
                         .got = std::string(op.name)};
    if (!session.on_behalf)
        return WireError{.code = "AUTH_ROLE",
                         .msg = "clock.advance needs a key that may act on behalf of others",
                         .field = "op",
                         .rule = "on_behalf",
                         .got = std::string(op.name)};
    return std::nullopt;
}

std::optional<WireError> Ingress::permit_account(const Session& session, std::string_view name) const {
    if (name.empty()) return std::nullopt;
    if (!session.on_behalf)
        return WireError{.code = "AUTH_ROLE",
                         .msg = "only a key that may act on behalf of others names an account",
                         .field = "account",
                         .rule = "on_behalf",
                         .got = std::string(name)};
    if (!directory_.account_id(name))
        return WireError{.code = "ACCOUNT_UNKNOWN",
                         .msg = "no such account",
                         .field = "account",
                         .got = std::string(name)};
    return std::nullopt;
}

engine::AccountId Ingress::account_of(const Session& session, const TradeRequest& request) const {
    return request.account.empty() ? session.account : *directory_.account_id(request.account);
}

bool Ingress::enter(const Session& session, const TradeRequest& request, engine::AccountId account) {
    const engine::Origin origin = requests_.open({.connection = session.connection,
                                                  .id = std::string(request.id),
                                                  .op = std::string(request.op->name)});
    const engine::Command command = to_command(request, directory_, {account, session.key, origin});
    const bool entered = urgent(request.op->op) ? port_.enter_urgent(command) : port_.enter(command);
    if (!entered) requests_.done(origin);
    return entered;
}

void Ingress::refuse(ConnectionId connection, std::string_view id, const WireError& error) {
    text_.clear();
    append_error_reply(id, error, text_);
    sessions_.outbox().send(connection, text_);
}

}  // namespace gridbook::gateway
