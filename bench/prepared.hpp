// SPDX-License-Identifier: Apache-2.0
#pragma once
// A stream turned into commands before anything is timed. A rehearsal on an exchange of the same size tells
// which order id each entry gets, so that cancels and reductions can name it, and what the fills come to. The
// engine is deterministic: every run of the same commands gives the same ids, fills and state, and is held to
// that.

#include <unordered_map>

#include "bench/market.hpp"
#include "bench/stream.hpp"

namespace gridbook::bench {

struct Prepared {
    MarketSize size{};
    engine::PoolVector<engine::Command> commands{};
    std::vector<std::uint32_t> begin{};  // commands of message i: begin[i] up to begin[i + 1]
    std::size_t initial = 0;             // messages that are not timed
    Tally tally{};
    std::uint64_t refused = 0;  // cancels of dead ids; nothing else is
    std::uint64_t state = 0;    // hash of the whole market after the last command

    std::size_t messages() const { return begin.size() - 1; }
    std::size_t first_timed() const { return begin[initial]; }
};

// Pools and accounts for a stream. Records never wrap around unless fewer are asked for.
inline MarketSize size_for(const Stream& stream, std::uint64_t records = 0) {
    std::uint64_t entries = 1;
    engine::Wide money = 0, lots = 0;
    for (const Message& m : stream.messages) {
        if (!m.enters()) continue;
        entries += 1;
        money += static_cast<engine::Wide>(m.price) * m.quantity * 1'000;
        lots += m.quantity;
    }
    MarketSize size;
    size.books = stream.instruments;
    // Four times as many accounts as could pay for everything, because ids do not spread evenly.
    const auto half = static_cast<std::uint32_t>(4 * money / (INT64_MAX / 1000) + 1);
    size.accounts = 2 * std::max(32u, half);
    size.resources = static_cast<std::uint32_t>(8 * lots / size.accounts / Market::most_lots + 1);
    size.records = static_cast<std::uint32_t>(std::bit_ceil(records != 0 ? records : entries + 2));
    // Fewer orders rest than there are records; with few records a book may be too large for them.
    size.orders = static_cast<std::uint32_t>(std::min<std::uint64_t>(entries, size.records - 1));
    // A page holds 64 prices; each side of each book has at most 1,024 of them.
    size.pages = static_cast<std::uint32_t>(std::min<std::uint64_t>(2'048ull * stream.instruments, entries));
    return size;
}

// Turns one message after the other into commands, as it learns the ids of the orders before it.
class Rehearsal {
  public:
    Rehearsal(const Stream& stream, const MarketSize& size) : market_(size) {
        prepared_.size = size;
        prepared_.initial = stream.initial;
        prepared_.begin.reserve(stream.messages.size() + 1);
        prepared_.commands.reserve(stream.messages.size() * 21 / 20);
        orders_.reserve(stream.messages.size());
        clients_.reserve(stream.messages.size());
    }
    Prepared run(const Stream& stream) {
        for (const Message& m : stream.messages) {
            prepared_.begin.push_back(static_cast<std::uint32_t>(prepared_.commands.size()));
            if (m.act == Act::cancel || m.act == Act::replace) cancel(m.id);
            if (m.act == Act::reduce) reduce(m);
            if (m.enters()) enter(m);
        }
        prepared_.begin.push_back(static_cast<std::uint32_t>(prepared_.commands.size()));
        prepared_.state = market_.exchange().state_hash();
        return std::move(prepared_);
    }

  private:
    struct Order {
        engine::OrderId order{UINT64_MAX};  // an id that no order has
        engine::AccountId account{0};
        std::int32_t price = 0;
        std::uint32_t total = 0, leaves = 0;
    };

    void enter(const Message& m) {
        const std::uint32_t id = m.entered();
        engine::Command c = market_.place(++cids_, id, m.instrument, m.buy(), m.price, m.quantity);
        Order& order = orders_[id];
        order = {engine::OrderId{}, c.header.account, m.price, m.quantity, m.quantity};
        taker_ = id;
        send(c);
        if (order.order == engine::OrderId{}) throw std::runtime_error("the exchange refused an order");
    }
    void cancel(std::uint32_t id) {
        const Order& order = orders_[id];
        send(Market::cancel(order.order, order.account));
        orders_[id].leaves = 0;
    }
    void reduce(const Message& m) {
        Order& order = orders_[m.id];
        if (m.quantity >= order.leaves) return cancel(m.id);
        order.total -= m.quantity;
        order.leaves -= m.quantity;
        send(Market::replace(order.order, order.account, order.price, order.total));
    }
    void send(engine::Command command) {
        prepared_.commands.push_back(command);
        market_.apply(command, [&](const engine::Record& record) { hear(record.event()); });
    }
    void hear(const engine::Event& event) {
        if (event.kind() == engine::EventKind::refused) {
            if (event.as<engine::Refused>().command == engine::CommandKind::cancel_order) ++prepared_.refused;
            return;
        }
        if (event.kind() == engine::EventKind::order) {
            const auto told = event.as<engine::OrderEvent>();
            if (!told.moved) return;
            clients_[told.order.value] = taker_;
            orders_[taker_].order = told.order;
        } else if (event.kind() == engine::EventKind::fill) {
            const auto fill = event.as<engine::Fill>();
            const std::uint32_t id = clients_[fill.order.value];
            orders_[id].leaves = fill.leaves;
            if (fill.liquidity == engine::Liquidity::maker)
                prepared_.tally.fill(id, taker_, fill.price.value, fill.qty);
        }
    }

    Market market_;
    Prepared prepared_;
    std::unordered_map<std::uint32_t, Order> orders_;           // by the client's id
    std::unordered_map<std::uint64_t, std::uint32_t> clients_;  // the client's id by the engine's
    std::uint32_t taker_ = 0;
    std::uint64_t cids_ = 0;
};

inline Prepared prepare(const Stream& stream, std::uint64_t records = 0) {
    return Rehearsal(stream, size_for(stream, records)).run(stream);
}

}  // namespace gridbook::bench
