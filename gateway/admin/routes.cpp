// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/routes.hpp"

namespace gridbook::gateway {

namespace {

using enum engine::CommandKind;

constexpr std::uint8_t overseers = engine::role::regulator | engine::role::operator_;

constexpr Field sandbox_fields[] = {{"day", Form::text, Need::required, 10},
                                    {"bands", Form::texts, Need::required, 128}};

constexpr SignedRoute routes[] = {
    {"GET", "/v1/account/balances", query_balance, 0xFF, "account"},
    {"GET", "/v1/account/orders", query_orders, 0xFF, "account after limit"},
    {"GET", "/v1/account/positions", query_positions, 0xFF, "account after limit"},
    {"GET", "/v1/account/fills", none, 0xFF, "account after limit", Source::fills},
    {"GET", "/v1/account/deliveries", query_deliveries, 0xFF, "account after limit"},
    {"GET", "/v1/account/grants", query_grants, 0xFF, "account after limit"},
    {"GET", "/v1/account/resources", query_resources, 0xFF, "account after limit"},
    {"GET", "/v1/account/invoices", none, 0xFF, "account period after limit", Source::billing},
    {"GET", "/v1/account/invoices/*", none, 0xFF, "account after limit", Source::billing},
    {"GET", "/v1/admin/sandbox", none, overseers, "", Source::sandbox},
    {"POST", "/v1/admin/sandbox", none, engine::role::regulator, "", Source::sandbox, sandbox_fields},
    {"GET", "/v1/admin/limits", none, overseers, "account", Source::limits},
    {"GET", "/v1/admin/changes", query_changes, overseers, "after limit"},
    {"GET", "/v1/admin/payouts", query_payouts, overseers, "after limit"},
    {"GET", "/v1/account/payouts", query_payouts, 0xFF, "account after limit"},
    {"GET", "/v1/admin/disputes", query_disputes, overseers, "after limit"},
    {"GET", "/v1/admin/audit", none, overseers, "after limit", Source::log},
    {"GET", "/v1/admin/surveillance", none, overseers, "after limit", Source::alerts},
    {"GET", "/v1/admin/explain", none, overseers, "family version", Source::band},
    {"GET", "/v1/admin/explain/*", query_explain, overseers, "account"},
};

constexpr OpenRoute open_to_all[] = {
    {"/v1/packages", query_packages, "after limit"},
    {"/v1/reserves", query_reserves, "issuer after limit"},
};

// The part before the next '/', which is taken off `rest` together with it.
std::string_view next_segment(std::string_view& rest) {
    const std::size_t end = rest.find('/');
    const std::string_view segment = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return segment;
}

}  // namespace

bool path_matches(std::string_view pattern, std::string_view path) {
    if (path.ends_with('/')) return false;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = next_segment(pattern), said = next_segment(path);
        if (wanted == "*" ? said.empty() : wanted != said) return false;
    }
    return pattern.empty() && path.empty();
}

std::string_view starred(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
        const std::string_view wanted = next_segment(pattern), said = next_segment(path);
        if (wanted == "*") return said;
    }
    return {};
}

std::span<const SignedRoute> signed_routes() { return routes; }

std::span<const OpenRoute> open_routes() { return open_to_all; }

const OpenRoute* find_open_route(std::string_view path) {
    for (const OpenRoute& route : open_to_all)
        if (route.path == path) return &route;
    return nullptr;
}

const SignedRoute* find_route(std::string_view method, std::string_view path, bool& other_method) {
    for (const SignedRoute& route : routes) {
        if (!path_matches(route.path, path)) continue;
        if (route.method == method) return &route;
        other_method = true;
    }
    return nullptr;
}

}  // namespace gridbook::gateway
