// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/trade_request.hpp"

#include <charconv>

#include "gateway/ingress/request_checks.hpp"

namespace gridbook::gateway {

namespace {

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

std::uint32_t narrow(const Frame& frame, std::string_view name) {
    return static_cast<std::uint32_t>(frame.number(name));
}

engine::DeliveryId delivery(const Frame& frame, std::string_view name) {
    return engine::DeliveryId{narrow(frame, name)};
}

MaintainRequest maintenance(const Frame& frame) {
    return {narrow(frame, "resource"), frame.text("start"), narrow(frame, "windows"),
            decimal(frame, "count")};
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
        case Op::maintenance_declare: out.body = maintenance(frame); return;
        case Op::maintenance_cancel:
            out.body = EndMaintenanceRequest{engine::MaintenanceId{narrow(frame, "maintenance")}};
            return;
        case Op::resources_get: out.body = ResourcesRequest{narrow(frame, "after"), limit(frame)}; return;
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
