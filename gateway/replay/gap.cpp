// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/gap.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

namespace {

bool same_instrument(const Order& order, const Trade& trade) {
    return order.family == trade.family && order.period == trade.period;
}

// The lack that `fits` and whose order has the least place in the sequence of commands; null: none.
template <class Fits>
Lack* first(Orders& orders, std::vector<Lack>& lacks, Fits&& fits) {
    Lack* best = nullptr;
    for (Lack& lack : lacks) {
        if (lack.lots == 0 || !fits(lack, orders[lack.order])) continue;
        if (best == nullptr || orders[lack.order].command < orders[best->order].command) best = &lack;
    }
    return best;
}

void give(Orders& orders, Lack* lack, const Trade& trade) {
    if (lack == nullptr) return;
    const std::uint32_t lots = std::min(lack->lots, trade.lots);
    lack->lots -= lots;
    orders.filled(lack->order, lots, trade.price);
}

}  // namespace

void explain(Orders& orders, std::vector<Lack>& lacks, const std::vector<Trade>& unheard) {
    for (const Trade& trade : unheard) {
        Lack* maker = first(orders, lacks, [&](const Lack&, const Order& order) {
            return same_instrument(order, trade) && order.side != trade.aggressor &&
                   order.price == trade.price;
        });
        Lack* taker = first(orders, lacks, [&](const Lack& lack, const Order& order) {
            return lack.around_cut && same_instrument(order, trade) && order.side == trade.aggressor &&
                   engine::crosses(order.side, order.price, trade.price);
        });
        if (!trade.maker_told) give(orders, maker, trade);
        if (!trade.taker_told) give(orders, taker, trade);
    }
}

}  // namespace gridbook::gateway::replay
