// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/trade_request.hpp"

#include <fmt/format.h>

#include <charconv>

namespace gridbook::gateway {

namespace {

using Refusal = std::optional<WireError>;
using engine::Decimal;

constexpr std::uint32_t page_limit = 1000;  // rows, when the client names no limit

Decimal decimal(const Frame& frame, std::string_view name) { return Decimal{frame.number(name)}; }

std::uint32_t limit(const Frame& frame) {
    return frame.has("limit") ? static_cast<std::uint32_t>(frame.number("limit")) : page_limit;
}

LogonRequest logon(const Frame& frame) {
    return {frame.text("key"),
            frame.text("ts"),
            engine::Time{frame.number("ts")},
            frame.text("sig"),
            static_cast<engine::CancelOnDisconnect>(frame.number("cod")),
            frame.text("stream"),
            static_cast<std::uint64_t>(frame.number("from"))};
}

// A market order does not rest.
engine::TimeInForce tif_of(const Frame& frame, engine::OrderType type) {
    if (frame.has("tif") || type == engine::OrderType::limit)
        return static_cast<engine::TimeInForce>(frame.number("tif"));
    return engine::TimeInForce::ioc;
}

PlaceRequest place(const Frame& frame) {
    // Words become their index in the table, which stands in the order of the enums.
    const auto type = static_cast<engine::OrderType>(frame.number("type"));
    return {.symbol = frame.text("symbol"),
            .cid = engine::Cid(frame.text("cid")),
            .side = static_cast<engine::Side>(frame.number("side")),
            .tif = tif_of(frame, type),
            .price = decimal(frame, "price"),
            .qty = decimal(frame, "qty"),
            .type = type,
            .self_trade = static_cast<engine::SelfTrade>(frame.number("stp")),
            .on_band = static_cast<engine::OnBand>(frame.number("on_band")),
            .post_only = frame.number("post_only") == 1,
            .standby = frame.number("standby") == 1,
            .min_qty = decimal(frame, "min_qty"),
            .expire = engine::Time{frame.number("expire")},
            .reason = frame.text("reason")};
}

StripRequest strip(const Frame& frame) {
    return {.family = frame.text("family"),
            .start = frame.text("start"),
            .cid = engine::Cid(frame.text("cid")),
            .hours = static_cast<std::uint16_t>(frame.number("hours")),
            .side = static_cast<engine::Side>(frame.number("side")),
            .tif = frame.text("tif") == "fok" ? engine::TimeInForce::fok : engine::TimeInForce::gate,
            .price = decimal(frame, "price"),
            .qty = decimal(frame, "qty")};
}

AnyOfRequest any_of(const Frame& frame) {
    return {.families = frame.texts("families"),
            .class_name = frame.text("class"),
            .zone = frame.text("zone"),
            .tier = frame.text("tier"),
            .residency = frame.text("residency"),
            .green_share_min = decimal(frame, "green_share_min"),
            .start = frame.text("start"),
            .cid = engine::Cid(frame.text("cid")),
            .hours = static_cast<std::uint16_t>(frame.number("hours")),
            .profile = static_cast<engine::Profile>(frame.number("profile")),
            .tif = frame.text("tif") == "ioc" ? engine::TimeInForce::ioc : engine::TimeInForce::fok,
            .need = decimal(frame, "need"),
            .price = decimal(frame, "price")};
}

CancelAllRequest cancel_all(const Frame& frame) {
    using enum engine::SideFilter;
    const bool given = frame.has("side");
    return {.symbol = frame.text("symbol"),
            .family = frame.text("family"),
            .side = !given                        ? both
                    : frame.text("side") == "buy" ? buy
                                                  : sell};
}

OrderName order_name(const Frame& frame) {
    return {engine::OrderId{static_cast<std::uint64_t>(frame.number("oid"))}, engine::Cid(frame.text("cid"))};
}

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

// What an order's type and time in force need, and what they leave no room for.
Refusal check_place(const Frame& frame) {
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

RegisterRequest registration(const Frame& frame) {
    RegisterRequest out{.class_name = frame.text("class"),
                        .zone = frame.text("zone"),
                        .tier = frame.text("tier"),
                        .residency = frame.text("residency"),
                        .certificate = frame.text("cert"),
                        .count = decimal(frame, "count"),
                        .pue = decimal(frame, "pue"),
                        .green_share = decimal(frame, "green_share"),
                        .tflops = decimal(frame, "tflops"),
                        .cost = decimal(frame, "cost"),
                        .dense = std::nullopt};
    if (frame.has("dense")) out.dense = frame.number("dense") == 1;
    return out;
}

// Ids that are narrower than the wire's.
Refusal check_id(const Frame& frame, std::string_view name) {
    if (!frame.has(name) || frame.number(name) <= UINT32_MAX) return {};
    return bad_value(name, fmt::format("at most {}", UINT32_MAX), frame.text(name));
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

std::uint32_t narrow(const Frame& frame, std::string_view name) {
    return static_cast<std::uint32_t>(frame.number(name));
}

engine::DeliveryId delivery(const Frame& frame, std::string_view name) {
    return engine::DeliveryId{narrow(frame, name)};
}

MeterRequest meter(const Frame& frame) {
    return {.delivery = delivery(frame, "did"),
            .minute = static_cast<std::uint32_t>(frame.number("minute")),
            .available = decimal(frame, "available"),
            .requests = static_cast<std::uint64_t>(frame.number("requests")),
            .served = static_cast<std::uint64_t>(frame.number("served")),
            .utilisation = static_cast<std::uint16_t>(frame.number("util") / 100),
            .power_w = static_cast<std::uint32_t>(frame.number("power_w"))};
}

// Minutes of the window as bits; which of them may be disputed is the engine's business.
DisputeRequest dispute(const Frame& frame) {
    DisputeRequest request{.delivery = delivery(frame, "did"), .evidence = frame.text("evidence")};
    for (const std::string_view text : frame.texts("minutes")) {
        unsigned minute = 0;
        std::from_chars(text.data(), text.data() + text.size(), minute);
        request.minutes |= std::uint64_t{1} << minute;
    }
    return request;
}

// A draw names where from by one of three fields.
Refusal check_draw(const Frame& frame) {
    if (frame.has("grant") + frame.has("holding") + frame.has("class") != 1)
        return together("holding", "grant, holding or class", "give grant, holding or class, one of them");
    if (auto refusal = check_id(frame, "grant")) return refusal;
    return check_id(frame, "holding");
}

DrawRequest draw(const Frame& frame) {
    const auto tokens = [&](std::string_view name) { return static_cast<std::uint64_t>(frame.number(name)); };
    return {.grant = engine::GrantId{narrow(frame, "grant")},
            .holding = delivery(frame, "holding"),
            .class_name = frame.text("class"),
            .usage = frame.text("usage"),
            .uncached = tokens("uncached"),
            .cached = tokens("cached"),
            .output = tokens("output")};
}

OfferRequest offer(const Frame& frame) {
    return {.class_name = frame.text("class"),
            .blocks = narrow(frame, "blocks"),
            .days = narrow(frame, "days"),
            .carry = narrow(frame, "carry"),
            .price = decimal(frame, "price"),
            .overage = decimal(frame, "overage")};
}

PurchaseRequest purchase(const Frame& frame) {
    return {engine::PackageId{narrow(frame, "package")}, narrow(frame, "qty"), frame.text("purchase")};
}

// What goes across fields, after each field was checked by itself.
Refusal check_together(const Frame& frame, Op op) {
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
        case Op::delivery_ready:
        case Op::dispute_open: return check_id(frame, "did");
        case Op::meter_report: return check_meter(frame);
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

void read_body(const Frame& frame, Op op, TradeRequest& out) {
    switch (op) {
        case Op::session_logon: out.body = logon(frame); return;
        case Op::clock_advance: out.body = ClockAdvanceRequest{engine::Time{frame.number("ts")}}; return;
        case Op::order_place: out.body = place(frame); return;
        case Op::order_replace:
            out.body = ReplaceRequest{order_name(frame), decimal(frame, "price"), decimal(frame, "qty")};
            return;
        case Op::order_cancel: out.body = CancelRequest{order_name(frame)}; return;
        case Op::order_cancel_all: out.body = cancel_all(frame); return;
        case Op::cancel_after:
            out.body = CancelAfterRequest{static_cast<std::uint32_t>(frame.number("ms"))};
            return;
        case Op::strip_place: out.body = strip(frame); return;
        case Op::anyof_place: out.body = any_of(frame); return;
        case Op::quote_explain:
            out.body = ExplainRequest{order_name(frame),
                                      engine::TradeId{static_cast<std::uint64_t>(frame.number("tid"))}};
            return;
        case Op::order_status: out.body = StatusRequest{order_name(frame)}; return;
        case Op::orders_open:
            out.body = OpenOrdersRequest{engine::OrderId{static_cast<std::uint64_t>(frame.number("after"))},
                                         limit(frame)};
            return;
        case Op::order_batch: out.body = BatchRequest{frame.texts("orders")}; return;
        case Op::limits_get: out.body = LimitsRequest{}; return;
        case Op::fills_get:
            out.body = FillsRequest{static_cast<std::uint64_t>(frame.number("after")), limit(frame)};
            return;
        case Op::balance_get: out.body = BalanceRequest{}; return;
        case Op::positions_get: out.body = PositionsRequest{frame.text("after"), limit(frame)}; return;
        case Op::resource_register: out.body = registration(frame); return;
        case Op::resource_withdraw:
            out.body = WithdrawRequest{static_cast<std::uint32_t>(frame.number("resource"))};
            return;
        case Op::delivery_ready:
            out.body =
                ReadyRequest{delivery(frame, "did"), frame.text("endpoint_ref"), frame.text("attestation")};
            return;
        case Op::meter_report: out.body = meter(frame); return;
        case Op::deliveries_get: out.body = DeliveriesRequest{delivery(frame, "after"), limit(frame)}; return;
        case Op::dispute_open: out.body = dispute(frame); return;
        case Op::token_draw: out.body = draw(frame); return;
        case Op::package_offer: out.body = offer(frame); return;
        case Op::package_withdraw:
            out.body = TakeBackRequest{engine::PackageId{narrow(frame, "package")}};
            return;
        case Op::package_buy: out.body = purchase(frame); return;
        case Op::packages_get:
            out.body = PackagesRequest{engine::PackageId{narrow(frame, "after")}, limit(frame)};
            return;
        case Op::grants_get:
            out.body = GrantsRequest{engine::GrantId{narrow(frame, "after")}, limit(frame)};
            return;
        case Op::reserves_get: out.body = ReservesRequest{frame.text("after"), limit(frame)}; return;
        case Op::payout_request:
            out.body = PayoutRequest{decimal(frame, "amount"), frame.text("reference")};
            return;
        case Op::payouts_get:
            out.body = PayoutsRequest{engine::PayoutId{static_cast<std::uint32_t>(frame.number("after"))},
                                      limit(frame)};
            return;
        case Op::invoices_get:
            out.body = InvoicesRequest{frame.has("period") ? frame.text("period") : std::string_view("day"),
                                       static_cast<std::uint64_t>(frame.number("after")), limit(frame)};
            return;
        default: out.body = std::monostate{};
    }
}

}  // namespace

std::optional<WireError> read_trade(Frame& frame, TradeRequest& out) {
    if (auto refusal = check_op(frame, Endpoint::trade, out.id, out.op)) return refusal;
    if (auto refusal = check_fields(frame, *out.op)) return refusal;
    if (auto refusal = check_together(frame, out.op->op)) return refusal;
    out.account = frame.text("account");
    read_body(frame, out.op->op, out);
    return {};
}

std::optional<WireError> read_batch_item(Frame& frame, TradeRequest& out) {
    out.op = find_op("order.place");
    if (auto refusal = check_fields(frame, out.op->fields, {}, out.op->name)) return refusal;
    if (auto refusal = check_place(frame)) return refusal;
    out.body = place(frame);
    return {};
}

}  // namespace gridbook::gateway
