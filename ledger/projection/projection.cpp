// SPDX-License-Identifier: Apache-2.0
#include "ledger/projection/projection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "ledger/projection/sealed.hpp"

namespace gridbook::ledger {

namespace {

constexpr Tables own_tables{Table::balances, Table::place};
TableSum& sum_of(ProjectionPlace& place, Table table) {
    return place.sums[static_cast<std::size_t>(table) - static_cast<std::size_t>(own_tables.first)];
}

Result<ProjectionPlace> place_in(const Store::Reader& reader) {
    auto stored = reader.get(Table::place, place_key);
    if (!stored) return stored.error();
    if (!*stored) return ProjectionPlace{};
    std::uint16_t version = 0;
    if ((*stored)->size() >= 6) std::memcpy(&version, (*stored)->data() + 4, sizeof version);
    if (version != ProjectionPlace{}.version)
        return failure(ErrorCode::version,
                       fmt::format("the projection has version {}, this release reads {}: run "
                                   "gridbook rebuild",
                                   version, ProjectionPlace{}.version));
    auto place = row_of<ProjectionPlace>(Table::place, place_key, **stored);
    if (!place) return place;
    if (place->magic != ProjectionPlace{}.magic) return damaged(Table::place);
    return place;
}

// What a key begins with: the hour of a stream, an account.
std::uint32_t number_in(Key key) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sizeof number && i < key.size(); ++i)
        number = number << 8 | static_cast<std::uint8_t>(key[i]);
    return number;
}

template <class Row>
std::uint64_t number_of(const Row& row) {
    if constexpr (requires { std::uint64_t{row.number}; }) return row.number;
    return 0;
}

}  // namespace

engine::Duration length(Resolution resolution) {
    switch (resolution) {
        case Resolution::minute: return engine::minute;
        case Resolution::hour: return engine::hour;
        case Resolution::day: break;
    }
    return engine::day;
}

Result<std::unique_ptr<Projection>> Projection::open(const std::filesystem::path& data, Access access,
                                                     std::size_t map_bytes) {
    auto store = Store::open({data / "projection" / "data.mdb", access, map_bytes, own_tables});
    if (!store) return store.error();
    std::unique_ptr<Projection> projection(new Projection(std::move(*store)));
    if (access != Access::write) return projection;
    // What another version wrote holds nothing that the journal does not: it is written anew.
    if (const auto place = projection->place(); place || place.error().code != ErrorCode::version)
        return projection;
    projection.reset();
    if (auto removed = remove(data); !removed) return removed.error();
    return open(data, access, map_bytes);
}

Result<void> Projection::remove(const std::filesystem::path& data) {
    std::error_code status;
    std::filesystem::remove_all(data / "projection", status);
    if (status) return system_failure(status.value(), "remove", (data / "projection").string());
    return {};
}

Result<ProjectionPlace> Projection::place() const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    return place_in(*reader);
}

// All rows behind `from` whose keys begin as it does. Rows that are numbered have to follow each other.
template <class Row>
Result<Page<Row>> Projection::page(Table table, const RowKey& from, std::size_t prefix,
                                   std::size_t limit) const {
    if (!verified_.load(std::memory_order_acquire))
        return failure(ErrorCode::unverified,
                       "the projection is being looked through; ask again in a moment");
    limit = std::clamp<std::size_t>(limit, 1, page_limit);
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto place = place_in(*reader);
    if (!place) return place.error();
    Page<Row> page;
    page.applied = place->applied;
    std::optional<Error> wrong;
    const std::string_view wanted = from.key().substr(0, prefix);
    auto scanned = reader->scan(table, from.key(), [&](const Store::Row& stored) {
        if (!stored.key.starts_with(wanted)) return false;
        page.more = page.rows.size() == limit;
        if (page.more) return false;
        auto row = row_of<Row>(table, stored.key, stored.value);
        if (!row) return wrong = row.error(), false;
        const bool follows =
            page.rows.empty() || number_of(*row) == 0 || number_of(*row) == number_of(page.rows.back()) + 1;
        if (!follows) return wrong = damaged(table), false;
        page.rows.push_back(*row);
        return true;
    });
    if (!scanned) return scanned.error();
    if (wrong) return *wrong;
    return page;
}

