// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/http_api.hpp"

#include <fmt/format.h>

#include <charconv>

#include "gateway/admin/signed_text.hpp"
#include "gateway/config.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/target.hpp"
#include "gateway/ingress/busy.hpp"
#include "gateway/ingress/commands.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr unsigned method_not_allowed = 405;
constexpr std::size_t rows_max = 1000;
constexpr std::size_t numbers_max = (std::size_t{1} << 53) - 1;

WireError no_such_path(std::string_view path) {
    return {.code = "OP_UNKNOWN", .msg = "no such path", .field = "path", .got = std::string(shown(path))};
}

WireError other_method(const HttpRequest& http, std::string_view path) {
    return {.code = "OP_UNKNOWN",
            .msg = fmt::format("{} does not know this method", path),
            .field = "method",
            .rule = "method",
            .got = std::string(shown(http.method))};
}

WireError not_available(std::string_view path) {
    return {.code = "NOT_AVAILABLE",
            .msg = fmt::format("{} is not kept here", path),
            .field = "path",
            .got = std::string(path)};
}

const AdminCall* find_admin_call(std::string_view path) {
    for (const AdminCall& call : admin_calls())
        if (path_matches(call.path, path)) return &call;
    return nullptr;
}

// The account a question is about: the key's own, or one that an on_behalf key names.
std::variant<engine::AccountId, WireError> account_of(Target& target, const Directory& directory,
                                                      engine::KeyIndex index) {
    const Directory::Key& key = directory.keys()[index.value];
    const std::string* name = target.parameter("account");
    if (!name) return key.account;
    if (!key.on_behalf)
        return WireError{.code = "AUTH_ROLE",
                         .msg = "only a key that may act on behalf of others names an account",
                         .field = "account",
                         .rule = "on_behalf",
                         .got = *name};
    if (const auto id = directory.account_id(*name)) return *id;
    return WireError{.code = "ACCOUNT_UNKNOWN", .msg = "no such account", .field = "account", .got = *name};
}

engine::OrderId order_after(Target& target) {
    return engine::OrderId{target.count("after", 0, static_cast<std::size_t>(INT64_MAX))};
}

engine::InstrumentId position_after(Target& target, const Directory& directory) {
    const std::string* symbol = target.parameter("after");
    if (!symbol) return engine::QueryPositions{}.after;
    if (const auto instrument = directory.instrument(*symbol)) return *instrument;
    target.refuse({.code = "SYMBOL_UNKNOWN",
                   .msg = "after names no instrument",
                   .field = "after",
                   .got = std::string(shown(*symbol))});
    return engine::no_instrument;
}

// The change that the path names, as a member beside those of the body.
std::optional<WireError> add_change(Frame& frame, std::string_view segment) {
    if (segment.empty()) return std::nullopt;
    std::uint32_t change = 0;
    const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), change);
    if (error != std::errc{} || end != segment.data() + segment.size() || change == 0)
        return bad_value("change", "the number of a change", segment);
    frame.add({.name = "change", .type = JsonType::text, .text = segment, .number = change});
    return std::nullopt;
}

std::uint32_t id_after(Target& target) {
    return static_cast<std::uint32_t>(target.count("after", 0, UINT32_MAX));
}

std::uint32_t limit_of(Target& target) {
    return static_cast<std::uint32_t>(target.count("limit", rows_max, rows_max));
}

}  // namespace

void HttpApi::handle(HttpId id, const HttpRequest& http, engine::Time now) {
    const std::string_view target = http.target;
    Call call{.id = id, .http = http, .path = target.substr(0, target.find('?')), .now = now};
    if (const auto error = dispatch(call)) refuse(id, http_status(error->code), *error);
}

HttpApi::Refusal HttpApi::dispatch(Call& call) {
    const AdminCall* what = find_admin_call(call.path);
    bool known = what != nullptr;
    if (what != nullptr && call.http.method == "POST") {
        return admin(call, *what);
    } else if (const SignedRoute* route = find_route(call.http.method, call.path, known)) {
        return answer(call, *route);
    } else if (const OpenRoute* open = find_open_route(call.path)) {
        if (call.http.method == "GET") return ask(call, *open);
        known = true;
    } else if (const auto page = public_.get(call.http.target)) {
        if (call.http.method == "GET") {
            outbox_.respond(call.id, page->status, page->content_type, page->body);
            return std::nullopt;
        }
        known = true;
    }
    if (!known) return no_such_path(call.path);
    refuse(call.id, method_not_allowed, other_method(call.http, call.path));
    return std::nullopt;
}

HttpApi::Refusal HttpApi::answer(Call& call, const SignedRoute& route) {
    if ((route.source == Source::sandbox && sandbox_ == nullptr) ||
        (route.source == Source::billing && billing_ == nullptr))
        return not_available(call.path);
    if (auto error = sign(call, route.roles)) return error;
    switch (route.source) {
        case Source::fills: return fills(call);
        case Source::billing: return billing(call, route);
        case Source::log: return audit(call);
        case Source::alerts: return alerts(call);
        case Source::limits: return limits(call);
        case Source::band: return band(call);
        case Source::sandbox: return sandbox(call, route);
        case Source::engine: break;
    }
    return account(call, route);
}

