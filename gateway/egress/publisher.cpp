// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/publisher.hpp"

#include "gateway/egress/answers.hpp"
#include "gateway/egress/batch_reply.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"
#include "gateway/egress/refusal.hpp"
#include "gateway/egress/regulator_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventKind;

constexpr std::string_view json_type = "application/json";

bool answers(const Event& event) { return (event.header.flags & engine::event_flag::reply) != 0; }
bool duplicate(const Event& event) { return (event.header.flags & engine::event_flag::duplicate) != 0; }

bool has_origin(EventKind kind) {
    switch (kind) {
        case EventKind::started:
        case EventKind::time_advanced:
        case EventKind::state_hashed:
        case EventKind::account_opened:
        case EventKind::key_set:
        case EventKind::credited:
        case EventKind::resource_registered:
        case EventKind::resource_withdrawn:
        case EventKind::maintenance:
        case EventKind::resource_row:
        case EventKind::maintenance_row:
        case EventKind::order:
        case EventKind::refused:
        case EventKind::strip:
        case EventKind::any_of:
        case EventKind::mass_cancelled:
        case EventKind::cancel_after_set:
        case EventKind::phase_changed:
        case EventKind::band_changed:
        case EventKind::dynamic_suspended:
        case EventKind::killed:
        case EventKind::limits_set:
        case EventKind::session_opened:
        case EventKind::factors_changed:
        case EventKind::change_proposed:
        case EventKind::change_closed:
        case EventKind::change_row:
        case EventKind::impact_row:
        case EventKind::refusal_row:
        case EventKind::factors_row:
        case EventKind::order_row:
        case EventKind::strip_row:
        case EventKind::any_of_row:
        case EventKind::explain_row:
        case EventKind::bucket_row:
        case EventKind::balance_row:
        case EventKind::position_row:
        case EventKind::delivery:
        case EventKind::metered:
        case EventKind::delivery_row:
        case EventKind::dispute:
        case EventKind::dispute_row:
        case EventKind::payout:
        case EventKind::payout_row:
        case EventKind::tokens_drawn:
        case EventKind::package:
        case EventKind::grant:
        case EventKind::package_row:
        case EventKind::grant_row:
        case EventKind::reserve_row:
        case EventKind::holding_row:
        case EventKind::rows_end: return true;
        default: return false;
    }
}

}  // namespace

engine::Origin origin_of(const Event& event) {
    static_assert(offsetof(engine::OrderEvent, origin) == 0 && offsetof(engine::Refused, origin) == 0 &&
                  offsetof(engine::RowsEnd, origin) == 0 && offsetof(engine::BandChanged, origin) == 0);
    engine::Origin origin;
    if (has_origin(event.kind())) std::memcpy(&origin, event.body.data(), sizeof origin);
    return origin;
}

void Publisher::recover(const Event& event) {
    if (event.is_answer()) return;
    recall_command(event.header.sequence);
    streams_.keep(event, cum_after(event));
    take_in(event);
}

void Publisher::remember(const Event& event) {
    recall_command(event.header.sequence);
    take_in(event);
}

void Publisher::recall_command(engine::Sequence sequence) {
    if (sequence != command_) market_.close_command(command_);
    command_ = sequence;
}

void Publisher::publish(const Event& event) {
    if (event.is_answer()) return answer(event);
    begin_command(event.header.sequence);
    const std::uint32_t cum = cum_after(event);
    streams_.keep(event, cum);
    take_in(event);
    metrics_.count(event);
    if (!opens_session(event)) tell_account(event, cum);
    tell_market(event);
}

// True: the event was the engine's word on a logon, which goes on now.
bool Publisher::opens_session(const Event& event) {
    if (event.kind() != EventKind::session_opened && event.kind() != EventKind::refused) return false;
    const engine::Origin origin = origin_of(event);
    const Request* request = requests_.find(origin);
    if (request == nullptr || request->op != "session.logon" || request->snapshot) return false;
    const ConnectionId connection = request->connection;
    requests_.done(origin);
    std::optional<WireError> error;
    if (event.kind() == EventKind::refused) error = refusal(event, directory_, bands_);
    if (session_opened_) session_opened_(connection, error);
    return true;
}

