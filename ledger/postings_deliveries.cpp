// SPDX-License-Identifier: Apache-2.0
// Postings of deliveries (market-rules section 7): what failed is paid for when it is replaced, refunded when
// the delivery is settled, and the seller gets the rest when its position is. All of it by formula, from the
// minutes that both sides reported; nothing is taken over from the settlement's events.
#include <algorithm>
#include <bit>

#include "ledger/postings.hpp"

namespace gridbook::ledger {

using engine::Money;
using engine::Quantity;

namespace {

constexpr engine::AccountId house = engine::no_account;
constexpr std::uint64_t all_of_it = 100'000;  // an availability, in thousandths of a percent
constexpr std::int64_t minutes_an_hour = 60;

// Rounded half to even, from the exact value.
std::int64_t half_even(engine::Wide numerator, engine::Wide denominator) {
    const engine::Wide whole = numerator / denominator;
    const engine::Wide twice = 2 * (numerator % denominator);
    const bool up = twice > denominator || (twice == denominator && whole % 2 != 0);
    return static_cast<std::int64_t>(whole + (up ? 1 : 0));
}

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

void MinutesSaid::put(std::uint32_t minute, std::uint32_t lots, std::uint32_t promised) {
    told |= std::uint64_t{1} << minute;
    if (lots == promised)
        whole |= std::uint64_t{1} << minute;
    else
        parts.push_back({minute, lots});
}

std::uint32_t MinutesSaid::lots(std::uint32_t minute, std::uint32_t promised) const {
    if ((whole >> minute & 1) != 0) return promised;
    const auto part = std::ranges::find(parts, minute, &Part::minute);
    return part == parts.end() ? 0 : part->lots;
}

// A silent buyer accepts; a minute of which the seller says nothing is none.
std::uint32_t OpenDelivery::counted(std::uint32_t minute) const {
    const std::uint32_t said = by_seller.lots(minute, qty);
    return by_buyer.has(minute) ? std::min(said, by_buyer.lots(minute, qty)) : said;
}

std::uint64_t OpenDelivery::metered() const {
    std::uint64_t sum = 0;
    for (std::uint32_t m = 0; m < 64; ++m)
        if (by_seller.has(m)) sum += counted(m);
    return sum;
}

const RequestsSaid& OpenDelivery::requests() const {
    const RequestsSaid &a = day_by_seller, &b = day_by_buyer;
    if (a.all == 0) return b;
    const bool less =
        static_cast<engine::Wide>(b.served) * a.all < static_cast<engine::Wide>(a.served) * b.all;
    return b.all != 0 && less ? b : a;
}

// Of a token day the share of its requests that were served; all of it when nobody reported any.
std::uint64_t Postings::delivered(const OpenDelivery& delivery) const {
    if (product(delivery.instrument.family) == engine::Product::gpu)
        return delivery.metered() + delivery.replaced;
    const RequestsSaid& said = delivery.requests();
    if (said.all == 0) return delivery.promised();
    return static_cast<std::uint64_t>(static_cast<engine::Wide>(delivery.promised()) * said.served /
                                      said.all);
}

Money Postings::worth(engine::InstrumentId instrument, engine::Price price, std::uint64_t lot_minutes,
                      std::int64_t share) const {
    const engine::Product p = product(instrument.family);
    const std::int64_t window = p == engine::Product::gpu ? minutes_an_hour : 24 * minutes_an_hour;
    const engine::Wide exact =
        static_cast<engine::Wide>(lot_minutes) * price.value * engine::micro_per_tick_lot(p) * share;
    return Money{half_even(exact, static_cast<engine::Wide>(window) * engine::basis_points_one)};
}

// What did not move is not posted, and an entry in which nothing moved is none.
void Postings::enter_moved(const engine::Event& event, Cause cause, engine::DeliveryId delivery,
                           std::vector<Posting> postings) {
    std::erase_if(postings, [](const Posting& p) { return p.amount == Money{}; });
    if (postings.empty()) return;
    Entry& entry = enter(event, cause, {});
    entry.delivery = delivery;
    entry.postings = std::move(postings);
}

// Told twice, to the seller and to the buyer; the first one makes it.
void Postings::delivery_told(const engine::Event& event) {
    const auto told = event.as<engine::DeliveryChanged>();
    if (!deliveries_.contains(told.delivery)) delivery_made(event, told);
    OpenDelivery& delivery = deliveries_[told.delivery];
    delivery.state = told.state;
    const bool counting =
        told.state != engine::DeliveryState::failed && told.state != engine::DeliveryState::replaced;
    if (counting && product(delivery.instrument.family) == engine::Product::gpu)
        expect(event, told.delivery, "lot-minutes counted", number(delivery.metered()),
               number(told.delivered));
}

// Pairing gives the price: what the seller has to receive for the hour by the lots that it sold. Who stands
// in for another has the price of its offer.
void Postings::delivery_made(const engine::Event& event, const engine::DeliveryChanged& told) {
    OpenDelivery& delivery = deliveries_[told.delivery];
    delivery.instrument = told.instrument;
    delivery.seller = told.seller;
    delivery.buyer = told.buyer;
    delivery.replaces = told.replaces;
    delivery.price = told.price;
    delivery.qty = told.qty;
    delivery.first_minute = told.first_minute;
    delivery.minutes = told.minutes;
    PositionSums& seller = positions_[{told.seller, told.instrument}];
    seller.paired += Quantity{told.qty};
    if (told.replaces != engine::DeliveryId{}) return stands_in(event, told);
    positions_[{told.buyer, told.instrument}].paired -= Quantity{told.qty};
    if (seller.sold == Quantity{}) return expect(event, told.delivery, "lots sold by its seller", 1, 0);
    const std::int64_t lot = engine::micro_per_tick_lot(product(told.instrument.family));
    expect(event, told.delivery, "price in ticks",
           half_even(seller.receivable.value, static_cast<engine::Wide>(seller.sold.value) * lot),
           told.price.value);
}

// What it stands in for counts as delivered by the one that failed: as many lots, or, of another class, those
// that are told.
void Postings::stands_in(const engine::Event& event, const engine::DeliveryChanged& told) {
    const auto failed = deliveries_.find(told.replaces);
    if (failed == deliveries_.end())
        return expect(event, told.replaces, "open deliveries with this id", 1, 0);
    OpenDelivery& before = failed->second;
    const std::uint32_t lots = told.covers == 0 ? told.qty : told.covers;
    before.replaced += std::uint64_t{lots} * told.minutes;
    const std::uint64_t left = std::uint64_t{before.qty} * told.minutes;
    if (before.replaced > left)
        expect(event, told.replaces, "lot-minutes that were left to others", number(left),
               number(before.replaced));
}

void Postings::metered(const engine::Event& event) {
    const auto told = event.as<engine::Metered>();
    const auto known = deliveries_.find(told.delivery);
    if (known == deliveries_.end()) return expect(event, told.delivery, "open deliveries with this id", 1, 0);
    OpenDelivery& delivery = known->second;
    if (told.requests != 0) return requests_told(event, told, delivery);
    const std::uint32_t end = std::uint32_t{delivery.first_minute} + delivery.minutes;
    if (told.minute < delivery.first_minute || told.minute >= std::min(end, 64u))
        return expect(event, told.delivery, "minutes, from the first one to this one", delivery.first_minute,
                      told.minute);
    MinutesSaid& said = told.party == engine::Side::sell ? delivery.by_seller : delivery.by_buyer;
    const bool again = (event.header.flags & engine::event_flag::duplicate) != 0;
    expect(event, told.delivery, "earlier reports of this minute by this side", said.has(told.minute), again);
    if (!said.has(told.minute)) said.put(told.minute, std::min(told.available, delivery.qty), delivery.qty);
    expect(event, told.delivery, "lots available", said.lots(told.minute, delivery.qty), told.available);
    expect(event, told.delivery, "lots counted", delivery.counted(told.minute), told.counted);
}

// Totals since the day began: they never fall, and what is said of an earlier minute changes nothing.
void Postings::requests_told(const engine::Event& event, const engine::Metered& told,
                             OpenDelivery& delivery) {
    RequestsSaid& said = told.party == engine::Side::sell ? delivery.day_by_seller : delivery.day_by_buyer;
    const bool again = (event.header.flags & engine::event_flag::duplicate) != 0;
    expect(event, told.delivery, "earlier reports of this minute or a later one by this side",
           said.all != 0 && told.minute <= said.minute, again);
    if (again) {
        expect(event, told.delivery, "requests", number(said.all), number(told.requests));
        return expect(event, told.delivery, "requests served", number(said.served), number(told.served));
    }
    expect(event, told.delivery, "token days that requests are reported of", 1,
           product(delivery.instrument.family) == engine::Product::token);
    if (told.requests < said.all || told.served < said.served || told.served > told.requests)
        expect(event, told.delivery, "requests served before this", number(said.served), number(told.served));
    said = {told.requests, told.served, told.minute};
}

// Told to the standby provider, then to the seller that failed: the money moves with the first of them.
void Postings::replaced(const engine::Event& event) {
    const auto told = event.as<engine::Replaced>();
    const auto failed = deliveries_.find(told.failed);
    if (failed == deliveries_.end()) return expect(event, told.failed, "open deliveries with this id", 1, 0);
    const auto by = deliveries_.find(told.by);
    if (by == deliveries_.end()) return expect(event, told.by, "open deliveries with this id", 1, 0);
    const std::uint64_t taken_over = std::uint64_t{told.qty} * told.minutes;
    expect(event, told.by, "lot-minutes taken over", number(by->second.promised()), number(taken_over));
    const Money cost = worth(by->second.instrument, told.price, taken_over);
    expect(event, told.by, "cost", cost.value, told.cost.value);
    if (told.party != engine::Side::sell) return;
    standby_took_over(event, told, cost);
    failed_seller_pays(event, told, cost);
}

void Postings::standby_took_over(const engine::Event& event, const engine::Replaced& told, Money cost) {
    const auto known = orders_.find(told.order);
    if (known == orders_.end()) return expect(event, told.order, "open orders with this id", 1, 0);
    OpenOrder& order = known->second;
    if (told.qty > order.leaves)
        return expect(event, told.order, "lots left before it took over", order.leaves, told.qty);
    const Fees fees = fees_of(rates_, engine::Liquidity::maker, cost);
    const Money before = held(order);
    order.free -= std::min(order.free, told.qty);
    order.leaves -= told.qty;
    order.cum += told.qty;
    PositionSums& sums = position(order);
    sums.open_sells -= Quantity{told.qty};
    sums.sold += Quantity{told.qty};
    sums.margin += before - held(order);
    sums.receivable += cost;
    sums.fee += fees.fee;
    sums.tax += fees.tax;
    expect(event, told.order, "fee", fees.fee.value, told.fee.value);
    expect(event, told.order, "tax", fees.tax.value, told.tax.value);
    expect(event, told.order, "leaves", order.leaves, told.leaves);
    if (order.leaves == 0) orders_.erase(known);
}

void Postings::failed_seller_pays(const engine::Event& event, const engine::Replaced& told, Money cost) {
    const engine::InstrumentId instrument = deliveries_[told.failed].instrument;
    const Taken taken = take(told.seller, positions_[{told.seller, instrument}], cost);
    enter_moved(event, Cause::delivery_replaced, told.failed,
                {{told.seller, MoneyAccount::receivable, -taken.receivable},
                 {told.seller, MoneyAccount::margin, -taken.margin},
                 {told.seller, MoneyAccount::cash, -taken.cash},
                 {house, MoneyAccount::default_fund, -taken.fund},
                 {told.standby, MoneyAccount::receivable, cost}});
    expect(event, told.failed, "taken from receivable", taken.receivable.value, told.from_receivable.value);
    expect(event, told.failed, "taken from margin", taken.margin.value, told.from_margin.value);
    expect(event, told.failed, "taken from cash", taken.cash.value, told.from_cash.value);
    expect(event, told.failed, "advanced by the default fund", taken.fund.value, told.from_fund.value);
}

Postings::Taken Postings::take(engine::AccountId account, PositionSums& sums, Money due) const {
    Taken taken;
    const auto from = [&](Money has) {
        const Money part = std::clamp(has, Money{}, due);
        due -= part;
        return part;
    };
    taken.receivable = from(sums.receivable);
    taken.margin = from(sums.margin);
    taken.cash = from(cash(account));
    taken.fund = due;
    sums.receivable -= taken.receivable;
    sums.margin -= taken.margin;
    return taken;
}

Postings::Shortfall Postings::shortfall(const OpenDelivery& d, std::uint64_t counted) const {
    const auto known = promises_.find(d.instrument.family);
    const Promise promise = known == promises_.end() ? Promise{} : known->second;
    const std::uint64_t promised = d.promised();
    if (static_cast<engine::Wide>(counted) * all_of_it >=
        static_cast<engine::Wide>(promised) * promise.availability)
        return {};
    const std::uint64_t short_of = promised - counted;
    return {short_of, worth(d.instrument, d.price, short_of),
            std::min(worth(d.instrument, d.price, short_of, promise.penalty.value),
                     worth(d.instrument, d.price, promised))};
}

// u·P is the day's share of requests that failed, exactly.
Postings::Shortfall Postings::day_shortfall(const OpenDelivery& d) const {
    const RequestsSaid& said = d.requests();
    const auto known = promises_.find(d.instrument.family);
    const Promise promise = known == promises_.end() ? Promise{} : known->second;
    const engine::Wide all = said.all, served = said.served;
    if (said.all == 0 || served * all_of_it >= all * promise.availability) return {};
    const engine::Wide day =
        static_cast<engine::Wide>(d.price.value) * d.qty * engine::micro_per_tick_lot(engine::Product::token);
    const engine::Wide penalty =
        std::min(day * (all - served) * promise.penalty.value, day * all * engine::basis_points_one);
    return {d.promised() - delivered(d), Money{half_even(day * (all - served), all)},
            Money{half_even(penalty, all * engine::basis_points_one)}};
}

// Told to the seller, then to the buyer, whose cash grows.
void Postings::delivery_settled(const engine::Event& event) {
    const auto told = event.as<engine::DeliverySettled>();
    const auto known = deliveries_.find(told.delivery);
    if (known == deliveries_.end()) return expect(event, told.delivery, "open deliveries with this id", 1, 0);
    const OpenDelivery& d = known->second;
    const std::uint64_t promised = d.promised(), got = delivered(d);
    const bool tokens = product(d.instrument.family) == engine::Product::token;
    const auto [short_of, refund, penalty] = tokens ? day_shortfall(d) : shortfall(d, got);
    expect(event, told.delivery, "requests", number(d.requests().all), number(told.requests));
    expect(event, told.delivery, "requests served", number(d.requests().served), number(told.served));
    expect(event, told.delivery, "lot-minutes promised", number(promised), number(told.promised));
    expect(event, told.delivery, "lot-minutes delivered", number(got), number(told.delivered));
    expect(event, told.delivery, "lot-minutes refunded", number(short_of), number(told.short_of));
    expect(event, told.delivery, "price in ticks", d.price.value, told.price.value);
    expect(event, told.delivery, "refund", refund.value, told.refund.value);
    expect(event, told.delivery, "penalty", penalty.value, told.penalty.value);
    if (told.party != engine::Side::buy) return;
    positions_[{d.seller, d.instrument}].owed += refund + penalty;
    enter_moved(event, Cause::delivery_settled, told.delivery,
                {{d.seller, MoneyAccount::penalty, -(refund + penalty)},
                 {d.buyer, MoneyAccount::cash, refund + penalty}});
    put_at_stake(told.delivery, d);
    deliveries_.erase(known);
}

void Postings::position_settled(const engine::Event& event) {
    const auto told = event.as<engine::PositionSettled>();
    const engine::AccountId account = event.header.account;
    const auto known = positions_.find({account, told.instrument});
    const auto same = [&](std::string_view what, std::int64_t formula, std::int64_t said) {
        if (formula != said) differ(event, "position of account", account.value, what, formula, said);
    };
    if (known == positions_.end()) return same("positions", 1, 0);
    PositionSums& sums = known->second;
    same("lots sold", sums.sold.value, told.sold);
    same("lots bought", sums.bought.value, told.bought);
    same("lots delivered less lots received", sums.sold.value - sums.bought.value, sums.paired.value);
    same("receivable", sums.receivable.value, told.receivable.value);
    same("fee", sums.fee.value, told.fee.value);
    same("tax", sums.tax.value, told.tax.value);
    same("owed", sums.owed.value, told.owed.value);
    const Money receivable = sums.receivable, margin = sums.margin;
    const Taken taken = take(account, sums, sums.fee + sums.tax + sums.owed);
    same("from margin", taken.margin.value, told.from_margin.value);
    same("from cash", taken.cash.value, told.from_cash.value);
    same("from the default fund", taken.fund.value, told.from_fund.value);
    same("margin returned", sums.margin.value, told.margin.value);
    same("paid", sums.receivable.value, told.paid.value);
    enter_moved(event, Cause::position_settled, {},
                {{account, MoneyAccount::receivable, -receivable},
                 {account, MoneyAccount::margin, -margin},
                 {account, MoneyAccount::cash, sums.receivable + sums.margin - taken.cash},
                 {account, MoneyAccount::penalty, sums.owed},
                 {house, MoneyAccount::fee_income, sums.fee},
                 {house, MoneyAccount::tax_payable, sums.tax},
                 {house, MoneyAccount::default_fund, -taken.fund}});
    const Quantity open_sells = sums.open_sells;
    sums = {};
    sums.open_sells = open_sells;
    if (sums.idle()) positions_.erase(known);
}

}  // namespace gridbook::ledger