HttpApi::Refusal HttpApi::sign(Call& call, std::uint8_t roles) {
    auto admitted = gate_.admit(call.http, call.now);
    if (auto* error = std::get_if<WireError>(&admitted)) return std::move(*error);
    call.key = std::get<engine::KeyIndex>(admitted);
    const std::uint8_t held = directory_.keys()[call.key.value].roles;
    if ((held & roles) != 0) return std::nullopt;
    return WireError{.code = "AUTH_ROLE",
                     .msg = fmt::format("{} needs the role {}", call.path, role_words(roles)),
                     .field = "Gb-Key",
                     .rule = "role",
                     .limit = {role_words(roles)},
                     .got = role_words(held)};
}

HttpApi::Refusal HttpApi::admin(Call& call, const AdminCall& what) {
    if (auto error = sign(call, what.roles)) return error;
    if (call.path.size() != call.http.target.size())
        return WireError{.code = "FORMAT_FIELD",
                         .msg = "this call has a body and no parameters",
                         .field = "path",
                         .rule = "unknown",
                         .got = std::string(shown(call.http.target))};
    if (auto error = decoder_.decode(call.http.body)) return error;
    Frame& frame = decoder_.frame();
    if (auto error = check_fields(frame, what.fields, {}, what.path)) return error;
    if (auto error = add_change(frame, starred(what.path, call.path))) return error;
    std::string text = signed_text(call.http);
    auto command = what.read(frame, directory_, sha256(text));
    if (auto* error = std::get_if<WireError>(&command)) return std::move(*error);
    if (frame.number("dry_run") == 1) return enter(call, asked_only(std::get<engine::Command>(command)), {});
    return enter(call, std::get<engine::Command>(command), std::move(text));
}

HttpApi::Refusal HttpApi::account(const Call& call, const SignedRoute& route) {
    auto command = question(call, route.question);
    if (auto* error = std::get_if<WireError>(&command)) return std::move(*error);
    return enter(call, std::get<engine::Command>(command), {});
}

HttpApi::Refusal HttpApi::ask(const Call& call, const OpenRoute& route) {
    Target target(call.http.target);
    engine::Command command;
    if (route.question == engine::CommandKind::query_packages) {
        command = engine::Command::of(
            engine::QueryPackages{.after = engine::PackageId{id_after(target)}, .limit = limit_of(target)},
            engine::no_account);
    } else {
        const std::string* issuer = target.parameter("issuer");
        const std::string* after = target.parameter("after");
        const auto account = issuer == nullptr ? engine::no_account : directory_.account_id(*issuer);
        if (!account)
            return WireError{
                .code = "ACCOUNT_UNKNOWN", .msg = "no such account", .field = "issuer", .got = *issuer};
        const auto page =
            reserves_page(after == nullptr ? std::string_view{} : *after, limit_of(target), directory_);
        if (!page) return bad_value("after", "an issuer and a class, as prov/CHAT-L", *after);
        command = engine::Command::of(*page, *account);
    }
    if (auto error = target.error()) return error;
    return enter(call, command, {});
}

// The same rows as fills.get; `after` is a number of the account's stream.
HttpApi::Refusal HttpApi::fills(const Call& call) {
    if (fills_ == nullptr) return not_available(call.path);
    Target target(call.http.target);
    auto account = account_of(target, directory_, call.key);
    if (auto* error = std::get_if<WireError>(&account)) return std::move(*error);
    const std::size_t after = target.count("after", 0, numbers_max, 0), limit = limit_of(target);
    if (auto error = target.error()) return error;
    std::string body = "{\"ok\":true,";
    fills_->append_fills(std::get<engine::AccountId>(account), after, limit, body, true);
    Members(body).time<"ts">(directory_.time()).rfc3339<"time">(directory_.time()).raw("}");
    outbox_.respond(call.id, 200, json_type, body);
    return std::nullopt;
}

// The list, or one of them: D12, D12.json or D12.csv, its lines behind the one that `after` names.
HttpApi::Refusal HttpApi::billing(const Call& call, const SignedRoute& route) {
    Target target(call.http.target);
    auto account = account_of(target, directory_, call.key);
    if (auto* error = std::get_if<WireError>(&account)) return std::move(*error);
    const engine::AccountId id = std::get<engine::AccountId>(account);
    const std::string_view name = starred(route.path, call.path);
    const std::string* period = name.empty() ? target.parameter("period") : nullptr;
    const std::size_t after = target.count("after", 0, numbers_max, 0);
    const std::size_t most = name.empty() ? rows_max : Billing::lines_max;
    const std::size_t limit = target.count("limit", most, most);
    if (auto error = target.error()) return error;
    HttpAnswer answer{200, std::string(json_type), {}};
    auto error = name.empty() ? billing_->list(id, period == nullptr ? "day" : std::string_view(*period),
                                               after, limit, answer.body)
                              : billing_->one(id, name, after, limit, answer);
    if (error) return error;
    outbox_.respond(call.id, answer.status, answer.content_type, answer.body);
    return std::nullopt;
}

