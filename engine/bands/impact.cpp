// SPDX-License-Identifier: Apache-2.0
#include "engine/bands/impact.hpp"

#include <algorithm>

namespace gridbook::engine {
namespace {

// Calls f(order) for every order of the side whose price lies in [low, high], best price first, then time. f
// answers whether to go on.
template <class F>
bool for_orders_between(const State& state, const Book& book, Side side, Price low, Price high, F&& f) {
    const Ladder& ladder = book.side(side);
    const auto next = [&](Price from) {
        return side == Side::buy ? ladder.highest_at_most(state.levels, from)
                                 : ladder.lowest_at_least(state.levels, from);
    };
    Price price = next(side == Side::buy ? high : low);
    while (price != Price{} && price >= low && price <= high) {
        std::uint32_t slot = ladder.level(state.levels, price).head;
        for (; slot != 0; slot = state.orders[slot].next)
            if (!f(slot)) return false;
        price = next(Price{side == Side::buy ? price.value - 1 : price.value + 1});
    }
    return true;
}

}  // namespace

Impact::Impact(const State& state) { state.scratch.clear(); }

void Impact::add(const State& state, FamilyId id, const HardBand& after) {
    const Family& family = state.catalogue.family(id);
    std::vector<std::uint32_t>& owners = state.scratch;
    for (std::uint32_t i = 0; i < family.horizon; ++i) {
        const Book& book = state.books[family.first_book + i];
        for (const Side side : {Side::buy, Side::sell})
            for_orders_between(state, book, side, family.band.low, family.band.high, [&](std::uint32_t slot) {
                const RestingOrder& order = state.orders[slot];
                if (after.holds(order.price)) return true;
                orders += 1;
                qty += Quantity{order.leaves};
                const std::uint32_t owner = state.records[order.record].account.value;
                if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
                return true;
            });
    }
    participants = static_cast<std::uint32_t>(owners.size());
}

BandChanged told_band(FamilyId id, const HardBand& band, BandStatus status, const Impact& impact) {
    BandChanged e;
    e.family = id;
    e.status = status;
    e.version = band.version;
    e.floor = band.low;
    e.ceiling = band.high;
    e.guidance = band.guidance;
    e.effective = band.effective;
    e.blob = band.blob;
    e.rationale = band.rationale;
    e.converted = band.converted;
    e.proposer = band.proposer;
    e.orders_parked = impact.orders;
    e.qty_parked = impact.qty;
    e.participants = impact.participants;
    return e;
}

}  // namespace gridbook::engine