void Publisher::end_of_batch() {
    feed_.book(market_.close_command(command_));
    metrics_.resting(market_.orders().size());
    metrics_.durable(directory_.sequence());
    if (!batches_.empty()) std::erase_if(batches_, [](const auto& entry) { return entry.second.expired(); });
    outbox_.flush();
}

void Publisher::begin_command(engine::Sequence sequence) {
    if (sequence == command_) return;
    feed_.book(market_.close_command(command_));
    alternatives_.clear();
    command_ = sequence;
}

void Publisher::take_in(const Event& event) {
    directory_.apply(event);
    bands_.apply(event);
    market_.apply(event);
    if (choice_ != nullptr) choice_->hear(event);
}

// A fill tells what is left; what is filled in all stands in the mirror, before it has taken the fill in. A
// strip's fill speaks of its hour.
std::uint32_t Publisher::cum_after(const Event& event) const {
    if (event.kind() != EventKind::fill) return 0;
    const auto fill = event.as<engine::Fill>();
    if (fill.of != engine::OrderKind::order) return market_.strip_qty(fill.order) - fill.leaves;
    const MirroredOrder* order = market_.orders().find(fill.order);
    GRIDBOOK_CHECK(order != nullptr);
    return order->cum + fill.qty;
}

void Publisher::tell_market(const Event& event) {
    switch (event.kind()) {
        case EventKind::phase_changed: return feed_.phase(event);
        case EventKind::indicative: return feed_.indicative(event);
        case EventKind::reference_changed:
        case EventKind::limit_state:
        case EventKind::dynamic_suspended: return feed_.dynamic_band(event);
        case EventKind::fill:
            if (completes_trade(event.as<engine::Fill>())) feed_.trade(event);
            return;
        case EventKind::band_changed: {
            const auto band = event.as<engine::BandChanged>();
            if (const Bands::Version* version = bands_.version(band.family, band.version))
                feed_.band(*version, event.header.sequence);
            return;
        }
        default: return;
    }
}

void Publisher::tell_account(const Event& event, std::uint32_t cum) {
    if (event.kind() == EventKind::alternative) return alternatives_.push_back(event);
    const engine::Origin origin = answers(event) ? origin_of(event) : engine::Origin{};
    const Request* request = requests_.find(origin);
    if (request == nullptr && event.header.number.value == 0) return;
    members_.clear();
    append_event(event, directory_, cum, members_);
    if (event.kind() == EventKind::any_of && !alternatives_.empty())
        append_alternatives(alternatives_, directory_, members_);
    const ConnectionId told = request == nullptr || request->http != 0 ? 0 : request->connection;
    if (request != nullptr) reply(event, *request);
    if (event.header.number.value != 0) tell_listeners(event, told);
    if (request != nullptr) requests_.done(origin);
}

void Publisher::tell_listeners(const Event& event, ConnectionId told) {
    for (const ConnectionId connection : sessions_.listeners(event.header.account)) {
        if (connection == told) continue;
        text_ = '{';
        text_ += members_;
        append_account(event, connection);
        text_ += '}';
        say(connection);
    }
}

void Publisher::say(ConnectionId connection) {
    metrics_.message();
    if (!batches_.empty())
        if (const auto it = batches_.find(connection); it != batches_.end())
            if (const auto batch = it->second.lock()) return batch->after.push_back(text_);
    outbox_.send(connection, text_);
}

void Publisher::reply(const Event& event, const Request& request) {
    if (event.kind() == EventKind::refused) return refuse(event, request);
    if (request.http == 0) return send_reply(event, request, true);
    text_ = "{\"ok\":true,";
    append_admin_answer(event, directory_, text_);
    text_ += '}';
    respond(request, 200, text_);
}

