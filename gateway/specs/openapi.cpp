// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "gateway/admin/bodies.hpp"
#include "gateway/admin/routes.hpp"
#include "gateway/egress/public_api.hpp"
#include "gateway/specs/json_schema.hpp"
#include "gateway/specs/message_table.hpp"
#include "gateway/specs/specs.hpp"
#include "gateway/version.hpp"

namespace gridbook::gateway {

namespace {

// Whatever a call answers, it answers as this or as an error.
constexpr std::string_view answers =
    R"("responses":{"200":{"description":"done","content":{"application/json":{"schema":{"type":"object"}}}},)"
    R"("default":{"$ref":"#/components/responses/refused"}})";
constexpr std::string_view signed_by = R"("security":[{"key":[],"timestamp":[],"signature":[]}],)";

void append_parameter(std::string_view name, std::string_view in, std::string& out) {
    fmt::format_to(std::back_inserter(out),
                   R"({{"name":"{}","in":"{}","required":{},"schema":{{"type":"string"}}}},)", name, in,
                   in == "path" ? "true" : "false");
}

// Names divided by spaces.
template <class Take>
void each_word(std::string_view words, Take&& take) {
    while (!words.empty()) {
        const std::size_t end = words.find(' ');
        take(words.substr(0, end));
        words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
    }
}

using Paths = std::map<std::string, std::string>;  // path -> its methods, each with a comma behind

void add_public(Paths& paths, std::string_view path, std::string_view query) {
    std::string name(path), parameters;
    if (name.ends_with('/')) {
        name += "{symbol}";
        append_parameter("symbol", "path", parameters);
    }
    each_word(query, [&](std::string_view word) { append_parameter(word, "query", parameters); });
    if (!parameters.empty()) parameters.pop_back();
    paths[name] += fmt::format(R"("get":{{"parameters":[{}],{}}},)", parameters, answers);
}

void add_public(Paths& paths) {
    for (const PublicApi::Path& path : PublicApi::paths()) add_public(paths, path.path, path.parameters);
    for (const OpenRoute& route : open_routes()) add_public(paths, route.path, route.parameters);
}

void add_account(Paths& paths) {
    for (const SignedRoute& route : signed_routes()) {
        std::string path(route.path), parameters;
        if (const std::size_t star = path.find('*'); star != std::string::npos) {
            const std::string_view name = route.source == Source::billing ? "invoice" : "oid";
            path.replace(star, 1, fmt::format("{{{}}}", name));
            append_parameter(name, "path", parameters);
        }
        each_word(route.parameters,
                  [&](std::string_view word) { append_parameter(word, "query", parameters); });
        if (!parameters.empty()) parameters.pop_back();
        std::string body;
        if (!route.fields.empty()) {
            append_fields_schema(route.fields, {}, body);
            body = fmt::format(
                R"("requestBody":{{"required":true,"content":{{"application/json":{{"schema":{}}}}}}},)",
                body);
        }
        paths[path] +=
            fmt::format(R"("{}":{{{}"parameters":[{}],{}{}}},)", route.method == "GET" ? "get" : "post",
                        signed_by, parameters, body, answers);
    }
}

void add_admin(Paths& paths) {
    for (const AdminCall& call : admin_calls()) {
        std::string body, roles;
        append_fields_schema(call.fields, {}, body);
        append_roles_words(call.roles, roles);
        std::string path(call.path), parameters;
        if (const std::size_t star = path.find('*'); star != std::string::npos) {
            path.replace(star, 1, "{change}");
            append_parameter("change", "path", parameters);
            parameters.pop_back();
            parameters = fmt::format(R"("parameters":[{}],)", parameters);
        }
        paths[path] += fmt::format(
            R"("post":{{"summary":{},{}{}"requestBody":{{"required":true,"content":{{"application/json":{{"schema":{}}}}}}},{}}},)",
            roles, signed_by, parameters, body, answers);
    }
}

void append_components(std::string& out) {
    out += R"("components":{"securitySchemes":{"key":{"type":"apiKey","in":"header","name":"Gb-Key"},)"
           R"("timestamp":{"type":"apiKey","in":"header","name":"Gb-Timestamp"},)"
           R"("signature":{"type":"apiKey","in":"header","name":"Gb-Signature"}},)"
           R"("responses":{"refused":{"description":"why not","content":{"application/json":{"schema":)"
           R"({"type":"object","properties":{"ok":{"const":false},"error":)";
    append_members_schema(error_members, {}, out);
    out += R"(},"required":["ok","error"]}}}}}})";
}

}  // namespace

void append_openapi(std::string& out) {
    Paths paths;
    add_public(paths);
    add_account(paths);
    add_admin(paths);
    fmt::format_to(
        std::back_inserter(out),
        R"({{"openapi":"3.1.0","info":{{"title":"Gridbook","version":"{}","license":{{"name":"Apache-2.0",)"
        R"("identifier":"Apache-2.0"}}}},"paths":{{)",
        version);
    for (auto& [path, methods] : paths) {
        methods.pop_back();
        fmt::format_to(std::back_inserter(out), R"("{}":{{{}}},)", path, methods);
    }
    out.back() = '}';
    out += ',';
    append_components(out);
    out += '}';
}

}  // namespace gridbook::gateway
