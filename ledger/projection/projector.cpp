// SPDX-License-Identifier: Apache-2.0
#include "ledger/projection/projector.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace gridbook::ledger {

using engine::EventKind;

namespace {

constexpr std::array<Resolution, 3> resolutions{Resolution::minute, Resolution::hour, Resolution::day};

engine::Time start_of(Resolution resolution, engine::Time time) {
    const std::int64_t width = length(resolution).value;
    return engine::Time{time.value / width * width};
}

}  // namespace

Result<ProjectionPlace> Projector::begin() {
    auto place = projection_.place();
    if (!place) return place;
    written_ = reached_ = *place;
    auto bills = projection_.bills();
    if (!bills) return bills.error();
    for (const auto& [account, bill] : *bills) invoices_.put(account, bill);
    return place;
}

template <class Row>
std::optional<Row> Projector::stored(Table table, Key key) {
    auto value = projection_.stored(table, key);
    if (!value) failed_ = value.error();
    if (!value || !*value || (*value)->size() != sizeof(Row)) return std::nullopt;
    Row row;
    std::memcpy(static_cast<void*>(&row), (*value)->data(), sizeof row);
    return row;
}

template <class Row>
void Projector::put(Table table, const RowKey& key, const Row& row) {
    static_assert(std::has_unique_object_representations_v<Row>);
    const auto bytes = std::as_bytes(std::span(&row, 1));
    rows_.push_back({table, key.text(), {bytes.begin(), bytes.end()}});
}

void Projector::see(const engine::Event& event, std::uint32_t place, std::span<const Entry> entries) {
    const engine::Sequence sequence = event.header.sequence;
    if (sequence <= written_.applied) return;
    ++events_;
    for (const Entry& entry : entries)
        for (const Posting& posting : entry.postings) touched_accounts_[posting.account] = sequence;
    see_stream(event);
    invoices_.see(event, postings_);
    switch (event.kind()) {
        case EventKind::order: return see_order(event);
        case EventKind::strip: return see_strip<engine::StripEvent>(event);
        case EventKind::any_of: return see_strip<engine::AnyOfEvent>(event);
        case EventKind::fill: return see_fill(event, place);
        case EventKind::delivery: {
            const auto told = event.as<engine::DeliveryChanged>();
            return touch(event.header.account, told.instrument, sequence);
        }
        case EventKind::replaced: return see_replaced(event);
        case EventKind::delivery_settled:
            return touch(event.header.account, event.as<engine::DeliverySettled>().instrument, sequence);
        case EventKind::position_settled: {
            const auto told = event.as<engine::PositionSettled>();
            settled_.insert({event.header.account, told.instrument});
            return touch(event.header.account, told.instrument, sequence);
        }
        default: return;
    }
}

void Projector::touch(engine::AccountId account, engine::InstrumentId instrument, engine::Sequence sequence) {
    touched_positions_[{account, instrument}] = sequence;
}

void Projector::see_stream(const engine::Event& event) {
    const engine::AccountId account = event.header.account;
    if (account == engine::no_account || event.header.number.value == 0) return;
    const auto [known, fresh] = streams_.try_emplace(account);
    if (fresh) {
        const auto last = projection_.stream_row(account, event.header.number);
        if (!last) failed_ = last.error();
        if (last && *last) known->second = **last;
    }
    const std::uint32_t hour = stream_hour(event.header.time);
    const StreamRow row{event.header.number, event.header.sequence, hour};
    const StreamRow& before = known->second;
    if (before.number.value != 0 && before.block() == row.block() && before.hour == hour) return;
    known->second = row;
    put(Table::streams, stream_key(hour, account, row.number), row);
}

void Projector::see_order(const engine::Event& event) {
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
    const auto told = event.as<engine::OrderEvent>();
    orders_[told.order] = {event.header.account, {event, told.cum}};
    if (told.side == engine::Side::sell) touch(event.header.account, told.instrument, event.header.sequence);
}

template <class Body>
void Projector::see_strip(const engine::Event& event) {
    if ((event.header.flags & engine::event_flag::duplicate) != 0) return;
    const auto told = event.as<Body>();
    orders_[told.order] = {event.header.account, {event, 0}};
    for (std::uint32_t hour = 0; hour < told.hours; ++hour)
        touch(event.header.account,
              engine::instrument(told.instrument.family, engine::Period{told.instrument.period.value + hour}),
              event.header.sequence);
}

