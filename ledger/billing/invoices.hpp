// SPDX-License-Identifier: Apache-2.0
#pragma once
// Invoices: the lines of an account from 00:00 UTC to 00:00 UTC, by day and by month. One is made when the
// market's time has passed its end, and only where there was a line; its number counts the account's invoices
// of its kind from 1 without gaps, and its lines are a run of the account's lines without gaps. Never changed
// afterwards: what is corrected later is a line of a later one.

#include <functional>
#include <map>
#include <set>

#include "ledger/billing/lines.hpp"

namespace gridbook::ledger {

enum class InvoicePeriod : std::uint8_t { day = 0, month = 1 };
inline constexpr std::size_t invoice_periods = 2;

using CostsByKind = std::array<engine::Money, line_kinds>;
engine::Money total(const CostsByKind& costs);

// Both as they are stored (projection/rows.hpp).
struct InvoiceRow {
    std::uint64_t number = 0;
    engine::Time start{};
    engine::Time end{};
    engine::Time issued{};
    engine::Sequence sequence{};  // of the first event behind its end
    std::uint64_t first_line = 0;
    std::uint64_t last_line = 0;
    CostsByKind costs{};
    friend constexpr bool operator==(const InvoiceRow&, const InvoiceRow&) = default;
};

// What is not invoiced yet.
struct BillRow {
    struct Open {
        std::uint64_t invoices = 0;    // made so far
        engine::Time start{};          // of the period that runs
        std::uint64_t first_line = 0;  // in it; 0: none yet
        CostsByKind costs{};
        friend constexpr bool operator==(const Open&, const Open&) = default;
    };
    std::uint64_t lines = 0;  // of the account
    std::array<Open, invoice_periods> open{};
    friend constexpr bool operator==(const BillRow&, const BillRow&) = default;
};

// The period that the time lies in.
struct Span {
    engine::Time start{}, end{};
};
Span span_of(InvoicePeriod period, engine::Time time);

class Invoices {
  public:
    using Bills = std::map<engine::AccountId, BillRow>;
    using OnLine = std::function<void(engine::AccountId, const LineRow&)>;
    using OnInvoice = std::function<void(engine::AccountId, InvoicePeriod, const InvoiceRow&)>;

    Invoices(OnLine on_line, OnInvoice on_invoice)
        : on_line_(std::move(on_line)), on_invoice_(std::move(on_invoice)) {}

    // What was stored, before the first event.
    void put(engine::AccountId account, const BillRow& bill) { bills_[account] = bill; }
    // Periods that ended before the event are invoiced, then its lines are counted.
    void see(const engine::Event& event, const Postings& postings);

    const Bills& bills() const { return bills_; }
    // Those that changed since it was asked last.
    std::vector<engine::AccountId> take_changed();

  private:
    void close(InvoicePeriod period, engine::AccountId account, BillRow& bill, const engine::Event& event);
    void close_all(const engine::Event& event);
    void add(engine::AccountId account, LineRow line);

    OnLine on_line_;
    OnInvoice on_invoice_;
    Bills bills_;
    std::set<engine::AccountId> changed_;
    engine::Time day_{};  // up to when all is looked at
};

}  // namespace gridbook::ledger
