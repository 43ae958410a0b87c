// SPDX-License-Identifier: Apache-2.0
#include "gateway/ingress/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/keys.hpp"

namespace gridbook::gateway {

namespace {

using engine::RejectField;

// Rows of a page of reserves: each goes through what its issuer holds.
constexpr std::uint32_t reserves_max = 100;

// The family of a resource by three names; what names nothing is told by its field.
struct Family {
    engine::FamilyId id = engine::no_family;
    RejectField unknown = RejectField::none;
};

Family family_of(const RegisterRequest& request, const Directory& directory) {
    if (!directory.class_id(request.class_name)) return {.unknown = RejectField::class_name};
    if (!directory.zone_id(request.zone)) return {.unknown = RejectField::zone};
    if (!directory.tier_id(request.tier)) return {.unknown = RejectField::tier};
    const auto id =
        directory.family_id(fmt::format("{}.{}.{}", request.class_name, request.zone, request.tier));
    if (!id) return {.unknown = RejectField::family};
    return {.id = *id};
}

std::optional<WireError> check_residency(const RegisterRequest& request, const Directory& directory) {
    const auto zone = directory.zone_id(request.zone);
    if (request.residency.empty() || !zone) return std::nullopt;
    const std::string_view actual = directory.zones()[zone->value].defined.residency.view();
    if (request.residency == actual) return std::nullopt;
    return WireError{.code = "SPEC_MISMATCH",
                     .msg = fmt::format("the residency of zone {} is {}", request.zone, actual),
                     .field = "residency",
                     .rule = "zone",
                     .limit = {std::string(actual)},
                     .got = std::string(request.residency)};
}

std::optional<WireError> check_page(const PositionsRequest& request, const Directory& directory) {
    if (request.after.empty() || directory.instrument(request.after)) return std::nullopt;
    return WireError{.code = "SYMBOL_UNKNOWN",
                     .msg = "after names no instrument",
                     .field = "after",
                     .got = std::string(request.after)};
}

std::optional<WireError> check_page(const ReservesRequest& request, const Directory& directory) {
    if (reserves_page(request.after, request.limit, directory)) return std::nullopt;
    return bad_value("after", "an issuer and a class, as prov/CHAT-L", request.after);
}

// A mass cancel without a scope means everywhere, so a scope that names nothing must not become none.
std::optional<WireError> check_scope(const CancelAllRequest& request, const Directory& directory) {
    const bool by_symbol = !request.symbol.empty();
    if (by_symbol ? directory.instrument(request.symbol).has_value()
                  : request.family.empty() || directory.family_id(request.family))
        return std::nullopt;
    return WireError{.code = "SYMBOL_UNKNOWN",
                     .msg = by_symbol ? "no such instrument" : "no such family",
                     .field = by_symbol ? "symbol" : "family",
                     .rule = "listed",
                     .got = std::string(by_symbol ? request.symbol : request.family)};
}

std::string_view window_rule(engine::Product product) {
    return product == engine::Product::gpu ? "an hour as symbols write it: 20261201T09Z"
                                           : "a day as symbols write it: 20261201";
}

std::optional<WireError> check_start(std::string_view start, engine::Product product = engine::Product::gpu) {
    if (Directory::window(start, product)) return std::nullopt;
    return bad_value("start", std::string(window_rule(product)), start);
}

// An hour or a day, whichever the text is: no text is both.
std::optional<engine::Period> any_window(std::string_view start) {
    const auto hour = Directory::window(start, engine::Product::gpu);
    return hour ? hour : Directory::window(start, engine::Product::token);
}

// The account's resource says which of the two it has. Of one that is not known (yet) either is passed on,
// and the engine refuses it in its turn: an hour is no day within its horizon, a day none of the hours ahead.
std::optional<WireError> check_start(const MaintainRequest& request, const Directory& directory,
                                     engine::AccountId account) {
    const auto resource = directory.resource(request.resource);
    if (resource && resource->account == account)
        return check_start(request.start, directory.product(resource->family));
    if (any_window(request.start)) return std::nullopt;
    return bad_value("start", "an hour or a day as symbols write it: 20261201T09Z, 20261201", request.start);
}

// One overload an op: its body of the command.
struct ToBody {
    const Directory& directory;
    const Sender& sender;

