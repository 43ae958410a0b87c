// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/billing.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/invoice_columns.hpp"
#include "gateway/egress/json.hpp"

namespace gridbook::gateway {

namespace {

using ledger::InvoicePeriod;

constexpr std::string_view kind_names[] = {"usage",    "sales",     "fees",         "taxes",
                                           "refunds",  "penalties", "replacements", "advances",
                                           "disputes", "packages",  "overage"};
static_assert(std::size(kind_names) == ledger::line_kinds);

WireError unread(const ledger::Error& error) {
    const bool soon = error.code == ledger::ErrorCode::unverified;
    return {
        .code = soon ? "BUSY" : "NOT_AVAILABLE", .msg = error.text, .field = "path", .rule = "projection"};
}

WireError without_history() {
    return {.code = "NOT_AVAILABLE",
            .msg =
                "this exchange keeps no projection (snapshots.every_s or snapshots.projection), so there are "
                "no invoices",
            .rule = "projection"};
}

WireError no_such_invoice(std::string_view name) {
    return {
        .code = "ORDER_UNKNOWN",
        .msg = "no such invoice of this account; they are named D1, D2, ... by day and M1, M2, ... by month",
        .field = "invoice",
        .got = std::string(name)};
}

std::string name_of(InvoicePeriod period, std::uint64_t number) {
    return (period == InvoicePeriod::day ? "D" : "M") + std::to_string(number);
}

// ,"total":"200.25792","usage":"216",…: those kinds that are there.
void append_costs(const ledger::CostsByKind& costs, Members& m, std::string& out) {
    m.money<"total">(ledger::total(costs));
    for (std::size_t i = 0; i < costs.size(); ++i) {
        if (costs[i] == engine::Money{}) continue;
        out += ",\"";
        out += kind_names[i];
        out += "\":\"";
        append_money(costs[i], out);
        out += '"';
    }
}

void append_invoice(InvoicePeriod period, const ledger::InvoiceRow& row, std::string& out) {
    Members m(out);
    out += R"({"invoice":")" + name_of(period, row.number) + '"';
    m.rfc3339<"start">(row.start).rfc3339<"end">(row.end).rfc3339<"issued">(row.issued);
    m.number<"lines">(row.last_line - row.first_line + 1).word<"currency">("CNY");
    append_costs(row.costs, m, out);
    out += '}';
}

// What has no invoice yet, because its period still runs.
void append_open(const ledger::BillRow& bill, InvoicePeriod period, std::string& out) {
    const ledger::BillRow::Open& open = bill.open[static_cast<std::size_t>(period)];
    if (open.first_line == 0) return;
    Members m(out);
    m.raw(R"(,"open":{"start":")");
    append_rfc3339(open.start, out);
    out += '"';
    m.number<"lines">(bill.lines - open.first_line + 1);
    append_costs(open.costs, m, out);
    out += '}';
}

// D12, D12.csv, M3.json: which one, and whether as CSV.
struct Named {
    InvoicePeriod period = InvoicePeriod::day;
    std::uint64_t number = 0;
    bool csv = false;
};
std::optional<Named> named(std::string_view name) {
    Named out;
    out.csv = name.ends_with(".csv");
    if (out.csv || name.ends_with(".json")) name = name.substr(0, name.rfind('.'));
    if (name.size() < 2 || (name[0] != 'D' && name[0] != 'M') || name[1] == '0') return std::nullopt;
    out.period = name[0] == 'D' ? InvoicePeriod::day : InvoicePeriod::month;
    const char* end = name.data() + name.size();
    const auto [last, error] = std::from_chars(name.data() + 1, end, out.number);
    if (error != std::errc{} || last != end) return std::nullopt;
    return out;
}

}  // namespace

std::optional<WireError> Billing::list(engine::AccountId account, std::string_view period,
                                       std::uint64_t after, std::size_t limit, std::string& out) const {
    out = "{\"ok\":true,";
    if (auto error = append_list(account, period, after, limit, out)) return error;
    Members(out).time<"ts">(directory_.time()).rfc3339<"time">(directory_.time()).raw("}");
    return std::nullopt;
}

std::optional<WireError> Billing::append_list(engine::AccountId account, std::string_view period,
                                              std::uint64_t after, std::size_t limit,
                                              std::string& out) const {
    if (period != "day" && period != "month")
        return WireError{.code = "FORMAT_VALUE",
                         .msg = "period is day or month",
                         .field = "period",
                         .rule = "one of day, month",
                         .got = std::string(period)};
    if (history_ == nullptr) return without_history();
    const InvoicePeriod wanted = period == "day" ? InvoicePeriod::day : InvoicePeriod::month;
    const auto page = history_->invoices(account, wanted, after + 1, limit);
    if (!page) return unread(page.error());
    const auto bill = history_->bill(account);
    if (!bill) return unread(bill.error());
    Members m(out);
    m.raw("\"period\":\"").raw(period).raw("\",\"invoices\":[");
    for (const ledger::InvoiceRow& row : page->rows) {
        if (out.back() != '[') out += ',';
        append_invoice(wanted, row, out);
    }
    out += ']';
    if (!bill->rows.empty()) append_open(bill->rows[0], wanted, out);
    m.truth<"more">(page->more).number<"seq">(page->applied.value);
    return std::nullopt;
}

std::optional<WireError> Billing::one(engine::AccountId account, std::string_view name, std::uint64_t after,
                                      std::size_t limit, HttpAnswer& answer) const {
    const auto which = named(name);
    if (!which) return no_such_invoice(name);
    if (history_ == nullptr) return without_history();
    const auto found = history_->invoices(account, which->period, which->number, 1);
    if (!found) return unread(found.error());
    if (found->rows.empty() || found->rows[0].number != which->number) return no_such_invoice(name);
    const ledger::InvoiceRow& invoice = found->rows[0];
    const std::string id = name_of(which->period, which->number);

    std::string& out = answer.body;
    if (which->csv) {
        answer.content_type = "text/csv; charset=utf-8";
        append_csv_header(out);
    } else {
        out = "{\"ok\":true,\"invoice\":";
        append_invoice(which->period, invoice, out);
        out += ",\"lines\":[";
    }
    std::uint64_t next = std::max(after + 1, invoice.first_line), left = limit;
    while (next <= invoice.last_line && left > 0) {
        const std::size_t wanted = std::min<std::size_t>(left, invoice.last_line - next + 1);
        const auto page = history_->lines(account, next, wanted);
        if (!page) return unread(page.error());
        if (page->rows.empty()) break;
        for (const ledger::LineRow& line : page->rows) {
            const InvoiceLine told{directory_, invoice, id, account, line};
            if (which->csv) {
                append_csv_line(told, out);
            } else {
                if (out.back() != '[') out += ',';
                append_json_line(told, out);
            }
        }
        next += page->rows.size();
        left -= page->rows.size();
    }
    if (!which->csv) {
        out += ']';
        Members(out).truth<"more">(next <= invoice.last_line).number<"seq">(found->applied.value).raw("}");
    }
    return std::nullopt;
}

}  // namespace gridbook::gateway