void Projector::see_fill(const engine::Event& event, std::uint32_t place) {
    const auto fill = event.as<engine::Fill>();
    const engine::AccountId account = event.header.account;
    const std::uint32_t cum = fill_order(event, fill);
    put(Table::fills, fill_key(account, event.header.sequence, place),
        FillRow{event, ++fills_of(account), place, cum});
    touch(account, fill.instrument, event.header.sequence);
    if (completes_trade(fill)) see_trade(event, fill, place);
}

// Told to the standby provider, whose offer is an order like others, then to the seller that failed. The
// positions of both were touched by the deliveries told before.
void Projector::see_replaced(const engine::Event& event) {
    const auto told = event.as<engine::Replaced>();
    if (told.party != engine::Side::sell) return;
    Change* change = order_of(event.header.account, told.order);
    if (change == nullptr) return;
    change->row.filled += told.qty;
    change->row.event.header.sequence = event.header.sequence;
    change->row.event.header.time = event.header.time;
    auto order = change->row.event.as<engine::OrderEvent>();
    order.leaves = told.leaves;
    order.cum += told.qty;
    if (told.leaves == 0) order.state = engine::OrderState::filled;
    change->row.event.set(order);
}

// The order's row as it will be, from what is gathered or what is stored.
Projector::Change* Projector::order_of(engine::AccountId account, engine::OrderId order) {
    if (const auto known = orders_.find(order); known != orders_.end()) return &known->second;
    const auto row = stored<OrderRow>(Table::orders, order_key(account, order).key());
    if (!row) return nullptr;
    return &(orders_[order] = {account, *row});
}

std::uint32_t Projector::fill_order(const engine::Event& event, const engine::Fill& fill) {
    Change* change = order_of(event.header.account, fill.order);
    if (change == nullptr) return fill.qty;
    OrderRow& row = change->row;
    row.filled += fill.qty;
    row.event.header.sequence = event.header.sequence;
    row.event.header.time = event.header.time;
    if (fill.of == engine::OrderKind::order) {
        auto order = row.event.as<engine::OrderEvent>();
        order.leaves = fill.leaves;
        order.cum += fill.qty;
        if (fill.leaves == 0) order.state = engine::OrderState::filled;
        row.event.set(order);
        return order.cum;
    }
    if (row.event.kind() == EventKind::strip) {
        auto strip = row.event.as<engine::StripEvent>();
        if (row.filled == std::uint64_t{strip.qty} * strip.hours) strip.state = engine::OrderState::filled;
        row.event.set(strip);
        return strip.qty - fill.leaves;
    }
    auto any_of = row.event.as<engine::AnyOfEvent>();
    if (row.filled == std::uint64_t{any_of.qty} * any_of.hours) any_of.state = engine::OrderState::filled;
    row.event.set(any_of);
    return any_of.qty - fill.leaves;
}

std::uint64_t& Projector::fills_of(engine::AccountId account) {
    const auto [known, fresh] = fills_.try_emplace(account);
    if (fresh)
        if (const auto row = stored<BalanceRow>(Table::balances, balance_key(account).key()))
            known->second = row->fills;
    touched_accounts_.try_emplace(account, written_.applied);
    return known->second;
}

// The running candles of an instrument: those that are stored when this process has not seen it before.
Projector::Candles& Projector::candles_of(engine::InstrumentId instrument, engine::Time time) {
    const auto [known, fresh] = candles_.try_emplace(instrument);
    Candles& candles = known->second;
    if (fresh) {
        auto last = projection_.stored_before(Table::trades,
                                              trade_key(instrument, engine::Sequence{~0ull}, ~0u).key(), 8);
        if (!last) {
            failed_ = last.error();
        } else if (*last && (*last)->size() == sizeof(TradeRow)) {
            TradeRow row;
            std::memcpy(static_cast<void*>(&row), (*last)->data(), sizeof row);
            candles.trades = row.number;
        }
    }
    for (const Resolution r : resolutions) {
        CandleRow& candle = candles.rows[static_cast<std::size_t>(r)];
        const engine::Time start = start_of(r, time);
        if (candle.trades != 0 && candle.start == start) continue;
        if (candle.trades != 0) put(Table::candles, candle_key(r, instrument, candle.start), candle);
        candle = {};
        if (fresh)
            if (const auto row = stored<CandleRow>(Table::candles, candle_key(r, instrument, start).key()))
                candle = *row;
        candle.start = start;
    }
    return candles;
}

