// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/nodes.hpp"

#include <algorithm>

namespace gridbook::gateway::replay {

namespace {

using engine::Period;
using engine::Time;

// Asks are lowered when their hour is so many hours away, each time to 95 %.
constexpr std::uint32_t lowering_marks[] = {12, 2};
constexpr Ratio lowered{95, 100};

}  // namespace

Nodes::Nodes(const Scenario& scenario, Orders& orders, Market& market)
    : scenario_(scenario), orders_(orders), market_(market) {
    const Period last = engine::period_at(scenario.run_end(), engine::Product::gpu);
    first_offer_.assign(last.value - scenario.first_period().value + horizon_hours + 1, no_order);
}

void Nodes::begin_hour(Period now, Time time) {
    if (now != scenario_.first_period()) return offer(plus(now, horizon_hours));
    for (Period p = first_open_hour(time); p <= plus(now, horizon_hours); p = plus(p, 1)) offer(p);
}

void Nodes::offer(Period period) {
    first_offer_[period.value - scenario_.first_period().value] = orders_.size();
    for (std::uint32_t i = 0; i < scenario_.nodes.size(); ++i) {
        const Node& node = scenario_.nodes[i];
        Order order;
        order.account = node.account;
        order.owner = i;
        order.lots = node.lots;
        order.period = period;
        order.price = node.ask;
        order.family = static_cast<std::uint16_t>(node.family);
        order.side = engine::Side::sell;
        order.purpose = node.standby ? Order::Purpose::standby : Order::Purpose::offer;
        (node.standby ? standby_ : offered_) += node.lots;
        market_.place(orders_.add(order));
    }
}

bool Nodes::has(Period period) const {
    return first_offer_[period.value - scenario_.first_period().value] != no_order;
}

bool Nodes::lowers(Period now) const {
    return std::ranges::any_of(lowering_marks, [&](auto ahead) { return has(plus(now, ahead)); });
}

void Nodes::lower(Period now) {
    for (const std::uint32_t ahead : lowering_marks) lower_hour(plus(now, ahead));
}

void Nodes::lower_hour(Period period) {
    if (!has(period)) return;
    const std::uint32_t first = first_offer_[period.value - scenario_.first_period().value];
    for (std::uint32_t i = 0; i < scenario_.nodes.size(); ++i) {
        Order& order = orders_[first + i];
        if (order.left() == 0 || order.purpose == Order::Purpose::standby) continue;
        const engine::Price price =
            inside(scaled(order.price, lowered), scenario_.families[order.family].band);
        if (price == order.price) continue;
        order.price = price;
        market_.replace(first + i);
    }
}

}  // namespace gridbook::gateway::replay
