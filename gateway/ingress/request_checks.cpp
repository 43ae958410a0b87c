// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/request_checks.hpp"

#include <fmt/format.h>

#include "engine/command.hpp"

namespace gridbook::gateway {

namespace {

using Refusal = std::optional<WireError>;

// An order is named by one of two fields; with both, they might not agree.
Refusal check_order_name(const Frame& frame) {
    if (frame.has("oid") != frame.has("cid")) return {};
    return WireError{.code = "FORMAT_FIELD",
                     .msg = frame.has("oid") ? "give oid or cid, not both" : "give oid or cid",
                     .field = "oid",
                     .rule = "oid or cid"};
}

Refusal together(std::string_view field, std::string_view rule, std::string_view msg) {
    return WireError{.code = "FORMAT_FIELD",
                     .msg = std::string(msg),
                     .field = std::string(field),
                     .rule = std::string(rule)};
}

Refusal check_explained(const Frame& frame) {
    if (frame.has("oid") + frame.has("cid") + frame.has("tid") == 1) return {};
    return together("oid", "oid, cid or tid", "give oid, cid or tid, one of them");
}

Refusal check_batch(const Frame& frame) {
    const std::size_t count = frame.texts("orders").size();
    if (count <= batch_orders_max) return {};
    WireError error =
        bad_value("orders", fmt::format("at most {} orders", batch_orders_max), std::to_string(count));
    error.limit = {std::to_string(batch_orders_max)};
    return error;
}

Refusal check_cancel_all(const Frame& frame) {
    if (!frame.has("symbol") || !frame.has("family")) return {};
    return together("symbol", "symbol or family", "give symbol or family, not both");
}

// A figure with at most as many decimals as `step` has, from low to high, in millionths.
Refusal check_figure(const Frame& frame, std::string_view name, std::int64_t low, std::int64_t high,
                     std::int64_t step, std::string_view rule) {
    if (!frame.has(name)) return {};
    const std::int64_t value = frame.number(name);
    if (value >= low && value <= high && value % step == 0) return {};
    return bad_value(name, std::string(rule), frame.text(name));
}

// The engine keeps these in fields of fixed width (engine/command.hpp, RegisterResource).
Refusal check_figures(const Frame& frame) {
    constexpr std::int64_t one = engine::decimal_one;
    if (auto refusal = check_figure(frame, "pue", one, 10 * one, 1'000, "1 to 10, at most three decimals"))
        return refusal;
    if (auto refusal = check_figure(frame, "green_share", 0, one, 100, "0 to 1, at most four decimals"))
        return refusal;
    if (auto refusal = check_figure(frame, "cost", 1, INT64_MAX, 1, "more than 0")) return refusal;
    return check_figure(frame, "tflops", 1'000, 1'000'000 * one, 1'000,
                        "more than 0, at most 1000000, at most three decimals");
}

Refusal check_any_of(const Frame& frame) {
    const std::size_t most = engine::PlaceAnyOf::most_families;
    const bool named = frame.has("families");
    const bool by_words = frame.has("class") || frame.has("zone") || frame.has("tier");
    if (named && by_words)
        return together("families", "families or class, zone, tier",
                        "give families, or class, zone and tier, not both");
    if (!named && !by_words && !frame.has("residency") && !frame.has("green_share_min"))
        return together("families", "required", "anyof.place needs families, or what they are to be");
    if (frame.texts("families").size() > most)
        return bad_value("families", fmt::format("at most {}", most),
                         std::to_string(frame.texts("families").size()));
    return check_figure(frame, "green_share_min", 0, engine::decimal_one, 100,
                        "0 to 1, at most four decimals");
}

// Ids that are narrower than the wire's.
Refusal check_id(const Frame& frame, std::string_view name) {
    if (!frame.has(name) || frame.number(name) <= UINT32_MAX) return {};
    return bad_value(name, fmt::format("at most {}", UINT32_MAX), frame.text(name));
}

// Without a count the whole resource is meant; none of it would be nothing.
Refusal check_maintenance(const Frame& frame) {
    if (auto refusal = check_id(frame, "resource")) return refusal;
    return check_figure(frame, "count", 1, INT64_MAX, 1, "more than 0");
}

// What was available in a minute of an hour, or how the requests of a token day went.
Refusal check_meter(const Frame& frame) {
    if (auto refusal = check_id(frame, "did")) return refusal;
    if (frame.has("available") && frame.has("requests"))
        return together("requests", "available or requests",
                        "give available of an hour, or requests and served of a token day");
    if (!frame.has("available") && !frame.has("requests"))
        return together("available", "required", "meter.report needs available, or requests and served");
    if (frame.has("requests") != frame.has("served"))
        return together("served", "requests", "requests and served go together");
    if (frame.has("requests") && frame.number("requests") == 0)
        return bad_value("requests", "at least 1", frame.text("requests"));
    return check_figure(frame, "util", 0, engine::decimal_one, 100, "0 to 1, at most four decimals");
}

// A draw names where from by one of three fields.
Refusal check_draw(const Frame& frame) {
    if (frame.has("grant") + frame.has("holding") + frame.has("class") != 1)
        return together("holding", "grant, holding or class", "give grant, holding or class, one of them");
    if (auto refusal = check_id(frame, "grant")) return refusal;
    return check_id(frame, "holding");
}

}  // namespace

// What an order's type and time in force need, and what they leave no room for.
std::optional<WireError> check_place(const Frame& frame) {
    const bool market = frame.text("type") == "market", gtt = frame.text("tif") == "gtt";
    if (market && frame.has("price"))
        return together("price", "market", "a market order takes no price: its limit is the dynamic band");
    if (!market && !frame.has("price")) return together("price", "required", "order.place needs price");
    if (gtt && !frame.has("expire")) return together("expire", "required", "tif gtt needs expire");
    if (!gtt && frame.has("expire")) return together("expire", "gtt", "expire goes with tif gtt only");
    if (frame.number("post_only") == 1 && frame.number("min_qty") != 0)
        return bad_value("min_qty", "absent with post_only", frame.text("min_qty"));
    return {};
}

// What goes across fields, after each field was checked by itself.
std::optional<WireError> check_together(const Frame& frame, Op op) {
    switch (op) {
        case Op::order_replace:
        case Op::order_cancel:
        case Op::order_status: return check_order_name(frame);
        case Op::quote_explain: return check_explained(frame);
        case Op::order_place: return check_place(frame);
        case Op::anyof_place: return check_any_of(frame);
        case Op::order_cancel_all: return check_cancel_all(frame);
        case Op::order_batch: return check_batch(frame);
        case Op::resource_register: return check_figures(frame);
        case Op::resource_withdraw: return check_id(frame, "resource");
        case Op::maintenance_declare: return check_maintenance(frame);
        case Op::maintenance_cancel: return check_id(frame, "maintenance");
        case Op::delivery_ready:
        case Op::dispute_open: return check_id(frame, "did");
        case Op::meter_report: return check_meter(frame);
        case Op::resources_get:
        case Op::payouts_get:
        case Op::deliveries_get:
        case Op::packages_get:
        case Op::grants_get: return check_id(frame, "after");
        case Op::package_withdraw:
        case Op::package_buy: return check_id(frame, "package");
        case Op::token_draw: return check_draw(frame);
        default: return {};
    }
}

}  // namespace gridbook::gateway
