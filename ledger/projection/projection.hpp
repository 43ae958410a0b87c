// SPDX-License-Identifier: Apache-2.0
#pragma once
// The projection: what the journal means, as rows that can be asked for, in an environment of its own
// (`projection` in the data folder). One Projector writes it in chunks behind the journal; any thread asks.
// Each question is one short read transaction, is cut at 1,000 rows, and its answer names `applied`, the
// sequence up to which the journal was in the projection then. Whoever reads longer than five seconds is
// ended (watch()). Until it was looked through once since it was opened (verify()) it answers `unverified`.
// If it is lost or belongs to another journal it is written anew from the journal.

#include <atomic>

#include "ledger/projection/rows.hpp"
#include "ledger/store.hpp"

namespace gridbook::ledger {

template <class Row>
struct Page {
    std::vector<Row> rows;
    engine::Sequence applied{};  // nothing later is in it
    bool more = false;           // there are rows behind the last one
};

class Projection {
  public:
    static constexpr std::size_t page_limit = 1'000;

    // A writer creates it, also in the place of one that another version has written; a reader of a data
    // folder without it is answered `absent`.
    static Result<std::unique_ptr<Projection>> open(const std::filesystem::path& data, Access access,
                                                    std::size_t map_bytes = std::size_t{1} << 30);
    // Removes it from a data folder that nobody has open.
    static Result<void> remove(const std::filesystem::path& data);

    // Reads every row, as it is scanned and as it is looked up, and compares number and sum with those that
    // were kept while they were written. Before anything is asked; while nobody writes.
    Result<void> verify();
    Result<ProjectionPlace> place() const;

    // ---- questions, from any thread; `limit` is cut to page_limit ----

    Result<Page<BalanceRow>> balance(engine::AccountId account) const;  // one row, or none
    // Above `after`, in the order of family and period.
    Result<Page<PositionRow>> positions(engine::AccountId account, engine::InstrumentId after,
                                        std::size_t limit) const;
    // Those whose number in the account's stream is above `after`, oldest first.
    Result<Page<FillRow>> fills_after(engine::AccountId account, engine::StreamNumber after,
                                      std::size_t limit) const;
    // From `from` on, oldest first; to go on: the sequence of the last row, and its place + 1.
    Result<Page<FillRow>> fills(engine::AccountId account, engine::Sequence from, std::size_t limit,
                                std::uint32_t place = 0) const;
    Result<Page<TradeRow>> trades(engine::InstrumentId instrument, engine::Sequence from, std::size_t limit,
                                  std::uint32_t place = 0) const;
    // Above `after`, by order id: oldest first.
    Result<Page<OrderRow>> orders(engine::AccountId account, engine::OrderId after, std::size_t limit) const;
    Result<std::optional<OrderRow>> order(engine::AccountId account, engine::OrderId order) const;
    // The newest row of an account's stream at or below `number`; nullopt: what it would tell of has been let
    // go, or is not written yet. Asked at any time: whoever reads the journal behind it sees whether it
    // holds.
    Result<std::optional<StreamRow>> stream_row(engine::AccountId account, engine::StreamNumber number) const;
    // The oldest one of the account.
    Result<std::optional<StreamRow>> oldest_stream_row(engine::AccountId account) const;
    // From the candle that begins at or after `from`; candles without a trade are left out.
    Result<Page<CandleRow>> candles(Resolution resolution, engine::InstrumentId instrument, engine::Time from,
                                    std::size_t limit) const;

    // The account's lines from `number` on.
    Result<Page<LineRow>> lines(engine::AccountId account, std::uint64_t number, std::size_t limit) const;
    // Its invoices from `number` on.
    Result<Page<InvoiceRow>> invoices(engine::AccountId account, InvoicePeriod period, std::uint64_t number,
                                      std::size_t limit) const;
    // What is not invoiced yet: one row, or none.
    Result<Page<BillRow>> bill(engine::AccountId account) const;

    // ---- by the one who writes ----

    // What of all accounts is not invoiced yet, in the order of their ids.
    Result<std::vector<std::pair<engine::AccountId, BillRow>>> bills() const;

    struct Put {
        Table table{};
        std::string key;
        std::vector<std::byte> value;  // without its checksum
    };
    // One transaction: the rows, in the order given, and the place, of which the sums are kept here. Streams
    // of hours before `place.streams_from` are removed.
    Result<void> write(std::span<const Put> rows, ProjectionPlace place);
    // A stored value as it was put; nullopt: there is none.
    Result<std::optional<std::vector<std::byte>>> stored(Table table, Key key) const;
    Result<std::optional<std::vector<std::byte>>> stored_before(Table table, Key key,
                                                                std::size_t prefix) const;
    // Ends readers older than five seconds; how many.
    std::size_t watch() { return store_->end_old_readers(std::chrono::seconds(5)); }
    // SHA-256 over all rows of all tables, each proven by its checksum: two projections of one journal up to
    // one sequence have the same.
    Result<engine::Sha256> digest() const;

  private:
    explicit Projection(std::unique_ptr<Store> store) : store_(std::move(store)) {}
    template <class Row>
    Result<Page<Row>> page(Table table, const RowKey& from, std::size_t prefix, std::size_t limit) const;
    Result<void> verify(Table table, const TableSum& kept) const;

    std::unique_ptr<Store> store_;
    std::atomic<bool> verified_{false};
};

}  // namespace gridbook::ledger
