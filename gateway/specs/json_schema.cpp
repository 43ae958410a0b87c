// SPDX-License-Identifier: Apache-2.0
#include "gateway/specs/json_schema.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gateway/config.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::string_view decimal_schema = R"({"type":"string","pattern":"^-?[0-9]+(\\.[0-9]+)?$"})";
constexpr std::string_view digits_schema = R"({"type":"string","pattern":"^(0|[1-9][0-9]*)$"})";
constexpr std::string_view number_schema = R"({"type":"integer","minimum":0,"maximum":9007199254740991})";
constexpr std::string_view instant_schema = R"({"type":"string","format":"date-time"})";
constexpr std::string_view pair_schema =
    R"({"type":"array","items":{"type":"string"},"minItems":2,"maxItems":2})";

void append_enum(std::span<const Word> words, std::string& out) {
    out += R"({"type":"string","enum":[)";
    bool first = true;
    for (const Word& word : words) {
        if (!std::exchange(first, false)) out += ',';
        append_quoted(word.text, out);
    }
    out += "]}";
}

// The orders of a batch are order.place without its envelope.
void append_orders(std::string& out) {
    fmt::format_to(std::back_inserter(out), R"({{"type":"array","minItems":1,"maxItems":{},"items":)",
                   batch_orders_max);
    append_fields_schema(find_op("order.place")->fields, {}, out);
    out += '}';
}

void append_form(const Field& field, std::string& out) {
    const auto text = [&](std::string_view pattern) {
        fmt::format_to(std::back_inserter(out), R"({{"type":"string","minLength":1,"maxLength":{}{}}})",
                       field.longest, pattern);
    };
    switch (field.form) {
        case Form::text: return text("");
        case Form::label: return text(R"(,"pattern":"^[A-Za-z0-9._-]+$")");
        case Form::cid: out += R"({"type":"string","pattern":"^[A-Za-z0-9_-]{1,32}$"})"; return;
        case Form::word: append_enum(field.words, out); return;
        case Form::id:
        case Form::time: out += digits_schema; return;
        case Form::decimal:
        case Form::amount: out += decimal_schema; return;
        case Form::figure: out += R"({"type":["string","number"]})"; return;
        case Form::integer:
        case Form::whole:
            fmt::format_to(std::back_inserter(out), R"({{"type":"integer","minimum":{},"maximum":{}}})",
                           field.form == Form::integer ? 1 : 0, field.longest);
            return;
        case Form::truth: out += R"({"type":"boolean"})"; return;
        case Form::texts:
            out += R"({"type":"array","minItems":1,"items":{"type":"string","minLength":1}})";
            return;
        case Form::words:
        case Form::words_or_none:
            out += R"({"type":"array","items":)";
            append_enum(field.words, out);
            out += field.form == Form::words ? R"(,"minItems":1})" : "}";
            return;
        case Form::objects: return append_orders(out);
        case Form::instant: out += instant_schema; return;
        case Form::wholes:
            fmt::format_to(
                std::back_inserter(out),
                R"({{"type":"array","minItems":1,"items":{{"type":"integer","minimum":0,"maximum":{}}}}})",
                field.longest);
            return;
    }
}

std::string_view type_schema(std::string_view type) {
    static constexpr std::pair<std::string_view, std::string_view> types[] = {
        {"text", R"({"type":"string"})"},
        {"id", digits_schema},
        {"time", digits_schema},
        {"decimal", decimal_schema},
        {"instant", instant_schema},
        {"number", number_schema},
        {"truth", R"({"type":"boolean"})"},
        {"pair", pair_schema},
        {"levels",
         R"({"type":"array","items":{"type":"array","items":{"type":"string"},"minItems":2,"maxItems":2}})"},
        {"texts", R"({"type":"array","items":{"type":"string"}})"},
        {"numbers", R"({"type":"array","items":{"type":"integer"}})"},
        {"object", R"({"type":"object"})"},
        {"objects", R"({"type":"array","items":{"type":"object"}})"},
    };
    for (const auto& [name, schema] : types)
        if (name == type) return schema;
    GRIDBOOK_CHECK(!"a member of a type that is not in the table");
    return {};
}

// Both lists are written with a comma behind each item; the last one is taken off.
void append_object(std::string properties, std::string required, std::string& out) {
    if (!properties.empty()) properties.pop_back();
    if (!required.empty()) required.pop_back();
    fmt::format_to(std::back_inserter(out),
                   R"({{"type":"object","properties":{{{}}},"required":[{}],"additionalProperties":false}})",
                   properties, required);
}

}  // namespace

void append_fields_schema(std::span<const Field> fields, const Envelope& envelope, std::string& out) {
    std::string properties = envelope.first, required = envelope.first_required;
    for (const Field& field : fields) {
        fmt::format_to(std::back_inserter(properties), "\"{}\":", field.name);
        append_form(field, properties);
        properties += ',';
        if (field.need == Need::required) fmt::format_to(std::back_inserter(required), "\"{}\",", field.name);
    }
    if (envelope.account) properties += R"("account":{"type":"string","minLength":1,"maxLength":32},)";
    append_object(std::move(properties), std::move(required), out);
}

void append_members_schema(std::string_view members, const Envelope& envelope, std::string& out) {
    std::string properties = envelope.first, required = envelope.first_required;
    while (!members.empty()) {
        const std::size_t end = members.find(' ');
        std::string_view member = members.substr(0, end);
        members = end == std::string_view::npos ? std::string_view{} : members.substr(end + 1);
        const bool optional = member.ends_with('?');
        if (optional) member.remove_suffix(1);
        const std::size_t colon = member.find(':');
        const std::string_view name = member.substr(0, colon);
        fmt::format_to(std::back_inserter(properties), "\"{}\":{},", name,
                       type_schema(member.substr(colon + 1)));
        if (!optional) fmt::format_to(std::back_inserter(required), "\"{}\",", name);
    }
    if (envelope.account && properties.find("\"account\":") == std::string::npos)
        properties += R"("account":{"type":"string"},)";
    append_object(std::move(properties), std::move(required), out);
}

void append_roles_words(std::uint8_t roles, std::string& out) {
    append_quoted(roles == 0 ? "anybody" : role_words(roles), out);
}

}  // namespace gridbook::gateway
