// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of the projection, as they are asked for and as they are stored (environment `projection` of the
// data folder). Keys are big-endian, so that they order as they are read; an instrument is family 2, zero 2,
// period 4. Values are the structs below, little-endian, followed by the CRC32C of key and value (4 bytes); a
// row that differs from it is refused.
//
//   table      key                                        value
//   balances   account 4 (0xFFFFFFFF: the house)          BalanceRow
//   positions  account 4, instrument 8                    PositionRow
//   fills      account 4, sequence 8, place 4             FillRow
//   trades     instrument 8, sequence 8, place 4          TradeRow
//   orders     account 4, order 8                         OrderRow
//   candles    resolution 1, instrument 8, start 8        CandleRow
//   streams    hour 4, account 4, number 8           StreamRow
//   lines      account 4, number 8                        LineRow (billing/lines.hpp)
//   invoices   account 4, period 1, number 8              InvoiceRow (billing/invoices.hpp)
//   bills      account 4                                  BillRow (the same)
//   place      "place"                                    ProjectionPlace
//
// `place` in a key counts the events of the command, from 0. `hour` of a stream's row is its event's time in
// hours since the epoch of UTC: rows are let go by the hour. Money in micro-CNY, prices in ticks, quantities
// in lots, times in ns since the epoch of UTC.

#include <string>

#include "ledger/billing/invoices.hpp"

namespace gridbook::ledger {

// What the entries of an account add up to. Of the house: cash is `bank`, hold `clearing`, margin
// `fee_income`, receivable `tax_payable`, penalty `default_fund`.
struct BalanceRow {
    engine::Money cash{}, hold{}, margin{}, receivable{}, penalty{};
    std::uint64_t fills = 0;      // rows in `fills`
    engine::Sequence sequence{};  // of the last change
    friend constexpr bool operator==(const BalanceRow&, const BalanceRow&) = default;
};

struct PositionRow {
    engine::InstrumentId instrument{};
    engine::Quantity bought{}, sold{}, open_sells{}, reoffered{};
    engine::Money margin{}, receivable{};
    engine::Sequence sequence{};  // of the last change
    friend constexpr bool operator==(const PositionRow&, const PositionRow&) = default;
};

// One order's view of a match, as it was told (engine/order_events.hpp, Fill).
struct FillRow {
    engine::Event event{};
    std::uint64_t number = 0;  // of the account's fills, from 1 without gaps
    std::uint32_t place = 0;   // among the events of its command, from 0
    std::uint32_t cum = 0;  // lots of the order filled so far, this match included; of a strip: of its hour
    engine::Fill fill() const { return event.as<engine::Fill>(); }
    friend constexpr bool operator==(const FillRow&, const FillRow&) = default;
};

struct TradeRow {
    engine::TradeId trade{};
    engine::Sequence sequence{};
    engine::Time time{};
    engine::InstrumentId instrument{};
    std::uint64_t number = 0;  // of the instrument's trades, from 1 without gaps
    engine::Price price{};
    std::uint32_t qty = 0;
    std::uint32_t place = 0;
    engine::Side aggressor = engine::Side::buy;
    bool call = false;  // made in a call: nobody was the aggressor
    std::array<std::uint8_t, 2> reserved{};
    friend constexpr bool operator==(const TradeRow&, const TradeRow&) = default;
};

// The last state of an order, a strip or an any-of: the event that told it, with what was filled since. Its
// header carries sequence and time of the last change.
struct OrderRow {
    engine::Event event{};
    std::uint64_t filled = 0;  // lots of all hours
    engine::OrderId order() const { return event.as<engine::OrderEvent>().order; }
    friend constexpr bool operator==(const OrderRow&, const OrderRow&) = default;
};

enum class Resolution : std::uint8_t { minute = 0, hour = 1, day = 2 };
engine::Duration length(Resolution resolution);

struct CandleRow {
    engine::Time start{};
    engine::Price open{}, high{}, low{}, close{};
    engine::Quantity qty{};
    std::uint64_t trades = 0;
    friend constexpr bool operator==(const CandleRow&, const CandleRow&) = default;
};

inline constexpr std::uint64_t stream_block = 1'024;

// Where an account's stream stands in the journal: of each block of 1,024 sequences, and of each hour in it,
// the account's first numbered event. Whoever resumes finds by its number the block to read. Old hours are
// removed.
struct StreamRow {
    engine::StreamNumber number{};
    engine::Sequence sequence{};
    std::uint64_t hour = 0;
    std::uint64_t block() const { return sequence.value / stream_block; }
    friend constexpr bool operator==(const StreamRow&, const StreamRow&) = default;
};
inline std::uint32_t stream_hour(engine::Time time) {
    return static_cast<std::uint32_t>(time.value / engine::hour.value);
}

// How many rows a table has, and the sum of their checksums: whatever is missing, doubled or out of place is
// noticed when the projection is opened (Projection::verify).
struct TableSum {
    std::uint64_t rows = 0;
    std::uint64_t sum = 0;
    friend constexpr bool operator==(const TableSum&, const TableSum&) = default;
};

// Up to where the journal is in the projection, and of which journal: the link of the batch that ends there.
struct ProjectionPlace {
    std::array<char, 4> magic{'G', 'B', 'K', 'V'};
    std::uint16_t version = 5;
    std::uint16_t zero = 0;
    std::uint64_t epoch = 1;
    engine::Sequence applied{};
    std::array<std::uint8_t, 32> link{};
    std::uint64_t streams_from = 0;   // first hour of which streams are kept
    std::array<TableSum, 10> sums{};  // balances to bills
};

// ---- keys ----

class RowKey {
  public:
    RowKey& u8(std::uint8_t v) { return number(v, 1); }
    RowKey& u32(std::uint32_t v) { return number(v, 4); }
    RowKey& u64(std::uint64_t v) { return number(v, 8); }
    RowKey& instrument(engine::InstrumentId i) {
        return number(i.family.value, 2).number(i.reserved, 2).number(i.period.value, 4);
    }
    std::string_view key() const { return {bytes_.data(), size_}; }
    std::string text() const { return std::string(key()); }

