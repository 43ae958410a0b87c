// SPDX-License-Identifier: Apache-2.0
#include "engine/book/book.hpp"

#include <algorithm>
#include <utility>

namespace gridbook::engine {

void Book::put_aside(OrderPool& orders, std::uint32_t slot) {
    RestingOrder& order = orders[slot];
    order.where = Where::aside;
    order.next = 0;
    order.previous = aside_last;
    (aside_last == 0 ? aside_first : orders[aside_last].next) = slot;
    aside_last = slot;
}

void Book::remove_aside(LevelPool& levels, OrderPool& orders, std::uint32_t slot) {
    RestingOrder& order = orders[slot];
    (order.previous == 0 ? aside_first : orders[order.previous].next) = order.next;
    (order.next == 0 ? aside_last : orders[order.next].previous) = order.previous;
    order.where = Where::nowhere;
    if (aside_first == 0) levels.let_go(std::exchange(pages_kept, 0));
}

void Book::rebase(LevelPool& levels, OrderPool& orders, Price low, Price high) {
    GRIDBOOK_CHECK(high.value - low.value <= widest_band);
    // Everything goes aside in price-time order, then whatever the new span holds comes back in that order:
    // so the orders of a level keep their times. Orders aside before keep standing before those that join
    // them; no price is in both, because whole nodes are inside a span or outside.
    const std::size_t in_ladders = levels.used();
    const std::size_t kept = std::exchange(pages_kept, 0);
    levels.let_go(kept);
    for (const Side s : {Side::buy, Side::sell}) {
        Ladder& ladder = side(s);
        const auto next = [&] {
            return s == Side::buy ? ladder.highest_at_most(levels, max_price)
                                  : ladder.lowest_at_least(levels, Price{1});
        };
        for (Price price = next(); price != Price{}; price = next()) {
            const std::uint32_t slot = ladder.level(levels, price).head;
            ladder.remove(levels, orders, slot);
            put_aside(orders, slot);
        }
    }
    // Rounding down to a node takes up to one from the room above: only what is left beyond that is shared.
    const std::int32_t room = ladder_span - node_span - (high.value - low.value);
    const std::int32_t base = std::max(0, low.value - room / 2) / node_span * node_span;
    bids.set_base(Price{base});
    asks.set_base(Price{base});
    GRIDBOOK_CHECK(spans(low, high));
    for (std::uint32_t slot = aside_first; slot != 0;) {
        const std::uint32_t after = orders[slot].next;
        if (bids.spans(orders[slot].price)) {
            remove_aside(levels, orders, slot);
            side(orders[slot].side).append(levels, orders, slot);
        }
        slot = after;
    }
    // What stays aside needs no more pages to come back than it gave up, now and before.
    if (aside_first != 0) levels.keep_back(pages_kept = kept + in_ladders - levels.used());
    find_fronts(levels);
}

std::uint32_t Book::best_of_all(const LevelPool& levels, const OrderPool& orders, Side s) const {
    const Ladder& ladder = side(s);
    const Price price =
        s == Side::buy ? ladder.highest_at_most(levels, max_price) : ladder.lowest_at_least(levels, Price{1});
    std::uint32_t best = price == Price{} ? 0 : ladder.level(levels, price).head;
    for (std::uint32_t slot = aside_first; slot != 0; slot = orders[slot].next)
        if (orders[slot].side == s && (best == 0 || better(s, orders[slot].price, orders[best].price)))
            best = slot;
    return best;
}

}  // namespace gridbook::engine
