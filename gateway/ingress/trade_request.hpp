// SPDX-License-Identifier: Apache-2.0
#pragma once
// A trade frame after decoding, one struct an op, every value checked for its form. Names are still names:
// accounts, symbols and classes become ids in commands.hpp, where the directory is. Views point into the
// decoder's frame and hold until its next one.

#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "engine/command.hpp"
#include "gateway/ingress/frame.hpp"
#include "gateway/ingress/schema.hpp"
#include "gateway/wire_error.hpp"

namespace gridbook::gateway {

struct LogonRequest {
    std::string_view key;
    std::string_view ts;  // as it was signed
    engine::Time time{};
    std::string_view signature;
    engine::CancelOnDisconnect cod = engine::CancelOnDisconnect::off;
    std::string_view stream{};  // of an earlier logon; empty: not given
    std::uint64_t from = 0;     // replay the account stream from this n; 0: not asked for
};

struct ClockAdvanceRequest {
    engine::Time to{};
};

struct PlaceRequest {
    std::string_view symbol;
    engine::Cid cid{};
    engine::Side side = engine::Side::buy;
    engine::TimeInForce tif = engine::TimeInForce::gate;
    engine::Decimal price{};
    engine::Decimal qty{};
    engine::OrderType type = engine::OrderType::limit;
    engine::SelfTrade self_trade = engine::SelfTrade::cancel_taker;
    engine::OnBand on_band = engine::OnBand::reject;
    bool post_only = false;
    bool standby = false;
    engine::Decimal min_qty{};
    engine::Time expire{};
    std::string_view reason;
};

// Consecutive hours from `start`, as symbols write it: 20261201T09Z.
struct StripRequest {
    std::string_view family;
    std::string_view start;
    engine::Cid cid{};
    std::uint16_t hours = 0;
    engine::Side side = engine::Side::buy;
    engine::TimeInForce tif = engine::TimeInForce::gate;
    engine::Decimal price{};
    engine::Decimal qty{};
};

// Of the families that are named, or, where none is, of those that the words fit.
struct AnyOfRequest {
    std::span<const std::string_view> families;
    std::string_view class_name;  // this and the next three: empty: not given
    std::string_view zone;
    std::string_view tier;
    std::string_view residency;
    engine::Decimal green_share_min{};
    std::string_view start;
    engine::Cid cid{};
    std::uint16_t hours = 0;
    engine::Profile profile = engine::Profile::train;
    engine::TimeInForce tif = engine::TimeInForce::fok;
    engine::Decimal need{};
    engine::Decimal price{};

