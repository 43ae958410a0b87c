// SPDX-License-Identifier: Apache-2.0
// Joining order states and the public tape after a cut: each order learns what it paid.
#include <catch2/catch.hpp>

#include "gateway/replay/gap.hpp"

using namespace gridbook;
using namespace gridbook::gateway::replay;

namespace {

std::uint32_t add(Orders& orders, engine::Side side, std::int32_t price, std::uint32_t lots,
                  std::uint32_t command) {
    Order order;
    order.side = side;
    order.price = engine::Price{price};
    order.lots = lots;
    order.command = command;
    order.period = engine::Period{100};
    return orders.add(order);
}

Trade trade(std::uint64_t tid, std::int32_t price, std::uint32_t lots, engine::Side aggressor) {
    return {.tid = tid,
            .period = engine::Period{100},
            .price = engine::Price{price},
            .lots = lots,
            .aggressor = aggressor};
}

constexpr auto buy = engine::Side::buy;
constexpr auto sell = engine::Side::sell;

}  // namespace

TEST_CASE("a taker around the cut and its two makers learn their trades") {
    Orders orders;
    const auto cheap = add(orders, sell, 500, 5, 1), dear = add(orders, sell, 520, 9, 2),
               taker = add(orders, buy, 530, 8, 3);
    std::vector<Lack> lacks{{cheap, 5, false}, {dear, 3, false}, {taker, 8, true}};
    explain(orders, lacks, {trade(1, 500, 5, buy), trade(2, 520, 3, buy)});
    CHECK(orders[taker].paid == 5 * 500 + 3 * 520);
    CHECK(orders[taker].ended);
    CHECK(orders[cheap].ended);
    CHECK(orders[dear].filled == 3);
    for (const Lack& lack : lacks) CHECK(lack.lots == 0);
}

TEST_CASE("among makers of one price the earlier command comes first, and a replaced one is late") {
    Orders orders;
    const auto replaced = add(orders, sell, 500, 4, 9), earlier = add(orders, sell, 500, 4, 2),
               taker = add(orders, buy, 500, 6, 10);
    std::vector<Lack> lacks{{replaced, 2, false}, {earlier, 4, false}, {taker, 6, true}};
    explain(orders, lacks, {trade(1, 500, 4, buy), trade(2, 500, 2, buy)});
    CHECK(orders[earlier].filled == 4);
    CHECK(orders[replaced].filled == 2);
    CHECK(orders[taker].filled == 6);
}

TEST_CASE("a side that was heard before the cut is not given the trade twice") {
    Orders orders;
    const auto maker = add(orders, sell, 500, 4, 1), taker = add(orders, buy, 510, 4, 2);
    orders.filled(maker, 4, engine::Price{500});
    std::vector<Lack> lacks{{taker, 4, true}};
    Trade half = trade(1, 500, 4, buy);
    half.maker_told = true;
    explain(orders, lacks, {half});
    CHECK(orders[maker].filled == 4);
    CHECK(orders[taker].paid == 2'000);
}

TEST_CASE("an order that was resting before the cut is no taker, and other hours are not mixed up") {
    Orders orders;
    const auto resting = add(orders, buy, 600, 4, 1), other_hour = add(orders, sell, 500, 4, 2);
    orders[other_hour].period = engine::Period{101};
    std::vector<Lack> lacks{{resting, 4, false}, {other_hour, 4, true}};
    explain(orders, lacks, {trade(1, 500, 4, buy)});
    CHECK(orders[resting].filled == 0);
    CHECK(orders[other_hour].filled == 0);
    CHECK(lacks[0].lots == 4);
}
