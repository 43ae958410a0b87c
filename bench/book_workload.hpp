// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seeded message streams of bench_book: a book built first, then adds, cancels, reductions, replaces and
// marketable orders in given shares, with as many fills each as the variant says. Made against a plain book,
// so that cancels name living orders and marketable orders fill as planned; the contenders then get equal
// messages.

#include <random>
#include <string>

#include "bench/plain_book.hpp"

namespace gridbook::bench {

enum class Act : std::uint8_t { add, cancel, reduce, replace, take };
inline constexpr const char* act_names[] = {"add", "cancel", "reduce", "replace", "take"};

struct Message {
    Act act;
    bool buy;
    std::uint16_t book;
    std::int32_t price;
    std::uint32_t qty;    // add, take: lots; reduce, replace: what is left afterwards
    std::uint32_t total;  // reduce, replace: the new total, filled part included
    std::uint64_t id;     // orders count from 1 in the order in which they are entered
};

struct Variant {
    std::string name;
    std::uint16_t books;
    std::uint32_t resting;             // a book
    std::int32_t depth;                // ticks a side in which orders rest
    int add, cancel, reduce, replace;  // per thousand; the rest takes
    double fills;                      // of an order that takes
};

// Shares, book sizes and levels as the table gives them; depths are what makes that many levels live.
inline const std::vector<Variant> variants{
    {"base", 1, 14'000, 410, 530, 330, 25, 30, 3.4},
    {"deep", 1, 100'000, 4'600, 530, 330, 25, 30, 3.4},
    {"books64", 64, 2'800, 230, 530, 330, 25, 30, 3.4},
    {"sweep", 1, 750, 260, 782, 171, 15, 15, 36},
};

struct Workload {
    Variant variant;
    std::vector<Message> build;                     // untimed
    std::vector<Message> messages;                  // timed
    std::uint64_t orders = 0, fills = 0, lots = 0;  // of both parts
    std::size_t levels = 0, resting = 0;            // at the end
};

class Generator {
  public:
    Generator(const Variant& variant, std::uint64_t seed)
        : variant_(variant), random_(seed), books_(variant.books) {}

    Workload make(std::size_t messages) {
        Workload w{variant_, {}, {}, 0, 0, 0, 0, 0};
        for (std::uint32_t i = 0; i < variant_.resting * variant_.books; ++i)
            w.build.push_back(add(static_cast<std::uint16_t>(i % variant_.books)));
        for (std::size_t i = 0; i < messages; ++i)
            w.messages.push_back(next(static_cast<std::uint16_t>(i % variant_.books)));
        w.orders = last_id_;
        for (const Side& side : books_) {
            w.fills += side.book.fills();
            w.lots += side.book.lots();
            w.levels += side.book.levels();
            w.resting += side.book.resting();
        }
        return w;
    }

    static constexpr std::int32_t middle = 20'000;

  private:
    struct Side {
        PlainBook book;
        std::vector<std::uint64_t> ids;  // living, and some that died since
    };

    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
    }
    // Two orders in five join near the front, where takers eat; the others spread over the depth.
    std::int32_t passive_price(bool buy) {
        const std::int64_t near = std::max<std::int64_t>(8, variant_.depth / 40);
        const std::int64_t away = 1 + (between(1, 5) <= 2 ? between(0, near) : between(0, variant_.depth));
        return middle + static_cast<std::int32_t>(buy ? -away : away);
    }
    Message next(std::uint16_t b) {
        const std::int64_t dice = between(1, 1000);
        // Held at its size: the shares alone would let it drift by chance.
        const std::size_t resting = books_[b].book.resting();
        if (resting < variant_.resting * 9 / 10) return add(b);
        if (dice <= variant_.add) return resting > variant_.resting * 11 / 10 ? cancel(b) : add(b);
        if (dice <= variant_.add + variant_.cancel) return cancel(b);
        if (dice <= variant_.add + variant_.cancel + variant_.reduce) return reduce(b);
        if (dice <= variant_.add + variant_.cancel + variant_.reduce + variant_.replace) return replace(b);
        return take(b);
    }
    Message add(std::uint16_t b) {
        Side& side = books_[b];
        const bool buy = between(0, 1) == 0;
        Message m{Act::add, buy,       b, passive_price(buy), static_cast<std::uint32_t>(between(1, 100)),
                  0,        ++last_id_};
        side.book.add(m.id, buy, m.price, m.qty);
        side.ids.push_back(m.id);
        totals_.resize(last_id_ + 1);
        totals_[last_id_] = m.qty;
        return m;
    }
    // A living order, at random.
    const PlainBook::Order& living(Side& side) {
        for (;;) {
            const auto at =
                static_cast<std::size_t>(between(0, static_cast<std::int64_t>(side.ids.size()) - 1));
            if (const PlainBook::Order* order = side.book.find(side.ids[at])) return *order;
            side.ids[at] = side.ids.back();
            side.ids.pop_back();
        }
    }
    Message cancel(std::uint16_t b) {
        Side& side = books_[b];
        const PlainBook::Order order = living(side);
        side.book.cancel(order.id);
        return {Act::cancel, order.buy, b, order.price, 0, 0, order.id};
    }
    Message reduce(std::uint16_t b) {
        Side& side = books_[b];
        const PlainBook::Order order = living(side);
        if (order.leaves == 1) return cancel(b);
        const auto left = static_cast<std::uint32_t>(between(1, order.leaves - 1));
        return change(side, Act::reduce, b, order, order.price, left);
    }
    Message replace(std::uint16_t b) {
        Side& side = books_[b];
        const PlainBook::Order order = living(side);
        // One tick away at least: the same price and not more would keep its place.
        std::int32_t price = passive_price(order.buy);
        if (price == order.price) price += order.buy ? -1 : 1;
        return change(side, Act::replace, b, order, price, static_cast<std::uint32_t>(between(1, 100)));
    }
    Message change(Side& side, Act act, std::uint16_t b, const PlainBook::Order& order, std::int32_t price,
                   std::uint32_t left) {
        std::uint32_t& total = totals_[order.id];
        total = total - order.leaves + left;
        if (act == Act::reduce)
            side.book.reduce(order.id, left);
        else
            side.book.replace(order.id, price, left);
        return {act, order.buy, b, price, left, total, order.id};
    }
    // Takes about so many resting orders as the variant says, the last of them in part where it can.
    Message take(std::uint16_t b) {
        Side& side = books_[b];
        const bool buy = between(0, 1) == 0;
        const auto most = static_cast<std::int64_t>(2 * variant_.fills);
        std::int64_t left = between(1, most - 1) + (between(0, 9) < 4 ? 1 : 0);
        std::uint32_t qty = 0;
        std::int32_t price = middle;
        for (const auto& [key, queue] : side.book.facing(buy)) {
            for (const PlainBook::Order& maker : queue) {
                if (left-- == 0) break;
                qty += left > 0 || maker.leaves == 1
                           ? maker.leaves
                           : static_cast<std::uint32_t>(between(1, maker.leaves - 1));
                price = maker.price;
            }
            if (left <= 0) break;
        }
        if (qty == 0) return add(b);
        Message m{Act::take, buy, b, price, qty, 0, ++last_id_};
        side.book.add(m.id, buy, price, qty);
        totals_.resize(last_id_ + 1);
        totals_[last_id_] = qty;
        return m;
    }

    Variant variant_;
    std::mt19937_64 random_;
    std::vector<Side> books_;
    std::vector<std::uint32_t> totals_;  // by id
    std::uint64_t last_id_ = 0;
};

}  // namespace gridbook::bench
