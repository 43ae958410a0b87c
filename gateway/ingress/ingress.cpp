// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/ingress.hpp"

#include <fmt/format.h>

#include "gateway/config.hpp"
#include "gateway/egress/batch_reply.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
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

WireError catching_up() {
    return {.code = "BUSY",
            .msg = "the account stream is still being replayed to this connection",
            .rule = "resuming",
            .retry_ms = 50};
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
                 MarketFeed& feed, HttpApi& http, StreamReplay& replay, RateLimits& rates, MachineClock clock,
                 std::uint32_t cancel_grace_ms)
    : directory_(directory),
      sessions_(sessions),
      requests_(requests),
      port_(port),
      feed_(feed),
      http_(http),
      replay_(replay),
      rates_(rates),
      clock_(std::move(clock)),
      cancel_grace_ms_(cancel_grace_ms),
      market_decoder_(market_frame_bytes_max) {}

// ---- the seam to the transport ----

void Ingress::opened(ConnectionId connection, Endpoint endpoint, std::string_view remote) {
    sessions_.opened(connection, endpoint, clock_(), remote);
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
    if (!error) error = answer(session);
    if (error) refuse(session.connection, request_.id, *error);
}

// A request that is permitted: throttled, then entered or answered at once.
std::optional<WireError> Ingress::answer(Session& session) {
    const engine::AccountId account = account_of(session, request_);
    if (session.replaying) return catching_up();
    if (auto error = admit(session, request_, account)) return error;
    if (auto error = check_names(request_, directory_, account)) return error;
    if (auto error = find_traded(account)) return error;
    if (auto error = choose_families(account)) return error;
    // First the name, then the command: the stream must not begin after the events of the command.
    sessions_.name(session, account);
    if (answer_here(session, request_, account)) return std::nullopt;
    if (request_.op->op == Op::order_batch) {
        batch(session, request_, account);
        return std::nullopt;
    }
    if (enter(session, request_, account, {})) return std::nullopt;
    return busy(port_.disk_full());
}

// A trade is explained by the account's own order in it, which its stream remembers.
std::optional<WireError> Ingress::find_traded(engine::AccountId account) {
    auto* request = std::get_if<ExplainRequest>(&request_.body);
    if (request == nullptr || request->trade.value == 0) return std::nullopt;
    if (const auto order = replay_.order_in(account, request->trade)) {
        request->name.order = *order;
        return std::nullopt;
    }
    return WireError{.code = "ORDER_UNKNOWN",
                     .msg = "no order of this account had this trade, or it was too long ago",
                     .field = "tid",
                     .got = std::to_string(request->trade.value)};
}

std::optional<WireError> Ingress::choose_families(engine::AccountId account) {
    auto* request = std::get_if<AnyOfRequest>(&request_.body);
    return request == nullptr ? std::nullopt : choice_.choose(*request, account);
}

// As all rates, not with a replay clock.
std::uint32_t Ingress::own_rate(engine::AccountId account) const {
    if (directory_.clock() == engine::ClockMode::replay) return 0;
    return directory_.accounts()[account.value].limits.orders_per_s;
}

std::optional<WireError> Ingress::admit(const Session& session, const TradeRequest& request,
                                        engine::AccountId account) {
    const auto* orders = std::get_if<BatchRequest>(&request.body);
    const auto cost = orders == nullptr ? 1u : static_cast<std::uint32_t>(orders->orders.size());
    return rates_.admit(session.key, account, pace_of(request.op->op), cost, clock_(), own_rate(account));
}

// What needs no engine.
bool Ingress::answer_here(const Session& session, const TradeRequest& request, engine::AccountId account) {
    const bool here = std::holds_alternative<FillsRequest>(request.body) ||
                      std::holds_alternative<InvoicesRequest>(request.body) ||
                      std::holds_alternative<LimitsRequest>(request.body);
    if (!here) return false;
    text_ = "{\"id\":";
    append_quoted(request.id, text_);
    text_ += ",\"ok\":true,";
    if (const auto error = append_here(session, request, account)) {
        refuse(session.connection, request.id, *error);
        return true;
    }
    if (session.on_behalf) Members(text_).text<"account">(directory_.accounts()[account.value].name);
    text_ += '}';
    sessions_.outbox().send(session.connection, text_);
    return true;
}

std::optional<WireError> Ingress::append_here(const Session& session, const TradeRequest& request,
                                              engine::AccountId account) {
    if (const auto* fills = std::get_if<FillsRequest>(&request.body)) {
        replay_.append_fills(account, fills->after, fills->limit, text_);
    } else if (const auto* invoices = std::get_if<InvoicesRequest>(&request.body)) {
        if (billing_ == nullptr) return WireError{"NOT_AVAILABLE", "invoices are not kept here", "op"};
        return billing_->append_list(account, invoices->period, invoices->after, invoices->limit, text_);
    } else {
        rates_.append_use(session.key, account, clock_(), text_, own_rate(account));
        Members(text_).raw<"limits">("");
        append_trade_limits(sessions_.limits(account), text_);
    }
    return std::nullopt;
}

