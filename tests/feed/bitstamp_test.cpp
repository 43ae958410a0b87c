// SPDX-License-Identifier: Apache-2.0
// Five hours of a real exchange, order by order (Bitstamp BTC/USD, 2015-05-01), through the engine: what is
// created becomes a limit order, what is deleted is cancelled, and the fills and best prices are held against
// the trades and books that the exchange published. The feed is a fair oracle, not an exact one: orders from
// before the recording have no ids, and its messages race. So the test asks for a score, the one that a plain
// price-time engine reaches.
//
// How the feed is read:
//   - The first published book seeds one order a level. The deletion of an order from before the recording
//     takes its volume off the seed of its price.
//   - `changed` tells what is left of an order. Where ours has more left, it is reduced in place; less is a
//     fill that ours made first.
//   - `deleted` cancels what ours has left, be it that the exchange filled it.
// Prices are USD with two decimals: a tick. A lot is 0.000001 BTC: the feed's eight decimals reach 200 BTC,
// more lots than an order may have, so sizes are rounded to six, and trades are compared so. Time counts as
// order only: all happens at one instant of one instrument.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <unordered_map>

#include "bench/market.hpp"
#include "tests/feed/rows.hpp"

namespace gridbook::tests {

namespace {

const std::string folder = "bitstamp-btcusd-2015-05-01/";

std::int32_t ticks(const std::string& usd) {
    return static_cast<std::int32_t>(std::lround(std::stod(usd) * 100));
}
std::uint32_t lots_of_btc(const std::string& btc) {
    return static_cast<std::uint32_t>(std::llround(std::stod(btc) * 1e6));
}
std::uint32_t lots_of_satoshi(const std::string& satoshi) {
    return static_cast<std::uint32_t>(std::llround(std::stod(satoshi) / 100));
}

// Trades of one price and size, and how many there were of them.
using Trades = std::map<std::pair<std::int32_t, std::uint32_t>, int>;

// Our book under the feed's ids.
class Replay {
  public:
    using Id = std::uint64_t;

    void create(Id id, bool buy, std::int32_t price, std::uint32_t lots) {
        if (lots == 0) return;  // less than half a lot
        entering_ = id;
        orders_[id] = {{}, buy, price, lots, lots};
        send(market_.place(++cids_, id, 0, buy, price, lots));
    }
    // Takes away what ours has left beyond `lots`.
    void shrink(Id id, std::uint32_t lots) {
        const auto found = orders_.find(id);
        if (found == orders_.end() || found->second.leaves <= lots) return;
        Order& order = found->second;
        const engine::AccountId owner = market_.account(order.buy, id);
        if (lots == 0) return send(bench::Market::cancel(order.order, owner));
        order.total -= order.leaves - lots;
        order.leaves = lots;
        send(bench::Market::replace(order.order, owner, order.price, order.total));
    }
    bool knows(Id id) const { return orders_.contains(id); }
    std::uint32_t leaves(Id id) const { return knows(id) ? orders_.at(id).leaves : 0; }

    std::int32_t best(engine::Side side) const {
        const engine::State& state = market_.exchange().state();
        const engine::Family& family = state.catalogue.family(bench::Market::family);
        const engine::Book& book = state.books[family.book_of(market_.instrument(0).period)];
        return book.front_of(side).value;
    }
    const Trades& trades() const { return trades_; }
    int refused() const { return refused_; }

  private:
    struct Order {
        engine::OrderId order{};
        bool buy = false;
        std::int32_t price = 0;
        std::uint32_t total = 0, leaves = 0;
    };

