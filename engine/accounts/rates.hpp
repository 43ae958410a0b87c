// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fees, taxes, holds and margin by formula (market-rules section 6). Holds round up, fee and tax round down,
// each for each fill, the tax on the rounded fee: so a fill never costs more than its hold.

#include "engine/event.hpp"

namespace gridbook::engine {

struct Rates {
    BasisPoints taker_fee{};
    BasisPoints maker_fee{};
    BasisPoints tax{};
    BasisPoints margin{};

    // Money held for a buy of `leaves` at limit `price`: ceil(q · P · (1 + taker fee · (1 + tax))).
    Money buy_hold(Price price, Quantity leaves, Product product) const {
        return buy_hold(notional(price, leaves, product));
    }
    // The amount is whole, so rounding up the share on top of it rounds up the sum.
    Money buy_hold(Money amount) const {
        const std::int64_t on_top =
            static_cast<std::int64_t>(taker_fee.value) * (basis_points_one + tax.value);
        return amount + share_up(amount, on_top, basis_points_one * basis_points_one);
    }
    // Margin of sold or offered lots that are not resold ones; `price` is max(P, G) at entry.
    Money sell_margin(Price price, Quantity lots, Product product) const {
        return share_up(notional(price, lots, product), margin.value, basis_points_one);
    }
    Money fee(Money amount, Liquidity liquidity) const {
        const BasisPoints rate = liquidity == Liquidity::taker ? taker_fee : maker_fee;
        return share_down(amount, rate.value, basis_points_one);
    }
    Money tax_on(Money fee) const { return share_down(fee, tax.value, basis_points_one); }
};

}  // namespace gridbook::engine
