// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fills of those who trade the same lots in many hours at once: strips and any-ofs. Their money is held for
// all hours together, so a buyer's unused hold returns with its last fill; a seller's margin is fixed hour by
// hour (market-rules sections 4 and 6).

#include "engine/book/fills.hpp"
#include "engine/strips/sweep.hpp"

namespace gridbook::engine {

// One trader on its way through its hours, in their order.
struct HoursTrader {
    std::uint32_t record = no_slot;
    OrderKind of = OrderKind::strip;
    Money hold{};              // a buyer's: what is left of it
    StripLeg* legs = nullptr;  // a seller's, one an hour
    std::uint32_t hour = 0;    // the one that is being traded, from 0
    std::uint32_t leaves = 0;  // lots left in it
    bool last_hour = false;

    void enter_hour(std::uint32_t h, std::uint16_t hours, std::uint32_t lots) {
        hour = h;
        leaves = lots;
        last_hour = h + 1 == hours;
    }
};

// The trader's side of one match: money, position, and its event.
void fill_hour(Step& step, HoursTrader& trader, const Deal& deal, Liquidity liquidity);

// Takes what `wanted` asks for from the hour books, hour by hour. The caller has swept: every lot is found.
void take_hours(Step& step, const Sweep& wanted, HoursTrader& taker);

// Margin of one hour's leaves of a seller.
Money leg_margin(const State& state, const OrderRecord& record, const StripLeg& leg, std::uint32_t leaves);

// How many of the hours the account has no position in yet.
std::size_t positions_missing(const State& state, AccountId account, const Sweep& wanted);

}  // namespace gridbook::engine