Result<Page<BalanceRow>> Projection::balance(engine::AccountId account) const {
    return page<BalanceRow>(Table::balances, balance_key(account), 4, 1);
}

Result<Page<PositionRow>> Projection::positions(engine::AccountId account, engine::InstrumentId after,
                                                std::size_t limit) const {
    ++after.period.value;
    return page<PositionRow>(Table::positions, position_key(account, after), 4, limit);
}

Result<Page<FillRow>> Projection::fills(engine::AccountId account, engine::Sequence from, std::size_t limit,
                                        std::uint32_t place) const {
    return page<FillRow>(Table::fills, fill_key(account, from, place), 4, limit);
}

Result<Page<FillRow>> Projection::fills_after(engine::AccountId account, engine::StreamNumber after,
                                              std::size_t limit) const {
    auto here = place();
    if (!here) return here.error();
    limit = std::clamp<std::size_t>(limit, 1, page_limit);
    // Rows stand by sequence, and numbers rise with it: halve until the first sequence is found behind which
    // all numbers are above `after`.
    std::uint64_t low = 0, high = here->applied.value + 1;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        auto first = fills(account, engine::Sequence{middle}, 1);
        if (!first) return first.error();
        const bool above = first->rows.empty() || first->rows.front().event.header.number > after;
        (above ? high : low) = above ? middle : middle + 1;
    }
    // The command before it may have some above and some below.
    engine::Sequence from{low == 0 ? 0 : low - 1};
    std::uint32_t behind = 0;
    Page<FillRow> found;
    for (;;) {
        auto page = fills(account, from, page_limit, behind);
        if (!page) return page.error();
        found.applied = page->applied;
        for (const FillRow& row : page->rows) {
            if (row.event.header.number <= after) continue;
            found.more = found.rows.size() == limit;
            if (found.more) return found;
            found.rows.push_back(row);
        }
        found.more = page->more;
        if (!page->more || found.rows.size() == limit) return found;
        from = page->rows.back().event.header.sequence;
        behind = page->rows.back().place + 1;
    }
}

Result<Page<TradeRow>> Projection::trades(engine::InstrumentId instrument, engine::Sequence from,
                                          std::size_t limit, std::uint32_t place) const {
    return page<TradeRow>(Table::trades, trade_key(instrument, from, place), 8, limit);
}

Result<Page<OrderRow>> Projection::orders(engine::AccountId account, engine::OrderId after,
                                          std::size_t limit) const {
    return page<OrderRow>(Table::orders, order_key(account, engine::OrderId{after.value + 1}), 4, limit);
}

Result<std::optional<OrderRow>> Projection::order(engine::AccountId account, engine::OrderId order) const {
    const RowKey key = order_key(account, order);
    auto value = stored(Table::orders, key.key());
    if (!value) return value.error();
    if (!*value) return std::optional<OrderRow>{};
    if ((*value)->size() != sizeof(OrderRow)) return damaged(Table::orders);
    OrderRow row;
    std::memcpy(static_cast<void*>(&row), (*value)->data(), sizeof row);
    return std::optional<OrderRow>{row};
}

// Hour by hour back, because rows are let go by the hour.
Result<std::optional<StreamRow>> Projection::stream_row(engine::AccountId account,
                                                        engine::StreamNumber wanted) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto newest = reader->last(Table::streams);
    if (!newest) return newest.error();
    if (!*newest) return std::optional<StreamRow>{};
    std::uint32_t hour = number_in((*newest)->key);
    while (true) {
        const RowKey key = stream_key(hour, account, wanted);
        auto found = reader->at_or_before(Table::streams, key.key());
        if (!found) return found.error();
        if (!*found) return std::optional<StreamRow>{};
        if ((*found)->key.starts_with(key.key().substr(0, 8))) {
            auto row = row_of<StreamRow>(Table::streams, (*found)->key, (*found)->value);
            if (!row) return row.error();
            return std::optional<StreamRow>{*row};
        }
        if (hour == 0) return std::optional<StreamRow>{};
        hour = std::min(hour - 1, number_in((*found)->key));
    }
}