    // More than names: the families are chosen when it enters.
    bool demands() const {
        return families.empty() || !residency.empty() || green_share_min != engine::Decimal{};
    }
};

// An order by its id, or, when that is 0, by its client order id.
struct OrderName {
    engine::OrderId order{};
    engine::Cid cid{};
};

struct ReplaceRequest {
    OrderName name;
    engine::Decimal price{};
    engine::Decimal qty{};
};

struct CancelRequest {
    OrderName name;
};

// Everywhere when neither symbol nor family is given.
struct CancelAllRequest {
    std::string_view symbol;
    std::string_view family;
    engine::SideFilter side = engine::SideFilter::both;
};

struct CancelAfterRequest {
    std::uint32_t ms = 0;
};

struct StatusRequest {
    OrderName name;
};

// Of an order, or of the account's order in a trade.
struct ExplainRequest {
    OrderName name;
    engine::TradeId trade{};  // 0: it is the order that is named
};

struct OpenOrdersRequest {
    engine::OrderId after{};
    std::uint32_t limit = 0;
};

// Orders as they stand in the frame, one JSON object each; every one is read on its own.
struct BatchRequest {
    std::span<const std::string_view> orders;
};

struct LimitsRequest {};

// Fills of the account stream after the number `after`.
struct FillsRequest {
    std::uint64_t after = 0;
    std::uint32_t limit = 0;
};

struct BalanceRequest {};

struct PositionsRequest {
    std::string_view after;  // a symbol; empty: from the start
    std::uint32_t limit = 0;
};

struct RegisterRequest {
    std::string_view class_name;
    std::string_view zone;
    std::string_view tier;
    std::string_view residency;    // empty: not given
    std::string_view certificate;  // empty: not given
    engine::Decimal count{};
    engine::Decimal pue{};
    engine::Decimal green_share{};
    engine::Decimal tflops{};
    engine::Decimal cost{};  // 0: not given
    std::optional<bool> dense;
};

struct WithdrawRequest {
    std::uint32_t resource = 0;
};

// Windows in which units of a resource are not there, from `start`, as symbols write it.
struct MaintainRequest {
    std::uint32_t resource = 0;
    std::string_view start;
    std::uint32_t windows = 0;
    engine::Decimal count{};  // 0: not given, the whole resource
};

struct EndMaintenanceRequest {
    engine::MaintenanceId maintenance{};
};

struct ResourcesRequest {
    std::uint32_t after = 0;
    std::uint32_t limit = 0;
};

struct ReadyRequest {
    engine::DeliveryId delivery{};
    std::string_view endpoint;
    std::string_view attestation;  // empty: not given
};

struct MeterRequest {
    engine::DeliveryId delivery{};
    std::uint32_t minute = 0;
    engine::Decimal available{};
    std::uint64_t requests = 0, served = 0;  // of a token day, since it began
    std::uint16_t utilisation = 0;           // basis points
    std::uint32_t power_w = 0;
};

struct DeliveriesRequest {
    engine::DeliveryId after{};
    std::uint32_t limit = 0;
};

// Minutes of a delivery that were metered wrongly, as bits.
struct DisputeRequest {
    engine::DeliveryId delivery{};
    std::uint64_t minutes = 0;
    std::string_view evidence;
};

// By a grant, from one holding, or from all of a class; tokens.
struct DrawRequest {
    engine::GrantId grant{};
    engine::DeliveryId holding{};  // 0: by grant or class
    std::string_view class_name;
    std::string_view usage;
    std::uint64_t uncached = 0;
    std::uint64_t cached = 0;
    std::uint64_t output = 0;
};

// The terms of a package of tokens.
struct OfferRequest {
    std::string_view class_name;
    std::uint32_t blocks = 0;
    std::uint32_t days = 0;
    std::uint32_t carry = 0;    // percent
    engine::Decimal price{};    // of a package
    engine::Decimal overage{};  // of a block; 0: there is none
};

struct TakeBackRequest {
    engine::PackageId package{};
};

struct PurchaseRequest {
    engine::PackageId package{};
    std::uint32_t qty = 0;
    std::string_view purchase;
};

struct PackagesRequest {
    engine::PackageId after{};
    std::uint32_t limit = 0;
};

struct GrantsRequest {
    engine::GrantId after{};
    std::uint32_t limit = 0;
};

// Proofs of reserve behind the one of this issuer and class.
struct ReservesRequest {
    std::string_view after;  // "prov/CHAT-L"; empty: from the first
    std::uint32_t limit = 0;
};

struct PayoutRequest {
    engine::Decimal amount{};
    std::string_view reference;
};

struct PayoutsRequest {
    engine::PayoutId after{};
    std::uint32_t limit = 0;
};

// Invoices after the number `after`.
struct InvoicesRequest {
    std::string_view period;  // "day" or "month"
    std::uint64_t after = 0;
    std::uint32_t limit = 0;
};

struct TradeRequest {
    std::string_view id;
    const OpSpec* op = nullptr;
    std::string_view account;  // empty: the session's own
    std::variant<std::monostate, LogonRequest, ClockAdvanceRequest, PlaceRequest, ReplaceRequest,
                 CancelRequest, CancelAllRequest, CancelAfterRequest, StripRequest, AnyOfRequest,
                 StatusRequest, ExplainRequest, OpenOrdersRequest, BalanceRequest, PositionsRequest,
                 RegisterRequest, WithdrawRequest, MaintainRequest, EndMaintenanceRequest, ResourcesRequest,
                 ReadyRequest, MeterRequest, DeliveriesRequest, DisputeRequest, DrawRequest, PayoutRequest,
                 PayoutsRequest, OfferRequest, TakeBackRequest, PurchaseRequest, PackagesRequest,
                 GrantsRequest, ReservesRequest, BatchRequest, LimitsRequest, FillsRequest, InvoicesRequest>
        body;
};

// Checks the frame against the table and reads it. `out.id` is set as far as it is known, also on an error.
std::optional<WireError> read_trade(Frame& frame, TradeRequest& out);

// One order of an order.batch: the fields of order.place, without id, op and account. `out.id` and
// `out.account` stay as they are.
std::optional<WireError> read_batch_item(Frame& frame, TradeRequest& out);

}  // namespace gridbook::gateway