void Projector::see_trade(const engine::Event& event, const engine::Fill& fill, std::uint32_t place) {
    Candles& candles = candles_of(fill.instrument, event.header.time);
    candles.changed = true;
    TradeRow trade;
    trade.trade = fill.trade;
    trade.sequence = event.header.sequence;
    trade.time = event.header.time;
    trade.instrument = fill.instrument;
    trade.number = ++candles.trades;
    trade.price = fill.price;
    trade.qty = fill.qty;
    trade.place = place;
    trade.aggressor = fill.side;
    trade.call = fill.call;
    put(Table::trades, trade_key(fill.instrument, trade.sequence, place), trade);
    for (CandleRow& candle : candles.rows) {
        const bool first = candle.trades == 0;
        if (first) candle.open = candle.high = candle.low = fill.price;
        candle.high = std::max(candle.high, fill.price);
        candle.low = std::min(candle.low, fill.price);
        candle.close = fill.price;
        candle.qty += engine::Quantity{fill.qty};
        ++candle.trades;
    }
}

Result<void> Projector::end_of_batch(const SnapshotPlace& place, engine::Time now) {
    if (place.sequence <= written_.applied) return {};
    reached_.epoch = place.epoch;
    reached_.applied = place.sequence;
    reached_.link = place.link;
    const std::uint64_t hour = stream_hour(place.time), kept = streams_kept_.hours;
    reached_.streams_from =
        std::max({reached_.streams_from, streams_kept_.from, hour > kept ? hour - kept : 0});
    if (events_ < chunk_events && now - flushed_at_ < chunk_time) return {};
    flushed_at_ = now;
    return flush();
}

void Projector::put_line(engine::AccountId account, const LineRow& line) {
    put(Table::lines, line_key(account, line.number), line);
}

void Projector::put_invoice(engine::AccountId account, InvoicePeriod period, const InvoiceRow& invoice) {
    put(Table::invoices, invoice_key(account, period, invoice.number), invoice);
}

void Projector::gather_balances() {
    for (const auto& [account, sequence] : touched_accounts_) {
        BalanceRow row;
        row.sequence = sequence;
        if (account == engine::no_account) {
            row.cash = balances_.house(MoneyAccount::bank);
            row.hold = balances_.house(MoneyAccount::clearing);
            row.margin = balances_.house(MoneyAccount::fee_income);
            row.receivable = balances_.house(MoneyAccount::tax_payable);
            row.penalty = balances_.house(MoneyAccount::default_fund);
        } else {
            const Balances::Participant p = balances_.of(account);
            row.cash = p.cash, row.hold = p.hold, row.margin = p.margin, row.receivable = p.receivable;
            row.penalty = p.penalty;
            row.fills = fills_of(account);
        }
        put(Table::balances, balance_key(account), row);
    }
}

void Projector::gather_positions() {
    for (const auto& [key, sequence] : touched_positions_) {
        // One that is settled is gone from the books; its row says so.
        const auto found = postings_.positions().find(key);
        if (found == postings_.positions().end() && !settled_.contains(key)) continue;
        const PositionSums p = found == postings_.positions().end() ? PositionSums{} : found->second;
        put(Table::positions, position_key(key.first, key.second),
            PositionRow{key.second, p.bought, p.sold, p.open_sells, p.reoffered, p.margin, p.receivable,
                        sequence});
    }
}

Result<void> Projector::flush() {
    if (failed_) return *failed_;
    if (reached_.applied == written_.applied) return {};
    gather_balances();
    gather_positions();
    for (const engine::AccountId account : invoices_.take_changed())
        put(Table::bills, bill_key(account), invoices_.bills().at(account));
    for (const auto& [id, change] : orders_) put(Table::orders, order_key(change.account, id), change.row);
    for (auto& [instrument, candles] : candles_) {
        if (!candles.changed) continue;
        candles.changed = false;
        for (const Resolution r : resolutions) {
            const CandleRow& candle = candles.rows[static_cast<std::size_t>(r)];
            put(Table::candles, candle_key(r, instrument, candle.start), candle);
        }
    }
    // In the order of the tree: neighbours share a page. Of two of one key the later one stays.
    std::stable_sort(rows_.begin(), rows_.end(), [](const Projection::Put& a, const Projection::Put& b) {
        return std::tie(a.table, a.key) < std::tie(b.table, b.key);
    });
    if (auto written = projection_.write(rows_, reached_); !written) return written;
    written_ = reached_;
    rows_.clear();
    touched_accounts_.clear();
    touched_positions_.clear();
    settled_.clear();
    orders_.clear();
    events_ = 0;
    return {};
}

}  // namespace gridbook::ledger
