// SPDX-License-Identifier: Apache-2.0
#include "engine/packages/reserve.hpp"

#include <algorithm>

#include "engine/tokens/holdings.hpp"

namespace gridbook::engine {
namespace {

bool traded(const Book& book) {
    return book.phase == Phase::open || book.phase == Phase::paused || book.phase == Phase::call;
}

Wide left_in_holdings(const State& state, AccountId account, ClassId class_id) {
    Wide left = 0;
    std::uint32_t slot = state.deliveries.first_holding(state.accounts[account]);
    for (; slot != 0; slot = state.deliveries.next_holding(slot)) {
        const Delivery& d = state.deliveries[slot];
        if (state.catalogue.family(d.instrument.family).defined.class_id == class_id) left += left_of(d);
    }
    return left;
}

// By the days that are listed, which are fewer than an account may have positions.
Wide bought_of(const State& state, AccountId account, const Family& family) {
    Wide lots = 0;
    for (std::uint32_t b = family.first_book; b < family.first_book + family.horizon; ++b) {
        const Book& book = state.books[b];
        if (book.instrument == no_instrument || !traded(book)) continue;
        const std::uint32_t slot = state.positions.find(account, book.instrument);
        if (slot == no_slot) continue;
        const Position& p = state.positions[slot];
        lots += std::max<std::int64_t>(0, (p.bought - p.sold).value);
    }
    return lots;
}

std::uint64_t ratio_of(std::uint64_t held, std::uint64_t outstanding) {
    if (outstanding == 0) return 0;
    const Wide ratio = static_cast<Wide>(held) * basis_points_one / outstanding;
    return static_cast<std::uint64_t>(std::min(ratio, Wide{INT64_MAX}));
}

}  // namespace

std::uint64_t held_of(const State& state, AccountId account, ClassId class_id) {
    Wide held = left_in_holdings(state, account, class_id);
    for (const Family& family : state.catalogue.families())
        if (family.product == Product::token && family.defined.class_id == class_id)
            held += bought_of(state, account, family) * block_quarters;
    return static_cast<std::uint64_t>(std::min(held, Wide{INT64_MAX}));
}

ReserveRow reserve_row(const State& state, const Backing& backing) {
    ReserveRow row;
    row.issuer = backing.issuer;
    row.class_id = backing.class_id;
    row.issued = backing.issued;
    row.outstanding = backing.outstanding;
    row.held = held_of(state, backing.issuer, backing.class_id);
    row.needed = needed_for(backing.outstanding);
    row.is_short = row.held < row.needed;
    row.ratio = ratio_of(row.held, row.outstanding);
    row.packages = backing.packages;
    row.grants = backing.grants;
    return row;
}

}  // namespace gridbook::engine
