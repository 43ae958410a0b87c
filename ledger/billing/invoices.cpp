// SPDX-License-Identifier: Apache-2.0
#include "ledger/billing/invoices.hpp"

#include <chrono>
#include <numeric>

namespace gridbook::ledger {

using engine::Money;
using engine::Time;

namespace {

constexpr std::array<InvoicePeriod, invoice_periods> periods{InvoicePeriod::day, InvoicePeriod::month};

Time midnight(std::chrono::year_month_day date) {
    return Time{std::chrono::sys_days(date).time_since_epoch().count() * engine::day.value};
}

}  // namespace

Money total(const CostsByKind& costs) { return std::accumulate(costs.begin(), costs.end(), Money{}); }

Span span_of(InvoicePeriod period, Time time) {
    const std::int64_t days = time.value / engine::day.value;
    if (period == InvoicePeriod::day)
        return {Time{days * engine::day.value}, Time{(days + 1) * engine::day.value}};
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    const auto month = date.year() / date.month();
    return {midnight(month / 1), midnight((month + std::chrono::months{1}) / 1)};
}

void Invoices::see(const engine::Event& event, const Postings& postings) {
    if (event.header.time >= day_) close_all(event);
    for (const LineRow& line : lines_of(event, postings)) add(event.header.account, line);
}

// A month ends with one of its days, so once a day is enough.
void Invoices::close_all(const engine::Event& event) {
    for (auto& [account, bill] : bills_)
        for (const InvoicePeriod period : periods) close(period, account, bill, event);
    day_ = span_of(InvoicePeriod::day, event.header.time).end;
}

void Invoices::close(InvoicePeriod period, engine::AccountId account, BillRow& bill,
                     const engine::Event& event) {
    BillRow::Open& open = bill.open[static_cast<std::size_t>(period)];
    const Span span = span_of(period, open.start);
    if (open.first_line == 0 || event.header.time < span.end) return;
    InvoiceRow invoice{.number = ++open.invoices,
                       .start = span.start,
                       .end = span.end,
                       .issued = event.header.time,
                       .sequence = event.header.sequence,
                       .first_line = open.first_line,
                       .last_line = bill.lines,
                       .costs = open.costs};
    open = {.invoices = open.invoices};
    changed_.insert(account);
    on_invoice_(account, period, invoice);
}

void Invoices::add(engine::AccountId account, LineRow line) {
    BillRow& bill = bills_[account];
    line.number = ++bill.lines;
    for (const InvoicePeriod period : periods) {
        BillRow::Open& open = bill.open[static_cast<std::size_t>(period)];
        if (open.first_line == 0) {
            open.start = span_of(period, line.time).start;
            open.first_line = line.number;
        }
        open.costs[static_cast<std::size_t>(line.kind)] += line.cost;
    }
    changed_.insert(account);
    on_line_(account, line);
}

std::vector<engine::AccountId> Invoices::take_changed() {
    std::vector<engine::AccountId> accounts(changed_.begin(), changed_.end());
    changed_.clear();
    return accounts;
}

}  // namespace gridbook::ledger
