// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seeded streams of bench_book: a book built first, then adds, cancels, reductions, replaces and
// marketable orders in given shares, with as many fills each as the variant says. Made against a plain book,
// so that cancels name living orders and marketable orders fill as planned; the contenders then get equal
// messages.

#include <random>

#include "bench/plain_book.hpp"
#include "bench/stream.hpp"

namespace gridbook::bench {

struct Variant {
    std::string name;
    std::uint16_t books;
    std::uint32_t resting;             // a book
    std::int32_t depth;                // ticks a side in which orders rest
    std::int32_t front;                // ticks at the front which `joining` of ten orders join
    int joining;                       // of ten
    int add, cancel, reduce, replace;  // per thousand; the rest takes
    double fills;                      // of an order that takes
    int partial;                       // of ten that take, so many leave their last maker a rest
    std::size_t play;                  // percent by which a book may be off its size
};

// Shares, book sizes and levels as the table gives them. Depth is what makes that many levels live;
// front, joining and partial are what keeps the books at their size with those shares.
inline const std::vector<Variant> variants{
    {"base", 1, 14'000, 388, 10, 4, 530, 330, 25, 30, 3.4, 10, 3},
    {"deep", 1, 100'000, 4'350, 115, 4, 530, 330, 25, 30, 3.4, 10, 3},
    {"books64", 64, 2'800, 216, 8, 4, 530, 330, 25, 30, 3.4, 10, 3},
    {"sweep", 1, 780, 330, 8, 3, 782, 171, 15, 15, 36, 0, 18},
};

// What a stream turned out to be, so that it can be held against the table.
struct Shape {
    std::array<std::size_t, act_count> acts{};  // of the timed messages
    std::uint64_t fills = 0, levels_swept = 0;  // by those that take
    std::size_t levels = 0, resting = 0;        // of all books, at the end
    std::size_t resting_least = SIZE_MAX, resting_most = 0;
    std::size_t levels_least = SIZE_MAX, levels_most = 0;  // of the first book, while timed
};

// The plain books and the messages applied to them; fill(maker, taker, price, lots) at each fill.
class PlainMarket {
  public:
    explicit PlainMarket(std::size_t books) : books_(books) {}

    template <class Fill = PlainBook::Ignore>
    void apply(const Message& m, Fill&& fill = {}) {
        PlainBook& book = books_[m.instrument];
        switch (m.act) {
            case Act::add:
            case Act::take: return book.add(m.id, m.buy(), m.price, m.quantity, fill);
            case Act::cancel: return book.cancel(m.id);
            case Act::reduce: return book.reduce(m.id, m.quantity);
            case Act::replace:
                book.cancel(m.id);
                return book.add(m.new_id, m.buy(), m.price, m.quantity, fill);
        }
    }
    PlainBook& operator[](std::size_t i) { return books_[i]; }
    const std::vector<PlainBook>& books() const { return books_; }

  private:
    std::vector<PlainBook> books_;
};

class Generator {
  public:
    Generator(const Variant& variant, std::uint64_t seed)
        : variant_(variant), random_(seed), market_(variant.books), ids_(variant.books) {}

    Stream make(std::size_t messages) {
        Stream stream;
        stream.instruments = variant_.books;
        stream.initial = variant_.resting * variant_.books;
        stream.messages.reserve(stream.initial + messages);
        const auto put = [&](const Message& m) {
            market_.apply(m);
            if (m.enters()) ids_[m.instrument].push_back(m.entered());
            stream.messages.push_back(m);
        };
        for (std::uint32_t i = 0; i < stream.initial; ++i)
            put(add(static_cast<std::uint16_t>(i % variant_.books)));
        for (std::size_t i = 0; i < messages; ++i) put(next(static_cast<std::uint16_t>(i % variant_.books)));
        stream.max_id = last_id_;
        return stream;
    }

    static constexpr std::int32_t middle = 20'000;

  private:
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
    }
    // Some join near the front, where takers eat; the others spread over the depth.
    std::int32_t passive_price(bool buy) {
        const bool joins = between(1, 10) <= variant_.joining;
        const std::int64_t away = 1 + between(0, joins ? variant_.front : variant_.depth);
        return middle + static_cast<std::int32_t>(buy ? -away : away);
    }
    Message message(Act act, bool buy, std::uint16_t b, std::uint32_t id, std::int32_t price,
                    std::uint32_t quantity) {
        return {act, static_cast<std::uint8_t>(buy ? 0 : 1), b, id, 0, price, quantity, 1 + id % 1000};
    }
    Message next(std::uint16_t b) {
        const std::int64_t dice = between(1, 1000);
        // Held at its size: the shares alone would let it drift by chance.
        const std::size_t resting = market_[b].resting();
        if (resting * 100 < variant_.resting * (100 - variant_.play)) return add(b);
        if (dice <= variant_.add)
            return resting * 100 > variant_.resting * (100 + variant_.play) ? cancel(b) : add(b);
        if (dice <= variant_.add + variant_.cancel) return cancel(b);
        if (dice <= variant_.add + variant_.cancel + variant_.reduce) return reduce(b);
        if (dice <= variant_.add + variant_.cancel + variant_.reduce + variant_.replace) return replace(b);
        return take(b);
    }
    Message add(std::uint16_t b) {
        const bool buy = between(0, 1) == 0;
        return message(Act::add, buy, b, ++last_id_, passive_price(buy),
                       static_cast<std::uint32_t>(between(1, 100)));
    }
    // A living order, at random.
    const PlainBook::Order& living(std::uint16_t b) {
        std::vector<std::uint32_t>& ids = ids_[b];
        for (;;) {
            const auto at = static_cast<std::size_t>(between(0, static_cast<std::int64_t>(ids.size()) - 1));
            if (const PlainBook::Order* order = market_[b].find(ids[at])) return *order;
            ids[at] = ids.back();
            ids.pop_back();
        }
    }
    Message cancel(std::uint16_t b) {
        const PlainBook::Order& order = living(b);
        return message(Act::cancel, order.buy, b, static_cast<std::uint32_t>(order.id), order.price, 0);
    }
    Message reduce(std::uint16_t b) {
        const PlainBook::Order& order = living(b);
        if (order.leaves == 1) return cancel(b);
        return message(Act::reduce, order.buy, b, static_cast<std::uint32_t>(order.id), order.price,
                       static_cast<std::uint32_t>(between(1, order.leaves - 1)));
    }
    Message replace(std::uint16_t b) {
        const PlainBook::Order& order = living(b);
        Message m = message(Act::replace, order.buy, b, static_cast<std::uint32_t>(order.id),
                            passive_price(order.buy), static_cast<std::uint32_t>(between(1, 100)));
        m.new_id = ++last_id_;
        return m;
    }
    // Takes about so many resting orders as the variant says, the last of them in part where it can.
    Message take(std::uint16_t b) {
        const bool buy = between(0, 1) == 0;
        const auto middling = static_cast<std::int64_t>(variant_.fills);
        const std::int64_t off = middling > 10 ? middling / 4 : middling - 1;
        std::int64_t left = between(middling - off, middling + off) + (between(0, 9) < 4 ? 1 : 0);
        const bool partial = between(1, 10) <= variant_.partial;
        std::uint32_t quantity = 0;
        std::int32_t price = middle;
        for (const auto& [key, queue] : market_[b].facing(buy)) {
            for (const PlainBook::Order& maker : queue) {
                if (left-- == 0) break;
                quantity += left > 0 || !partial || maker.leaves == 1
                                ? maker.leaves
                                : static_cast<std::uint32_t>(between(1, maker.leaves - 1));
                price = maker.price;
            }
            if (left <= 0) break;
        }
        if (quantity == 0) return add(b);
        return message(Act::take, buy, b, ++last_id_, price, quantity);
    }

    Variant variant_;
    std::mt19937_64 random_;
    PlainMarket market_;
    std::vector<std::vector<std::uint32_t>> ids_;  // a book's living orders, and some that died since
    std::uint32_t last_id_ = 0;
};

// Replays the stream on the plain book; what its fills come to goes to `tally`.
inline Shape shape_of(const Stream& stream, Tally& tally) {
    Shape shape;
    PlainMarket market(stream.instruments);
    std::int32_t last_price = 0;
    for (std::size_t i = 0; i < stream.messages.size(); ++i) {
        const Message& m = stream.messages[i];
        const bool timed = i >= stream.initial;
        last_price = 0;
        market.apply(m,
                     [&](std::uint64_t maker, std::uint64_t taker, std::int32_t price, std::uint32_t lots) {
                         tally.fill(maker, taker, price, lots);
                         if (!timed || m.act != Act::take) return;
                         shape.fills += 1;
                         shape.levels_swept += price != last_price;
                         last_price = price;
                     });
        if (!timed) continue;
        ++shape.acts[static_cast<std::size_t>(m.act)];
        if (m.instrument != 0) continue;
        const PlainBook& first = market[0];
        shape.resting_least = std::min(shape.resting_least, first.resting());
        shape.resting_most = std::max(shape.resting_most, first.resting());
        shape.levels_least = std::min(shape.levels_least, first.levels());
        shape.levels_most = std::max(shape.levels_most, first.levels());
    }
    for (const PlainBook& book : market.books()) {
        shape.levels += book.levels();
        shape.resting += book.resting();
    }
    return shape;
}

}  // namespace gridbook::bench
