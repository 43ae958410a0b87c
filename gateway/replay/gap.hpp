// SPDX-License-Identifier: Apache-2.0
#pragma once
// What was traded while nobody listened. After a cut each order's state tells how many lots it lacks, and the
// public tape tells the trades; this joins the two, so that every order knows again what it paid. Makers are
// found exactly (the price of a trade is its maker's, and time decides among equals); the taker of a command
// is the first order sent around the cut that lacks lots and takes that price.

#include <vector>

#include "gateway/replay/orders.hpp"
#include "gateway/replay/trades.hpp"

namespace gridbook::gateway::replay {

// An order that lacks lots: the exchange says more were filled than we heard of.
struct Lack {
    std::uint32_t order = no_order;
    std::uint32_t lots = 0;
    bool around_cut = false;  // was on its way when the connection was lost, so it may have been a taker
};

// All that is noted between the cut and the return.
struct Gap {
    std::vector<std::uint32_t> around_cut;  // orders that commands on their way spoke of
    std::vector<Lack> lacks;
    std::vector<std::uint32_t> ended;
};

// Fills the lacking orders from the trades of their instrument that were not heard of; the oldest trade
// first. Lacks keep what could not be explained.
void explain(Orders& orders, std::vector<Lack>& lacks, const std::vector<Trade>& unheard);

}  // namespace gridbook::gateway::replay
