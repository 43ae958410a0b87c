// SPDX-License-Identifier: Apache-2.0
// Signed calls of overseers that are answered at once and without the engine: the log of requests, alerts,
// limits, the grounds of a band, sandbox runs.
#include "gateway/admin/draft_band.hpp"
#include "gateway/admin/http_api.hpp"
#include "gateway/egress/band_explanation.hpp"
#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/ingress/instant.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::size_t alerts_max = 1000;
constexpr std::size_t numbers_max = (std::size_t{1} << 53) - 1;

}  // namespace

HttpApi::Refusal HttpApi::audit(const Call& call) {
    Target target(call.http.target);
    const engine::Sequence after{target.count("after", 0, static_cast<std::size_t>(INT64_MAX))};
    const std::size_t limit = target.count("limit", AuditLog::page_max, AuditLog::page_max);
    if (auto error = target.error()) return std::move(*error);
    std::string body = "{\"ok\":true,";
    try {
        log_.append_page(after, limit, body);
    } catch (const std::runtime_error& error) {
        return WireError{.code = "BUSY", .msg = error.what(), .field = "path", .rule = "ledger"};
    }
    body += '}';
    outbox_.respond(call.id, 200, json_type, body);
    return std::nullopt;
}

// Alerts are counted from the first sequence of the journal, also after a restart; while surveillance catches
// up, `applied` says how far it has come.
HttpApi::Refusal HttpApi::alerts(const Call& call) {
    if (watch_ == nullptr)
        return WireError{.code = "NOT_AVAILABLE",
                         .msg = "surveillance is turned off in the configuration of this exchange",
                         .field = "path",
                         .got = std::string(call.path)};
    Target target(call.http.target);
    const std::size_t after = target.count("after", 0, numbers_max, 0),
                      limit = target.count("limit", alerts_max, alerts_max);
    if (auto error = target.error()) return error;
    const engine::Sequence applied = watch_->applied();  // before the alerts, which may go further
    watch_->collect();
    const auto told = watch_->after(after, limit + 1);
    std::string body = R"({"ok":true,"alerts":[)";
    for (std::size_t i = 0; i < told.size() && i < limit; ++i)
        body.append(i == 0 ? "{" : ",{").append(told[i].members).append("}");
    Members(body)
        .raw("]")
        .truth<"more">(told.size() > limit)
        .number<"counted_from">(1)
        .number<"applied">(applied.value)
        .number<"seq">(directory_.sequence().value)
        .raw("}");
    outbox_.respond(call.id, 200, json_type, body);
    return std::nullopt;
}

// Of one account, or of all that have limits of their own.
HttpApi::Refusal HttpApi::limits(const Call& call) {
    Target target(call.http.target);
    const std::string* name = target.parameter("account");
    if (auto error = target.error()) return error;
    if (name != nullptr && !directory_.account_id(*name))
        return WireError{
            .code = "ACCOUNT_UNKNOWN", .msg = "no such account", .field = "account", .got = *name};
    std::string body = R"({"ok":true,"accounts":[)";
    for (const Directory::Account& account : directory_.accounts()) {
        if (name != nullptr ? account.name != *name : account.limits == engine::AccountLimits{}) continue;
        body += body.back() == '[' ? "{\"account\":" : ",{\"account\":";
        append_quoted(account.name, body);
        body += ",\"limits\":";
        append_account_limits(account.limits, body);
        body += '}';
    }
    Members(body).raw("]").number<"seq">(directory_.sequence().value).raw("}");
    outbox_.respond(call.id, 200, json_type, body);
    return std::nullopt;
}

HttpApi::Refusal HttpApi::band(const Call& call) {
    Target target(call.http.target);
    const std::string* name = target.parameter("family");
    BandQuestion question;
    question.version = static_cast<std::uint32_t>(target.count("version", 0, UINT32_MAX));
    if (auto error = target.error()) return error;
    const auto family = name == nullptr ? std::nullopt : directory_.family_id(*name);
    if (!family)
        return WireError{.code = "SYMBOL_UNKNOWN",
                         .msg = "give the family whose band is to be explained, or an order's id in the path",
                         .field = "family",
                         .got = name == nullptr ? std::string() : std::string(shown(*name))};
    question.family = *family;
    std::string body = "{\"ok\":true,";
    if (auto error = append_band_explanation(question, directory_, bands_, body)) return error;
    body += '}';
    outbox_.respond(call.id, 200, json_type, body);
    return std::nullopt;
}

// Begins a run, or tells of the last one.
HttpApi::Refusal HttpApi::sandbox(const Call& call, const SignedRoute& route) {
    if (call.http.method == "POST")
        if (auto error = begin_sandbox(call, route)) return error;
    std::string body = "{\"ok\":true,";
    sandbox_->append(body);
    body += '}';
    outbox_.respond(call.id, 200, json_type, body);
    return std::nullopt;
}

HttpApi::Refusal HttpApi::begin_sandbox(const Call& call, const SignedRoute& route) {
    if (auto error = decoder_.decode(call.http.body)) return error;
    Frame& frame = decoder_.frame();
    if (auto error = check_fields(frame, route.fields, {}, route.path)) return error;
    const std::string_view day = frame.text("day");
    if (!parse_instant(std::string(day) + "T00:00:00Z"))
        return bad_value("day", "a day of UTC, as 2026-12-01", day);
    for (const std::string_view text : frame.texts("bands")) {
        const auto draft = read_draft(text);
        if (!draft)
            return bad_value("bands", "FAMILY:FLOOR:CEILING[:GUIDANCE], an empty price as it was", text);
        if (!directory_.family_id(draft->family))
            return WireError{.code = "SYMBOL_UNKNOWN",
                             .msg = "no such family",
                             .field = "bands",
                             .got = std::string(shown(draft->family))};
    }
    const auto bands = frame.texts("bands");
    return sandbox_->begin(day, {bands.begin(), bands.end()});
}

}  // namespace gridbook::gateway
