// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook export`: what the journal says, for other people's programs. Computed from the journal each time,
// so it needs no projection, and any two exports of one journal agree. Text is UTF-8; a column's name is a
// member's name in JSON.
//
//   fills       sequence,time,account,order,cid,trade,symbol,side,liquidity,price,qty,leaves,fee,tax,released
//   postings    entry,sequence,time,cause,order,trade,account,money,amount
//   statements  account,entry,sequence,time,cause,order,trade,cash,hold,margin,receivable,penalty,
//               cash_after,hold_after,margin_after,receivable_after,penalty_after
//   hashes      sequence,time,day,hash,open_orders,trades
//   deliveries
//   sequence,time,account,party,delivery,was,symbol,seller,buyer,price,qty,promised,delivered,short,
//               refund,penalty,zone,residency,green_share,pue,carbon_g
//
// `entry` numbers the entries of the whole journal from 1 without gaps; the postings of one entry sum to
// zero. A statement has one line for each entry that moves an account's money, and what the account has after
// it. Money and prices in CNY, quantities in units, `order` and `trade` as ids; an empty column does not
// apply.
//
// `deliveries` are those that were settled, a line for each side; minutes are unit-minutes. Green share and
// PUE are what the seller had registered at the gate, the least and the most; grams of CO2 need a
// configuration, which says the power of classes and the carbon of grids.
//
// `hashes` are the state hashes that checkpoints recorded; the last one of a UTC day is the day's. Whoever
// runs the same journal again (gridbook audit) comes to the same, or is told the first sequence that differs.

#include <filesystem>
#include <ostream>
#include <string>

#include "ledger/energy/energy.hpp"
#include "ledger/journal.hpp"

namespace gridbook::ledger {

enum class ExportOf : std::uint8_t { fills, postings, statements, hashes, deliveries };
enum class ExportAs : std::uint8_t { csv, json_lines };

struct ExportOptions {
    ExportOf of = ExportOf::fills;
    ExportAs as = ExportAs::csv;
    std::string account;       // only this one; empty: all
    engine::Sequence from{1};  // what is told; what was before it counts, too
    engine::Sequence to{~std::uint64_t{0}};
    bool progress = true;
    EnergyRates energy{};
};

// Of a folder at rest or of a running exchange's. Exit status: 0 done, 1 the postings differ from the events
// or the text cannot be written, 2 there was nothing to export.
int export_journal(const std::filesystem::path& data, std::ostream& out, std::ostream& complaints,
                   const ExportOptions& options);

// A folder at rest, or beside the exchange that has it.
Result<std::unique_ptr<Journal>> open_to_read(const std::filesystem::path& data);

}  // namespace gridbook::ledger
