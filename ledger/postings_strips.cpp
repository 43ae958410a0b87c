// SPDX-License-Identifier: Apache-2.0
// Postings of strips and any-of orders: one order over several hours. What a strip holds is fixed when it is
// entered, each match uses its part of it, and what is left over returns with the last one.
#include <algorithm>
#include <numeric>

#include "ledger/postings.hpp"

namespace gridbook::ledger {

using engine::Money;
using engine::Quantity;

namespace {

constexpr engine::AccountId house = engine::no_account;

bool told_again(const engine::Event& event) {
    return (event.header.flags & engine::event_flag::duplicate) != 0;
}

OpenStrip strip_of(const engine::Event& event, engine::InstrumentId first, std::uint16_t hours,
                   std::uint32_t lots) {
    OpenStrip strip;
    strip.account = event.header.account;
    strip.first = first;
    strip.qty = lots;
    strip.legs.assign(hours, {.leaves = lots});
    return strip;
}

}  // namespace

bool OpenStrip::filled() const {
    return std::ranges::all_of(legs, [](const Leg& leg) { return leg.leaves == 0; });
}

const OpenStrip* Postings::strip(engine::OrderId id) const {
    const auto found = strips_.find(id);
    return found == strips_.end() ? nullptr : &found->second;
}

Money Postings::held(const OpenStrip& strip) const {
    if (strip.side == engine::Side::buy) return strip.hold;
    const engine::Product p = product(strip.first.family);
    Money margin{};
    for (const OpenStrip::Leg& leg : strip.legs)
        margin += sell_margin(rates_, strip.margin_price, Quantity{leg.leaves - leg.free}, p);
    return margin;
}

void Postings::strip_told(const engine::Event& event) {
    if (told_again(event)) return;
    const auto told = event.as<engine::StripEvent>();
    if (told.state == engine::OrderState::cancelled) return strip_ended(event, told.order, told.hold);
    if (const OpenStrip* known = strip(told.order))
        return expect(event, told.order, "hold", held(*known).value, told.hold.value);
    OpenStrip entered = strip_of(event, told.instrument, told.hours, told.qty);
    entered.side = told.side;
    entered.price = told.price;
    const Quantity lots{std::int64_t{told.qty} * told.hours};
    if (told.side == engine::Side::buy)
        entered.hold = buy_hold(rates_, notional(told.price, lots, product(told.instrument.family)));
    strip_entered(event, told.order, std::move(entered), told.hold);
}

// Its hold is that of its exact cost: it is filled in the same command, so nothing can come between.
void Postings::any_of_told(const engine::Event& event) {
    if (told_again(event)) return;
    const auto told = event.as<engine::AnyOfEvent>();
    if (told.state == engine::OrderState::cancelled) return strip_ended(event, told.order, told.hold);
    OpenStrip entered = strip_of(event, told.instrument, told.hours, told.qty);
    entered.of = engine::OrderKind::any_of;
    entered.hold = buy_hold(rates_, told.cost);
    strip_entered(event, told.order, std::move(entered), told.hold);
}

void Postings::strip_entered(const engine::Event& event, engine::OrderId id, OpenStrip entered, Money told) {
    OpenStrip& strip = strips_[id] = std::move(entered);
    if (strip.side == engine::Side::sell) {
        strip.margin_price = std::max(strip.price, guidance_[strip.first.family]);
        for (std::size_t i = 0; i < strip.legs.size(); ++i)
            strip.legs[i].free = offer({strip.account, strip.hour(i)}, strip.legs[i].leaves);
    }
    move_hold(event, Cause::order_entered, id, strip.account, strip.side, held(strip));
    expect(event, id, "hold", held(strip).value, told.value);
}

// One that is cancelled before it was entered (FOK, PRICE and the like) never held anything.
void Postings::strip_ended(const engine::Event& event, engine::OrderId id, Money told) {
    expect(event, id, "hold after its end", 0, told.value);
    const auto known = strips_.find(id);
    if (known == strips_.end()) return;
    const OpenStrip& strip = known->second;
    if (strip.side == engine::Side::sell)
        for (std::size_t i = 0; i < strip.legs.size(); ++i) {
            PositionSums& sums = positions_[{strip.account, strip.hour(i)}];
            sums.open_sells -= Quantity{strip.legs[i].leaves};
            sums.reoffered -= Quantity{strip.legs[i].free};
        }
    move_hold(event, Cause::order_ended, id, strip.account, strip.side, -held(strip));
    strips_.erase(known);
}

void Postings::strip_filled(const engine::Event& event, const engine::Fill& fill) {
    const auto known = strips_.find(fill.order);
    if (known == strips_.end()) return expect(event, fill.order, "open strips with this id", 1, 0);
    OpenStrip& strip = known->second;
    const std::int64_t place = std::int64_t{fill.instrument.period.value} - strip.first.period.value;
    const auto hours = static_cast<std::int64_t>(strip.legs.size());
    if (fill.instrument.family != strip.first.family || place < 0 || place >= hours)
        return expect(event, fill.order, "hours ahead of its first one, at most", hours - 1, place);
    OpenStrip::Leg& leg = strip.legs[static_cast<std::size_t>(place)];
    if (fill.qty > leg.leaves)
        return expect(event, fill.order, "lots left of the hour before a fill", leg.leaves, fill.qty);
    if (strip.side == engine::Side::buy) {
        leg.leaves -= fill.qty;
        strip_bought(event, fill, strip);
    } else {
        strip_sold(event, fill, strip, leg);
    }
    expect(event, fill.order, "leaves of the hour", leg.leaves, fill.leaves);
    if (strip.filled()) strips_.erase(known);
}

void Postings::strip_bought(const engine::Event& event, const engine::Fill& fill, OpenStrip& strip) {
    const Money amount = notional(fill.price, Quantity{fill.qty}, product(strip.first.family));
    const Fees fees = fees_of(rates_, fill.liquidity, amount);
    const Money used = amount + fees.fee + fees.tax;
    strip.hold -= used;
    const Money released = strip.filled() ? strip.hold : Money{};
    strip.hold -= released;
    Entry& entry = enter(event, Cause::bought, fill.order, fill.trade);
    entry.postings = {{strip.account, MoneyAccount::hold, -(used + released)},
                      {strip.account, MoneyAccount::cash, released},
                      {house, MoneyAccount::fee_income, fees.fee},
                      {house, MoneyAccount::tax_payable, fees.tax},
                      {house, MoneyAccount::clearing, amount}};
    positions_[{strip.account, fill.instrument}].bought += Quantity{fill.qty};
    expect(event, fill.order, "fee", fees.fee.value, fill.fee.value);
    expect(event, fill.order, "tax", fees.tax.value, fill.tax.value);
    expect(event, fill.order, "released", released.value, fill.released.value);
}

void Postings::strip_sold(const engine::Event& event, const engine::Fill& fill, OpenStrip& strip,
                          OpenStrip::Leg& leg) {
    const Money amount = notional(fill.price, Quantity{fill.qty}, product(strip.first.family));
    const Fees fees = fees_of(rates_, fill.liquidity, amount);
    const Money before = held(strip);
    const std::uint32_t resold = std::min(leg.free, fill.qty);
    leg.free -= resold;
    leg.leaves -= fill.qty;
    PositionSums& sums = positions_[{strip.account, fill.instrument}];
    sums.open_sells -= Quantity{fill.qty};
    sums.sold += Quantity{fill.qty};
    sums.margin += before - held(strip);
    sums.receivable += amount;
    sums.fee += fees.fee;
    sums.tax += fees.tax;
    Entry& entry = enter(event, Cause::sold, fill.order, fill.trade);
    entry.postings = {{house, MoneyAccount::clearing, -amount},
                      {strip.account, MoneyAccount::receivable, amount}};
    expect(event, fill.order, "fee", fees.fee.value, fill.fee.value);
    expect(event, fill.order, "tax", fees.tax.value, fill.tax.value);
    expect(event, fill.order, "released", 0, fill.released.value);
}

}  // namespace gridbook::ledger