  private:
    RowKey& number(std::uint64_t v, std::size_t width) {
        for (std::size_t i = width; i-- > 0;) bytes_[size_++] = static_cast<char>(v >> (8 * i));
        return *this;
    }
    std::array<char, 24> bytes_{};
    std::size_t size_ = 0;
};

inline RowKey balance_key(engine::AccountId a) { return RowKey().u32(a.value); }
inline RowKey position_key(engine::AccountId a, engine::InstrumentId i) {
    return RowKey().u32(a.value).instrument(i);
}
inline RowKey fill_key(engine::AccountId a, engine::Sequence s, std::uint32_t place) {
    return RowKey().u32(a.value).u64(s.value).u32(place);
}
inline RowKey trade_key(engine::InstrumentId i, engine::Sequence s, std::uint32_t place) {
    return RowKey().instrument(i).u64(s.value).u32(place);
}
inline RowKey order_key(engine::AccountId a, engine::OrderId o) { return RowKey().u32(a.value).u64(o.value); }
inline RowKey candle_key(Resolution r, engine::InstrumentId i, engine::Time start) {
    return RowKey()
        .u8(static_cast<std::uint8_t>(r))
        .instrument(i)
        .u64(static_cast<std::uint64_t>(start.value));
}
inline RowKey stream_key(std::uint32_t hour, engine::AccountId a, engine::StreamNumber n) {
    return RowKey().u32(hour).u32(a.value).u64(n.value);
}
inline RowKey line_key(engine::AccountId a, std::uint64_t number) {
    return RowKey().u32(a.value).u64(number);
}
inline RowKey invoice_key(engine::AccountId a, InvoicePeriod period, std::uint64_t number) {
    return RowKey().u32(a.value).u8(static_cast<std::uint8_t>(period)).u64(number);
}
inline RowKey bill_key(engine::AccountId a) { return RowKey().u32(a.value); }
inline constexpr std::string_view place_key = "place";

}  // namespace gridbook::ledger
