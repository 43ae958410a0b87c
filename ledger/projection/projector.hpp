// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes the projection. It sees the events of the journal in order, each after the books have taken it in,
// and gathers what changes; at the end of a batch, when enough is gathered or a second has passed, all of it
// goes into the environment in one transaction with the place reached. What is there already is passed over,
// so it may begin to see anywhere at or before that place. What it writes does not depend on where the chunks
// end.

#include <set>
#include <unordered_map>

#include "ledger/projection/projection.hpp"
#include "ledger/snapshots/snapshot_file.hpp"

namespace gridbook::ledger {

// Which hours of the account streams' index are kept: the newest `hours`, none before `from`.
struct StreamsKept {
    std::uint64_t hours = 7 * 24;
    std::uint64_t from = 0;
};

class Projector {
  public:
    Projector(Projection& projection, const Postings& postings, const Balances& balances,
              const StreamsKept& kept = {})
        : projection_(projection), postings_(postings), balances_(balances), streams_kept_(kept) {}

    // Where the projection stands. To be called first.
    Result<ProjectionPlace> begin();
    // `place` counts the events of the command; `entries` are those that the event caused.
    void see(const engine::Event& event, std::uint32_t place, std::span<const Entry> entries);
    Result<void> end_of_batch(const SnapshotPlace& place, engine::Time now);
    // Writes what is gathered.
    Result<void> flush();

    engine::Sequence applied() const { return written_.applied; }

  private:
    static constexpr std::size_t chunk_events = 65'536;
    static constexpr engine::Duration chunk_time = engine::second;

    struct Candles {
        std::array<CandleRow, 3> rows{};  // by resolution; 0 trades: none yet
        std::uint64_t trades = 0;         // of the instrument
        bool changed = false;
    };
    struct Change {
        engine::AccountId account{};
        OrderRow row{};
    };

    void see_stream(const engine::Event& event);
    void see_order(const engine::Event& event);
    template <class Body>
    void see_strip(const engine::Event& event);
    void see_fill(const engine::Event& event, std::uint32_t place);
    void see_replaced(const engine::Event& event);
    // Lots of the order filled so far.
    std::uint32_t fill_order(const engine::Event& event, const engine::Fill& fill);
    void see_trade(const engine::Event& event, const engine::Fill& fill, std::uint32_t place);
    void touch(engine::AccountId account, engine::InstrumentId instrument, engine::Sequence sequence);
    Candles& candles_of(engine::InstrumentId instrument, engine::Time time);
    std::uint64_t& fills_of(engine::AccountId account);
    Change* order_of(engine::AccountId account, engine::OrderId order);
    template <class Row>
    std::optional<Row> stored(Table table, Key key);
    template <class Row>
    void put(Table table, const RowKey& key, const Row& row);
    void put_line(engine::AccountId account, const LineRow& line);
    void put_invoice(engine::AccountId account, InvoicePeriod period, const InvoiceRow& invoice);
    void gather_balances();
    void gather_positions();

    Projection& projection_;
    const Postings& postings_;
    const Balances& balances_;
    const StreamsKept streams_kept_;
    ProjectionPlace written_{};
    ProjectionPlace reached_{};
    engine::Time flushed_at_{};
    std::size_t events_ = 0;  // gathered
    std::vector<Projection::Put> rows_;
    std::map<engine::AccountId, engine::Sequence> touched_accounts_;
    std::map<PositionKey, engine::Sequence> touched_positions_;
    std::set<PositionKey> settled_;
    std::map<engine::InstrumentId, Candles> candles_;
    std::unordered_map<engine::AccountId, std::uint64_t> fills_;
    std::unordered_map<engine::AccountId, StreamRow> streams_;  // the last one
    std::unordered_map<engine::OrderId, Change> orders_;
    Invoices invoices_{[this](engine::AccountId a, const LineRow& line) { put_line(a, line); },
                       [this](engine::AccountId a, InvoicePeriod period, const InvoiceRow& invoice) {
                           put_invoice(a, period, invoice);
                       }};
    std::optional<Error> failed_;
};

}  // namespace gridbook::ledger
