// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "gateway/egress/json.hpp"
#include "gateway/specs/json_schema.hpp"
#include "gateway/specs/message_table.hpp"
#include "gateway/specs/specs.hpp"
#include "gateway/version.hpp"

namespace gridbook::gateway {

namespace {

// Requests are named by their op, replies and events by what the table calls them, so that one message of a
// channel has one name: request.order.place, reply.order.batch, event.order.
std::string named(std::string_view kind, std::string_view name) { return fmt::format("{}.{}", kind, name); }
std::string named(const MessageSpec& spec) { return named(spec.reply ? "reply" : "event", spec.name); }

bool in_channel(const MessageSpec& spec, Endpoint endpoint) {
    return endpoint == Endpoint::trade ? spec.trade : spec.market;
}

void append_channel(std::string_view name, Endpoint endpoint, std::string& out) {
    fmt::format_to(std::back_inserter(out), R"("{0}":{{"address":"/v1/{0}","messages":{{)", name);
    const auto message = [&](const std::string& id) {
        fmt::format_to(std::back_inserter(out), R"("{0}":{{"$ref":"#/components/messages/{0}"}},)", id);
    };
    for (const OpSpec& op : ops())
        if (op.endpoint == endpoint) message(named("request", op.name));
    for (const MessageSpec& spec : messages())
        if (in_channel(spec, endpoint)) message(named(spec));
    message("refusal");
    out.back() = '}';
    out += "},";
}

// "receive" and "send" are said from where the exchange stands.
void append_operation(std::string_view id, std::string_view action, std::string_view channel,
                      const std::string& message, std::string& out) {
    fmt::format_to(std::back_inserter(out),
                   R"("{0}":{{"action":"{1}","channel":{{"$ref":"#/channels/{2}"}},)"
                   R"("messages":[{{"$ref":"#/channels/{2}/messages/{3}"}}]}},)",
                   id, action, channel, message);
}

void append_operations(std::string& out) {
    for (const OpSpec& op : ops())
        append_operation(op.name, "receive", op.endpoint == Endpoint::trade ? "trade" : "market",
                         named("request", op.name), out);
    for (const MessageSpec& spec : messages()) {
        if (spec.trade) append_operation(named(spec) + ".trade", "send", "trade", named(spec), out);
        if (spec.market) append_operation(named(spec) + ".market", "send", "market", named(spec), out);
    }
    out.back() = '}';
}

void append_request(const OpSpec& op, std::string& out) {
    fmt::format_to(std::back_inserter(out), R"("request.{0}":{{"name":"{0}","summary":)", op.name);
    append_roles_words(op.roles, out);
    out += ",\"payload\":";
    const bool names_account =
        op.endpoint == Endpoint::trade && op.op != Op::session_logon && op.op != Op::clock_advance;
    append_fields_schema(
        op.fields,
        {fmt::format(R"("id":{{"type":"string","minLength":1,"maxLength":36}},"op":{{"const":"{}"}},)",
                     op.name),
         R"("id","op",)", names_account},
        out);
    out += "},";
}

// A reply that stands for an event is the event, with id and ok before it.
void append_message(const MessageSpec& spec, std::string& out) {
    fmt::format_to(std::back_inserter(out), R"("{}":{{"name":"{}","payload":)", named(spec), spec.name);
    constexpr std::string_view id = R"("id":{"type":"string"},"ok":{"const":true},"dup":{"type":"boolean"},)";
    const std::string first =
        spec.reply ? std::string(id)
                   : fmt::format(R"({}"ev":{{"const":"{}"}},)", spec.trade ? id : "", spec.name);
    append_members_schema(spec.members, {first, spec.reply ? R"("id","ok",)" : R"("ev",)", spec.trade}, out);
    out += "},";
}

void append_refusal(std::string& out) {
    out += R"("refusal":{"name":"refusal","payload":{"type":"object","properties":{"id":{"type":"string"},)"
           R"("ok":{"const":false},"error":)";
    append_members_schema(error_members, {}, out);
    out +=
        R"(,"cid":{"type":"string"},"seq":{"type":"integer"},"ts":{"type":"string"},"dup":{"type":"boolean"},)"
        R"("account":{"type":"string"}},"required":["ok","error"],"additionalProperties":false}})";
}

}  // namespace

void append_asyncapi(std::string& out) {
    fmt::format_to(
        std::back_inserter(out),
        R"({{"asyncapi":"3.0.0","info":{{"title":"Gridbook","version":"{}",)"
        R"("license":{{"name":"Apache-2.0"}}}},"defaultContentType":"application/json","channels":{{)",
        version);
    append_channel("trade", Endpoint::trade, out);
    append_channel("market", Endpoint::market, out);
    out.back() = '}';
    out += ",\"operations\":{";
    append_operations(out);
    out += ",\"components\":{\"messages\":{";
    for (const OpSpec& op : ops()) append_request(op, out);
    for (const MessageSpec& spec : messages()) append_message(spec, out);
    append_refusal(out);
    out += "}}}";
}

}  // namespace gridbook::gateway