    template <class Body>
    engine::Command command(const Body& body) const {
        return engine::Command::of(body, sender.account, sender.key, sender.origin);
    }
    engine::Command operator()(const ClockAdvanceRequest& r) const {
        return command(engine::AdvanceTime{.to = r.to});
    }
    engine::Command operator()(const PlaceRequest& r) const {
        return command(
            engine::PlaceOrder{.cid = r.cid,
                               .instrument = directory.instrument(r.symbol).value_or(engine::no_instrument),
                               .price = r.price,
                               .qty = r.qty,
                               .min_qty = r.min_qty,
                               .expire = r.expire,
                               .side = r.side,
                               .type = r.type,
                               .tif = r.tif,
                               .self_trade = r.self_trade,
                               .post_only = r.post_only,
                               .on_band = r.on_band,
                               .standby = r.standby,
                               .reason = engine::Text<16>(r.reason)});
    }
    engine::Command operator()(const StripRequest& r) const {
        return command(engine::PlaceStrip{.cid = r.cid,
                                          .family = family(r.family),
                                          .hours = r.hours,
                                          .start = *Directory::window(r.start, engine::Product::gpu),
                                          .price = r.price,
                                          .qty = r.qty,
                                          .side = r.side,
                                          .tif = r.tif});
    }
    engine::Command operator()(const AnyOfRequest& r) const {
        engine::PlaceAnyOf body{.cid = r.cid,
                                .start = *Directory::window(r.start, engine::Product::gpu),
                                .hours = r.hours,
                                .count = static_cast<std::uint8_t>(r.families.size()),
                                .profile = r.profile,
                                .need = r.need,
                                .price = r.price,
                                .tif = r.tif};
        for (std::size_t i = 0; i < r.families.size(); ++i) body.families[i] = family(r.families[i]);
        return command(body);
    }
    engine::Command operator()(const CancelAllRequest& r) const {
        engine::CancelAll body{.side = r.side};
        if (!r.symbol.empty()) body.scope = *directory.instrument(r.symbol);
        if (!r.family.empty())
            body.scope = engine::instrument(*directory.family_id(r.family), engine::Period{});
        return command(body);
    }
    engine::Command operator()(const CancelAfterRequest& r) const {
        return command(engine::CancelAfter{.ms = r.ms});
    }
    engine::Command operator()(const ExplainRequest& r) const {
        return command(engine::QueryExplain{.cid = r.name.cid, .order = r.name.order});
    }
    engine::FamilyId family(std::string_view name) const {
        return directory.family_id(name).value_or(engine::no_family);
    }
    engine::Command operator()(const ReplaceRequest& r) const {
        return command(
            engine::ReplaceOrder{.cid = r.name.cid, .order = r.name.order, .price = r.price, .qty = r.qty});
    }
    engine::Command operator()(const CancelRequest& r) const {
        return command(engine::CancelOrder{.cid = r.name.cid, .order = r.name.order});
    }
    engine::Command operator()(const StatusRequest& r) const {
        return command(engine::QueryOrder{.cid = r.name.cid, .order = r.name.order});
    }
    engine::Command operator()(const OpenOrdersRequest& r) const {
        return command(engine::QueryOrders{.after = r.after, .limit = r.limit});
    }
    engine::Command operator()(const BalanceRequest&) const { return command(engine::QueryBalance{}); }
    engine::Command operator()(const PositionsRequest& r) const {
        engine::QueryPositions query{.limit = r.limit};
        if (!r.after.empty()) query.after = *directory.instrument(r.after);
        return command(query);
    }
    engine::Command operator()(const RegisterRequest& r) const {
        const Family family = family_of(r, directory);
        engine::RegisterResource body{.family = family.id,
                                      .green_share = static_cast<std::uint16_t>(r.green_share.value / 100),
                                      .pue = static_cast<std::uint16_t>(r.pue.value / 1'000),
                                      .dense_given = r.dense.has_value(),
                                      .dense = r.dense.value_or(false),
                                      .count = r.count,
                                      .tflops = static_cast<std::uint32_t>(r.tflops.value / 1'000),
                                      .unknown_field = family.unknown};
        if (!r.certificate.empty()) body.certificate = sha256(r.certificate);
        body.cost = r.cost;
        return command(body);
    }
    engine::Command operator()(const WithdrawRequest& r) const {
        return command(engine::WithdrawResource{.resource = r.resource});
    }
    engine::Command operator()(const MaintainRequest& r) const {
        return command(engine::DeclareMaintenance{
            .resource = r.resource, .start = *any_window(r.start), .windows = r.windows, .count = r.count});
    }
    engine::Command operator()(const EndMaintenanceRequest& r) const {
        return command(engine::CancelMaintenance{.maintenance = r.maintenance});
    }
    engine::Command operator()(const ResourcesRequest& r) const {
        return command(engine::QueryResources{.after = r.after, .limit = r.limit});
    }
    engine::Command operator()(const ReadyRequest& r) const {
        engine::ReportReady body{.delivery = r.delivery, .endpoint = engine::Text<32>(r.endpoint)};
        if (!r.attestation.empty()) body.attestation = sha256(r.attestation);
        return command(body);
    }
    engine::Command operator()(const MeterRequest& r) const {
        return command(engine::ReportMeter{.delivery = r.delivery,
                                           .minute = r.minute,
                                           .available = r.available,
                                           .power_w = r.power_w,
                                           .utilisation = r.utilisation,
                                           .requests = r.requests,
                                           .served = r.served});
    }
    engine::Command operator()(const PayoutRequest& r) const {
        return command(engine::RequestPayout{.amount = engine::Money{r.amount.value},
                                             .reference = engine::Text<32>(r.reference)});
    }
    engine::Command operator()(const PayoutsRequest& r) const {
        return command(engine::QueryPayouts{.after = r.after, .limit = r.limit});
    }
    engine::Command operator()(const DeliveriesRequest& r) const {
        return command(engine::QueryDeliveries{.after = r.after, .limit = r.limit});
    }
    engine::Command operator()(const DisputeRequest& r) const {
        engine::OpenDispute body{.delivery = r.delivery, .minutes = r.minutes};
        if (!r.evidence.empty()) body.evidence = sha256(r.evidence);
        return command(body);
    }
    // A class that names nothing becomes none of the catalogue's: the engine refuses it in its turn.
    engine::ClassId class_of(std::string_view name) const {
        return directory.class_id(name).value_or(engine::ClassId{UINT16_MAX});
    }
    engine::Command operator()(const DrawRequest& r) const {
        engine::DrawTokens body{.holding = r.holding};
        if (!r.class_name.empty()) body.class_id = class_of(r.class_name);
        body.grant = r.grant;
        body.uncached = r.uncached;
        body.cached = r.cached;
        body.output = r.output;
        body.usage = engine::Text<32>(r.usage);
        return command(body);
    }
    engine::Command operator()(const OfferRequest& r) const {
        engine::OfferPackage body{.class_id = class_of(r.class_name), .blocks = r.blocks};
        body.days = r.days;
        body.carry = r.carry;
        body.price = engine::Money{r.price.value};
        body.overage = engine::Money{r.overage.value};
        return command(body);
    }
    engine::Command operator()(const TakeBackRequest& r) const {
        return command(engine::WithdrawPackage{.package = r.package});
    }
    engine::Command operator()(const PurchaseRequest& r) const {
        return command(
            engine::BuyPackage{.package = r.package, .qty = r.qty, .purchase = engine::Text<32>(r.purchase)});
    }
    engine::Command operator()(const PackagesRequest& r) const {
        return command(engine::QueryPackages{.after = r.after, .limit = r.limit});
    }
    engine::Command operator()(const GrantsRequest& r) const {
        return command(engine::QueryGrants{.after = r.after, .limit = r.limit});
    }
    engine::Command operator()(const ReservesRequest& r) const {
        return command(*reserves_page(r.after, r.limit, directory));
    }
    // A logon is no command, and nothing was decoded in the other case: a caller's mistake.
    template <class Other>
    engine::Command operator()(const Other&) const {
        GRIDBOOK_CHECK(!"a request that is no command");
        return {};
    }
};

}  // namespace

std::optional<engine::QueryReserves> reserves_page(std::string_view after, std::uint32_t limit,
                                                   const Directory& directory) {
    engine::QueryReserves page;
    page.limit = std::min(limit, reserves_max);
    if (after.empty()) return page;
    const std::size_t slash = after.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto issuer = directory.account_id(after.substr(0, slash));
    const auto of_class = directory.class_id(after.substr(slash + 1));
    if (!issuer || !of_class) return std::nullopt;
    page.after_issuer = *issuer;
    page.after_class = *of_class;
    return page;
}

std::optional<WireError> check_names(const TradeRequest& request, const Directory& directory,
                                     engine::AccountId account) {
    if (const auto* r = std::get_if<RegisterRequest>(&request.body)) return check_residency(*r, directory);
    if (const auto* r = std::get_if<PositionsRequest>(&request.body)) return check_page(*r, directory);
    if (const auto* r = std::get_if<ReservesRequest>(&request.body)) return check_page(*r, directory);
    if (const auto* r = std::get_if<CancelAllRequest>(&request.body)) return check_scope(*r, directory);
    if (const auto* r = std::get_if<StripRequest>(&request.body)) return check_start(r->start);
    if (const auto* r = std::get_if<AnyOfRequest>(&request.body)) return check_start(r->start);
    if (const auto* r = std::get_if<MaintainRequest>(&request.body))
        return check_start(*r, directory, account);
    return std::nullopt;
}

engine::Command to_command(const TradeRequest& request, const Directory& directory, const Sender& sender) {
    return std::visit(ToBody{directory, sender}, request.body);
}

}  // namespace gridbook::gateway
