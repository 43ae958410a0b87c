// SPDX-License-Identifier: Apache-2.0
#include "engine/genesis.hpp"

#include <algorithm>
#include <bit>

namespace gridbook::engine {

bool sound(const Genesis& g) {
    return std::has_single_bit(g.records) && g.records > g.orders && g.orders > 0 && g.pages > 0 &&
           g.accounts > 0 && g.keys > 0 && g.keys < no_key.value && g.families > 0 &&
           g.families < no_family.value && g.books > 0 && g.positions > 0 && g.max_qty > 0 &&
           g.max_qty / gpu_lot_decimal <= INT32_MAX && g.max_notional > 0 && g.taker_fee >= g.maker_fee &&
           g.maker_fee >= BasisPoints{} && g.tax >= BasisPoints{} && g.margin >= BasisPoints{} &&
           (g.deliveries == 0 || g.deliveries >= g.positions) && g.draws_log2 <= Usages::most_log2 &&
           (g.packages == 0 || g.draws_log2 != 0);
}

void reserve_all(State& state, const Genesis& g) {
    state.started = true;
    state.genesis = g;
    state.rates = Rates{g.taker_fee, g.maker_fee, g.tax, g.margin};
    for (const Product product : {Product::gpu, Product::token})
        state.most_lots[static_cast<std::size_t>(product)] = g.max_qty / lot_decimal(product);
    state.most_product =
        static_cast<std::int64_t>(std::min(static_cast<Wide>(g.max_notional) * decimal_one, Wide{INT64_MAX}));
    state.catalogue.reserve(g.families, g.books);
    state.accounts.reserve(g.accounts, g.keys);
    // Besides those listed, some are being delivered: a few of each family.
    state.positions.reserve(g.positions, g.deliveries == 0 ? 0 : g.books + 2 * g.families);
    state.deliveries.reserve(g.deliveries, g.positions, g.families);
    state.deliveries.sellers.reserve(g.deliveries == 0 ? 0 : g.accounts);
    state.deliveries.buyers.reserve(g.deliveries == 0 ? 0 : g.accounts);
    state.resources.reserve(g.resources, g.accounts, g.families);
    state.orders.reserve(g.orders);
    state.levels.reserve(g.pages);
    state.records.reserve(g.records, second * g.retention_s);
    state.strips.reserve(g.strips);
    const std::uint32_t standbys = g.deliveries == 0 ? 0 : g.strips;
    state.standbys.reserve(standbys);
    state.usages.reserve(g.draws_log2);
    state.packages.reserve(g.packages);
    state.grants.reserve(std::size_t{g.packages} * grants_a_package, g.accounts);
    state.open.reserve(state.orders.slots(), g.strips, standbys);
    state.sessions.reserve(g.sessions);
    state.books.assign(g.books, Book{});
    state.timers.reserve(TimerIds::limit(state));
    state.follow.reserve(g.books);
    // At one instant a family moves by its own scheduled changes, its benchmark's, and those of its class.
    state.agenda.reserve(16 + 6 * (BandSchedule::limit + 1) * g.families + g.accounts + g.sessions);
    state.changes.reserve();
    state.disputes.reserve();
    state.scratch.reserve(std::max({g.positions, g.accounts, g.sessions}));
}

}  // namespace gridbook::engine
