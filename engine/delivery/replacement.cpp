// SPDX-License-Identifier: Apache-2.0
#include "engine/delivery/replacement.hpp"

#include <algorithm>

#include "engine/book/orders.hpp"
#include "engine/delivery/money.hpp"
#include "engine/delivery/standby.hpp"
#include "engine/delivery/telling.hpp"

namespace gridbook::engine {
namespace {

// A new delivery and what it cost, each to both, and at the end that all is replaced.
constexpr std::size_t replacement_events = 6;

std::uint32_t minutes_left(const Delivery& failed) { return failed.end_minute() - failed.failed_from; }

// What is left to be replaced, in lots: all replacements have the same minutes.
std::uint32_t lots_left(const Delivery& failed) {
    return failed.qty - static_cast<std::uint32_t>(failed.replaced / minutes_left(failed));
}

// The cap: the ceiling of the failed family, and one and a half times the contract's price.
Price most_paid(const State& state, const Delivery& failed) {
    const Price ceiling = state.catalogue.family(failed.instrument.family).band.high;
    return std::min(ceiling, Price{static_cast<std::int32_t>(std::int64_t{failed.price.value} * 3 / 2)});
}

// The same class, tier and product in a zone of the same residency.
bool stands_in(const Catalogue& c, FamilyId a, FamilyId b) {
    const DefineFamily &x = c.family(a).defined, &y = c.family(b).defined;
    return x.class_id == y.class_id && x.tier_id == y.tier_id && x.product == y.product &&
           c.zones()[x.zone_id.value].residency == c.zones()[y.zone_id.value].residency;
}

// The record of the cheapest offer that may take over, the oldest among equals; no_slot: there is none.
std::uint32_t best_offer(const State& state, const Delivery& failed) {
    const Price most = most_paid(state, failed);
    const GroupId group = state.accounts[failed.seller].group;
    std::uint32_t best = no_slot;
    for (std::uint32_t slot = state.standbys.first(); slot != 0; slot = state.standbys.next(slot)) {
        const std::uint32_t offer = state.standbys.record(slot);
        const OrderRecord& record = state.records[offer];
        if (record.instrument.period != failed.instrument.period || record.price > most) continue;
        if (best != no_slot && record.price >= state.records[best].price) continue;
        if (state.accounts[record.account].group == group) continue;
        if (stands_in(state.catalogue, failed.instrument.family, record.instrument.family)) best = offer;
    }
    return best;
}

// From what it had to receive, its margin, its cash, and the default fund for the rest.
void charge_seller(State& state, const Delivery& failed, Replaced& e) {
    Position& p = state.positions[state.positions.find(failed.seller, failed.instrument)];
    Account& account = state.accounts[failed.seller];
    Money due = e.cost;
    const auto take = [&due](Money there) {
        const Money taken{std::min(due.value, std::max<std::int64_t>(there.value, 0))};
        due -= taken;
        return taken;
    };
    e.from_receivable = take(p.receivable);
    e.from_margin = take(p.margin);
    e.from_cash = take(account.cash);
    e.from_fund = due;
    p.receivable -= e.from_receivable;
    p.margin -= e.from_margin;
    account.receivable -= e.from_receivable;
    account.margin -= e.from_margin;
    account.cash -= e.from_cash;
    state.accounts.house.default_fund -= e.from_fund;
}

// The provider sold these lots: as in a trade, resold ones first; its margin stays with the others.
void sell_offer(State& state, OrderRecord& record, Replaced& e) {
    const Product product = state.catalogue.family(record.instrument.family).product;
    record.leaves -= e.qty;
    record.free -= std::min(record.free, e.qty);
    record.cum += e.qty;
    const Money left = record.leaves == 0 ? Money{} : hold_for(state, product, record);
    const Money given = record.hold - left;
    record.hold = left;
    e.fee = state.rates.fee(e.cost, Liquidity::maker);
    e.tax = state.rates.tax_on(e.fee);
    Position& p = state.positions[record.position];
    p.margin += given;
    p.open_sells -= Quantity{e.qty};
    p.sold += Quantity{e.qty};
    p.receivable += e.cost;
    p.fee += e.fee;
    p.tax += e.tax;
    state.accounts[record.account].receivable += e.cost;
    e.leaves = record.leaves;
    if (record.leaves == 0) finish_standby(state, record, OrderState::filled, CancelReason::none);
}

Delivery replacement(const Delivery& failed, const OrderRecord& offer, std::uint32_t lots) {
    Delivery d;
    d.replaces = failed.id;
    d.instrument = offer.instrument;
    d.seller = offer.account;
    d.buyer = failed.buyer;
    d.price = offer.price;
    d.qty = lots;
    d.first_minute = failed.failed_from;
    d.minutes = static_cast<std::uint16_t>(minutes_left(failed));
    d.state = DeliveryState::delivering;
    return d;
}

void take_offer(Step& step, Delivery& failed, std::uint32_t offer) {
    State& state = step.state;
    OrderRecord& record = state.records[offer];
    const std::uint32_t lots = std::min(record.leaves, lots_left(failed));
    const std::uint32_t made = state.deliveries.add(state.accounts, replacement(failed, record, lots));
    const Delivery& by = state.deliveries[made];
    Replaced e;
    e.failed = failed.id;
    e.by = by.id;
    e.order = record.id;
    e.seller = failed.seller;
    e.standby = record.account;
    e.qty = lots;
    e.price = record.price;
    e.minutes = by.minutes;
    e.cost = cost_of(by.promised(), by.price, Product::gpu);
    charge_seller(state, failed, e);
    sell_offer(state, record, e);
    failed.replaced += by.promised();
    tell_both(step, by);
    tell_numbered(step, by.seller, e);
    e.party = Side::buy;
    tell_numbered(step, failed.seller, e);
}

}  // namespace

bool replace_failed(Step& step, Delivery& failed) {
    State& state = step.state;
    if (minutes_left(failed) == 0) return true;
    while (!state.deliveries.full()) {
        const std::uint32_t offer = best_offer(state, failed);
        if (offer == no_slot) return true;
        if (step.sink.room() < replacement_events) return false;
        take_offer(step, failed, offer);
        if (lots_left(failed) != 0) continue;
        failed.state = DeliveryState::replaced;
        tell_both(step, failed);
        return true;
    }
    return true;
}

}  // namespace gridbook::engine