void Publisher::refuse(const Event& event, const Request& request) {
    const WireError error = refusal(event, directory_, bands_);
    if (request.http != 0) return refuse(request, error);
    members_.clear();
    append_refusal_members(event, error, members_);
    send_reply(event, request, false);
}

void Publisher::refuse(const Request& request, const WireError& error) {
    if (request.http != 0) return respond(request, http_status(error.code), http_error(error));
    text_.clear();
    append_error_reply(request.id, error, text_);
    say(request.connection);
}

void Publisher::send_reply(const Event& event, const Request& request, bool ok) {
    if (request.batch) return batch_result(event, request, ok);
    if (request.snapshot) {
        text_ = R"({"ev":"snapshot",)";
    } else {
        text_ = "{\"id\":";
        append_quoted(request.id, text_);
        text_ += ok ? ",\"ok\":true," : ",\"ok\":false,";
    }
    text_ += members_;
    if (request.snapshot)
        Members(text_).number<"n">(directory_.accounts()[event.header.account.value].number);
    append_account(event, request.connection);
    if (duplicate(event)) text_ += ",\"dup\":true";
    text_ += '}';
    say(request.connection);
}

// The results stand where the orders stood. Events that these orders caused meanwhile follow the reply, so
// that a client knows an order before it hears of its fills.
void Publisher::batch_result(const Event& event, const Request& request, bool ok) {
    std::string& result = request.batch->results[request.item];
    result = ok ? "{\"ok\":true," : "{\"ok\":false,";
    result += members_;
    std::swap(result, text_);
    append_account(event, request.connection);
    if (duplicate(event)) text_ += ",\"dup\":true";
    text_ += '}';
    std::swap(result, text_);
    if (--request.batch->waiting != 0) {
        batches_[request.connection] = request.batch;
        return;
    }
    batches_.erase(request.connection);
    text_.clear();
    append_batch_reply(*request.batch, text_);
    say(request.connection);
    for (const std::string& text : request.batch->after) outbox_.send(request.connection, text);
}

void Publisher::respond(const Request& request, unsigned status, std::string_view body) {
    outbox_.respond(request.http, status, json_type, body);
    metrics_.message();
}

// On a connection that may act for many, everything says for whom it is.
void Publisher::append_account(const Event& event, ConnectionId connection) {
    const std::uint32_t account = event.header.account.value;
    if (!sessions_.names_accounts(connection) || account >= directory_.accounts().size()) return;
    Members(text_).text<"account">(directory_.accounts()[account].name);
}

void Publisher::answer(const Event& row) {
    const engine::Origin origin = origin_of(row);
    Request* request = requests_.find(origin);
    if (request == nullptr) return;
    if (row.kind() != EventKind::rows_end) return request->rows.push_back(row);

    if (!request->rows.empty() && request->rows[0].kind() == EventKind::refusal_row)
        refuse(*request, refusal(refused_by(request->rows[0]), directory_, bands_));
    else if (const auto error = answer_error(row, request->rows))
        refuse(*request, *error);
    else
        send_answer(row, *request);
    requests_.done(origin);
}

void Publisher::send_answer(const Event& end, const Request& request) {
    members_.clear();
    append_answer(end, request.rows, directory_, members_);
    if (end.as<engine::RowsEnd>().question == engine::CommandKind::query_explain)
        append_grounds(request.rows, directory_, bands_, members_);
    if (request.http == 0) return send_reply(end, request, true);
    text_ = "{\"ok\":true,";
    text_ += members_;
    // An order brings its ts along.
    if (end.as<engine::RowsEnd>().question != engine::CommandKind::query_order)
        Members(text_).time<"ts">(end.header.time);
    Members(text_).rfc3339<"time">(end.header.time).raw("}");
    respond(request, 200, text_);
}

}  // namespace gridbook::gateway