Result<std::optional<StreamRow>> Projection::oldest_stream_row(engine::AccountId account) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    std::uint32_t hour = 0;
    while (true) {
        const RowKey key = stream_key(hour, account, {});
        auto found = reader->at_or_after(Table::streams, key.key());
        if (!found) return found.error();
        if (!*found) return std::optional<StreamRow>{};
        if ((*found)->key.starts_with(key.key().substr(0, 8))) {
            auto row = row_of<StreamRow>(Table::streams, (*found)->key, (*found)->value);
            if (!row) return row.error();
            return std::optional<StreamRow>{*row};
        }
        // Of another account: a later one in this hour, or an earlier one in a later hour.
        const std::uint32_t next = number_in((*found)->key);
        hour = next > hour ? next : hour + 1;
    }
}

Result<Page<CandleRow>> Projection::candles(Resolution resolution, engine::InstrumentId instrument,
                                            engine::Time from, std::size_t limit) const {
    return page<CandleRow>(Table::candles, candle_key(resolution, instrument, from), 9, limit);
}

Result<Page<LineRow>> Projection::lines(engine::AccountId account, std::uint64_t number,
                                        std::size_t limit) const {
    return page<LineRow>(Table::lines, line_key(account, number), 4, limit);
}

Result<Page<InvoiceRow>> Projection::invoices(engine::AccountId account, InvoicePeriod period,
                                              std::uint64_t number, std::size_t limit) const {
    return page<InvoiceRow>(Table::invoices, invoice_key(account, period, number), 5, limit);
}

Result<Page<BillRow>> Projection::bill(engine::AccountId account) const {
    return page<BillRow>(Table::bills, bill_key(account), 4, 1);
}

Result<std::vector<std::pair<engine::AccountId, BillRow>>> Projection::bills() const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    std::vector<std::pair<engine::AccountId, BillRow>> rows;
    std::optional<Error> wrong;
    auto scanned = reader->scan(Table::bills, {}, [&](const Store::Row& stored) {
        auto row = row_of<BillRow>(Table::bills, stored.key, stored.value);
        if (!row) return wrong = row.error(), false;
        rows.emplace_back(engine::AccountId{number_in(stored.key)}, *row);
        return true;
    });
    if (!scanned) return scanned.error();
    if (wrong) return *wrong;
    return rows;
}

Result<void> Projection::write(std::span<const Put> rows, ProjectionPlace place) {
    return store_->write([&](Store::Writer& writer) -> Result<void> {
        auto before = writer.get(Table::place, place_key);
        if (!before) return before.error();
        if (*before) {
            auto known = row_of<ProjectionPlace>(Table::place, place_key, **before);
            if (!known) return known.error();
            place.sums = known->sums;
        }
        for (const Put& row : rows) {
            TableSum& sum = sum_of(place, row.table);
            auto old = writer.get(row.table, row.key);
            if (!old) return old.error();
            if (*old) sum.sum -= crc_of(**old), --sum.rows;
            const auto value = sealed(row.key, row.value);
            sum.sum += crc_of(value), ++sum.rows;
            if (auto put = writer.put(row.table, row.key, value); !put) return put;
        }
        const RowKey kept = RowKey().u32(static_cast<std::uint32_t>(place.streams_from));
        TableSum& streams = sum_of(place, Table::streams);
        auto let_go = writer.erase_from_first(Table::streams, [&](const Store::Row& row) {
            const bool goes = row.key < kept.key() && row.value.size() >= crc_bytes;
            if (goes) streams.sum -= crc_of(row.value), --streams.rows;
            return goes;
        });
        if (!let_go) return let_go;
        return writer.put(Table::place, place_key, sealed(place_key, std::as_bytes(std::span(&place, 1))));
    });
}

