// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/answers.hpp"

#include "gateway/egress/delivery_encoder.hpp"
#include "gateway/egress/dispute_encoder.hpp"
#include "gateway/egress/energy_members.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"
#include "gateway/egress/package_encoder.hpp"
#include "gateway/egress/payout_encoder.hpp"
#include "gateway/egress/regulator_encoder.hpp"
#include "gateway/egress/resource_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::CommandKind;
using engine::Event;

void append_position(const Event& row, const Directory& directory, std::string& out) {
    const auto position = row.as<engine::PositionRow>();
    const engine::Product product = directory.product(position.instrument.family);
    out += R"({"symbol":")";
    directory.append_symbol(position.instrument, out);
    out += '"';
    Members m(out);
    m.qty<"bought">(position.bought, product)
        .qty<"sold">(position.sold, product)
        .qty<"open_sells">(position.open_sells, product)
        .qty<"registered">(position.registered, product)
        .qty<"maintenance">(position.maintenance, product)
        .money<"margin">(position.margin)
        .money<"receivable">(position.receivable);
    append_place_energy(position.instrument.family, directory, m);
    m.raw("}");
}

void append_order_object(const Event& row, const Directory& directory, std::string& out) {
    out += '{';
    append_order_row(row, directory, out);
    out += '}';
}

void end_list(const Event& end, std::string& out) {
    Members(out)
        .raw("]")
        .truth<"more">(end.as<engine::RowsEnd>().more)
        .number<"seq">(end.header.sequence.value);
}

template <class AppendRow>
void append_list(std::string_view name, const Event& end, std::span<const Event> rows, AppendRow&& append_row,
                 std::string& out) {
    Members(out).raw("\"").raw(name).raw("\":[");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i != 0) out += ',';
        append_row(rows[i]);
    }
    end_list(end, out);
}

void append_deliveries(const Event& end, std::span<const Event> rows, const Directory& directory,
                       std::string& out) {
    out += R"("deliveries":[)";
    append_delivery_rows(rows, directory, out);
    end_list(end, out);
}

void append_resources(const Event& end, std::span<const Event> rows, const Directory& directory,
                      std::string& out) {
    out += R"("resources":[)";
    append_resource_rows(rows, directory, out);
    end_list(end, out);
}

void append_balance(const Event& end, std::span<const Event> rows, std::string& out) {
    const auto b = rows.empty() ? engine::BalanceRow{} : rows[0].as<engine::BalanceRow>();
    out += R"("cash":")";
    append_money(b.cash, out);
    out += '"';
    Members(out)
        .money<"hold">(b.hold)
        .money<"margin">(b.margin)
        .money<"receivable">(b.receivable)
        .money<"penalty">(b.penalty)
        .number<"seq">(end.header.sequence.value);
}

}  // namespace

std::optional<WireError> answer_error(const Event& rows_end, std::span<const Event> rows) {
    const CommandKind question = rows_end.as<engine::RowsEnd>().question;
    if (!rows.empty() || (question != CommandKind::query_order && question != CommandKind::query_explain))
        return std::nullopt;
    return WireError{"ORDER_UNKNOWN", "no such order of this account, or it is done and forgotten", "oid"};
}

void append_answer(const Event& end, std::span<const Event> rows, const Directory& directory,
                   std::string& out) {
    const auto list = [&](std::string_view name, auto* append_row) {
        append_list(
            name, end, rows, [&](const Event& row) { append_row(row, directory, out); }, out);
    };
    switch (end.as<engine::RowsEnd>().question) {
        case CommandKind::query_order: return append_order(rows[0], directory, out);
        case CommandKind::query_explain:
            append_explanation(rows, directory, out);
            Members(out).number<"seq">(end.header.sequence.value);
            return;
        case CommandKind::query_orders: return list("orders", append_order_object);
        case CommandKind::query_changes: return list("changes", append_change_row);
        case CommandKind::query_disputes: return list("disputes", append_dispute_row);
        case CommandKind::query_packages: return list("packages", append_package_row);
        case CommandKind::query_grants: return list("grants", append_grant_row);
        case CommandKind::query_reserves: return list("reserves", append_reserve_row);
        case CommandKind::query_payouts:
            return append_list(
                "payouts", end, rows, [&](const Event& row) { append_payout_row(row, directory, out); }, out);
        case CommandKind::try_band:
        case CommandKind::try_guidance:
        case CommandKind::try_factors: return append_dry_run(end, rows, directory, out);
        case CommandKind::query_positions: return list("positions", append_position);
        case CommandKind::query_resources: return append_resources(end, rows, directory, out);
        case CommandKind::query_deliveries: return append_deliveries(end, rows, directory, out);
        default: return append_balance(end, rows, out);
    }
}

}  // namespace gridbook::gateway
