// SPDX-License-Identifier: Apache-2.0
// Settlement in the twin: what was not delivered goes back to the buyer, what was sold is paid, and the hour
// is done with (market-rules section 7).
#include <algorithm>

#include "tests/twin/naive_exchange.hpp"

namespace gridbook::twin {

using engine::AccountId;
using engine::InstrumentId;
using engine::Money;
using engine::Side;
using engine::Wide;

// Receivable, margin, cash, in this order; the default fund advances the rest and may be below zero.
NaiveExchange::Taken NaiveExchange::take(AccountId who, Position& position, std::int64_t owed) {
    Account& account = accounts_[who.value];
    Taken t;
    t.receivable = std::min(owed, position.receivable);
    t.margin = std::min(owed - t.receivable, position.margin);
    t.cash = std::min(owed - t.receivable - t.margin, account.cash);
    t.fund = owed - t.receivable - t.margin - t.cash;
    position.receivable -= t.receivable;
    account.receivable -= t.receivable;
    position.margin -= t.margin;
    account.margin -= t.margin;
    account.cash -= t.cash;
    default_fund_ -= t.fund;
    return t;
}

// Accounts by id: each with the deliveries in which it sold, then its position. What it held goes.
void NaiveExchange::settle(InstrumentId i) {
    std::vector<AccountId> accounts;
    for (const auto& [key, position] : positions_)
        if (key.second == i) accounts.push_back(key.first);
    std::map<engine::DeliveryId, Delivery> settled;
    for (const AccountId account : accounts) {
        std::int64_t owed = 0;
        std::vector<engine::DeliveryId> done;
        for (const auto& [id, d] : deliveries_) {
            if (d.instrument != i || d.seller != account) continue;
            owed += settle_delivery(d);
            done.push_back(id);
        }
        for (const engine::DeliveryId id : done) settled.insert(deliveries_.extract(id));
        settle_position(account, i, owed);
        positions_.erase({account, i});
    }
    replaced_.erase(i);
    suspend(i, settled);
}

// What refund and penalty of the delivery come to, if so many lot-minutes of it count.
NaiveExchange::Back NaiveExchange::back_of(const Delivery& d, std::int64_t delivered) const {
    const engine::DefineTier& tier = tier_of(d.instrument);
    const std::int64_t promised = d.promised();
    if (Wide{delivered} * 100'000 >= Wide{promised} * tier.availability) return {};
    const std::int64_t missing = promised - delivered;
    const Wide lot = Wide{d.price} * engine::micro_per_tick_lot(product(d.instrument.family));
    const Wide penalty = missing * lot * tier.penalty.value, most = promised * lot * 10'000;
    return {missing, half_even(missing * lot, 60), half_even(std::min(penalty, most), 600'000)};
}

// What the buyer gets back, with the penalty; the seller's account `penalty` owes it until its position is
// settled.
std::int64_t NaiveExchange::settle_delivery(const Delivery& d) {
    const std::int64_t delivered = d.delivered() + d.covered;
    const Back back = back_of(d, delivered);
    engine::DeliverySettled e;
    e.delivery = d.id;
    e.qty = static_cast<std::uint32_t>(d.qty);
    e.instrument = d.instrument;
    e.seller = d.seller;
    e.buyer = d.buyer;
    e.promised = static_cast<std::uint64_t>(d.promised());
    e.delivered = static_cast<std::uint64_t>(delivered);
    e.short_of = static_cast<std::uint64_t>(back.missing);
    e.refund = Money{back.refund};
    e.penalty = Money{back.penalty};
    e.price = price_of(d.price);
    e.was = d.state;
    if (of_tokens(d)) settle_day(d, e);
    const std::int64_t owed = e.refund.value + e.penalty.value;
    accounts_[d.buyer.value].cash += owed;
    accounts_[d.seller.value].penalty -= owed;
    e.party = Side::sell;
    emit(d.seller, e, true);
    e.party = Side::buy;
    emit(d.buyer, e, true);
    return owed;
}

void NaiveExchange::settle_position(AccountId who, InstrumentId i, std::int64_t owed) {
    Position& position = positions_.at({who, i});
    if (position.sold == 0 && position.bought == 0) return;
    Account& account = accounts_[who.value];
    engine::PositionSettled e;
    e.instrument = i;
    e.sold = static_cast<std::uint32_t>(position.sold);
    e.bought = static_cast<std::uint32_t>(position.bought);
    e.receivable = Money{position.receivable};
    e.fee = Money{position.fee};
    e.tax = Money{position.tax};
    e.owed = Money{owed};
    const Taken taken = take(who, position, position.fee + position.tax + owed);
    fee_income_ += position.fee;
    tax_payable_ += position.tax;
    account.penalty += owed;
    e.from_margin = Money{taken.margin};
    e.from_cash = Money{taken.cash};
    e.from_fund = Money{taken.fund};
    e.margin = Money{position.margin};
    e.paid = Money{position.receivable};
    account.margin -= position.margin;
    account.receivable -= position.receivable;
    account.cash += position.margin + position.receivable;
    emit(who, e, true);
}

}  // namespace gridbook::twin
