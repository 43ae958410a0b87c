// SPDX-License-Identifier: Apache-2.0
#pragma once
// One line of an invoice in the columns of FOCUS (the FinOps open cost and usage specification, 1.0), which
// are the same in CSV and in JSON. BilledCost is owed above zero and received below it. Columns that FOCUS
// does not have begin with x_. What a provider sold is a Credit; what it owes for minutes that it did not
// deliver is an Adjustment; both are ours to choose, because FOCUS knows buyers only.
//
// x_GreenShare and x_Pue are the family's when the line was made, because a trade does not know who will
// deliver; x_CarbonGrams is its mean for the unit-hours of the line, above zero where these are owed for:
// what was bought, less what was refunded and what was sold on.

#include <span>
#include <string>

#include "gateway/directory.hpp"
#include "ledger/billing/invoices.hpp"

namespace gridbook::gateway {

struct InvoiceLine {
    const Directory& directory;
    const ledger::InvoiceRow& invoice;
    std::string_view name;  // of the invoice: D12
    engine::AccountId account{};
    const ledger::LineRow& line;
};

struct InvoiceColumn {
    std::string_view name;
    void (*append)(const InvoiceLine& line, std::string& out);
};

std::span<const InvoiceColumn> invoice_columns();

void append_csv_header(std::string& out);
void append_csv_line(const InvoiceLine& line, std::string& out);
// {"InvoiceId":"D12",…}: every value a string, as in the CSV.
void append_json_line(const InvoiceLine& line, std::string& out);

}  // namespace gridbook::gateway
