// SPDX-License-Identifier: Apache-2.0
#include "engine/command.hpp"
#include "gateway/ingress/schema.hpp"

namespace gridbook::gateway {

namespace {

using enum Form;
using enum Need;

// Certificates and evidence: as long as a frame can carry.
constexpr std::size_t any_length = frame_bytes_max;

// seq and n stay below 2^53 (protocol section 1).
constexpr std::size_t number_max = (std::size_t{1} << 53) - 1;

constexpr Word sides[] = {{"buy"}, {"sell"}};
constexpr Word order_types[] = {{"limit"}, {"market"}};
constexpr Word order_tifs[] = {{"gate"}, {"ioc"}, {"gtt"}, {"fok"}};
constexpr Word strip_tifs[] = {{"gate"}, {"fok"}};
constexpr Word anyof_tifs[] = {{"ioc"}, {"fok"}};
constexpr Word invoice_periods[] = {{"day"}, {"month"}};
constexpr Word profiles[] = {{"train"}, {"infer"}};
constexpr Word stp_modes[] = {{"cancel_taker"}, {"cancel_maker"}, {"cancel_both"}, {"decrement"}};
constexpr Word band_modes[] = {{"reject"}, {"cap"}};
constexpr Word cods[] = {{"off"}, {"connection"}, {"account"}};
constexpr Word channels[] = {{"book"},       {"trades"}, {"band"},     {"phase"}, {"indicative"},
                             {"book.100ms"}, {"ticker"}, {"capacity"}, {"cost"},  {"alerts"}};

constexpr Field logon_fields[] = {
    {"key", text, required, 64},  {"ts", time},
    {"sig", text, required, 256}, {"cod", word, optional, 16, cods},
    {"stream", text, optional},   {"from", integer, optional, number_max},
};
constexpr Field clock_fields[] = {{"ts", time}};
constexpr Field place_fields[] = {
    {"symbol", text},
    {"side", word, required, 8, sides},
    {"type", word, required, 8, order_types},
    {"price", decimal, optional},  // a limit order needs it, a market order has none
    {"qty", decimal},
    {"tif", word, optional, 8, order_tifs},
    {"cid", cid},
    {"expire", time, optional},
    {"post_only", truth, optional},
    {"min_qty", decimal, optional},
    {"stp", word, optional, 16, stp_modes},
    {"on_band", word, optional, 8, band_modes},
    {"reason", text, optional, 16},
    {"standby", truth, optional},
};
constexpr Field replace_fields[] = {
    {"oid", id, optional}, {"cid", cid, optional}, {"price", decimal}, {"qty", decimal}};
constexpr Field order_name_fields[] = {{"oid", id, optional}, {"cid", cid, optional}};
constexpr Field cancel_all_fields[] = {
    {"symbol", text, optional}, {"family", text, optional}, {"side", word, optional, 8, sides}};
constexpr Field batch_fields[] = {{"orders", objects}};
// Rows after an id.
constexpr Field page_fields[] = {{"after", id, optional}, {"limit", integer, optional, 1000}};
constexpr Field positions_page_fields[] = {{"after", text, optional}, {"limit", integer, optional, 1000}};
constexpr Field fills_page_fields[] = {{"after", whole, optional, number_max},
                                       {"limit", integer, optional, 1000}};
constexpr Field invoices_page_fields[] = {{"period", word, optional, 8, invoice_periods},
                                          {"after", whole, optional, number_max},
                                          {"limit", integer, optional, 1000}};
constexpr Field strip_fields[] = {
    {"family", text},
    {"start", text},
    {"hours", integer, required, 168},
    {"side", word, required, 8, sides},
    {"qty", decimal},
    {"price", decimal},
    {"tif", word, optional, 8, strip_tifs},
    {"cid", cid},
};
// By names, by what the families are, or by both; of what is demanded see family_choice.hpp.
constexpr Field anyof_fields[] = {
    {"families", texts, optional},
    {"class", text, optional, 16},
    {"zone", text, optional, 16},
    {"tier", text, optional, 8},
    {"residency", text, optional, 16},
    {"green_share_min", figure, optional},
    {"start", text},
    {"hours", integer, required, 168},
    {"need", decimal},
    {"price", decimal},
    {"profile", word, required, 8, profiles},
    {"tif", word, optional, 8, anyof_tifs},
    {"cid", cid},
};
// A switch that is to fire later than in a day is none.
constexpr Field cancel_after_fields[] = {{"ms", whole, required, 86'400'000}};
constexpr Field explain_fields[] = {{"oid", id, optional}, {"cid", cid, optional}, {"tid", id, optional}};
constexpr Field register_fields[] = {
    {"class", text, required, 16},     {"zone", text, required, 16},
    {"tier", text, required, 8},       {"count", decimal},
    {"residency", text, optional, 16}, {"pue", figure, optional},
    {"green_share", figure, optional}, {"tflops", figure, optional},
    {"dense", truth, optional},        {"cert", text, optional, any_length},
    {"cost", decimal, optional},
};
constexpr Field withdraw_fields[] = {{"resource", id}};
// The start as symbols write it: an hour, or a day of tokens; without a count, the whole resource.
constexpr Field maintenance_fields[] = {{"resource", id},
                                        {"start", text},
                                        {"windows", integer, required, engine::most_maintained},
                                        {"count", decimal, optional}};
constexpr Field maintenance_name_fields[] = {{"maintenance", id}};
constexpr Field ready_fields[] = {
    {"did", id}, {"endpoint_ref", text, required, 32}, {"attestation", text, optional, any_length}};
// Which minutes a delivery has is told by the engine: a window of an hour has 60.
constexpr Field meter_fields[] = {{"did", id},
                                  {"minute", whole, required, 1'439},
                                  {"available", decimal, optional},
                                  {"requests", whole, optional, UINT32_MAX},
                                  {"served", whole, optional, UINT32_MAX},
                                  {"util", figure, optional},
                                  {"power_w", whole, optional, UINT32_MAX}};
constexpr Field dispute_fields[] = {
    {"did", id}, {"minutes", wholes, required, 59}, {"evidence", text, optional, any_length}};
// Counts of tokens; what is left out is 0.
constexpr Field draw_fields[] = {{"grant", id, optional},
                                 {"holding", id, optional},
                                 {"class", text, optional, 16},
                                 {"uncached", whole, optional, engine::most_drawn},
                                 {"cached", whole, optional, engine::most_drawn},
                                 {"output", whole, optional, engine::most_drawn},
                                 {"usage", text, required, 32}};
// A package is blocks of a class for some days; money is of one package, and of a block beyond its balance.
constexpr Field offer_fields[] = {{"class", text, required, 16},
                                  {"blocks", integer, required, engine::most_package_blocks},
                                  {"days", integer, required, engine::most_package_days},
                                  {"carry", whole, optional, engine::most_carry},
                                  {"price", decimal},
                                  {"overage", decimal, optional}};
constexpr Field package_fields[] = {{"package", id}};
// How many are sold at once is told by the engine.
constexpr Field purchase_fields[] = {
    {"package", id}, {"qty", integer, required, UINT32_MAX}, {"purchase", text, required, 32}};
constexpr Field reserves_fields[] = {{"after", text, optional}, {"limit", integer, optional, 100}};
constexpr Field payout_fields[] = {{"amount", decimal}, {"reference", text, required, 32}};
constexpr Field subscribe_fields[] = {{"channels", words, required, 16, channels}, {"symbols", texts}};
constexpr Field snapshot_fields[] = {{"symbol", text, optional}, {"symbols", texts, optional}};

constexpr std::uint8_t anyone = 0;
constexpr std::uint8_t members = 0xFF;  // every key that is not revoked
constexpr std::uint8_t traders = engine::role::buyer | engine::role::provider;
constexpr std::uint8_t buyers = engine::role::buyer;
constexpr std::uint8_t providers = engine::role::provider;
constexpr Endpoint trade = Endpoint::trade;
constexpr Endpoint market = Endpoint::market;

constexpr OpSpec table[] = {
    {Op::session_logon, "session.logon", trade, anyone, logon_fields},
    {Op::clock_advance, "clock.advance", trade, members, clock_fields},
    {Op::order_place, "order.place", trade, traders, place_fields},
    {Op::order_replace, "order.replace", trade, traders, replace_fields},
    {Op::order_cancel, "order.cancel", trade, traders, order_name_fields},
    {Op::order_cancel_all, "order.cancel_all", trade, traders, cancel_all_fields},
    {Op::order_batch, "order.batch", trade, traders, batch_fields},
    {Op::order_status, "order.status", trade, members, order_name_fields},
    {Op::orders_open, "orders.open", trade, members, page_fields},
    {Op::strip_place, "strip.place", trade, traders, strip_fields},
    {Op::anyof_place, "anyof.place", trade, traders, anyof_fields},
    {Op::cancel_after, "cancel.after", trade, traders, cancel_after_fields},
    {Op::quote_explain, "quote.explain", trade, members, explain_fields},
    {Op::resource_register, "resource.register", trade, providers, register_fields},
    {Op::resource_withdraw, "resource.withdraw", trade, providers, withdraw_fields},
    {Op::maintenance_declare, "maintenance.declare", trade, providers, maintenance_fields},
    {Op::maintenance_cancel, "maintenance.cancel", trade, providers, maintenance_name_fields},
    {Op::resources_get, "resources.get", trade, members, page_fields},
    {Op::delivery_ready, "delivery.ready", trade, providers, ready_fields},
    {Op::meter_report, "meter.report", trade, traders, meter_fields},
    {Op::deliveries_get, "deliveries.get", trade, members, page_fields},
    {Op::dispute_open, "dispute.open", trade, traders, dispute_fields},
    {Op::token_draw, "token.draw", trade, buyers, draw_fields},
    {Op::package_offer, "package.offer", trade, providers, offer_fields},
    {Op::package_withdraw, "package.withdraw", trade, providers, package_fields},
    {Op::package_buy, "package.buy", trade, buyers, purchase_fields},
    {Op::packages_get, "packages.get", trade, members, page_fields},
    {Op::grants_get, "grants.get", trade, members, page_fields},
    {Op::reserves_get, "reserves.get", trade, members, reserves_fields},
    {Op::payout_request, "payout.request", trade, traders, payout_fields},
    {Op::payouts_get, "payouts.get", trade, members, page_fields},
    {Op::balance_get, "balance.get", trade, members, {}},
    {Op::positions_get, "positions.get", trade, members, positions_page_fields},
    {Op::fills_get, "fills.get", trade, members, fills_page_fields},
    {Op::invoices_get, "invoices.get", trade, members, invoices_page_fields},
    {Op::limits_get, "limits.get", trade, members, {}},
    {Op::subscribe, "subscribe", market, anyone, subscribe_fields},
    {Op::unsubscribe, "unsubscribe", market, anyone, subscribe_fields},
    {Op::book_snapshot, "book.snapshot", market, anyone, snapshot_fields},
};

}  // namespace

std::span<const OpSpec> ops() { return table; }

const OpSpec* find_op(std::string_view name) {
    for (const OpSpec& op : table)
        if (op.name == name) return &op;
    return nullptr;
}

}  // namespace gridbook::gateway