Result<void> Projection::verify() {
    auto known = place();
    if (!known) return known.error();
    for (auto t = static_cast<std::size_t>(own_tables.first); t < static_cast<std::size_t>(own_tables.last);
         ++t) {
        const auto table = static_cast<Table>(t);
        if (auto whole = verify(table, sum_of(*known, table)); !whole) return whole;
    }
    verified_.store(true, std::memory_order_release);
    return {};
}

// In pieces, so that no reader gets old.
Result<void> Projection::verify(Table table, const TableSum& kept) const {
    constexpr std::size_t piece = 20'000;
    TableSum found;
    std::string last;
    for (bool more = true; more;) {
        auto reader = store_->read();
        if (!reader) return reader.error();
        std::vector<std::pair<std::string, std::uint32_t>> rows;
        bool sound = true, begins = !last.empty();
        auto scanned = reader->scan(table, last, [&](const Store::Row& row) {
            // A piece begins with the last row of the one before; anywhere else a key that comes twice is
            // wrong.
            if (std::exchange(begins, false) && row.key == last) return true;
            sound = row.key > last && opened(table, row.key, row.value).has_value();
            if (!sound) return false;
            last = std::string(row.key);
            rows.emplace_back(last, crc_of(row.value));
            return rows.size() < piece;
        });
        if (!scanned) return scanned.error();
        if (!sound) return damaged(table);
        for (const auto& [key, crc] : rows) {
            auto looked_up = reader->get(table, key);
            if (!looked_up) return looked_up.error();
            if (!*looked_up || (*looked_up)->size() < crc_bytes || crc_of(**looked_up) != crc)
                return damaged(table);
            found.sum += crc;
        }
        found.rows += rows.size();
        more = rows.size() == piece;
    }
    if (found != kept) return damaged(table);
    return {};
}

Result<std::optional<std::vector<std::byte>>> Projection::stored(Table table, Key key) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto found = reader->get(table, key);
    if (!found) return found.error();
    if (!*found) return std::optional<std::vector<std::byte>>{};
    auto value = opened(table, key, **found);
    if (!value) return value.error();
    return std::optional<std::vector<std::byte>>{std::in_place, value->begin(), value->end()};
}

// The last row below `key` that shares its first `prefix` bytes.
Result<std::optional<std::vector<std::byte>>> Projection::stored_before(Table table, Key key,
                                                                        std::size_t prefix) const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    auto found = reader->at_or_before(table, key);
    if (!found) return found.error();
    if (!*found || !(*found)->key.starts_with(key.substr(0, prefix)))
        return std::optional<std::vector<std::byte>>{};
    auto value = opened(table, (*found)->key, (*found)->value);
    if (!value) return value.error();
    return std::optional<std::vector<std::byte>>{std::in_place, value->begin(), value->end()};
}

Result<engine::Sha256> Projection::digest() const {
    auto reader = store_->read();
    if (!reader) return reader.error();
    Sha256Sum sum;
    std::optional<Error> wrong;
    for (auto t = static_cast<std::size_t>(own_tables.first); t <= static_cast<std::size_t>(own_tables.last);
         ++t) {
        const auto table = static_cast<Table>(t);
        std::uint64_t rows = 0;
        auto scanned = reader->scan(table, {}, [&](const Store::Row& row) {
            if (auto value = opened(table, row.key, row.value); !value) return wrong = value.error(), false;
            sum.add(std::as_bytes(std::span(row.key.data(), row.key.size())));
            sum.add(row.value);
            ++rows;
            return true;
        });
        if (!scanned) return scanned.error();
        if (wrong) return *wrong;
        sum.add(std::as_bytes(std::span(&rows, 1)));
    }
    return sum.digest();
}

}  // namespace gridbook::ledger