    void send(engine::Command command) {
        market_.apply(command, [this](const engine::Record& record) { hear(record.event()); });
    }
    void hear(const engine::Event& event) {
        if (event.kind() == engine::EventKind::refused) {
            ++refused_;
        } else if (event.kind() == engine::EventKind::order) {
            const auto told = event.as<engine::OrderEvent>();
            if (told.moved) {
                ids_[told.order.value] = entering_;
                orders_[entering_].order = told.order;
            } else if (told.state == engine::OrderState::cancelled) {
                orders_[ids_[told.order.value]].leaves = 0;
            }
        } else if (event.kind() == engine::EventKind::fill) {
            const auto fill = event.as<engine::Fill>();
            orders_[ids_[fill.order.value]].leaves = fill.leaves;
            if (fill.liquidity == engine::Liquidity::maker) ++trades_[{fill.price.value, fill.qty}];
        }
    }
    // Buyers and sellers are of different groups, and enough of them that money does not run out.
    bench::Market market_{
        bench::MarketSize{.accounts = 256, .orders = 1u << 15, .records = 1u << 17, .pages = 1u << 11}};
    std::unordered_map<Id, Order> orders_;
    std::unordered_map<std::uint64_t, Id> ids_;
    Trades trades_;
    Id entering_ = 0;
    std::uint64_t cids_ = 0;
    int refused_ = 0;
};

// The feed's ids are far below these.
Replay::Id seed_id(bool buy, std::int32_t price) {
    return (std::uint64_t{1} << 40) + 2 * static_cast<std::uint64_t>(price) + buy;
}

void seed(Replay& replay) {
    for (const Row& row : rows_of(folder + "first_book_top20.csv")) {
        const bool buy = row[1] == "bid";
        const std::int32_t price = ticks(row[3]);
        replay.create(seed_id(buy, price), buy, price, lots_of_btc(row[4]));
    }
}

// One row of the feed: id, timestamp, exchange's timestamp, price, volume, action, direction.
void follow(Replay& replay, const Row& row) {
    const Replay::Id id = std::stoull(row[0]);
    const std::int32_t price = ticks(row[3]);
    const std::uint32_t lots = lots_of_satoshi(row[4]);
    const bool buy = row[6] == "bid";
    if (row[5] == "created") return replay.create(id, buy, price, lots);
    if (row[5] == "changed") return replay.shrink(id, lots);
    if (replay.knows(id)) return replay.shrink(id, 0);
    const Replay::Id seeded = seed_id(buy, price);
    const std::uint32_t there = replay.leaves(seeded);
    replay.shrink(seeded, there - std::min(there, lots));
}

struct Score {
    int fills = 0, real = 0, equal = 0;  // trades
    int books = 0, bids = 0, asks = 0;   // published books, and the best prices that equal ours

    double bid_percent() const { return 100.0 * bids / books; }
    double ask_percent() const { return 100.0 * asks / books; }
};

void compare_book(const Replay& replay, const Row& book, Score& score) {
    score.books += 1;
    score.bids += replay.best(engine::Side::buy) == ticks(book[1]);
    score.asks += replay.best(engine::Side::sell) == ticks(book[11]);
}

void compare_trades(const Replay& replay, Score& score) {
    Trades real;
    for (const Row& row : rows_of(folder + "trades.csv")) {
        ++real[{ticks(row[2]), lots_of_btc(row[3])}];
        ++score.real;
    }
    for (const auto& [trade, count] : replay.trades()) {
        score.fills += count;
        const auto same = real.find(trade);
        if (same != real.end()) score.equal += std::min(count, same->second);
    }
}

}  // namespace

TEST_CASE("the order-by-order feed of a real exchange makes its trades and its best prices") {
    if (absent(folder)) return;
    Replay replay;
    Score score;
    seed(replay);
    const std::vector<Row> books = rows_of(folder + "books_top5.csv.gz");
    const long long begin = std::stoll(books[0][0]);
    std::size_t next = 1;  // the first book is the seed
    for (const Row& row : rows_of(folder + "orders.csv.gz")) {
        const long long at = std::stoll(row[1]);
        if (at <= begin) continue;
        for (; next < books.size() && std::stoll(books[next][0]) < at; ++next)
            compare_book(replay, books[next], score);
        follow(replay, row);
    }
    for (; next < books.size(); ++next) compare_book(replay, books[next], score);
    compare_trades(replay, score);
    std::cout << fmt::format(
        "bitstamp: {} fills for {} trades, {} equal in price and size; best bid equal in {:.1f} %, best ask "
        "in "
        "{:.1f} % of {} books\n",
        score.fills, score.real, score.equal, score.bid_percent(), score.ask_percent(), score.books);
    CHECK(replay.refused() == 0);
    CHECK(score.books == 5'010);
    CHECK(score.equal >= 472);
    CHECK(score.bid_percent() >= 97.1);
    CHECK(score.ask_percent() >= 94.2);
}

}  // namespace gridbook::tests