// ---- order.batch: one command an order; what is refused here stands among the results like the rest ----

void Ingress::batch(const Session& session, const TradeRequest& request, engine::AccountId account) {
    const auto orders = std::get<BatchRequest>(request.body).orders;
    const auto batch = std::make_shared<Batch>();
    batch->id = request.id;
    batch->results.resize(orders.size());
    batch->waiting = orders.size();
    const std::string op(request.op->name);
    for (std::uint32_t i = 0; i < orders.size(); ++i) {
        Request waiting{.connection = session.connection, .op = op, .batch = batch, .item = i};
        const auto error = batch_item(session, orders[i], account, std::move(waiting));
        if (!error) continue;
        --batch->waiting;
        batch->results[i] = http_error(*error);
    }
    if (batch->waiting != 0) return;
    text_.clear();
    append_batch_reply(*batch, text_);
    sessions_.outbox().send(session.connection, text_);
}

std::optional<WireError> Ingress::batch_item(const Session& session, std::string_view text,
                                             engine::AccountId account, Request waiting) {
    if (auto error = item_decoder_.decode(text)) return error;
    TradeRequest item;
    if (auto error = read_batch_item(item_decoder_.frame(), item)) return error;
    if (!enter(session, item, account, std::move(waiting))) return busy(port_.disk_full());
    return std::nullopt;
}

// ---- signing in ----

void Ingress::logon(Session& session) {
    const auto& request = std::get<LogonRequest>(request_.body);
    if (request.cod != engine::CancelOnDisconnect::off) return open_session(session, request);
    greet(session, sessions_.logon(session.connection, request_.id, request, clock_()), request.from);
}

// Cancel on disconnect is promised when it is durable, as everything is; until then nobody is signed in.
void Ingress::open_session(Session& session, const LogonRequest& request) {
    if (!port_.accepting()) return refuse(session.connection, request_.id, busy(port_.disk_full()));
    const auto key = sessions_.check(session, request_.id, request, clock_());
    if (!key) return;
    const engine::Origin origin = requests_.open(
        {.connection = session.connection, .id = std::string(request_.id), .op = "session.logon"});
    const engine::Command command =
        engine::Command::of(engine::OpenSession{.grace_ms = cancel_grace_ms_, .mode = request.cod},
                            directory_.keys()[key->value].account, *key, origin);
    session.cancels = port_.enter_urgent(command);
    if (session.cancels) {
        session.opening = Opening{std::string(request_.id), *key, std::string(request.stream), request.from};
    } else {
        requests_.done(origin);
        refuse(session.connection, request_.id, busy(port_.disk_full()));
    }
}

void Ingress::session_opened(ConnectionId connection, const std::optional<WireError>& error) {
    Session* session = sessions_.find(connection);
    if (session == nullptr || !session->opening) return;
    const Opening opening = std::move(*session->opening);
    session->opening.reset();
    session->cancels = !error;
    if (error) return refuse(connection, opening.id, *error);
    greet(*session, sessions_.complete(*session, opening), opening.from);
}

// What follows the answer to a logon.
void Ingress::greet(Session& session, Sessions::Logon logon, std::uint64_t from) {
    if (logon == Sessions::Logon::resumes) replay_.begin(session, from);
    if (logon == Sessions::Logon::too_old) ask_snapshot(session);
}

// Balance, open orders and positions, each as an event `snapshot`: what a stream that cannot be resumed is
// replaced by. The ring's reserve is for this too: a client without it cannot know what it has.
void Ingress::ask_snapshot(const Session& session) {
    constexpr std::uint32_t page = 1'000;
    const auto ask = [&](auto question) {
        const engine::Origin origin =
            requests_.open({.connection = session.connection, .op = "session.logon", .snapshot = true});
        if (port_.enter_urgent(engine::Command::of(question, session.account, session.key, origin))) return;
        requests_.done(origin);
        sessions_.outbox().close(session.connection, 1013, "BUSY");
    };
    ask(engine::QueryBalance{});
    ask(engine::QueryPositions{.limit = page});
    ask(engine::QueryOrders{.limit = page});
}

std::optional<WireError> Ingress::read_trade_frame(std::string_view text) {
    request_ = {};
    if (auto error = trade_decoder_.decode(text)) return error;
    return read_trade(trade_decoder_.frame(), request_);
}

std::optional<WireError> Ingress::permit(const Session& session, const TradeRequest& request) const {
    if (!session.signed_in())
        return WireError{
            .code = "SESSION_REQUIRED",
            .msg = session.opening
                       ? fmt::format("{} comes after the answer to session.logon", request.op->name)
                       : fmt::format("sign in first: {} comes after session.logon", request.op->name),
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

bool Ingress::enter(const Session& session, const TradeRequest& request, engine::AccountId account,
                    Request waiting) {
    waiting.connection = session.connection;
    if (!waiting.batch) {
        waiting.id = request.id;
        waiting.op = request.op->name;
    }
    const engine::Origin origin = requests_.open(std::move(waiting));
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
