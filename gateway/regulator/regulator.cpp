// SPDX-License-Identifier: Apache-2.0
#include "gateway/regulator/regulator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "gateway/admin/bodies.hpp"
#include "gateway/client/admin_client.hpp"
#include "gateway/client/table.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

constexpr std::string_view prefix = "/v1/admin/";

const AdminCall* find_kind(std::string_view kind) {
    for (const AdminCall& call : admin_calls())
        if (call.path.starts_with(prefix) && call.path.substr(prefix.size()) == kind) return &call;
    return nullptr;
}

std::string_view form_text(Form form) {
    switch (form) {
        case Form::decimal:
        case Form::amount:
        case Form::figure: return "decimal";
        case Form::integer:
        case Form::whole: return "number";
        case Form::truth: return "true or false";
        case Form::instant: return "2026-12-01T00:00:00Z";
        case Form::words:
        case Form::words_or_none:
        case Form::texts: return "words divided by commas";
        default: return "text";
    }
}

std::string choices(const Field& field) {
    std::string out;
    for (const Word& word : field.words) out += (out.empty() ? "" : " | ") + std::string(word.text);
    return out;
}

void append_value(const Field& field, const std::string& value, std::string& out) {
    const bool list =
        field.form == Form::words || field.form == Form::words_or_none || field.form == Form::texts;
    const bool bare = field.form == Form::integer || field.form == Form::whole || field.form == Form::truth;
    if (bare) {
        // Digits and the two words only; the exchange says what is wrong with the rest.
        const bool plain =
            !value.empty() && std::ranges::all_of(value, [](unsigned char c) { return std::isalnum(c); });
        return plain ? void(out += value) : append_quoted(value, out);
    }
    if (!list) return append_quoted(value, out);
    out += '[';
    for (std::size_t at = 0; at < value.size();) {
        const std::size_t end = std::min(value.find(',', at), value.size());
        if (out.back() != '[') out += ',';
        append_quoted(value.substr(at, end - at), out);
        at = end + 1;
    }
    out += ']';
}

}  // namespace

std::vector<std::string> kinds() {
    std::vector<std::string> all;
    for (const AdminCall& call : admin_calls())
        if (call.path.find('*') == std::string_view::npos) all.emplace_back(call.path.substr(prefix.size()));
    return all;
}

std::string fields_of(const std::string& kind) {
    const AdminCall* call = find_kind(kind);
    if (call == nullptr) return {};
    std::string out;
    for (const Field& field : call->fields) {
        const std::string words = choices(field);
        out += fmt::format("  {:<12} {:<10} {}\n", field.name, field.need == Need::required ? "required" : "",
                           words.empty() ? std::string(form_text(field.form)) : words);
    }
    return out;
}

RegulatorCall propose(const std::string& kind, const std::vector<std::string>& words, bool dry_run) {
    const AdminCall* call = find_kind(kind);
    if (call == nullptr) throw std::runtime_error(fmt::format("there is no call {}", kind));
    std::string body = "{";
    const auto add = [&](const std::string& name, const std::string& value) {
        const auto field = std::ranges::find(call->fields, name, &Field::name);
        if (field == call->fields.end())
            throw std::runtime_error(
                fmt::format("{} has no field {}; it has:\n{}", kind, name, fields_of(kind)));
        if (body.size() > 1) body += ',';
        append_quoted(name, body);
        body += ':';
        append_value(*field, value, body);
    };
    for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) throw std::runtime_error(fmt::format("{} is no name=value", word));
        add(word.substr(0, equals), word.substr(equals + 1));
    }
    if (dry_run) add("dry_run", "true");
    return {std::string(call->path), body + "}"};
}

int call(const RegulatorOptions& options, const RegulatorCall& call) {
    try {
        const SigningKey key = SigningKey::load(options.key_file);
        AdminClient client(options.url, options.key_name, key);
        const HttpAnswer answer =
            call.body.empty() ? client.get(call.target) : client.post(call.target, call.body);
        std::cout << (options.json ? answer.body + "\n" : readable(answer.body)) << std::flush;
        return answer.status == 200 ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "gridbook: {}\n", error.what());
        return 2;
    }
}

}  // namespace gridbook::gateway
