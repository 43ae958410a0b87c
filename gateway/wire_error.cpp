// SPDX-License-Identifier: Apache-2.0
#include "gateway/wire_error.hpp"

#include <array>
#include <utility>

namespace gridbook::gateway {

namespace {

// Every code whose class is not "well said, but the rules refuse it" (422).
constexpr std::array<std::pair<std::string_view, unsigned>, 26> statuses{{
    {"FORMAT_JSON", 400},      {"FORMAT_FIELD", 400},     {"FORMAT_VALUE", 400},
    {"AUTH_KEY", 401},         {"AUTH_SIGNATURE", 401},   {"AUTH_REPLAY", 401},
    {"SESSION_REQUIRED", 401}, {"AUTH_ROLE", 403},        {"KILLED", 403},
    {"OP_UNKNOWN", 404},       {"SYMBOL_UNKNOWN", 404},   {"CLASS_UNKNOWN", 404},
    {"ORDER_UNKNOWN", 404},    {"CHANGE_UNKNOWN", 404},   {"ACCOUNT_UNKNOWN", 404},
    {"CID_REUSED", 409},       {"VERSION_CONFLICT", 409}, {"ALREADY_FILLED", 409},
    {"RESUME_TOO_OLD", 409},   {"RATE_LIMIT", 429},       {"BUSY", 503},
    {"ENGINE_LIMIT", 503},     {"DELIVERY_UNKNOWN", 404}, {"PAYOUT_UNKNOWN", 404},
    {"DELIVERY_STATE", 409},   {"PACKAGE_UNKNOWN", 404},
}};

}  // namespace

unsigned http_status(std::string_view code) {
    for (const auto& [name, status] : statuses)
        if (name == code) return status;
    return 422;
}

}  // namespace gridbook::gateway