std::variant<engine::Command, WireError> HttpApi::question(const Call& call, engine::CommandKind kind) const {
    Target target(call.http.target);
    if (kind == engine::CommandKind::query_explain) return explanation(target, call.path);
    auto account = account_of(target, directory_, call.key);
    if (auto* error = std::get_if<WireError>(&account)) return std::move(*error);
    const engine::AccountId id = std::get<engine::AccountId>(account);
    engine::Command command = engine::Command::of(engine::QueryBalance{}, id);
    if (kind == engine::CommandKind::query_orders)
        command = engine::Command::of(
            engine::QueryOrders{.after = order_after(target), .limit = limit_of(target)}, id);
    if (kind == engine::CommandKind::query_positions)
        command = engine::Command::of(
            engine::QueryPositions{.after = position_after(target, directory_), .limit = limit_of(target)},
            id);
    if (kind == engine::CommandKind::query_deliveries)
        command = engine::Command::of(
            engine::QueryDeliveries{.after = engine::DeliveryId{id_after(target)}, .limit = limit_of(target)},
            id);
    if (kind == engine::CommandKind::query_resources)
        command = engine::Command::of(
            engine::QueryResources{.after = id_after(target), .limit = limit_of(target)}, id);
    if (kind == engine::CommandKind::query_grants)
        command = engine::Command::of(
            engine::QueryGrants{.after = engine::GrantId{id_after(target)}, .limit = limit_of(target)}, id);
    if (kind == engine::CommandKind::query_disputes)
        command = engine::Command::of(
            engine::QueryDisputes{.after = engine::DeliveryId{id_after(target)}, .limit = limit_of(target)},
            id);
    if (kind == engine::CommandKind::query_payouts)
        command = engine::Command::of(
            engine::QueryPayouts{.after = engine::PayoutId{id_after(target)}, .limit = limit_of(target)},
            call.path.starts_with("/v1/admin/") ? engine::no_account : id);  // an operator sees all
    if (kind == engine::CommandKind::query_changes)
        command = engine::Command::of(
            engine::QueryChanges{.after = id_after(target), .limit = limit_of(target)}, id);
    if (auto error = target.error()) return std::move(*error);
    return command;
}

// Of any order by its id; of a refused one by the client order id and whose it is: refusals have no id that
// anybody was told.
std::variant<engine::Command, WireError> HttpApi::explanation(Target& target, std::string_view path) const {
    const std::string_view named = path.substr(path.rfind('/') + 1);
    engine::QueryExplain query;
    engine::AccountId id = engine::no_account;
    if (const std::string* name = target.parameter("account")) {
        const auto found = directory_.account_id(*name);
        if (!found)
            return WireError{
                .code = "ACCOUNT_UNKNOWN", .msg = "no such account", .field = "account", .got = *name};
        if (!engine::Cid::fits(named)) return bad_value("cid", "at most 32 characters", named);
        id = *found;
        query.cid = engine::Cid(named);
    } else {
        const auto [end, error] =
            std::from_chars(named.data(), named.data() + named.size(), query.order.value);
        if (error != std::errc{} || end != named.data() + named.size() || query.order.value == 0)
            return bad_value("oid", "an order's id, or a client order id with ?account=", named);
    }
    if (auto error = target.error()) return std::move(*error);
    return engine::Command::of(query, id);
}

// Whatever else is BUSY, a regulator can act.
bool HttpApi::protects(engine::CommandKind kind) {
    return kind == engine::CommandKind::kill || kind == engine::CommandKind::set_band ||
           kind == engine::CommandKind::set_phase || kind == engine::CommandKind::suspend_dynamic ||
           kind == engine::CommandKind::set_guidance || kind == engine::CommandKind::set_factors ||
           kind == engine::CommandKind::decide_change || kind == engine::CommandKind::set_limits;
}

HttpApi::Refusal HttpApi::enter(const Call& call, engine::Command command, std::string text) {
    const engine::Origin origin =
        requests_.open({.http = call.id, .op = fmt::format("{} {}", call.http.method, call.path)});
    command.header.origin = origin;
    command.header.key = call.key;
    bool entered = false;
    if (text.empty()) {
        entered = port_.enter(command);
    } else {
        const engine::Sha256 digest = sha256(text);
        entered = port_.enter(command, std::make_unique<ledger::Blob>(ledger::Blob{digest, std::move(text)}),
                              protects(command.kind()));
    }
    if (entered) return std::nullopt;
    requests_.done(origin);
    return busy(port_.disk_full());
}

void HttpApi::refuse(HttpId id, unsigned status, const WireError& error) {
    outbox_.respond(id, status, json_type, http_error(error));
}

}  // namespace gridbook::gateway
