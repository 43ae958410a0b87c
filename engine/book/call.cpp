// SPDX-License-Identifier: Apache-2.0
#include "engine/book/call.hpp"

#include <algorithm>

#include "engine/book/matching.hpp"

namespace gridbook::engine {
namespace {

// A run of ticks, both ends included; low above high: none.
struct Ticks {
    Price low{1};
    Price high{0};
    bool empty() const { return low > high; }
    void join(Price from, Price to) {
        low = empty() ? from : std::min(low, from);
        high = std::max(high, to);
    }
    Price nearest(Price to) const { return std::clamp(to, low, high); }
};

// The candidates that are equally good so far, by the sign of their surplus. The surplus only falls as the
// price rises and the best volume is one number, so each sign's best candidates stand side by side.
class Best {
  public:
    // All ticks from `from` to `to` have these lots of bids and asks.
    void offer(Price from, Price to, std::int64_t bids, std::int64_t asks) {
        const std::int64_t volume = std::min(bids, asks);
        const std::int64_t surplus = bids > asks ? bids - asks : asks - bids;
        if (volume < volume_ || (volume == volume_ && surplus > surplus_)) return;
        if (volume > volume_ || surplus < surplus_) more_bids_ = more_asks_ = even_ = Ticks{};
        volume_ = volume;
        surplus_ = surplus;
        (bids > asks ? more_bids_ : bids < asks ? more_asks_ : even_).join(from, to);
    }
    CallPrice choose(Price reference) const {
        if (!even_.empty()) return {even_.nearest(reference), volume_, 0};
        if (more_asks_.empty()) return {more_bids_.high, volume_, surplus_};
        if (more_bids_.empty()) return {more_asks_.low, volume_, -surplus_};
        const Price low = more_bids_.nearest(reference);
        const Price high = more_asks_.nearest(reference);
        if (distance(low, reference) < distance(high, reference)) return {low, volume_, surplus_};
        return {high, volume_, -surplus_};
    }

  private:
    static std::int32_t distance(Price a, Price b) { return a > b ? a.value - b.value : b.value - a.value; }

    std::int64_t volume_ = 0;
    std::int64_t surplus_ = INT64_MAX;
    Ticks more_bids_;
    Ticks more_asks_;
    Ticks even_;
};

Price next_above(Price price) { return Price{price.value + 1}; }

// An order of a side in price-time order, best first, and how much of it is not paired yet.
struct Queue {
    const State& state;
    const Book& book;
    Side side;
    std::uint32_t slot = 0;
    std::uint32_t left = 0;

    Queue(const State& s, const Book& b, Side of) : state(s), book(b), side(of) {
        take(head(b.front_of(of)));
    }
    const RestingOrder& order() const { return state.orders[slot]; }
    // Takes `lots` off the front; then the next order stands there, if this one is used up.
    void pair(std::uint32_t lots) {
        left -= lots;
        if (left != 0) return;
        const Price price = order().price;
        const std::uint32_t next = order().next;
        const Price behind{side == Side::buy ? price.value - 1 : price.value + 1};
        take(next != 0 ? next : head(book.executable_from(state.levels, side, behind)));
    }

  private:
    std::uint32_t head(Price price) const {
        return price == Price{} ? 0 : book.side(side).level(state.levels, price).head;
    }
    void take(std::uint32_t next) {
        slot = next;
        left = slot == 0 ? 0 : order().leaves;
    }
};

// The first own pair when both sides are paired in price-time order at `price`; slots of the order pool,
// 0: none.
struct Pair {
    std::uint32_t buy = 0;
    std::uint32_t sell = 0;
};
Pair first_own_pair(const State& state, const Book& book, Price price) {
    Queue buys(state, book, Side::buy);
    Queue sells(state, book, Side::sell);
    while (buys.slot != 0 && sells.slot != 0 && buys.order().price >= price && sells.order().price <= price) {
        if (buys.order().group == sells.order().group) return {buys.slot, sells.slot};
        const std::uint32_t lots = std::min(buys.left, sells.left);
        buys.pair(lots);
        sells.pair(lots);
    }
    return {};
}

// The younger of the two is the taker, so its mode decides.
void prevent_pair(Step& step, const Pair& pair) {
    const State& state = step.state;
    const std::uint32_t buy = state.orders[pair.buy].record;
    const std::uint32_t sell = state.orders[pair.sell].record;
    const bool buy_is_older = state.records[buy].priority < state.records[sell].priority;
    prevent(step, buy_is_older ? buy : sell, buy_is_older ? sell : buy);
}

// Prevents own pairs until there are none, and fixes the price. False: no room.
bool fix_price(Step& step, Book& book) {
    const State& state = step.state;
    for (;;) {
        const CallPrice found = find_call_price(state.levels, book, book.pause.reference);
        const Pair own = first_own_pair(state, book, found.price);
        if (found.price == Price{} || own.buy == 0) {
            book.pause.call_price = found.price;
            return true;
        }
        if (step.sink.room() < meeting_events) return false;
        prevent_pair(step, own);
    }
}

}  // namespace

CallPrice find_call_price(const LevelPool& levels, const Book& book, Price reference) {
    if (!book.crossed()) return {};
    const Price last = book.front_of(Side::buy);
    Price from = book.front_of(Side::sell);
    // Lots of bids at the present price or above, and of asks at it or below.
    std::int64_t bids = 0, asks = 0;
    for (Price p = book.bids.lowest_at_least(levels, from); p != Price{} && p <= last;
         p = book.bids.lowest_at_least(levels, next_above(p)))
        bids += book.bids.level(levels, p).total;
    Price bid = book.bids.lowest_at_least(levels, from);
    Price ask = from;
    Best best;
    // Volume and surplus change only behind a bid's price and at an ask's: one stretch after another.
    while (from <= last) {
        if (ask == from) {
            asks += book.asks.level(levels, ask).total;
            ask = book.asks.lowest_at_least(levels, next_above(from));
        }
        Price to = std::min(bid, last);
        if (ask != Price{} && ask <= to) to = Price{ask.value - 1};
        best.offer(from, to, bids, asks);
        if (to == bid) {
            bids -= book.bids.level(levels, bid).total;
            bid = book.bids.lowest_at_least(levels, next_above(bid));
        }
        from = next_above(to);
    }
    return best.choose(reference);
}

bool run_call(Step& step, Book& book) {
    State& state = step.state;
    if (book.pause.call_price == Price{} && !fix_price(step, book)) return false;
    const Price price = book.pause.call_price;
    while (price != Price{} && book.crossed() && book.front_of(Side::buy) >= price &&
           book.front_of(Side::sell) <= price) {
        if (step.sink.room() < meeting_events) return false;
        const RestingOrder& buy = state.orders[book.bids.level(state.levels, book.front_of(Side::buy)).head];
        const RestingOrder& sell =
            state.orders[book.asks.level(state.levels, book.front_of(Side::sell)).head];
        trade(step, sell.record, buy.record, price, std::min(buy.leaves, sell.leaves), true);
    }
    return true;
}

}  // namespace gridbook::engine
