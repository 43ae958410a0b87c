// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an event costs the account that it is told to, line by line: the rows of its invoices (market-rules
// section 7). A cost above zero is owed, one below zero is received. Invariant: over any span of events the
// lines of an account sum to what its entries took from it, credits from the bank left out (billing_test).
//
//   fill of a buy      usage, fee, tax            when it trades: a buyer pays with the fill
//   fill of a sell     sale                       its fee and tax come with the settlement
//   replaced           sale of the standby provider; replacement, and advance, of the one that failed
//   delivery settled   refund, penalty            received by the buyer, owed by the seller
//   position settled   fee, tax, advance
//   grant bought       package                    of the buyer; received by the issuer
//   grant drawn        overage                    the same, for what is beyond the balance
//   dispute upheld     dispute, and advance, of who pays; dispute of the claimant
//
// `advance` is what the default fund paid in the account's place.

#include "ledger/postings.hpp"

namespace gridbook::ledger {

enum class LineKind : std::uint8_t {
    usage = 0,
    sale,
    fee,
    tax,
    refund,
    penalty,
    replacement,
    advance,
    dispute,
    package,
    overage,
    count_,
};
inline constexpr std::size_t line_kinds = static_cast<std::size_t>(LineKind::count_);

// One line, as it is stored (projection/rows.hpp).
struct LineRow {
    std::uint64_t number = 0;  // of the account's lines, from 1 without gaps
    engine::Sequence sequence{};
    engine::Time time{};
    engine::InstrumentId instrument{};
    engine::OrderId order{};
    engine::TradeId trade{};
    engine::Money cost{};
    std::uint64_t lot_minutes = 0;  // of refunds, penalties and replacements
    std::uint64_t quarters = 0;     // of standard tokens: granted by packages, or beyond a balance
    engine::Money unit_price{};     // of a package, or of a block beyond a balance; 0: none
    engine::Price price{};          // of the trade or the delivery; 0: none
    engine::Price guidance{};       // of the family when the line was made
    std::uint32_t qty = 0;          // lots
    engine::DeliveryId delivery{};
    engine::PackageId package{};  // of a line of packages, which has no instrument
    engine::GrantId grant{};
    std::uint32_t days = 0;  // of the package
    engine::ClassId class_id{};
    LineKind kind = LineKind::usage;
    std::array<std::uint8_t, 1> reserved{};
    friend constexpr bool operator==(const LineRow&, const LineRow&) = default;
};

// The lines of the event, not yet numbered; those that cost nothing are none.
std::vector<LineRow> lines_of(const engine::Event& event, const Postings& postings);

}  // namespace gridbook::ledger
