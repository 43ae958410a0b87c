// SPDX-License-Identifier: Apache-2.0
// Strips in the twin: entering, trying again, filling from the hour books or against another strip.
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::CancelReason;
using engine::Liquidity;
using engine::OrderState;
using engine::Side;
using engine::Wide;

void NaiveExchange::place_strip(const engine::PlaceStrip& p) {
    if (told_before(p.cid)) return;
    if (const auto refused = strip_refusal(p)) return refuse_order(*refused, p.cid);
    Strip s = strip_of(p);
    const Outlook o = outlook(s);
    s.id = remember(p.cid);
    if (!o.fills && s.tif == engine::TimeInForce::fok) {
        s.state = OrderState::cancelled;
        s.reason = o.why;
        remembered_.at({s.account, s.cid}).done = now_;
        done_strips_[s.id] = s;
        engine::StripEvent e = picture(s, &o);
        e.origin = header().origin;
        return emit(s.account, e, true, engine::event_flag::reply);
    }
    ++priorities_;
    reserve_strip(s);
    strips_[s.id] = s;
    engine::StripEvent e = picture(s, o.fills ? nullptr : &o);
    e.origin = header().origin;
    emit(s.account, e, true, engine::event_flag::reply);
    if (o.fills) fill_strip(s.id, o);
}

// In time order, from the first again after each fill.
void NaiveExchange::retry_strips() {
    while (moved_) {
        moved_ = false;
        for (const engine::OrderId id : strips_in_time()) {
            const Outlook o = outlook(strips_.at(id));
            if (!o.fills) continue;
            fill_strip(id, o);
            moved_ = true;
            break;
        }
    }
}

// Hour by hour, each match told by its maker first. The strip is the taker in every leg.
void NaiveExchange::fill_strip(engine::OrderId id, const Outlook& o) {
    Strip& s = strips_.at(id);
    if (o.other != nullptr) return fill_against_strip(strips_.at(o.other->id), s);
    for (std::int64_t k = 0; k < s.hours; ++k) {
        std::int64_t left = s.lots;
        for (const Leg& leg : o.sweep.hours[static_cast<std::size_t>(k)]) {
            left -= leg.lots;
            ++trades_;
            fill(live_.at(leg.maker), leg.price, leg.lots, Liquidity::maker);
            fill_leg(s, {k, leg.price, leg.lots, left, k + 1 == s.hours && left == 0, Liquidity::taker});
            traded(s.hour(k), leg.price);
        }
    }
    end_strip(s, OrderState::filled, CancelReason::none);
}

// At the older one's limit in every leg, each hour one trade.
void NaiveExchange::fill_against_strip(Strip& older, Strip& younger) {
    const std::int64_t price = older.price, lots = older.lots;
    for (std::int64_t k = 0; k < older.hours; ++k) {
        ++trades_;
        const bool last = k + 1 == older.hours;
        fill_leg(older, {k, price, lots, 0, last, Liquidity::maker});
        fill_leg(younger, {k, price, lots, 0, last, Liquidity::taker});
        traded(older.hour(k), price);
    }
    end_strip(older, OrderState::filled, CancelReason::none);
    end_strip(younger, OrderState::filled, CancelReason::none);
}

// What a fill says that is not an order's own: fee and tax for each fill, the tax on the rounded fee.
engine::Fill NaiveExchange::leg_fill(engine::InstrumentId i, std::int64_t price, std::int64_t lots,
                                     Liquidity liquidity) const {
    const std::int64_t notional = price * lots * engine::micro_per_tick_lot(product(i.family));
    const auto rate = liquidity == Liquidity::maker ? genesis_.maker_fee : genesis_.taker_fee;
    engine::Fill f;
    f.trade = engine::TradeId{trades_};
    f.fee = engine::Money{narrow(Wide{notional} * rate.value / 10'000)};
    f.tax = engine::Money{narrow(Wide{f.fee.value} * genesis_.tax.value / 10'000)};
    f.instrument = i;
    f.price = price_of(price);
    f.qty = static_cast<std::uint32_t>(lots);
    f.liquidity = liquidity;
    return f;
}

// The unused part of a buy's hold returns with the last leg.
void NaiveExchange::fill_leg(Strip& s, const StripLeg& leg) {
    const engine::InstrumentId i = s.hour(leg.hour);
    const auto k = static_cast<std::size_t>(leg.hour);
    Account& account = accounts_[s.account.value];
    Position& position = positions_[{s.account, i}];
    engine::Fill f = leg_fill(i, leg.price, leg.lots, leg.liquidity);
    f.order = s.id;
    f.cid = s.cid;
    f.leaves = static_cast<std::uint32_t>(leg.left);
    f.side = s.side;
    f.of = engine::OrderKind::strip;
    const std::int64_t notional = leg.price * leg.lots * engine::micro_per_tick_lot(product(s.family));
    if (s.side == Side::buy) {
        const std::int64_t spent = notional + f.fee.value + f.tax.value;
        const std::int64_t released = leg.last ? s.hold - spent : 0;
        s.hold -= spent + released;
        account.hold -= spent + released;
        account.cash += released;
        fee_income_ += f.fee.value;
        tax_payable_ += f.tax.value;
        position.bought += leg.lots;
        f.released = engine::Money{released};
    } else {
        s.free[k] -= std::min(s.free[k], leg.lots);
        const std::int64_t margin = margin_for(s.family, std::max(s.price, s.guidance), leg.left - s.free[k]);
        position.margin += s.margin[k] - margin;  // stays with what was sold
        s.hold -= s.margin[k] - margin;
        s.margin[k] = margin;
        account.receivable += notional;
        position.receivable += notional;
        position.fee += f.fee.value;
        position.tax += f.tax.value;
        position.sold += leg.lots;
        position.open_sells -= leg.lots;
    }
    emit(s.account, f, true);
}

void NaiveExchange::reserve_strip(Strip& s) {
    Account& account = accounts_[s.account.value];
    moved_ = true;
    if (s.side == Side::buy) {
        s.hold = buy_hold(Wide{s.price} * s.lots * s.hours * engine::micro_per_tick_lot(product(s.family)));
        account.hold += s.hold;
        account.cash -= s.hold;
        return;
    }
    for (std::size_t k = 0; k < s.hours; ++k) {
        Position& position = positions_[{s.account, s.hour(static_cast<std::int64_t>(k))}];
        position.offered_again += s.free[k];
        position.open_sells += s.lots;
        s.hold += s.margin[k];
    }
    account.margin += s.hold;
    account.cash -= s.hold;
}

// All or none: what did not fill gives everything back.
void NaiveExchange::end_strip(Strip& s, OrderState state, CancelReason reason) {
    Account& account = accounts_[s.account.value];
    if (state == OrderState::cancelled) {
        (s.side == Side::buy ? account.hold : account.margin) -= s.hold;
        account.cash += s.hold;
        for (std::size_t k = 0; s.side == Side::sell && k < s.hours; ++k) {
            Position& position = positions_[{s.account, s.hour(static_cast<std::int64_t>(k))}];
            position.offered_again -= s.free[k];
            position.open_sells -= s.lots;
        }
        s.hold = 0;
    }
    s.state = state;
    s.reason = reason;
    moved_ = true;
    remembered_.at({s.account, s.cid}).done = now_;
    const engine::OrderId id = s.id;
    done_strips_[id] = s;
    strips_.erase(id);
}

}  // namespace gridbook::twin
